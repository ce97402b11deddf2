"""Nobody needs a mouse: a teacher writes a request, asks a company, and the company answers, with the keys only."""

from collections.abc import Callable

from playwright.sync_api import expect

from techfinder.exchange.demo_load.hint import DEMO_PASSWORD
from techfinder.exchange.demo_load.world import read
from tests.journeys.site import Site
from tests.journeys.test_school import month
from tests.journeys.walker import Walker

Somebody = Callable[..., Walker]
MOST_STOPS = 250  # presses of Tab before something counts as out of reach
SEEN = """() => {
  const e = document.activeElement, box = e.getBoundingClientRect(), label = e.closest('label') || (e.id && document.querySelector(`label[for="${e.id}"]`));
  const on = [e, label].some(x => x && getComputedStyle(x).outlineStyle !== 'none' && parseFloat(getComputedStyle(x).outlineWidth) > 0);
  const inside = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
  return [on || getComputedStyle(e).boxShadow !== 'none', inside || label !== null && label.getBoundingClientRect().bottom > 0];
}"""


class Hands:
    """Two hands on the keys of somebody's browser; every stop on the way must show where the focus is."""

    def __init__(self, walker: Walker) -> None:
        self.page, self.keys = walker.page, walker.page.keyboard

    def to(self, selector: str) -> None:
        """Press Tab until the focus is there."""
        for _ in range(MOST_STOPS):
            self.keys.press("Tab")
            if self.page.evaluate("s => document.activeElement.matches(s)", selector):
                assert self.page.evaluate(SEEN) == [True, True], f"the focus on {selector} cannot be seen"
                return
        raise AssertionError(f"{selector} cannot be reached with Tab on {self.page.url}")

    def fill(self, selector: str, text: str) -> None:
        self.to(selector)
        self.keys.type(text)

    def press(self, selector: str, key: str = "Enter") -> None:
        self.to(selector)
        self.keys.press(key)


def day(iso: str) -> str:
    """A date as one types it into a Dutch browser's field."""
    year, number, of_month = iso.split("-")
    return of_month + number + year


def write(noor: Hands, email: str) -> None:
    since, until = month()
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
    noor.fill("#period_from", day(since))
    noor.fill("#period_until", day(until))
    noor.press("input[name=where]", "ArrowUp")
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
        noor.press("a[href*='/berichten/nieuw']")
        noor.page.wait_for_url("**/berichten/nieuw?**")
        noor.press("main form button.btn-primary")
        noor.page.wait_for_url("**/berichten/[0-9]*")
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
    joost.page.wait_for_url("**/berichten/[0-9]*")
    joost.press(".tf-answer a.btn-primary")
    joost.press("main form.tf-composer button")
    expect(joost.page.locator("#gesprek")).to_contain_text("passen bij jullie?")
