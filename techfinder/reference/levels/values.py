"""The levels themselves, the unions that files and facets use, and what DUO's school types stand for."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from techfinder.reference.vocabulary import Text, edition, load


@dataclass(frozen=True, slots=True)
class Sector:
    code: str
    name: Text
    slo: str | None

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


@dataclass(frozen=True, slots=True)
class Track:
    """One kind of education with its years: po, vmbo_tl, havo …; `slo` is the identifier of SLO's vocabulary."""

    code: str
    name: Text
    slo: str | None

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


@dataclass(frozen=True, slots=True)
class Level:
    """One year of one track, or a track without years (sbo, pro, mbo …: year None)."""

    code: str
    bit: int
    sector: str
    track: str
    year: int | None
    name: Text

    @property
    def mask(self) -> int:
        return 1 << self.bit

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


@dataclass(frozen=True, slots=True)
class LevelGroup:
    """A union of levels: a code in files and one facet in the search."""

    code: str
    mask: int
    name: Text
    slo: tuple[str, ...]

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


_DATA = load("levels")
EDITION = edition("levels")
SECTORS: tuple[Sector, ...] = tuple(
    Sector(row["code"], Text.of(row["label"]), row["slo"]) for row in _DATA["sectors"]
)
TRACKS: tuple[Track, ...] = tuple(
    Track(row["code"], Text.of(row["label"]), row["slo"]) for row in _DATA["tracks"]
)
LEVELS: tuple[Level, ...] = tuple(
    Level(row["code"], row["bit"], row["sector"], row["track"], row["year"], Text.of(row["label"]))
    for row in _DATA["levels"]
)
ALL: int = sum(level.mask for level in LEVELS)
_MASKS: dict[str, int] = {level.code: level.mask for level in LEVELS}
LEVEL_GROUPS: tuple[LevelGroup, ...] = tuple(
    LevelGroup(
        row["code"], sum(_MASKS[code] for code in row["levels"]), Text.of(row["label"]), tuple(row["slo"])
    )
    for row in _DATA["groups"]
)
_MASKS |= {group.code: group.mask for group in LEVEL_GROUPS}


def mask(wanted: Iterable[str]) -> int:
    """The bits of level codes and union codes together. KeyError names an unknown code."""
    result = 0
    for code in wanted:
        result |= _MASKS[code]
    return result


def known(code: str) -> int | None:
    """The bits of one level or union code, or None."""
    return _MASKS.get(code)


def codes(levels: int) -> tuple[str, ...]:
    """The level codes in a mask, in school order."""
    return tuple(level.code for level in LEVELS if levels & level.mask)


def group_codes(levels: int) -> tuple[str, ...]:
    """The unions that a mask touches, even partly: the facets under which it is found."""
    return tuple(group.code for group in LEVEL_GROUPS if levels & group.mask)


def cell(levels: int) -> str:
    """A file cell that `parse` reads back as exactly this mask: unions where whole, levels where not."""
    parts: list[str] = []
    for group in LEVEL_GROUPS:
        if levels & group.mask == group.mask:
            parts.append(group.code)
        else:
            parts.extend(codes(levels & group.mask))
    return ";".join(parts)


def sectors(levels: int) -> tuple[str, ...]:
    """The sectors (po, so, vo, mbo) that a mask touches."""
    touched = {level.sector for level in LEVELS if levels & level.mask}
    return tuple(sector.code for sector in SECTORS if sector.code in touched)


def sector(levels: int) -> str | None:
    """The one sector of a mask; None for an empty mask or several sectors."""
    found = sectors(levels)
    return found[0] if len(found) == 1 else None


def track_mask(track: str, years: Iterable[int] | None = None) -> int:
    """The bits of a track, for some years or (None) all of them; years the track does not have are left out."""
    wanted = None if years is None else set(years)
    return sum(
        level.mask for level in LEVELS if level.track == track and (wanted is None or level.year in wanted)
    )


@lru_cache(4096)
def neighbours(levels: int) -> int:
    """The levels one year away in the same track that are not in the mask: what would almost do."""
    near = 0
    for level in LEVELS:
        if levels & level.mask and level.year is not None:
            near |= track_mask(level.track, (level.year - 1, level.year + 1))
    return near & ~levels


def school_preset(duo_type: str) -> int:
    """The levels that DUO's school type or ONDERWIJSSTRUCTUUR presets ("VBO/MAVO/HAVO/VWO", "SBAO", …).

    An unknown part adds nothing, so a wholly unknown type answers 0: the school then says it itself.
    """
    name = " ".join(duo_type.upper().split())
    if (limited := _DATA["school_type_years"].get(name)) is not None:
        return _union(limited["tracks"], limited["years"])
    types: dict[str, list[str]] = _DATA["school_types"]
    if name in types:
        return _union(types[name])
    result = 0
    for part in name.split("/"):
        result |= _union(types.get(part.strip(), []))
    return result


def _union(tracks: list[str], years: list[int] | None = None) -> int:
    result = 0
    for track in tracks:
        result |= track_mask(track, years)
    return result
