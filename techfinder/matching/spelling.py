"""Words that nobody wrote: softly replaced in a question by the nearest that somebody did."""

from collections.abc import Callable, Sequence

from techfinder.matching.analysis import Analyser
from techfinder.matching.terms import QueryTerm
from techfinder.matching.vocabulary import Vocabulary

SOFT = 0.6  # weight of a word that was replaced
MOST = 4  # words of one question that are looked up


def corrected(
    analyser: Analyser, words: Vocabulary, terms: Sequence[QueryTerm], known: Callable[[str], bool]
) -> tuple[tuple[QueryTerm, ...], dict[str, str]]:
    """The terms with softened neighbours added for unknown words, and what each such word may have meant (as written).

    A word is unknown when the lexicon lacks it and no document holds its key, a part or a concept of it (`known`).
    """
    groups: dict[str, list[QueryTerm]] = {}
    for term in terms:
        groups.setdefault(term.asked, []).append(term)
    added: dict[str, QueryTerm] = {}
    meant: dict[str, str] = {}
    looked_up = 0
    for asked, group in groups.items():
        if looked_up >= MOST:
            break
        word = asked.replace("-", "")
        if analyser.knows(word) or any(known(t.key) for t in group):
            continue
        looked_up += 1
        for near, _ in words.nearest(word):
            meant.setdefault(asked, words.shown(near))
            for found in analyser.terms(near):
                weight = group[0].weight * SOFT * found.weight
                added.setdefault(found.key, QueryTerm(found.key, weight, asked, "spelling"))
    have = {t.key for t in terms}
    return (*terms, *(t for t in added.values() if t.key not in have)), meant


def did_you_mean(text: str, analyser: Analyser, meant: dict[str, str]) -> str | None:
    """The question as people would type it with its unknown words replaced; None when there are none."""
    if not meant:
        return None
    return " ".join(meant.get(token, token) for token in analyser.tokens(text))
