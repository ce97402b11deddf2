"""Import DUO's school locations: our geocoded extract and DUO's own files, old and new.

The whole file is read and judged first, then written in one transaction without work per row in the ORM. A location is
known by its vestigingscode (six characters). What a school's own people edited stays theirs.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from techfinder.exchange.report import Line
from techfinder.exchange.tables import Row, Table, read_table
from techfinder.geo import fold, locate, municipality_key, parse_pc4, parse_postcode, province_key
from techfinder.organisations.domains import as_url
from techfinder.organisations.rules import brin_code
from techfinder.reference.holidays import HOLIDAY_REGIONS, holiday_region
from techfinder.reference.levels import school_preset, sectors

COLUMNS: dict[str, tuple[str, ...]] = {
    "brin": ("vestigingscode", "vestigingsnummer", "vestiging"),
    "institution": ("instellingscode", "brin nummer", "brinnummer", "brin"),
    "name": ("vestigingsnaam", "naam vestiging", "naam", "instellingsnaam"),
    "type": ("onderwijsstructuur", "type", "schooltype", "soort primair onderwijs"),
    "website": ("internetadres", "website"),
    "street": ("straatnaam", "straat"),
    "number": ("huisnummer-toevoeging", "huisnummer"),
    "letter": ("huisletter",),
    "addition": ("huisnummertoevoeging",),
    "postcode": ("postcode",),
    "place": ("plaatsnaam", "plaats"),
    "municipality": ("gemeentenaam", "gemeente"),
    "province": ("provincie",),
    "holiday_region": ("vakantieregio",),
    "pupils": ("leerlingen", "aantal leerlingen"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "longitude", "lng"),
}
BOX = (50.7, 53.8, 3.2, 7.3)  # degrees: south, north, west and east of the Netherlands in Europe
BY_FILE_NAME = (("basisonderwijs", "basisschool"), ("speciaal", "(V)SO"))
MOST_PUPILS = 20_000


@dataclass(frozen=True)
class School:
    """A location as the register has it, in the words of our columns. `row` is its line in the file."""

    row: int
    brin: str
    name: str
    street: str
    postcode: str | None
    place: str
    municipality: str
    province: str
    lat: float
    lon: float
    website: str
    school_type: str
    levels: int
    sector: str
    pupils: int | None
    holiday_region: str


class Refused(Exception):
    """A row that cannot be used; the text says why. `code`: the location's, where that can be read."""

    code = ""


def read_schools(
    path: Path, default_type: str = "", progress: Callable[[Iterable[Row]], Iterable[Row]] = iter
) -> tuple[list[School], list[Line], frozenset[str]]:
    """(the locations, the rows that were merged or refused, the columns that the file has). Raises `UnreadableTable`."""
    table = read_table(path, COLUMNS, required=("brin", "name"))
    usual = default_type or next((kind for word, kind in BY_FILE_NAME if word in path.name.lower()), "")
    found: dict[str, School] = {}
    lines: list[Line] = []
    for row in progress(table.rows):
        try:
            school = _read(row, usual)
        except Refused as why:
            lines.append(Line(row.number, why.code or row["brin"], row["name"], "refused", str(why)))
            continue
        known = found.get(school.brin)
        if known is None:
            found[school.brin] = school
        else:
            found[school.brin] = _merge(known, school)
            lines.append(Line(row.number, school.brin, school.name, "merged", f"same code as row {known.row}"))
    return list(found.values()), lines, _given(table, usual)


def _given(table: Table, usual: str) -> frozenset[str]:
    """Which of our fields this file says something about; the others are left as they are."""
    said = {"name", "postcode", "place", "municipality", "province", "holiday_region"}
    said |= table.columns & {"website", "pupils", "street"}
    if "type" in table.columns or usual:
        said |= {"school_type", "levels", "sector"}
    if {"lat", "lon"} <= table.columns:
        said |= {"lat", "lon"}
    return frozenset(said)


def _read(row: Row, usual: str) -> School:
    brin = _code(row)
    try:
        return _school(row, brin, usual)
    except Refused as why:
        why.code = brin
        raise


def _school(row: Row, brin: str, usual: str) -> School:
    if not row["name"]:
        raise Refused("no name")
    postcode = parse_postcode(row["postcode"]) or parse_pc4(row["postcode"])
    lat, lon = _degrees(row["lat"]), _degrees(row["lon"])
    if not (BOX[0] < lat < BOX[1] and BOX[2] < lon < BOX[3]):
        lat = lon = 0.0
    municipality, province = municipality_key(row["municipality"]), province_key(row["province"])
    place = row["place"]
    if not lat or not municipality or not province or place.isupper():
        where = locate(f"{postcode or ''} {place}") or locate(place)
        if where is None and not lat:
            raise Refused(f"no coordinates, and postcode {row['postcode'] or '(none)'} is unknown")
        if where is not None:
            lat, lon = (lat, lon) if lat else (where.lat, where.lon)
            municipality, province = municipality or where.municipality, province or where.province
            place = where.place if not place or fold(place) == fold(where.place) else place
        place = place.title() if place.isupper() else place
    kind = row["type"] or usual
    levels = school_preset(kind)
    return School(
        row.number, brin, row["name"][:200], _street(row), postcode, place[:100], (municipality or row["municipality"].title())[:100],
        province or "", lat, lon, (as_url(row["website"]) or "")[:300], kind[:80], levels, _sector(levels), _pupils(row["pupils"]),
        _holidays(row["holiday_region"], municipality or "", province or "", place),
    )  # fmt: skip


def _code(row: Row) -> str:
    """The six characters; older files split them over two columns ("05AB" and "00" or "0")."""
    own, institution = row["brin"].replace(" ", ""), row["institution"].replace(" ", "")
    code = brin_code(own) or (brin_code(institution[:4] + own.zfill(2)) if len(own) <= 2 else None)
    if code is None:
        raise Refused(f"{own or '(empty)'} is no vestigingscode")
    return code


def _street(row: Row) -> str:
    number = " ".join(part for part in (row["number"] + row["letter"], row["addition"]) if part)
    return f"{row['street']} {number}".strip()[:200]


def _degrees(text: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return 0.0


def _pupils(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) <= MOST_PUPILS else None


def _sector(levels: int) -> str:
    """One sector for a location; special and secondary education together are special."""
    found = sectors(levels)
    return "so" if "so" in found else found[0] if found else ""


def _holidays(text: str, municipality: str, province: str, place: str) -> str:
    word = fold(text).removeprefix("regio ").removeprefix("vakantieregio ")
    return word if word in HOLIDAY_REGIONS else holiday_region(municipality, province, place) or ""


def _merge(first: School, other: School) -> School:
    """Two rows of one location: the first one's address, everybody's levels, and what the first one leaves open."""
    parts = dict.fromkeys([*first.school_type.split("/"), *other.school_type.split("/")])
    levels = first.levels | other.levels
    return replace(
        first, website=first.website or other.website, levels=levels, sector=_sector(levels),
        school_type="/".join(part for part in parts if part)[:80],
        pupils=max((n for n in (first.pupils, other.pupils) if n is not None), default=None),
    )  # fmt: skip
