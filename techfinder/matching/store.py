"""Writing a side into a generation's folder and mapping it back."""

import json
import os
from collections.abc import Callable, Iterator, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np

from techfinder.matching.codec import decode, encode
from techfinder.matching.columns import DERIVED, spots
from techfinder.matching.fingerprint import fingerprint
from techfinder.matching.generations import Generations
from techfinder.matching.pack import MAGIC, Damaged, read_pack, write_pack
from techfinder.matching.postings import Postings
from techfinder.matching.readings import Laid, Reading, from_bytes, to_bytes
from techfinder.matching.segment import Segment
from techfinder.matching.side import Side, analysed
from techfinder.matching.textstore import read_things, update_text, write_text
from techfinder.matching.values import Corpus, Need, Supply
from techfinder.matching.vocabulary import Vocabulary

VERSION = fingerprint()  # of the analysis, its data and the format: another one is rebuilt, never read
TEXT = "text"
PARTS = ("hashes", "offsets", "places", "docs", "tf", "lengths", "frequent", "held", "before")


class Shelf(Sequence):
    """The things of a generation and their readings, read and decoded when asked for; `starts` int64 [N+1] into the file after
    `offset`, `sums` uint32 [N] the CRC-32 of each entry: the length of its reading (four bytes), the reading, the thing's text.

    The file is checked when it is opened and stays open, so that deleting it does no harm; what was altered since
    raises Damaged.
    """

    def __init__(self, kind: type, path: Path):
        self.kind, self.name = kind, path.name
        digest = blake2b(digest_size=16)
        try:
            self._file = open(path, "rb")  # noqa: SIM115  (open as long as the shelf lives)
            head = self._file.read(16)
            count = int.from_bytes(head[8:], "little")
            if 12 * count > os.fstat(self._file.fileno()).st_size:
                raise Damaged(f"{path.name}: short")
            table, sums = self._file.read(8 * (count + 1)), self._file.read(4 * count)
            digest.update(head + table + sums)
            self.starts, self.sums = np.frombuffer(table, np.int64), np.frombuffer(sums, np.uint32)
            self.offset = len(head) + len(table) + len(sums)
            left = int(self.starts[-1])
            while left:
                block = self._file.read(min(left, 1 << 20))
                left -= len(block)
                digest.update(block)
                if not block:
                    raise Damaged(f"{path.name}: short")
            if head[:8] != MAGIC or self._file.read() != digest.digest():
                raise Damaged(f"{path.name}: checksum")
        except (OSError, ValueError, IndexError, MemoryError) as error:
            raise Damaged(f"{path.name}: {error}") from error

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: Any) -> Any:
        return self._made(row, lambda entry, at: decode(self.kind, entry[at:]))

    def reading(self, row: int) -> Reading:
        """The words of a document, by number."""
        return self._made(row, lambda entry, at: from_bytes(entry[4:at]))

    def _made(self, row: Any, of: Callable[[bytes, int], Any]) -> Any:
        """What `of` makes of an entry and the place where its text begins; raises Damaged."""
        start, stop = int(self.starts[row]), int(self.starts[row + 1])
        try:
            entry = os.pread(self._file.fileno(), stop - start, self.offset + start)
            if crc32(entry) != self.sums[row]:
                raise Damaged(f"{self.name}: altered")
            return of(entry, 4 + int.from_bytes(entry[:4], "little"))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise Damaged(f"{self.name}: {error}") from error

    def __iter__(self) -> Iterator:
        return (self[row] for row in range(len(self)))


def write_shelf(path: Path, shelf: Laid) -> None:
    """Magic, count, starts, sums, the entries, BLAKE2b of it all; fsynced."""
    texts = [_entry(to_bytes(shelf.reading(row)), encode(thing)) for row, thing in enumerate(shelf)]
    starts = np.concatenate([[0], np.cumsum([len(t) for t in texts])]).astype(np.int64)
    sums = np.array([crc32(text) for text in texts], np.uint32)
    data = MAGIC + len(texts).to_bytes(8, "little") + starts.tobytes() + sums.tobytes() + b"".join(texts)
    with open(path, "wb") as file:
        file.write(data)
        file.write(blake2b(data, digest_size=16).digest())
        file.flush()
        os.fsync(file.fileno())


