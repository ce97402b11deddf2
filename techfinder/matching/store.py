"""Writing a side into a generation's folder and mapping it back."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from techfinder.matching.codec import decode, encode
from techfinder.matching.pack import Damaged, read_pack, write_pack
from techfinder.matching.postings import Postings
from techfinder.matching.segment import Segment
from techfinder.matching.side import Side
from techfinder.matching.values import Need, Supply
from techfinder.matching.vocabulary import Vocabulary

VERSION = 1  # of the format and of the analysis: another one is rebuilt, never read
PARTS = ("hashes", "offsets", "docs", "tf", "lengths")


class Shelf(Sequence):
    """The things of a generation, decoded when asked for; `starts` int64 [N+1] into `blob` uint8."""

    def __init__(self, kind: type, starts: np.ndarray, blob: np.ndarray):
        self.kind, self.starts, self.blob = kind, starts, blob

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: Any) -> Any:
        return decode(self.kind, self.blob[int(self.starts[row]) : int(self.starts[row + 1])].tobytes())

    def __iter__(self) -> Iterator:
        return (self[row] for row in range(len(self)))


def name_of(side_is_supplies: bool) -> str:
    return "supplies" if side_is_supplies else "needs"


def write_side(folder: Path, side: Side, no: int) -> None:
    """The base segment of a freshly compiled side: the read model and the documents, fsynced."""
    segment, name = side.segments[0], name_of(side.supplies)
    arrays = {f"p.{part}": getattr(segment.postings, part) for part in PARTS}
    arrays |= {f"c.{key}": column for key, column in segment.columns.items()} | {"label_code": segment.label_code}
    meta = {
        "version": VERSION,
        "no": no,
        "total": segment.postings.total,
        "labels": [sorted(s) for s in segment.labels],
        "themes": {str(k): v for k, v in side.themes.items()},
    }
    write_pack(folder / f"{name}.pack", arrays, meta)
    texts = [encode(thing) for thing in side.shelves[0]]
    starts = np.concatenate([[0], np.cumsum([len(t) for t in texts])]).astype(np.int64)
    write_pack(folder / f"{name}.docs", {"starts": starts, "blob": np.frombuffer(b"".join(texts), np.uint8)}, meta)


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
    texts, text_meta = read_pack(folder / f"{name}.docs")
    if meta.get("version") != VERSION or text_meta != meta:
        raise Damaged(f"{folder.name}/{name}: version")
    postings = Postings(*(arrays[f"p.{part}"] for part in PARTS), meta["total"])
    columns = {key[2:]: array for key, array in arrays.items() if key.startswith("c.")}
    labels = tuple(frozenset(s) for s in meta["labels"])
    segment = Segment(postings, columns, labels, arrays["label_code"], np.ones(len(columns["id"]), bool))
    statistics = postings.statistics()
    shelf = Shelf(Supply if supplies else Need, texts["starts"], texts["blob"])
    themes = {int(k): v for k, v in meta["themes"].items()}
    return Side(supplies, statistics, statistics.table(), (segment,), (shelf,), themes, {}), meta["no"]
