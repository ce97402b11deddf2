"""Every public page over a country's worth of rows.

    python -m tests.benchmarks.pages [--offers 50000] [--duo FILE] [--rounds 30] [--folder DIR | --database postgres]

Four web processes; the pages are asked for one after the other, interleaved, after a round that is not counted. Fails when
p95 of a page is over 200 ms; searches are reported only. `--folder` keeps the (SQLite) database for the next time.
"""

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import select

from techfinder.app import create_app
from techfinder.core.db import db, end_read
from techfinder.discovery.engine import finder
from techfinder.offers.models import Offer
from techfinder.organisations.models import Organisation
from techfinder.regions.models import Region
from techfinder.support_requests.models import SupportRequest
from tests.benchmarks.client import Browser, send, sign_in
from tests.benchmarks.figures import Clock, percentile, table
from tests.benchmarks.generate import PASSWORD
from tests.benchmarks.people import request_fields
from tests.benchmarks.processes import ROOT, Site
from tests.postgres import temporary_server

TARGET_MS = 200
SEARCHES = (
    "q={word}&postcode={pc}", "q={word}", "postcode={pc}&afstand=15", "postcode={pc}&afstand=50&niveau=po_7", "soort=guest_lesson&postcode={pc}",
    "q={word}+{other}&postcode={pc}&afstand=25", "thema=robotics", "q={word}&sorteer=afstand&postcode={pc}", "q={word}&pagina=3", "",
    "sorteer=nieuw", "q={word}{other}&postcode={pc}",
)  # fmt: skip
WORDS = ("robots", "windmolen", "programmeren", "brug", "water", "energie", "chemie", "techniek", "bouwen", "lassen", "sterrenkunde", "zorg")


