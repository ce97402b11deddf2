"""Are the made-up offers and questions like real ones? `python -m tests.benchmarks.realism` puts both beside each other."""

import json
from collections import Counter
from collections.abc import Sequence

import numpy as np

from techfinder.matching.analysis import analyser
from techfinder.matching.blend import weights
from techfinder.matching.terms import document, need_sources, query_terms, supply_sources
from techfinder.matching.values import Need, Supply
from tests.benchmarks.corpus import DEMO, Writer
from tests.benchmarks.figures import table

OFFERS, QUESTIONS = 2_000, 300


def real() -> tuple[list[Supply], list[Need], list[Need]]:
    """The demo's offers, its requests' titles (5 words), and its whole requests (47 words)."""
    offers, requests = (json.loads((DEMO / f"{name}.json").read_text(encoding="utf-8")) for name in ("offers", "requests"))
    supplies = [
        Supply(n, 1, o["title"], o["kind"], 1, summary=o["summary"], body=o["activity"], theme_words=", ".join(o["themes"]))
        for n, o in enumerate(offers)
    ]
    titles = [Need(n, 1, r["title"], 1) for n, r in enumerate(requests)]
    whole = [Need(n, 1, r["title"], 1, description=r["description"]) for n, r in enumerate(requests)]
    return supplies, titles, whole


def described(name: str, supplies: Sequence[Supply], needs: Sequence[Need]) -> list[str]:
    """One row: words and terms of offers and questions, and how much they share."""
    documents = [document(analyser(), supply_sources(s)) for s in supplies]
    questions = [query_terms(analyser(), need_sources(n), weights().query) for n in needs]
    df = Counter(key for d in documents for key in d.frequencies)
    sharing = [sum(not d.frequencies.keys().isdisjoint(keys) for d in documents) / len(documents) for q in questions if (keys := {t.key for t in q})]
    postings = [sum(df[t.key] for t in q) / len(documents) for q in questions]
    words = [len(" ".join(text for text, _ in supply_sources(s)).split()) for s in supplies]
    low, middle, high = np.percentile(sharing, [5, 50, 95])
    return [
        name, f"{np.mean(words):.0f}", f"{np.mean([len(d.frequencies) for d in documents]):.0f}",
        f"{np.mean([len((n.title + ' ' + n.description).split()) for n in needs]):.0f}", f"{np.median([len(q) for q in questions]):.0f}",
        f"{np.median(postings):.2f}", f"{low:.0%} … {middle:.0%} … {high:.0%}",
        " ".join(f"{n / len(documents):.0%}" for _, n in df.most_common(5)),
    ]  # fmt: skip


def main() -> None:
    supplies, titles, whole = real()
    writer = Writer()
    made = [writer.supply(n) for n in range(OFFERS)]
    header = ["", "words/offer", "terms/offer", "words/question", "terms", "postings per offer", "offers that share a word", "commonest terms in"]
    print(
        table([
            header,
            described("demo, titles", supplies, titles),
            described("demo, whole requests", supplies, whole),
            described("made up", made, [writer.need(n) for n in range(QUESTIONS)]),
        ])
    )  # fmt: skip


if __name__ == "__main__":
    main()
