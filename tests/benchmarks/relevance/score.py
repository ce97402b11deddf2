"""nDCG@10 of the engine on relevance sets: `python -m tests.benchmarks.relevance.score [--misses N] [FOLDER …]`.

Gain 2^g − 1, discount log2(rank + 1) (Burges et al. 2005); requests without any relevant offer are left out.
"""

import argparse
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from math import log2
from pathlib import Path

from techfinder.geo import km
from techfinder.matching.engine import Engine
from techfinder.matching.values import Need
from tests.benchmarks.relevance.dataset import HERE, Judged, full_gain, load

AT = datetime(2026, 11, 21)
DEPTH = 10


def dcg(gains: Sequence[int]) -> float:
    return sum((2**g - 1) / log2(place + 2) for place, g in enumerate(gains[:DEPTH]))


def ndcg(order: Sequence[int], gains: Mapping[int, int]) -> float:
    return dcg([gains.get(i, 0) for i in order]) / dcg(sorted(gains.values(), reverse=True))


def mean(scores: Mapping[int, float]) -> float:
    return sum(scores.values()) / len(scores)


def full_gains(judged: Judged, need: Need) -> dict[int, int]:
    gains = {}
    for offered, grade in judged.topical.get(need.id, {}).items():
        supply = judged.supplies[offered]
        at = supply.points[0] if supply.points else None
        far = km((need.lat, need.lon), (at.lat, at.lon)) if at and need.lat is not None else None
        gains[offered] = full_gain(need, supply, grade, far)
    return {i: g for i, g in gains.items() if g > 0}


def measured(judged: Judged, answer: Callable[[Need], Sequence[int]], full: bool) -> dict[int, float]:
    """nDCG@10 per need that has anything relevant."""
    scores = {}
    for need in judged.needs.values():
        gains = full_gains(judged, need) if full else judged.topical.get(need.id, {})
        if gains:
            scores[need.id] = ndcg(answer(need), gains)
    return scores


def engine_of(judged: Judged, folder: str) -> Engine:
    engine = Engine.open(folder)
    engine.build(judged.supplies.values(), judged.needs.values(), 1)
    return engine


def by_text(engine: Engine) -> Callable[[Need], list[int]]:
    return lambda need: [s.id for s in engine.rank_text(need, 20)]


def by_everything(engine: Engine) -> Callable[[Need], list[int]]:
    return lambda need: [s.id for s in engine.suggest(need, AT, 20).fits]


def reached(judged: Judged) -> dict[str, dict[int, float]]:
    """nDCG@10 per need: by the text alone, and with all filters."""
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(judged, folder)
        return {
            "text": measured(judged, by_text(engine), full=False),
            "filtered": measured(judged, by_everything(engine), full=True),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path, default=[HERE])
    parser.add_argument("--misses", type=int, default=0, help="print the N worst requests")
    asked = parser.parse_args()
    for folder in asked.folders:
        judged = load(folder)
        for name, scores in reached(judged).items():
            print(f"{folder.name:10} {name:9} nDCG@10 {mean(scores):.4f} over {len(scores)} requests")
            for need, value in sorted(scores.items(), key=lambda item: item[1])[: asked.misses]:
                print(f"  {value:.3f}  {judged.needs[need].title}")


if __name__ == "__main__":
    main()
