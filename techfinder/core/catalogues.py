"""The English texts: `python -m techfinder.core.catalogues` compiles what is older than its source,
`python -m techfinder.core.catalogues extract` brings the catalogue up to date with the sentences in code and templates.

The msgid is the Dutch sentence itself, so Dutch needs no catalogue. Where one Dutch word is two English ones ("aanbod" is
an offer, or offers), `pgettext("één", "aanbod")` tells them apart. Extracting keeps every translation whose sentence
still stands somewhere, drops the others, and guesses nothing: a new sentence comes in empty and a test names it.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).resolve().parents[1]
ROOT = PACKAGE.parent
FOLDER = PACKAGE / "translations"
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2), "lazy_pgettext": ((1, "c"), 2),
}  # fmt: skip
TEMPLATES = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
SOURCES = [  # folder, method of extraction, its options
    (PACKAGE, [("**.py", "python")], {}),
    (ROOT / "templates", [("**.html", "jinja2"), ("**.txt", "jinja2")], {"**.html": TEMPLATES, "**.txt": TEMPLATES}),
]
# No dates and no versions: only what a reader of the file needs, so that two updates of the same code are equal.
HEADER = '''# The msgid is the Dutch sentence. Made by `python -m techfinder.core.catalogues extract`.
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plural}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

'''


def extracted() -> Catalog:
    """Every sentence of the code and the templates with the files it stands in, without line numbers."""
    found: dict[tuple[str | tuple[str, ...], str | None], set[str]] = {}
    for folder, methods, options in SOURCES:
        for name, _line, message, _comments, context in extract_from_dir(folder, methods, options, keywords=KEYWORDS):
            found.setdefault((message, context), set()).add((folder / name).relative_to(ROOT).as_posix())
    catalogue = Catalog()
    for (message, context), files in sorted(found.items(), key=str):
        catalogue.add(message, locations=[(name, 0) for name in sorted(files)], context=context)
    return catalogue


def catalogues() -> Iterator[Path]:
    """The .po files, one for each language besides Dutch."""
    return FOLDER.glob("*/LC_MESSAGES/*.po")


def read(po: Path) -> Catalog:
    """A catalogue from its file."""
    with open(po, "rb") as source:
        return read_po(source, locale=po.parts[-3])


def parts(text: str | Iterable[str]) -> tuple[str, ...]:
    """A sentence, or a sentence with its plural, always as a tuple."""
    return (text,) if isinstance(text, str) else tuple(text)


def update_all() -> dict[str, list[str]]:
    """Bring each .po up to date; returns for each language the sentences that still have no translation."""
    template = extracted()
    missing: dict[str, list[str]] = {}
    for po in catalogues():
        old, new = read(po), Catalog(locale=po.parts[-3], fuzzy=False)
        for message in template:
            if not message.id:
                continue
            known = old.get(message.id, message.context)
            if known and (known.fuzzy or known.id != message.id):  # the second: it got or lost its plural
                known = None
            new.add(message.id, known.string if known else None, locations=message.locations, context=message.context)
            if not known or not all(parts(known.string or "")):
                missing.setdefault(po.parts[-3], []).append(parts(message.id)[0])
        with open(po, "wb") as target:
            target.write(HEADER.format(language=po.parts[-3], plural=new.plural_forms).encode())
            write_po(target, new, width=0, sort_output=True, omit_header=True, include_lineno=False, ignore_obsolete=True)
    return missing


def compile_all() -> int:
    """Write each .mo whose .po is newer; returns how many."""
    count = 0
    for po in catalogues():
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with open(mo, "wb") as target:
            write_mo(target, read(po))
        count += 1
    return count


def main(arguments: list[str]) -> int:
    """Compile, after extracting when asked; says what still waits for a translation."""
    if arguments == ["extract"]:
        for language, sentences in update_all().items():
            sys.stdout.write("\n  ".join([f"{language}: {len(sentences)} without translation", *map(repr, sentences)]) + "\n")
    elif arguments:
        sys.stderr.write("usage: python -m techfinder.core.catalogues [extract]\n")
        return 2
    compile_all()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
