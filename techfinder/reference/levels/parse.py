"""Reading levels from a file cell: our own codes, and the words that people write instead.

    parse("po_7_8;havo_vwo_onderbouw")   parse("groep 5 t/m 8")   parse("onderbouw havo | mavo 3, 4")

What cannot be read with certainty is handed back as it stood, never guessed: "onderbouw" alone means something else in
a primary school than in a secondary one.
"""

import re
from dataclasses import dataclass, field

from techfinder.reference.levels.values import ALL, known, mask, track_mask
from techfinder.reference.vocabulary import fold

_VMBO = frozenset({"vmbo_bb", "vmbo_kb", "vmbo_gl", "vmbo_tl"})
_PHRASES = (
    (r"voortgezet speciaal onderwijs", "vso"),
    (r"speciaal basisonderwijs", "sbo"),
    (r"speciaal onderwijs", "so"),
    (r"\(v\)so\b", "so vso"),
    (r"praktijkonderwijs|praktijkschool", "pro"),
    (r"internationale schakelklas", "isk"),
    (r"voortgezet onderwijs|secondary( education| school)?", "vo"),
    (r"primair onderwijs|basisonderwijs|basisscho(ol|len)|primary( education| school)?", "po"),
    (r"alle groepen", "po"),
    (r"alle (niveaus|leerlingen)|all levels", "alles"),
    (r"vmbo[ -]*(g/t|gt)\b", "gl tl"),
    (r"vmbo[ -]*(b/k|bk)\b", "bb kb"),
    (r"(vmbo[ -]*t|theoretische leerweg)\b", "tl"),
    (r"(vmbo[ -]*b|basisberoepsgericht\w*)\b", "bb"),
    (r"(vmbo[ -]*k|kaderberoepsgericht\w*)\b", "kb"),
    (r"(gemengde leerweg)\b", "gl"),
    (r"(\d)\s*(?:-|\u2013|t/m|tot en met|tm|to)\s*(\d)", r"\1-\2"),
)
_TRACKS: dict[str, frozenset[str]] = {
    **dict.fromkeys(("po", "groep", "groepen", "gr", "group", "groups"), frozenset({"po"})),
    "vo": _VMBO | {"havo", "vwo"},
    "vmbo": _VMBO,
    **dict.fromkeys(("bb", "basis"), frozenset({"vmbo_bb"})),
    **dict.fromkeys(("kb", "kader"), frozenset({"vmbo_kb"})),
    **dict.fromkeys(("gl", "gemengd"), frozenset({"vmbo_gl"})),
    **dict.fromkeys(("tl", "mavo", "theoretisch"), frozenset({"vmbo_tl"})),
    "havo": frozenset({"havo"}),
    **dict.fromkeys(("vwo", "atheneum", "gymnasium"), frozenset({"vwo"})),
}
_WITHOUT_YEARS = frozenset({"sbo", "so", "vso", "pro", "isk", "mbo"})
_FILLERS = frozenset(
    ["en", "of", "in", "de", "het", "van", "voor", "klas", "klassen", "leerjaar", "leerjaren", "jaar"]
    + ["year", "years", "and", "or"]
)
_LOWER, _UPPER = "onderbouw", "bovenbouw"
_TOKEN = re.compile(r"\d-\d|\d|[a-z_]+(?:_\d)*|\S")


class _Unreadable(Exception):
    pass


@dataclass
class _Reading:
    """One phrase being read: tracks and years collect until the next phrase begins, then become bits."""

    tracks: set[str] = field(default_factory=set)
    years: set[int] = field(default_factory=set)
    half: str = ""
    years_first: bool = False
    generic_vmbo: bool = False
    first_class: bool = False
    carried: frozenset[str] = frozenset()
    result: int = 0

    def track(self, names: frozenset[str]) -> None:
        if self.tracks and (self.years or self.half) and not self.years_first:
            self.finish()
        if names == _VMBO:
            self.generic_vmbo = True
        elif names < _VMBO and self.generic_vmbo:
            self.tracks -= _VMBO
            self.generic_vmbo = False
        self.tracks |= names

    def year(self, first: int, last: int) -> None:
        if self.years_first and self.tracks:
            self.finish()
        if not self.tracks and not self.years:
            self.years_first = True
        self.years |= set(range(first, last + 1))

    def halve(self, half: str) -> None:
        if self.half and self.tracks:
            self.finish()
        if not self.tracks:
            self.years_first = True
        self.half = half

    def finish(self) -> None:
        tracks = frozenset(self.tracks) or (_TRACKS["vo"] if self.first_class else self.carried)
        if not (self.tracks or self.years or self.half):
            return
        if not tracks:
            raise _Unreadable
        for track in tracks:
            bits = track_mask(track, self._years(track))
            if not bits or (self.years and not self.half and len(tracks) == 1 and not self._fits(track)):
                raise _Unreadable
            self.result |= bits
        self.carried = tracks
        self.tracks, self.years, self.half = set(), set(), ""
        self.years_first = self.generic_vmbo = self.first_class = False

    def _fits(self, track: str) -> bool:
        return all(track_mask(track, [year]) for year in self.years)

    def _years(self, track: str) -> set[int] | None:
        if not self.half:
            return self.years or None
        if track == "po":
            raise _Unreadable
        last_lower = 2 if track in _VMBO else 3
        return set(range(1, last_lower + 1)) if self.half == _LOWER else set(range(last_lower + 1, 7))


def parse(cell: str) -> tuple[int, list[str]]:
    """The levels in a cell (parts split by ; | , or a line end) and the parts that could not be read."""
    levels, unknown = 0, []
    carried: frozenset[str] = frozenset()
    for raw in re.split(r"[;|,\n]", cell):
        part = raw.strip()
        if not part:
            continue
        bits = known(fold(part))
        if bits is not None:
            levels |= bits
            continue
        try:
            reading = _read(fold(part.replace("\u2013", "-")), carried)
        except _Unreadable:
            unknown.append(part)
        else:
            levels |= reading.result
            carried = reading.carried
    return levels, unknown


def _read(text: str, carried: frozenset[str]) -> _Reading:
    for pattern, replacement in _PHRASES:
        text = re.sub(pattern, replacement, text)
    tokens = [
        token for token in _TOKEN.findall(text) if token not in {"/", "+", "&", "-", "(", ")", ".", ":"}
    ]
    if not tokens:
        raise _Unreadable
    reading = _Reading(carried=carried)
    for at, token in enumerate(tokens):
        if token in {"en", "and"} and _starts_anew(tokens[at + 1 :]):
            reading.finish()
        elif token not in _FILLERS:
            _take(reading, token)
    reading.finish()
    return reading


def _take(reading: _Reading, token: str) -> None:
    if token in _TRACKS:
        reading.track(_TRACKS[token])
    elif token in _WITHOUT_YEARS:
        reading.finish()
        reading.result |= mask([token])
    elif token == "alles":
        reading.result |= ALL
    elif token[0].isdigit():
        reading.year(int(token[0]), int(token[-1]))
    elif token in {_LOWER, _UPPER}:
        reading.halve(token)
    elif token == "brugklas":
        reading.year(1, 1)
        reading.first_class = True
    elif (bits := known(token)) is not None:
        reading.result |= bits
    else:
        raise _Unreadable


def _starts_anew(rest: list[str]) -> bool:
    """After "en": a year with its own track behind it ("3 havo en 4 vwo") begins a new phrase."""
    words = [token for token in rest if token not in _FILLERS]
    return len(words) > 1 and words[0][0].isdigit() and words[1] in _TRACKS
