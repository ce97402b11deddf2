"""Nobody needs a mouse: a teacher writes a request, asks a company, and the company answers, with the keys only."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from playwright.sync_api import expect

from techfinder.exchange.demo_load.hint import DEMO_PASSWORD
from techfinder.exchange.demo_load.world import read
from tests.journeys.site import Site
from tests.journeys.walker import Walker

Somebody = Callable[..., Walker]
MOST_STOPS = 250  # presses of Tab before something counts as out of reach
SEEN = """() => {
  const at = document.activeElement, label = at.closest('label') || document.querySelector(`label[for="${at.id || '-'}"]`);
  const ring = e => { const s = getComputedStyle(e); return s.boxShadow !== 'none' || s.outlineStyle !== 'none' && s.outlineWidth !== '0px'; };
  const inside = e => { const box = e.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
  const shown = [at, label].filter(e => e);
  return shown.some(ring) && shown.some(inside);
}"""  # of a tile or a box the label may carry the ring


class Hands:
    """Two hands on the keys of somebody's browser; every stop on the way must show where the focus is."""

    def __init__(self, walker: Walker) -> None:
        self.page, self.keys = walker.page, walker.page.keyboard

    def to(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        for _ in range(MOST_STOPS):
            self.keys.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                assert self.page.evaluate(SEEN), f"the focus on {selector} cannot be seen"
                return
        raise AssertionError(f"{selector} cannot be reached with Tab on {self.page.url}")

    def fill(self, selector: str, text: str) -> None:
        self.to(selector)
        self.keys.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.keys.press(key)


def keys_of(day: date) -> str:
    """A date as one types it, the same whether the browser's field begins with the day or with the month."""
    assert day.day == day.month
    return f"{day:%d%m%Y}"


def twin_days() -> tuple[date, date]:
    """Two days ahead, a month apart, of which day and month have the same number."""
    days = (date(year, n, n) for year in range(date.today().year, date.today().year + 3) for n in range(1, 13))
    ahead = [day for day in days if day > date.today() + timedelta(days=70)]
    return ahead[0], ahead[1]


def write(noor: Hands, email: str) -> None:
    since, until = twin_days()
    noor.fill("#description", "Een les waarin kinderen zelf een robot programmeren.")
    noor.fill("#q", "de weefspoel")
    expect(noor.page.get_by_role("option").first).to_be_visible()
    noor.keys.press("ArrowDown")
    noor.keys.press("Enter")
    noor.press("input[name=levels][value=po_7]", "Space")
    noor.fill("#person", "Noor Willems")
    noor.fill("#email", email)
    noor.press("main form details:not([open]) > summary")
    noor.fill("#pupils", "28")
    noor.fill("#period_from", keys_of(since))
    noor.fill("#period_until", keys_of(until))
    noor.press("main form details:not([open]) > summary")
    noor.press("input[name=where]", "ArrowDown")  # from the last choice round to the first: at school
    noor.press("main form button.btn-primary")


def test_a_request_is_written_asked_and_answered_with_the_keyboard_only(somebody: Somebody, site: Site) -> None:
    email = "noor.toetsen@bsdeweefspoel.example"
    with somebody(1280) as teacher, somebody(1280) as worker:
        noor = Hands(teacher)
        teacher.go("/aanvragen/nieuw")
        noor.press("main form button.btn-primary")
        expect(noor.page.locator(".tf-summary")).to_be_focused()
        write(noor, email)
        teacher.sees("Klik op de link in je mail")
        teacher.go(site.mailed_link(email, "/aanvragen/bevestigen/"))
        noor.press("main button.btn-primary")
        noor.page.wait_for_url(re.compile(r"/aanvragen/\d+"))
        noor.press("a[href*='/berichten/nieuw']")
        noor.page.wait_for_url("**/berichten/nieuw?**")
        noor.press("main form button.btn-primary")
        noor.page.wait_for_url(re.compile(r"/berichten/\d+"))
        answer(Hands(worker), worker, teacher)
        expect(noor.page.locator("#gesprek")).to_contain_text("Welke dagen en tijden passen bij jullie?")


def answer(joost: Hands, worker: Walker, teacher: Walker) -> None:
    """Somebody of the company that was asked signs in, takes the first quick reply and sends it."""
    company = teacher.page.get_by_role("heading", level=1).inner_text()
    worker.go("/account/inloggen/wachtwoord")
    group = next(c for c in read("companies") if c["name"] == company)
    joost.fill("#email", f"{group['members'][0]['key']}@{group['website']}")
    joost.fill("#password", DEMO_PASSWORD)
    joost.keys.press("Enter")
    joost.page.wait_for_url("**/overzicht**")
    worker.go("/berichten")
    joost.press("main li a")
    joost.page.wait_for_url(re.compile(r"/berichten/\d+"))
    joost.press(".tf-answer a.btn-primary")
    joost.press("main form.tf-composer button")
    expect(joost.page.locator("#gesprek")).to_contain_text("passen bij jullie?")
