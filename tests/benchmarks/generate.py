"""Fill an empty database with as much as the country could hold: for load tests and for measuring pages.

    python -m tests.benchmarks.generate --offers 50000 [--duo FILE]

Words at Zipf's frequencies around a subject, places as schools lie (from DUO's file when it is given, else one school for
every so many postcodes), states and fields as the rules want them. The same seed makes the same rows.
"""

import argparse
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from techfinder.accounts.models import User
from techfinder.accounts.passwords import hash_password
from techfinder.app import create_app
from techfinder.core.changes import log_change
from techfinder.core.clock import now, today
from techfinder.core.db import db, transaction
from techfinder.discovery.engine import finder
from techfinder.exchange.bulk import add_rows, insert_rows
from techfinder.exchange.duo import read_schools
from techfinder.exchange.schools import write_schools
from techfinder.geo import Place, postcodes
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Membership, Organisation
from techfinder.organisations.school_search import name_key, place_key
from techfinder.reference.holidays import holiday_region
from techfinder.reference.kinds import kind
from techfinder.reference.levels import mask, school_preset
from techfinder.reference.themes import THEMES
from techfinder.regions.queries import region_finder
from techfinder.regions.service import seed as seed_regions
from techfinder.support_requests.models import SupportRequest
from tests.benchmarks.corpus import KINDS, Writer

PASSWORD = "benchmark-password"  # noqa: S105 - of invented people in a throw-away database
SCHOOLS = 8_717
TYPES = (("basisschool", "po"),) * 7 + (("VBO/MAVO/HAVO/VWO", "vo"),) * 2 + (("(V)SO", "so"),)
PRIMARY, SECONDARY = ("po_1_2", "po_3_4", "po_5_6", "po_7_8"), ("vmbo_onderbouw", "vmbo_bovenbouw", "havo_vwo_onderbouw", "havo_vwo_bovenbouw")
VISITS = {"min_age": 10, "safety_clothing": "", "photos_allowed": True, "paid_transport": False, "accessibility": ""}


@dataclass(frozen=True)
class Sizes:
    """How many rows. `people`: members with the password on each side, for signing in."""

    offers: int = 50_000
    companies: int = 10_000
    requests: int = 5_000
    schools: int = SCHOOLS
    people: int = 500


@dataclass(frozen=True)
class Spot:
    """An organisation that was made."""

    id: int
    place: Place
    region_id: int | None
    levels: int = 0


