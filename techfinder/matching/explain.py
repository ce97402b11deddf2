"""Which words of a document answered which words of the question: found by analysing the document again."""

from collections.abc import Iterable, Sequence

from techfinder.matching.analysis import Analyser
from techfinder.matching.terms import QueryTerm
from techfinder.matching.values import Word

MOST = 8
STRENGTH = {"word": 0, "spelling": 1, "part": 2, "synonym": 3, "related": 4}


def matched_words(analyser: Analyser, asked: Sequence[QueryTerm], texts: Iterable[str]) -> tuple[Word, ...]:
    """The strongest match per asked word, the heaviest asked words first, at most `MOST`."""
    by_key = {t.key: t for t in asked}
    none_of = frozenset(by_key).isdisjoint
    best: dict[str, tuple[int, float, Word]] = {}
    for text in texts:
        for token, terms in analyser.read(text):
            if none_of([term.key for term in terms]):
                continue
            for term in terms:
                question = by_key.get(term.key)
                if question is None:
                    continue
                how = max(term.how, question.how, key=STRENGTH.__getitem__)
                entry = (STRENGTH[how], -question.weight * term.weight, Word(question.asked, token, how))  # type: ignore[arg-type]
                if question.asked not in best or entry[:2] < best[question.asked][:2]:
                    best[question.asked] = entry
    ordered = sorted(best.values(), key=lambda e: (e[0], e[1], e[2].asked))
    return tuple(word for _, _, word in ordered[:MOST])