def _entry(reading: bytes, text: bytes) -> bytes:
    return len(reading).to_bytes(4, "little") + reading + text


def name_of(side_is_supplies: bool) -> str:
    return "supplies" if side_is_supplies else "needs"


def write_side(folder: Path, side: Side, no: int) -> None:
    """The base segment of a freshly compiled side: the read model and the documents, fsynced."""
    segment, name = side.segments[0], name_of(side.supplies)
    arrays = {f"p.{part}": getattr(segment.postings, part) for part in PARTS}
    arrays |= {f"b.{key}": array for key, array in segment.blocks.items()}
    arrays |= {f"c.{key}": column for key, column in segment.columns.items() if key not in DERIVED} | {"label_code": segment.label_code}
    meta = {
        "version": VERSION,
        "no": no,
        "total": segment.postings.total,
        "labels": [sorted(s) for s in segment.labels],
        "themes": {str(k): v for k, v in side.themes.items()},
    }
    write_pack(folder / f"{name}.pack", arrays, meta)
    assert isinstance(side.shelves[0], Laid)
    write_shelf(folder / f"{name}.docs", side.shelves[0])


def write_words(folder: Path, words: Vocabulary, no: int) -> None:
    write_pack(folder / "words.pack", words.arrays, {"version": VERSION, "no": no})


def read_words(folder: Path) -> Vocabulary:
    """Raises Damaged."""
    arrays, meta = read_pack(folder / "words.pack")
    if meta.get("version") != VERSION:
        raise Damaged(f"{folder.name}/words: version")
    return Vocabulary(arrays)


def read_side(folder: Path, supplies: bool) -> tuple[Side, int]:
    """The side and the change number it is of; raises Damaged."""
    name = name_of(supplies)
    arrays, meta = read_pack(folder / f"{name}.pack")
    shelf = Shelf(Supply if supplies else Need, folder / f"{name}.docs")
    if meta.get("version") != VERSION or len(shelf) != len(arrays["c.id"]):
        raise Damaged(f"{folder.name}/{name}: version")
    postings = Postings(total=meta["total"], **{part: arrays[f"p.{part}"] for part in PARTS})
    columns = {key[2:]: array for key, array in arrays.items() if key.startswith("c.")}
    columns |= spots(columns) if supplies else {}
    labels = tuple(frozenset(s) for s in meta["labels"])
    blocks = {key[2:]: array for key, array in arrays.items() if key.startswith("b.")}
    statistics = postings.statistics()
    alive, table = np.ones(len(columns["id"]), bool), statistics.table()
    segment = Segment(postings, columns, labels, arrays["label_code"], alive, blocks, table)
    themes = {int(k): v for k, v in meta["themes"].items()}
    return Side(supplies, statistics, table, (segment,), (shelf,), themes, {}), meta["no"]


def write_texts(generations: Generations, name: str, no: int, sides: Any, before: Any | None) -> None:
    """Add the Whoosh indexes to generation `name`; `before` is the state that the generation was compacted from.

    Where that state's own generation has whole indexes, they are taken over and only what changed is written.
    """
    old = generations.directory / before.generation / TEXT if before is not None and before.generation else None
    with generations.adding(name, TEXT) as folder:
        for part in ("supplies", "needs"):
            side, previous = getattr(sides, part), old / part if old else None
            changes = getattr(before, part).changes if before is not None else {}
            if previous is not None and previous.is_dir() and all(c.no <= no for c in changes.values()):
                changed = {i: c.thing for i, c in changes.items() if c.thing is not None}
                update_text(folder / part, previous, changed, changes.keys() - changed.keys(), analysed)
            else:
                write_text(folder / part, side.shelves[0], analysed)
        (folder / "no.json").write_text(json.dumps({"no": no, "version": VERSION}))


def read_texts(folder: Path) -> Corpus:
    """Everything in a generation's Whoosh indexes; raises Damaged."""
    try:
        head = json.loads((folder / TEXT / "no.json").read_text())
        if head["version"] != VERSION:
            raise Damaged(f"{folder.name}/{TEXT}: version")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{folder.name}/{TEXT}: {error}") from error
    supplies = read_things(folder / TEXT / "supplies", Supply)
    return Corpus(tuple(supplies), tuple(read_things(folder / TEXT / "needs", Need)), head["no"])
