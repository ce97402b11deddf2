"""A thesaurus of technology education, as data: `data/thesaurus.txt`.

One group a line, `code [< broader …]: member, member, several words, ~weak member`. All members name the concept
`code`; a concept also names its broader ones, more softly. Index and query carry concepts as terms `=code`, so a
concept has a document frequency of its own and a document that names it by three words names it more strongly.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

WEAK = 0.5  # a member that also means other things
BROADER = 0.5  # a concept's word, as evidence for the broader concept


@dataclass(frozen=True, slots=True)
class Group:
    code: str
    broader: tuple[str, ...]
    members: tuple[tuple[str, float], ...]


def parse(text: str) -> list[Group]:
    """The groups of a thesaurus file; raises ValueError with the line that is wrong."""
    groups = []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.split("#")[0].strip()
        if not line:
            continue
        head, colon, tail = line.partition(":")
        code, _, broader = head.partition("<")
        if not colon or not code.strip():
            raise ValueError(f"thesaurus line {number}: no code")
        members = [m.strip() for m in tail.split(",") if m.strip()]
        weighed = tuple((m.lstrip("~"), WEAK if m.startswith("~") else 1.0) for m in members)
        groups.append(Group(code.strip(), tuple(broader.split()), weighed))
    codes = [g.code for g in groups]
    wrong = {b for g in groups for b in g.broader} - set(codes)
    if wrong or len(set(codes)) != len(codes):
        raise ValueError(f"thesaurus: unknown broader {sorted(wrong)} or double codes")
    return groups


Concepts = tuple[tuple[str, float, str, int], ...]  # code, weight, synonym or related, letters of the shortest member
Found = dict[tuple[str, ...], Concepts]


def found_in(
    groups: list[Group], keys: Callable[[str], tuple[str, ...]], lemma: Callable[[str], str | None] = lambda word: None
) -> Found:
    """What each member names; `keys` turns a member into the keys of its words, so that members match in every inflection."""
    broader = {g.code: g.broader for g in groups}
    found: dict[tuple[str, ...], dict[str, tuple[float, str, int]]] = {}
    for group in groups:
        for member, weight in group.members:
            named = keys(member)
            letters = least(member, lemma(member) or member) if len(named) == 1 else 0
            entry = found.setdefault(named, {})
            _add(entry, f"={group.code}", weight, "synonym", letters)
            for code in broader[group.code]:
                _add(entry, f"={code}", weight * BROADER, "related", letters)
    found.pop((), None)
    return {k: tuple((c, w, how, n) for c, (w, how, n) in v.items()) for k, v in found.items()}


def _add(entry: dict, code: str, weight: float, how: str, letters: int) -> None:
    before = entry.get(code)
    shortest = min(letters, before[2]) if before else letters
    if before and before[0] >= weight:
        weight, how = before[:2]
    entry[code] = (weight, how, shortest)


class Thesaurus:
    """`found` is that of `found_in`.

    The stemmer also joins what a member is derived from: scholing and school, houdbaarheid and houden. So a word
    names a concept only when it is as long as the shortest member with its key (see `least`).
    """

    def __init__(self, groups: list[Group], found: Found):
        self.groups, self._found = groups, found
        self._starts: dict[str, list[int]] = {}
        for key in sorted(self._found, key=len):
            if len(key) > 1 and len(key) not in (lengths := self._starts.setdefault(key[0], [])):
                lengths.append(len(key))
        self.pairs = {key[:2] for key in self._found if len(key) > 1}  # how members of several words begin
        self.firsts = self._starts.keys()
        self.longest = max(map(len, self._found), default=0)  # words of a member

    def concepts(self, keys: tuple[str, ...], letters: int = 99) -> Iterable[tuple[str, float, str]]:
        """(`=code`, weight, synonym or related) for the keys of a phrase, or the key of a word that has so many letters."""
        found = self._found.get(keys)
        return [(code, weight, how) for code, weight, how, shortest in found if letters >= shortest] if found else ()

    def members(self) -> Iterable[tuple[str, ...]]:
        """The keys of every member, one for a word and several for a phrase."""
        return self._found.keys()

    def phrases(self, keys: list[str]) -> Iterable[tuple[int, int]]:
        """Where members of several words stand in a row of keys, as (start, end)."""
        if not self.pairs.isdisjoint(zip(keys, keys[1:], strict=False)):
            for start, pair in enumerate(zip(keys, keys[1:], strict=False)):
                if pair in self.pairs:
                    for end in self.ends(keys, start):
                        yield start, end

    def ends(self, keys: list[str], start: int) -> Iterable[int]:
        """Where the members of several words end that begin at `start`."""
        for length in self._starts.get(keys[start], ()):
            if start + length <= len(keys) and tuple(keys[start : start + length]) in self._found:
                yield start + length


def least(member: str, lemma: str) -> int:
    """The letters of the shortest word that is the member itself in another inflection."""
    return min(len(word) - 2 * word.endswith("en") for word in (member, lemma))
