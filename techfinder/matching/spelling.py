"""Words that nobody wrote: softly replaced in a question by the nearest that somebody did."""

from collections.abc import Callable, Sequence

from techfinder.matching.analysis import Analyser
from techfinder.matching.terms import QueryTerm
from techfinder.matching.vocabulary import Vocabulary

SOFT = 0.6  # weight of a word that was replaced
AGAIN = 0.5  # … of what it adds to a term that another word of the question brings already
MOST = 4  # words of one question that are looked up
FEW = 4  # words of a question that somebody typed to search
LONG = 7  # letters of a compound that may be a misspelt word: watterstof holds stof, and nobody means that


def corrected(
    analyser: Analyser, words: Vocabulary, terms: Sequence[QueryTerm], known: Callable[[str], bool]
) -> tuple[tuple[QueryTerm, ...], dict[str, str]]:
    """The terms with softened neighbours added for unknown words, and what each such word may have meant (as written).

    A word is unknown when the lexicon lacks it and no document holds its key, a part or a concept of it (`known`). In a
    question of a few words a compound whose parts alone are known may be misspelt, if a known word is one letter away.
    """
    if all(analyser.knows(asked.replace("-", "")) for asked in {term.asked for term in terms}):
        return tuple(terms), {}
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
        if analyser.knows(word) or known(group[0].key):
            continue
        in_part = any(known(t.key) for t in group)
        if in_part and (len(groups) > FEW or len(word) < LONG or group[0].how != "word"):
            continue
        looked_up += 1
        for near, edits in words.nearest(word):
            if in_part and edits > 1:
                continue
            meant.setdefault(asked, words.shown(near))
            for found in analyser.terms(near):
                weight = group[0].weight * SOFT * found.weight
                added.setdefault(found.key, QueryTerm(found.key, weight, asked, "spelling"))
    have = {t.key for t in terms}
    stronger = (t._replace(weight=t.weight + AGAIN * added[t.key].weight) if t.key in added else t for t in terms)
    return (*stronger, *(t for t in added.values() if t.key not in have)), meant


def did_you_mean(text: str, analyser: Analyser, meant: dict[str, str]) -> str | None:
    """The question as people would type it with its unknown words replaced; None when there are none."""
    if not meant:
        return None
    return " ".join(meant.get(token, token) for token in analyser.tokens(text))
