"""A mask in the words a teacher would use: "groep 7-8 en havo/vwo onderbouw"."""

from functools import lru_cache

from techfinder.reference.levels.values import ALL, LEVELS, mask, track_mask
from techfinder.reference.vocabulary import Text

_VMBO = ("bb", "kb", "gl", "tl")
_LOWER, _UPPER = Text("onderbouw", "lower years"), Text("bovenbouw", "upper years")
_YEARS = Text("", "years ")
_YEAR = Text("", "year ")
_AND = Text(" en ", " and ")
_WHOLE: tuple[tuple[int, Text], ...] = (
    (ALL, Text("alle groepen en klassen", "all groups and years")),
    (
        sum(level.mask for level in LEVELS if level.sector == "vo"),
        Text("alle klassen", "all secondary years"),
    ),
    (track_mask("po") | mask(["sbo", "so"]), Text("alle groepen", "all primary groups")),
)
_SINGLE = (
    ("sbo", Text("sbo", "sbo")),
    ("so", Text("so", "so")),
    ("vso", Text("vso", "vso")),
    ("pro", Text("praktijkonderwijs", "practical education")),
    ("isk", Text("isk", "isk")),
)


@lru_cache(4_096)  # a page of results names twenty of the few that are used
def describe(levels: int, locale: object = "nl") -> str:
    """Short natural words for a mask, in school order; the empty string for 0."""
    parts: list[str] = []
    for whole, text in _WHOLE:
        if levels & whole == whole:
            parts.append(text(locale))
            levels &= ~whole
    parts += _primary(levels, locale)
    parts += [text(locale) for code, text in _SINGLE if levels & mask([code])]
    bare = _only_whole_tracks(levels)
    parts += _vmbo(levels, bare, locale)
    parts += _havo_vwo(levels, bare, locale)
    if levels & mask(["mbo"]):
        parts.append("mbo")
    return _join(parts, locale)


def _join(parts: list[str], locale: object) -> str:
    """ "a, b en c"; only commas when a part already holds an "en", which would read ambiguously."""
    conjunction = _AND(locale)
    if len(parts) < 2:
        return "".join(parts)
    if any(conjunction in part for part in parts[:-1]):
        return ", ".join(parts)
    return ", ".join(parts[:-1]) + conjunction + parts[-1]


def _runs(years: tuple[int, ...], locale: object) -> str:
    """(1, 2, 5) → "1-2 en 5"."""
    runs: list[list[int]] = []
    for year in years:
        if runs and runs[-1][-1] == year - 1:
            runs[-1].append(year)
        else:
            runs.append([year])
    return _join([str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs], locale)


def _years(levels: int, track: str) -> tuple[int, ...]:
    return tuple(
        level.year for level in LEVELS if level.track == track and level.year and levels & level.mask
    )


def _numbered(years: tuple[int, ...], locale: object) -> str:
    return (_YEAR if len(years) == 1 else _YEARS)(locale) + _runs(years, locale)


def _primary(levels: int, locale: object) -> list[str]:
    years = _years(levels, "po")
    if not years:
        return []
    word = Text("groep", "group" if len(years) == 1 else "groups")
    return [f"{word(locale)} {_runs(years, locale)}"]


def _only_whole_tracks(levels: int) -> bool:
    """Whether tracks may stand without years: "havo en vwo 1" would read as havo 1, so "havo 1-5 en vwo 1"."""
    tracks = [track_mask(name) for name in (*(f"vmbo_{path}" for path in _VMBO), "havo", "vwo")]
    return all(levels & track in (0, track) for track in tracks)


def _vmbo(levels: int, bare: bool, locale: object) -> list[str]:
    """Leerwegen with the same years are named together; all four are just "vmbo"."""
    by_years: dict[tuple[int, ...], list[str]] = {}
    for path in _VMBO:
        years = _years(levels, f"vmbo_{path}")
        if years:
            by_years.setdefault(years, []).append(path)
    parts = []
    for years, paths in by_years.items():
        if len(paths) == len(_VMBO):
            name = "vmbo"
        elif paths == ["tl"]:
            name = "mavo / vmbo-tl"
        else:
            name = "vmbo " + "/".join(paths)
        parts.append(name if bare else f"{name} {_numbered(years, locale)}")
    return parts


def _havo_vwo(levels: int, bare: bool, locale: object) -> list[str]:
    havo, vwo = _years(levels, "havo"), _years(levels, "vwo")
    if havo and vwo:
        if bare:
            return ["havo/vwo"]
        if havo == vwo == (1, 2, 3):
            return [f"havo/vwo {_LOWER(locale)}"]
        if havo == (4, 5) and vwo == (4, 5, 6):
            return [f"havo/vwo {_UPPER(locale)}"]
        if havo == vwo:
            return [f"havo/vwo {_numbered(havo, locale)}"]
    return [
        track if bare else f"{track} {_numbered(years, locale)}"
        for track, years in (("havo", havo), ("vwo", vwo))
        if years
    ]