class Pages:
    """Addresses, by kind of page; each call another one."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.postcodes = self._some(select(Organisation.postcode).where(Organisation.kind == "school", Organisation.postcode.is_not(None)))
        self.offers = self._some(select(Offer.id).where(Offer.state == "published"))
        self.organisations = self._some(select(Organisation.id).where(Organisation.state == "approved"))
        self.regions = self._some(select(Region.slug))

    def _some(self, statement: object) -> list[object]:
        found = list(db.session.scalars(statement))  # type: ignore[call-overload]
        return self.random.sample(found, min(500, len(found)))

    def addresses(self, paths: set[str]) -> dict[str, str]:
        """One of each page; `paths` are the rules that the site knows."""
        pick = self.random.choice
        values = {"word": pick(WORDS), "other": pick(WORDS), "pc": str(pick(self.postcodes)).replace(" ", "")}
        found = {
            "front page": "/", "search": "/aanbod?" + pick(SEARCHES).format(**values), "offer": f"/aanbod/{pick(self.offers)}",
            "organisation": f"/organisaties/{pick(self.organisations)}", "sign in": "/account/inloggen",
            "register": "/account/registreren", "register a school": "/account/registreren/school",
            "find a school (JSON)": f"/scholen/zoek?q={pick(('basisschool+de', 'college', 'helmond', 'regenboog', '12ab'))}",
            "ask without an account": "/aanvragen/nieuw", "ask for an offer": f"/aanvragen/nieuw?offer={pick(self.offers)}",
            "for schools": "/voor-scholen", "for companies": "/voor-bedrijven", "help": "/hulp", "privacy": "/privacyverklaring",
            "robots.txt": "/robots.txt", "sitemap": "/sitemap.xml", "sitemap, offers": "/sitemap-1.xml", "sitemap, organisations": "/sitemap-2.xml", "healthz": "/healthz",
        }  # fmt: skip
        region = next((path for path in paths if path in ("/regio/<slug>", "/regio/<region>")), None)
        if region:
            found["region"] = f"/regio/{pick(self.regions)}"
        return found


async def ask_all(site: Site, pages: Pages, paths: set[str], rounds: int, person: str, request_ids: list[int]) -> Clock:
    """Ask for everything `rounds` times, in another order each time."""
    nobody, clock = Browser("10.9.0.1"), Clock()
    teacher = await sign_in(site.port, person, PASSWORD, "10.9.0.2")
    first = await send("GET", "/aanvragen/nieuw", site.port, nobody)
    fields = request_fields("Wie vertelt groep 7 over robots?", school_id=str(pages.organisations[0]))
    for number in range(-6, rounds):
        todo = [(name, path, nobody, None) for name, path in pages.addresses(paths).items()]
        todo.append(("request with suggestions", f"/aanvragen/{pages.random.choice(request_ids)}", teacher, None))
        todo.append(("ask: what is missing", "/aanvragen/nieuw", Browser(nobody.address, first.cookie, first.token), fields))
        pages.random.shuffle(todo)
        for name, path, browser, body in todo:
            began = time.perf_counter()
            answer = await send("POST" if body else "GET", path, site.port, browser, body)
            if number >= 0:
                clock.note(name, (time.perf_counter() - began) * 1000, answer.status)
    return clock


def verdict(clock: Clock) -> list[str]:
    """What is too slow, or not an answer."""
    slow = [
        f"{name}: p95 is {percentile(times, 0.95):.0f} ms, more than {TARGET_MS} ms"
        for name, times in clock.times.items() if name != "search" and percentile(times, 0.95) > TARGET_MS
    ]  # fmt: skip
    return slow + [f"{name} answered {status}" for name, status in clock.statuses if status not in (200, 422)]


def prepare(site: Site, chosen: argparse.Namespace) -> None:
    """Tables and rows, unless they are there from the last time."""
    site.command("db", "upgrade")
    with create_app(site.settings).app_context():
        there = db.session.scalar(select(Organisation.id).limit(1)) is not None
        end_read()
    if not there:
        words = [sys.executable, "-m", "tests.benchmarks.generate", "--no-index", f"--offers={chosen.offers}"]
        subprocess.run([*words, *(["--duo", str(chosen.duo)] if chosen.duo else [])], cwd=ROOT, env=site.env, check=True)


def run(chosen: argparse.Namespace, folder: Path, database_url: str = "") -> int:
    """Everything; returns the exit code."""
    with Site(folder, database_url, port=chosen.port) as site:
        prepare(site, chosen)
        app = create_app(site.settings)
        with app.app_context():
            with db.engine.begin() as connection:
                connection.exec_driver_sql("ANALYZE")  # PostgreSQL does it by itself, within minutes
            began = time.perf_counter()
            state = finder().rebuild().status()
            print(f"index of {state.supplies} offers and {state.needs} requests: {time.perf_counter() - began:.1f} s")
            pages = Pages(7)
            mine = db.session.execute(
                select(SupportRequest.id, SupportRequest.author_id).where(SupportRequest.author_id.is_not(None)).order_by(SupportRequest.author_id)
            ).all()
            requests = [row.id for row in mine if row.author_id == mine[0].author_id]
            end_read()
            db.engine.dispose()
        site.start()
        paths = {str(rule) for rule in app.url_map.iter_rules()}
        clock = asyncio.run(ask_all(site, pages, paths, chosen.rounds, "school1@school1.example", requests))
        memory = site.memory()
        site.stop()
        print(table(clock.rows()))
        print("memory (PSS, MB): " + ", ".join(f"{who} {mb:.0f}" for who, mb in memory.items()))
        found = verdict(clock) + [f"in the log: {line}" for line in site.trouble()[:5]]
        for sentence in found:
            print("BROKEN: " + sentence)
        return 1 if found else 0


def measure(offers: int) -> int:
    """For `make bench`."""
    return main([f"--offers={offers}"])


def main(words: list[str] | None = None) -> int:
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for option, usual in (("offers", 50_000), ("rounds", 30), ("port", 8121)):
        parser.add_argument(f"--{option}", type=int, default=usual)
    parser.add_argument("--duo", type=Path, help="DUO's file of school locations; without it schools are invented")
    parser.add_argument("--folder", type=Path, help="keep the database here")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    chosen = parser.parse_args(words)
    if chosen.folder:
        return run(chosen, chosen.folder)
    with tempfile.TemporaryDirectory(prefix="techfinder-pages-") as name:
        if chosen.database == "sqlite":
            return run(chosen, Path(name))
        with temporary_server(durable=True) as url:
            if url is None:
                raise SystemExit("PostgreSQL is not on this machine")
            return run(chosen, Path(name), url)


if __name__ == "__main__":
    sys.exit(main())
