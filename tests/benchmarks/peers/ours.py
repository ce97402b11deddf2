"""The engine itself, opened from its directory as a web process does."""

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from techfinder.matching.engine import Engine
from techfinder.matching.values import Need, Supply
from tests.benchmarks.peers.common import Corpus

AT = datetime(2026, 11, 21)


class Ours:
    settings = "Engine.suggest(need, at, 10, explain=False): analysis, filters, blend and spread; read model built from texts, opened anew"
    candidates = "all"
    analyses = True  # its build starts from texts
    up_to = 10_000_000
    updates = 20

    def __init__(self, folder: Path):
        self.folder = folder / "ours"
        self.engine = Engine(self.folder)

    def build(self, corpus: Corpus) -> None:
        self.engine.build(corpus.supplies, [], 1)

    def reopen(self) -> None:
        """As another process would find it."""
        self.engine.close()
        self.engine = Engine.open(self.folder)

    def first_ten(self, need: Need) -> list[int]:
        return [s.id for s in self.engine.suggest(need, AT, 10, explain=False).fits]

    def update(self, supply: Supply) -> None:
        self.engine.apply(self.engine.no + 1, supplies=[supply])

    def bytes(self) -> int:
        """All arrays that the generation's segment holds, however deep."""
        return sum(arrays(self.engine._state.supplies.segments[0]).values())

    def close(self) -> None:
        self.engine.close()


def arrays(thing: Any, found: dict[int, int] | None = None) -> dict[int, int]:
    """Bytes by the identity of every array within (views count as what they show)."""
    found = {} if found is None else found
    if isinstance(thing, np.ndarray):
        found[id(thing)] = thing.nbytes
    elif isinstance(thing, dict):
        for value in thing.values():
            arrays(value, found)
    elif isinstance(thing, list | tuple):
        for value in thing:
            arrays(value, found)
    else:
        names = getattr(type(thing), "__slots__", None) or getattr(thing, "__dict__", ())
        for name in names:
            value = getattr(thing, name, None)
            if isinstance(value, np.ndarray | dict | tuple) or type(value).__module__.startswith("techfinder.matching"):
                arrays(value, found)
    return found
