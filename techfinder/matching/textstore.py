"""The Whoosh index of a generation: the texts as they were analysed, and the reference scorer.

The field `text` takes a `Document` (terms with their weighted frequencies) instead of a string, so that Whoosh scores exactly what
the read model scores. Whoosh has no fsync and can be silently wrong after damage, so every file is listed with its
checksum in `files.json`, which is written last. A new generation hard-links the old files and commits there.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from whoosh import fields, formats, index
from whoosh.scoring import BM25F
from whoosh.system import pack_uint

from techfinder.matching.codec import decode, encode
from techfinder.matching.pack import Damaged
from techfinder.matching.postings import K1, B
from techfinder.matching.terms import EIGHTHS, Document

LIST = "files.json"

Analysed = Callable[[Any], Document]


class AnalysedText(fields.FieldType):
    """Indexes a Document; its length counts words only, a term's weight is its weighted frequency."""

    indexed = True
    scorable = True
    stored = False
    unique = False
    vector = None
    spelling = False
    multitoken_query = "or"

    def __init__(self) -> None:
        self.format = formats.Frequency()
        self.analyzer = None

    def index(self, value: Document, **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        rest = value.length  # all words are counted with the first term: Whoosh only adds them up
        for term, eighths in value.frequencies.items():
            yield term.encode(), rest, eighths / EIGHTHS, pack_uint(rest)
            rest = 0

    def to_bytes(self, value: str | bytes) -> bytes:
        return value.encode() if isinstance(value, str) else value

    def from_bytes(self, value: bytes) -> str:
        return value.decode()


def schema() -> fields.Schema:
    return fields.Schema(id=fields.ID(unique=True, stored=True), text=AnalysedText(), thing=fields.STORED)


@contextmanager
def _whoosh(folder: Path) -> Iterator[None]:
    """Whatever Whoosh raises about files that somebody took away or altered beneath it becomes Damaged."""
    try:
        yield
    except OSError:
        raise
    except Exception as error:
        raise Damaged(f"{folder.name}: {error!r}") from error


def write_text(folder: Path, things: Iterable[Any], analysed: Analysed) -> None:
    """A whole new index in `folder`; raises OSError or Damaged when the folder does not last that long."""
    folder.mkdir(parents=True)
    with _whoosh(folder):
        writer = index.create_in(str(folder), schema()).writer(limitmb=128)
        for thing in things:
            writer.add_document(id=str(thing.id), text=analysed(thing), thing=encode(thing))
        writer.commit(optimize=True)
    _list(folder)


def update_text(
    folder: Path, before: Path, changed: Mapping[int, Any], gone: Iterable[int], analysed: Analysed
) -> None:
    """The index `before`, hard-linked, with changes committed in `folder`. Raises Damaged when `before` is not whole,
    OSError or Damaged when the folder does not last that long.

    Every id is deleted at most once and added at most once in one writer: deleting what the same writer added would
    leave it alive.
    """
    check_text(before)
    folder.mkdir(parents=True)
    for path in before.iterdir():
        if path.name == LIST or path.suffix in (".toc", ".lock", ""):
            shutil.copy2(path, folder / path.name)  # rewritten in place by Whoosh: never share
        else:
            os.link(path, folder / path.name)
    with _whoosh(folder):
        writer = index.open_dir(str(folder)).writer()
        for i in {*changed, *gone}:
            writer.delete_by_term("id", str(i))
        for i, thing in changed.items():
            writer.add_document(id=str(i), text=analysed(thing), thing=encode(thing))
        writer.commit()
    _list(folder)


def read_things(folder: Path, kind: type) -> list[Any]:
    """Every thing in the store; raises Damaged."""
    check_text(folder)
    try:
        with _whoosh(folder), index.open_dir(str(folder)).searcher() as searcher:
            return [decode(kind, d["thing"]) for d in searcher.documents()]
    except OSError as error:
        raise Damaged(f"{folder.name}: {error}") from error


def whoosh_scores(folder: Path, terms: Sequence[tuple[str, float]]) -> dict[int, float]:
    """Σ weight · Whoosh's own BM25F score per id, its matchers walked one by one: the reference scorer."""
    scores: dict[int, float] = {}
    with index.open_dir(str(folder)).searcher(weighting=BM25F(B=B, K1=K1)) as searcher:
        for key, weight in terms:
            if ("text", key) not in searcher.reader():
                continue
            matcher = searcher.postings("text", key)
            while matcher.is_active():
                i = int(searcher.stored_fields(matcher.id())["id"])
                scores[i] = scores.get(i, 0.0) + weight * matcher.score()
                matcher.next()
    return scores


def _digest(path: Path) -> str:
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()


def _list(folder: Path) -> None:
    """Everything on disk, then the list, then the folder."""
    for path in folder.iterdir():
        with open(path, "rb") as file:
            os.fsync(file.fileno())
    files = {p.name: _digest(p) for p in folder.iterdir() if p.name != LIST and not p.name.endswith("LOCK")}
    with open(folder / LIST, "w") as file:
        json.dump(files, file)
        file.flush()
        os.fsync(file.fileno())


def check_text(folder: Path) -> None:
    """Raises Damaged when a file is missing or altered."""
    try:
        files = json.loads((folder / LIST).read_text())
        wrong = [name for name, digest in files.items() if _digest(folder / name) != digest]
    except (OSError, ValueError, AttributeError) as error:
        raise Damaged(f"{folder.name}: {error}") from error
    if wrong:
        raise Damaged(f"{folder.name}: {wrong[0]}")
