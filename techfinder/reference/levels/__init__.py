"""School levels: one bit per level and year, so that "fits partly" is an `&` away.

    asked, offered = mask(["po_6", "po_7"]), mask(["po_7_8"])
    describe(asked & offered)   # groep 7
    describe(asked & ~offered)  # groep 6

A mask is an int below 2**63 and 0 is "not said". Bits are permanent: they are stored and never reused.
"""

from techfinder.reference.levels.parse import parse
from techfinder.reference.levels.values import (
    ALL,
    EDITION,
    LEVEL_GROUPS,
    LEVELS,
    SECTORS,
    TRACKS,
    Level,
    LevelGroup,
    Sector,
    Track,
    cell,
    codes,
    group_codes,
    mask,
    neighbours,
    school_preset,
    sector,
    sectors,
)
from techfinder.reference.levels.wording import describe

__all__ = [
    "ALL",
    "EDITION",
    "LEVELS",
    "LEVEL_GROUPS",
    "SECTORS",
    "TRACKS",
    "Level",
    "LevelGroup",
    "Sector",
    "Track",
    "cell",
    "codes",
    "describe",
    "group_codes",
    "mask",
    "neighbours",
    "parse",
    "school_preset",
    "sector",
    "sectors",
]
