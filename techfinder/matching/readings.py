"""Documents as the numbers of their words, field by field: what an explanation reads instead of their texts.

The numbers are those of the generation's glossary (`glossary.Stored`), in the order in which the words stand; a document of 120
words takes 500 bytes on disk, beside its text, and none in memory.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple, Protocol, cast

import numpy as np

from techfinder.matching.bulk import Read


class Reading(NamedTuple):
    """`counts` [F]: words of each field; `numbers` int32: all of them, one field after the other."""

    counts: np.ndarray
    numbers: np.ndarray


def to_bytes(reading: Reading) -> bytes:
    """The number of fields, the counts and the numbers, two, two and four bytes each."""
    return len(reading.counts).to_bytes(2, "little") + reading.counts.astype("<u2").tobytes() + reading.numbers.astype("<i4").tobytes()


def from_bytes(data: bytes) -> Reading:
    fields = int.from_bytes(data[:2], "little")
    return Reading(np.frombuffer(data, "<u2", fields, 2), np.frombuffer(data, "<i4", -1, 2 + 2 * fields))


class Readable(Protocol):
    """A shelf that can say what its documents hold; None when that is not to be trusted, and the text must be read."""

    def reading(self, row: int) -> Reading | None: ...


class Laid(Sequence[Any]):
    """Things in memory with their readings: `rows` are their places among the texts that were read."""

    def __init__(self, things: Sequence[Any], texts: Read, rows: np.ndarray):
        self._things, self._rows = things, rows
        self._flat, self._counts = texts.flat, texts.counts
        self._starts = np.concatenate([[0], np.cumsum(texts.counts.sum(axis=1))])

    def __len__(self) -> int:
        return len(self._things)

    def __getitem__(self, row: Any) -> Any:
        return self._things[row]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._things)

    def reading(self, row: int) -> Reading:
        own = self._rows[row]
        return Reading(self._counts[own], self._flat[self._starts[own] : self._starts[own + 1]])


def reading_of(shelf: Sequence[Any], row: int) -> Reading | None:
    """Of the shelf of a generation."""
    return cast(Readable, shelf).reading(row)