class Country:
    """Makes everything, in the order in which it hangs together; inside the caller's transaction."""

    def __init__(self, sizes: Sizes, at: datetime, seed: int = 7, duo: Path | None = None) -> None:
        self.sizes, self.at, self.duo = sizes, at, duo
        self.random, self.writer = random.Random(seed), Writer(seed)
        seed_regions()
        self.region = region_finder()
        self.places: Sequence[Place] = postcodes()

    def make(self) -> None:
        """Schools first: the rest lies where they lie."""
        schools = self.from_duo(self.duo) if self.duo else self.schools()
        self.places = [school.place for school in schools]
        companies = self.companies()
        school_people = self.people(schools, "school", "owner")
        company_people = self.people(companies, "company", "owner")
        self.offers(companies, company_people)
        self.requests(schools, school_people)

    def from_duo(self, path: Path) -> list[Spot]:
        """The real school locations."""
        found, _lines, given = read_schools(path)
        write_schools(found, given, "duo", self.at, dry_run=False)
        o = Organisation
        rows = db.session.execute(
            select(o.id, o.region_id, o.levels, o.postcode, o.place, o.municipality, o.province, o.lat, o.lon).where(o.kind == "school")
        )
        return [
            Spot(r.id, Place(r.postcode, r.place, r.municipality, r.province, r.lat, r.lon, "postcode"), r.region_id, r.levels)
            for r in rows if r.lat
        ]  # fmt: skip

    def schools(self) -> list[Spot]:
        """As many as DUO knows, over the postcodes."""
        rows, spots = [], []
        for n in range(self.sizes.schools):
            place, (words, sector) = self.random.choice(self.places), self.random.choice(TYPES)
            spots.append((place, school_preset(words)))
            rows.append(
                self._organisation("school", f"{'Basisschool' if sector == 'po' else 'College'} De {self.writer.word().title()}", place) | {
                    "sector": sector, "school_type": words, "levels": school_preset(words), "pupils": self.random.randrange(60, 900),
                    "holiday_region": holiday_region(place.municipality, place.province) or "", "brin": _brin(n), "claimed": False,
                }
            )  # fmt: skip
        ids = insert_rows(Organisation, rows)
        return [Spot(i, place, row["region_id"], levels) for i, (place, levels), row in zip(ids, spots, rows, strict=True)]

    def companies(self) -> list[Spot]:
        """Approved companies that published before."""
        rows, places = [], []
        for _ in range(self.sizes.companies):
            place = self.random.choice(self.places)
            places.append(place)
            rows.append(
                self._organisation("company", f"{self.writer.word()} {self.writer.word()}".title(), place)
                | {"offers_approved": 1, "about": self.writer.text(self.random.choice(self.writer.subjects), 5, 30)}
            )
        ids = insert_rows(Organisation, rows)
        return [Spot(i, place, row["region_id"]) for i, place, row in zip(ids, places, rows, strict=True)]

    def _organisation(self, what: str, name: str, place: Place) -> dict[str, Any]:
        made = self.at - timedelta(days=self.random.randrange(30, 700))
        postcode = f"{place.pc4} {self.random.choice('ABCDEGHJKLMNPRTVWXZ')}{self.random.choice('ABCDEGHJKLMNPRTVWXZ')}"
        return {
            "kind": what, "state": "approved", "state_at": made, "created_at": made, "name": name[:200], "name_key": name_key(name),
            "postcode": postcode, "place": place.place, "place_key": place_key(place.place), "municipality": place.municipality,
            "province": place.province, "lat": place.lat + self.random.gauss(0, 0.005), "lon": place.lon + self.random.gauss(0, 0.008),
            "region_id": self.region(postcode, place.municipality, place.province, None),
        }  # fmt: skip

    def people(self, spots: list[Spot], what: str, role: str) -> dict[int, int]:
        """Verified members `school1@…`, `company1@…` with the password; organisation → user."""
        chosen, hashed = spots[: self.sizes.people], hash_password(PASSWORD)
        ids = insert_rows(
            User,
            [
                {
                    "email": f"{what}{n}@{what}{n}.example", "name": f"{self.writer.word()} {self.writer.word()}".title(),
                    "email_verified_at": self.at, "password_hash": hashed, "created_at": self.at,
                }
                for n, _ in enumerate(chosen, 1)
            ],
        )  # fmt: skip
        add_rows(
            Membership,
            [
                {
                    "user_id": user_id, "organisation_id": spot.id, "role": role, "created_at": self.at, "verified_at": self.at,
                    "verified_by": "owner",
                }
                for user_id, spot in zip(ids, chosen, strict=True)
            ],
        )  # fmt: skip
        return {spot.id: user_id for user_id, spot in zip(ids, chosen, strict=True)}

    def offers(self, companies: list[Spot], people: dict[int, int]) -> None:
        """Published, complete offers; a few at a company, most at few."""
        r, rows, at = self.random, [], []
        for _ in range(self.sizes.offers):
            company = companies[int(len(companies) * r.random() ** 1.5)]
            at.append(company)
            rows.append(self._offer(company, people.get(company.id)))
        ids = insert_rows(Offer, rows)
        points = []
        for ident, row, company in zip(ids, rows, at, strict=True):
            travels = kind(row["kind"]).reach == "company"
            for position in range(1 + (r.random() < 0.1) * r.randrange(1, 4)):
                place = company.place if position == 0 else r.choice(self.places)
                points.append(
                    {
                        "offer_id": ident, "position": position, "place": place.place, "municipality": place.municipality, "lat": place.lat,
                        "lon": place.lon, "postcode": place.postcode, "label": "", "weekdays": 0,
                        "radius_km": float(r.choice((10, 15, 25, 25, 40, 60))) if travels else None,
                    }
                )  # fmt: skip
        add_rows(StartingPoint, points)
        for ident in ids:
            log_change("offer", ident)

    def _offer(self, company: Spot, author_id: int | None) -> dict[str, Any]:
        r, w = self.random, self.writer
        subject, code = r.choice(w.subjects), r.choice(KINDS)
        published = self.at - timedelta(days=r.randrange(1, 400), seconds=r.randrange(86_400))
        levels = r.choice((PRIMARY, SECONDARY))
        first = r.randrange(len(levels))
        return {
            "organisation_id": company.id, "author_id": author_id, "state": "published", "state_at": published, "created_at": published,
            "published_at": published, "confirmed_at": published, "kind": str(code), "title": w.text(subject, 3, 2).capitalize()[:100],
            "summary": w.text(subject, 6, 24).capitalize()[:400], "activity": w.text(subject, 10, 60).capitalize(),
            "themes": r.sample([t.code for t in THEMES], r.randrange(1, 3)), "levels": mask(levels[first : first + r.randrange(1, 4)]),
            "language": "nl" if r.random() < 0.95 else "en", "duration_minutes": r.choice((45, 60, 90, 120)),
            "max_pupils": r.choice((15, 24, 30, 32)), "cost_cents": r.choice((0, 0, 0, 2_500, 7_500, 20_000)),
            "weekdays": r.choice((0, 0, 31, 2, 10, 16)), "dayparts": r.choice((0, 0, 1, 3)), "vog": True,
            "material_url": "https://www.materiaal.example/les" if code == "material" else "", **VISITS,
        }  # fmt: skip

    def requests(self, schools: list[Spot], people: dict[int, int]) -> None:
        """Open, complete requests of schools; the first of them by members who can sign in."""
        r, w, rows = self.random, self.writer, []
        for n in range(self.sizes.requests):
            school = schools[n % len(people)] if people and n % 5 == 0 else r.choice(schools)
            subject, published = r.choice(w.subjects), self.at - timedelta(days=r.randrange(60), seconds=r.randrange(86_400))
            first = today(self.at) + timedelta(days=r.randrange(7, 120))
            rows.append(
                {
                    "organisation_id": school.id, "author_id": people.get(school.id), "state": "open", "state_at": published,
                    "created_at": published, "published_at": published, "title": w.text(subject, 3, 2).capitalize()[:100],
                    "description": w.text(subject, 5, 20).capitalize(), "kinds": [str(r.choice(KINDS))] if r.random() < 0.6 else [],
                    "themes": [r.choice(THEMES).code] if r.random() < 0.5 else [], "levels": _some(school.levels, r),
                    "pupils": r.randrange(18, 33), "period_from": first, "period_until": _later(first, r), "weekdays": r.choice((0, 0, 31, 6)),
                    "max_travel_km": float(r.choice((5, 10, 20, 40))), "postcode": school.place.postcode, "place": school.place.place,
                    "lat": school.place.lat, "lon": school.place.lon, "region_id": school.region_id,
                }
            )  # fmt: skip
        for ident in insert_rows(SupportRequest, rows):
            log_change("support_request", ident)


