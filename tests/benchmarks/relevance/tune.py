"""Sweeps one constant of analysis and ranking at a time over the training data: `python -m tests.benchmarks.relevance.tune`.

Training data are the development set and the tuning half of the second one, each request weighing the same. That is little
(62 requests; one of them moves the mean by 0.016), so no optimum is taken: a constant stays at a round value inside a plateau.
The space searched and what it gave, (text alone, with all filters), is written to `tuning.json`.
"""

import json
import sys
from collections.abc import Sequence
from dataclasses import replace

from techfinder.matching import analysis, blend, bulk, postings, terms, thesaurus
from techfinder.matching.analysis import analyser
from tests.benchmarks.relevance.dataset import HERE, Judged, load
from tests.benchmarks.relevance.score import reached

TRAINING = (HERE, HERE / "second" / "tuning")
SPACE = {
    "query.part": (0.25, 0.5, 0.75, 1.0), "query.synonym": (0.6, 0.8, 0.9, 1.0, 1.2), "query.related": (0.2, 0.4, 0.6, 0.8),
    "query.light": (0.1, 0.3, 0.5, 1.0), "query.repeat": (0.0, 0.25, 0.5, 1.0),
    "PART": (0.25, 0.5, 0.75), "INSIDE": (0.375, 0.625, 0.875), "INSIDE_NAMED": (0.125, 0.3125, 0.5), "WEAK": (0.25, 0.5, 0.75), "BROADER": (0.25, 0.5, 0.75),
    "B": (0.0, 0.25, 0.5, 0.75), "K1": (0.8, 1.2, 1.8, 2.5), "title": (1.0, 1.5, 2.0, 3.0),
    "asked_title": (1.0, 1.25, 1.5, 2.0), "organisation": (0.0, 0.5, 1.0),
    "c": (0.1, 0.25, 0.5), "text": (0.5, 0.7, 0.9), "d0": (15.0, 30.0, 60.0),
}  # fmt: skip
MODULES = {"PART": analysis, "INSIDE": analysis, "INSIDE_NAMED": analysis, "WEAK": thesaurus, "BROADER": thesaurus, "B": postings, "K1": postings}


def with_value(name: str, value: float):
    """Set a constant; returns what undoes it."""
    if name in MODULES:
        module, before = MODULES[name], getattr(MODULES[name], name)
        setattr(module, name, value)
        analyser.cache_clear()
        return lambda: (setattr(module, name, before), analyser.cache_clear())
    if name in ("title", "asked_title", "organisation"):
        table = {"title": "SUPPLY", "asked_title": "NEED", "organisation": "SUPPLY"}[name]
        before = getattr(terms, table)
        for module in (terms, bulk):
            setattr(module, table, before | {name.removeprefix("asked_"): value})
        return lambda: [setattr(module, table, before) for module in (terms, bulk)]
    w, before = blend.weights(), blend.weights
    field = name.removeprefix("query.")
    changed = replace(w, query=replace(w.query, **{field: value})) if name != field else replace(w, **{field: value})
    engine = sys.modules["techfinder.matching.engine"]
    engine.weights = lambda: changed
    return lambda: setattr(engine, "weights", before)


def scores(training: Sequence[Judged]) -> tuple[float, float]:
    """nDCG@10 over the requests of all sets: by the text alone, and with all filters."""
    found = [reached(judged) for judged in training]
    text, full = ([value for scores in found for value in scores[name].values()] for name in ("text", "filtered"))
    return round(sum(text) / len(text), 4), round(sum(full) / len(full), 4)


def main() -> None:
    training = [load(folder) for folder in TRAINING]
    results: dict = {"start": scores(training)}
    print("start", results["start"])
    for name, values in SPACE.items():
        results[name] = {}
        for value in values:
            undo = with_value(name, value)
            try:
                results[name][str(value)] = scores(training)
            finally:
                undo()
        print(name, results[name], flush=True)
    (HERE / "tuning.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
