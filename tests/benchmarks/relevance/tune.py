"""Sweeps one constant of analysis and ranking at a time over the training set: `python -m tests.benchmarks.relevance.tune`.

The set is small (24 requests; one of them moves the mean by 0.04), so no optimum is taken: a constant stays at a round
value inside a plateau. The space searched and what it gave is written to `tuning.json`.
"""

import json
import sys
import tempfile
from dataclasses import replace

from techfinder.matching import analysis, blend, postings, terms, thesaurus
from techfinder.matching.analysis import analyser
from tests.benchmarks.relevance.dataset import HERE, Judged, load
from tests.benchmarks.relevance.score import by_everything, by_text, engine_of, measured

SPACE = {
    "query.part": (0.25, 0.5, 0.75, 1.0), "query.synonym": (0.3, 0.45, 0.6, 0.8, 1.0), "query.related": (0.2, 0.4, 0.6, 0.8),
    "query.light": (0.1, 0.3, 0.5, 1.0), "query.repeat": (0.0, 0.25, 0.5, 1.0),
    "PART": (0.25, 0.5, 0.75), "WEAK": (0.25, 0.5, 0.75), "BROADER": (0.25, 0.5, 0.75),
    "B": (0.0, 0.25, 0.5, 0.75), "K1": (0.8, 1.2, 1.8, 2.5), "title": (1.0, 1.5, 2.0, 3.0),
    "asked_title": (1.0, 1.5, 2.0, 3.0), "organisation": (0.0, 0.5, 1.0),
    "c": (0.1, 0.25, 0.5), "text": (0.5, 0.7, 0.9), "d0": (15.0, 30.0, 60.0),
}  # fmt: skip
MODULES = {"PART": analysis, "WEAK": thesaurus, "BROADER": thesaurus, "B": postings, "K1": postings}


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
        setattr(terms, table, before | {name.removeprefix("asked_"): value})
        return lambda: setattr(terms, table, before)
    w, before = blend.weights(), blend.weights
    field = name.removeprefix("query.")
    changed = replace(w, query=replace(w.query, **{field: value})) if name != field else replace(w, **{field: value})
    engine = sys.modules["techfinder.matching.engine"]
    engine.weights = lambda: changed
    return lambda: setattr(engine, "weights", before)


def scores(judged: Judged) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        engine = engine_of(judged, folder)
        text = measured(judged, by_text(engine), full=False)
        full = measured(judged, by_everything(engine), full=True)
    return round(sum(text.values()) / len(text), 4), round(sum(full.values()) / len(full), 4)


def main() -> None:
    judged = load()
    results: dict = {"start": scores(judged)}
    print("start", results["start"])
    for name, values in SPACE.items():
        results[name] = {}
        for value in values:
            undo = with_value(name, value)
            try:
                results[name][str(value)] = scores(judged)
            finally:
                undo()
        print(name, results[name])
    (HERE / "tuning.json").write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