def _brin(number: int) -> str:
    """A code that has the shape of a vestigingscode, each number another."""
    letters = "ABCDEFGHJKLMNOPQRSTUVWXYZ"
    high, low = divmod(number, 625)
    return f"{high % 90 + 10:02d}{letters[low // 25]}{letters[low % 25]}{high // 90:02d}"


def _some(levels: int, r: random.Random) -> int:
    """One or two of a school's levels next to each other; groep 7 where a school has none."""
    bits = [1 << i for i in range(levels.bit_length()) if levels >> i & 1] or [mask(["po_7"])]
    at = r.randrange(len(bits))
    return sum(bits[at : at + r.randrange(1, 3)])


def _later(first: date, r: random.Random) -> date:
    return first + timedelta(days=r.randrange(14, 90))


def generate(sizes: Sizes, seed: int = 7, duo: Path | None = None) -> None:
    """Fill the database of the current application, which must hold no organisations; one transaction."""
    with transaction():
        if db.session.scalar(select(Organisation.id).limit(1)) is not None:
            raise SystemExit("There are organisations here already; this fills an empty database only.")
        Country(sizes, now(), seed, duo).make()


def main() -> None:
    """The command."""
    usual = Sizes()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("offers", "companies", "requests", "schools", "people"):
        parser.add_argument(f"--{name}", type=int, default=getattr(usual, name))
    parser.add_argument("--duo", type=Path, help="DUO's file of school locations; without it schools are invented")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--create-tables", action="store_true", help="for a database without migrations")
    parser.add_argument("--no-index", action="store_true", help="leave the index to whoever asks first")
    chosen = parser.parse_args()
    sizes = Sizes(chosen.offers, chosen.companies, chosen.requests, chosen.schools, chosen.people)
    with create_app().app_context():
        if chosen.create_tables:
            db.create_all()
        began = time.perf_counter()
        generate(sizes, chosen.seed, chosen.duo)
        print(f"{sizes} in {time.perf_counter() - began:.1f} s")  # noqa: T201
        if not chosen.no_index:
            began = time.perf_counter()
            finder().rebuild()
            print(f"index in {time.perf_counter() - began:.1f} s")  # noqa: T201


if __name__ == "__main__":
    main()
