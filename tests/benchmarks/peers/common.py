"""What all peers share: their interface, the question in our terms, and reach as terms of a text index."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, cos, floor, radians
from pathlib import Path
from typing import Protocol

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.reach import CLASS, COMPANY, REACH
from techfinder.matching.terms import QueryTerm, need_sources, query_terms
from techfinder.matching.values import Need, Supply
from tests.benchmarks.analysed import Analysed
from tests.benchmarks.blending import Blend, accepted

CELL_KM = 15.0
NORTH, EAST = 111.2, 111.4 * cos(radians(52.2))  # kilometres to a degree, near enough for cells


@dataclass
class Corpus:
    """What is built from: offers in the order of their ids, their terms, and the columns of the blend."""

    supplies: Sequence[Supply]
    analysed: Analysed | None
    blend: Blend


class Peer(Protocol):
    """`settings` says how it is tuned. `build` raises `Missing` when this machine lacks what it needs."""

    settings: str
    candidates: str  # how many it hands to the blend
    analyses: bool  # its `build` starts from texts; else our analysis comes on top
    up_to: int  # offers, unless it is asked for by name
    updates: int  # how many are measured

    def __init__(self, folder: Path): ...
    def build(self, corpus: Corpus) -> None: ...
    def reopen(self) -> None: ...
    def first_ten(self, need: Need) -> list[int]: ...
    def update(self, supply: Supply) -> None: ...
    def bytes(self) -> int: ...
    def close(self) -> None: ...


class Missing(Exception):
    """The peer isn't installed here; the text says what is lacking."""


def question(need: Need) -> tuple[QueryTerm, ...]:
    """The words of a need, analysed: part of the time of every peer that takes our terms."""
    return query_terms(analyser(), need_sources(need), weights().query)


def cells(lat: float, lon: float, km: float) -> Iterator[str]:
    """The cells of a grid that a square of twice `km` around a place touches."""
    y, x, reach = lat * NORTH / CELL_KM, lon * EAST / CELL_KM, km * 1.005 / CELL_KM
    for row in range(floor(y - reach), ceil(y + reach)):
        for column in range(floor(x - reach), ceil(x + reach)):
            yield f"{row}x{column}"


def labels(supply: Supply) -> list[str]:
    """Kind, levels and reach as terms: where the company would go, where the class must come, or anywhere."""
    how = REACH[supply.kind]
    found = [f"k{supply.kind}", *(f"l{n}" for n in range(64) if supply.levels >> n & 1)]
    if how not in (COMPANY, CLASS):
        return [*found, "anywhere"]
    mark, km = ("to", None) if how == COMPANY else ("at", 0.0)
    return found + sorted({mark + c for p in supply.points for c in cells(p.lat, p.lon, (p.radius_km or 0.0) if km is None else km)})


def asked(need: Need) -> tuple[list[str], list[str], list[str]]:
    """(kinds, levels, reach) of which an offer must have one each."""
    levels = [f"l{n}" for n in range(64) if need.levels >> n & 1]
    near = ["at" + c for c in cells(need.lat, need.lon, need.max_travel_km)]
    return [f"k{k}" for k in accepted(need)], levels, ["anywhere", *("to" + c for c in cells(need.lat, need.lon, 0.0)), *near]
