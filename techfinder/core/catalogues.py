"""Compile the translations that are older than their source: `python -m techfinder.core.catalogues`."""

import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).resolve().parents[1] / "translations"


def compile_all() -> int:
    """Write each .mo whose .po is newer; returns how many."""
    count = 0
    for po in FOLDER.glob("*/LC_MESSAGES/*.po"):
        mo = po.with_suffix(".mo")
        if mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
            continue
        with open(po, "rb") as source:
            catalogue = read_po(source, locale=po.parts[-3])
        with open(mo, "wb") as target:
            write_mo(target, catalogue)
        count += 1
    return count


if __name__ == "__main__":
    compile_all()
    sys.exit(0)
