"""A visitor looks around; a teacher asks for a lesson without an account, also with the keyboard, also without scripts."""

import os
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.site import Site
from tests.journeys.walker import Walker

Somebody = Callable[..., Walker]
WIDTHS = [360, 1280]
SCREENSHOT = Path(__file__).resolve().parents[2] / "static/img/schermafdruk.png"

TILE = re.compile(r"favicon\.svg\?\d+-\d+-\d+")  # of our own site, so that nothing leaves this machine
PLAIN_TILE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256"><path fill="#e9eee4" d="M0 0h256v256H0z"/>'
    '<path stroke="#d8e0d2" d="M0 128h256M128 0v256" fill="none"/></svg>'
)


def month() -> tuple[str, str]:
    """A period that lies ahead, as the date fields take it."""
    first = date.today() + timedelta(days=70)
    return first.isoformat(), (first + timedelta(days=40)).isoformat()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_visitor_searches_by_postcode_filters_and_opens_an_offer(somebody: Somebody, width: int) -> None:
    with somebody(width) as ann:
        ann.go("/")
        ann.look()
        ann.fill("Wat zoek je?", "techniek")
        ann.fill("Postcode of plaats", "5701 AB")
        ann.page.get_by_label("Afstand", exact=True).select_option("50")
        ann.page.get_by_role("button", name="Zoek", exact=True).click()
        expect(ann.page.locator(".tf-offer").first).to_be_visible()
        ann.look()
        if width < 800:
            ann.page.locator(".tf-facets > summary").click()
        before = ann.page.locator(".tf-offer").count()
        ann.page.locator("input[name=soort]").first.check()
        ann.press("Pas filters toe")
        expect(ann.page.get_by_role("list", name="Gekozen filters")).to_be_visible()
        assert 0 < ann.page.locator(".tf-offer").count() <= before
        ann.look()
        found = ann.page.locator(".tf-offer__title a").first
        title = found.inner_text()
        found.click()
        ann.reads(" ".join(title.split()))
        ann.look()
        ann.go("/aanbod?q=qqzzxx&postcode=5701AB&afstand=5")
        ann.sees("Plaats een aanvraag")
        ann.look()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_visitor_searches_in_english(somebody: Somebody, width: int) -> None:
    with somebody(width) as ann:
        ann.go("/")
        ann.page.get_by_role("button", name="English").click()
        expect(ann.page.locator("html")).to_have_attribute("lang", "en")
        ann.reads("Technology would love to visit you")
        ann.look()
        ann.page.locator("#q").fill("robot")
        ann.page.locator("#postcode").fill("5701 AB")
        ann.page.get_by_role("button", name="Search", exact=True).click()
        expect(ann.page.locator(".tf-offer").first).to_be_visible()
        if width < 800:
            ann.page.locator(".tf-facets > summary").click()
        expect(ann.page.get_by_role("button", name="Apply filters")).to_be_visible()
        ann.look()
        ann.page.locator(".tf-offer__title a").first.click()
        ann.page.wait_for_url("**/aanbod/*")
        expect(ann.page.locator("html")).to_have_attribute("lang", "en")
        expect(ann.page.locator("main").get_by_role("link", name="Request this").first).to_be_visible()
        ann.look()


def write(teacher: Walker, what: str, email: str, school: str = "De Weefspoel") -> None:
    """Fill in the request's form; the school is chosen from the list."""
    since, until = month()
    teacher.fill("Wat zoek je, in je eigen woorden?", what)
    teacher.page.get_by_label("Je school").first.fill(school.lower())
    if teacher.scripts:
        teacher.page.get_by_role("option").first.click()
    else:
        teacher.page.locator("[data-combobox-go]").click()
        teacher.page.locator("input[name=pick]").first.check()
    teacher.tick("groep 7")
    teacher.unfold("Met hoeveel en wanneer")
    teacher.fill("Hoeveel leerlingen per groep?", "28")
    teacher.page.locator("#period_from").fill(since)
    teacher.page.locator("#period_until").fill(until)
    teacher.unfold("Welke dagen en waar")
    teacher.tick("Bij ons op school")
    teacher.fill("Je naam", "Noor Willems")
    teacher.fill("Je mailadres van school", email)


def ask(teacher: Walker, site: Site, email: str) -> None:
    """From the suggestions, over the mailed link, to a question that is sent."""
    teacher.sees("Klik op de link in je mail")
    expect(teacher.page.locator(".tf-suggestion").first).to_be_visible()
    teacher.look()
    teacher.go(site.mailed_link(email, "/aanvragen/bevestigen/"))
    teacher.reads("Nog één klik, dan gaat je aanvraag de deur uit")
    teacher.look()
    teacher.press("Verstuur mijn aanvraag")
    expect(teacher.page.locator(".tf-suggestion").first).to_be_visible()
    teacher.look()
    teacher.press("Vraag aan")
    expect(teacher.page.get_by_label("Je bericht", exact=True)).not_to_have_value("")
    teacher.look()
    teacher.press("Verstuur je vraag")
    expect(teacher.page.locator("#gesprek")).to_contain_text("Noor Willems")
    teacher.look()


@pytest.mark.parametrize("width", WIDTHS)
def test_a_teacher_without_an_account_asks_a_company(somebody: Somebody, site: Site, width: int) -> None:
    email = f"noor{width}@bsdeweefspoel.example"
    with somebody(width) as noor:
        noor.go("/aanvragen/nieuw")
        noor.look()
        noor.press("Ga verder")
        expect(noor.page.locator(".tf-summary, .tf-errors, [role=alert]").first).to_be_focused()
        noor.look()
        write(noor, "Een les waarin kinderen zelf een robot programmeren of een brug bouwen.", email)
        noor.press("Ga verder")
        ask(noor, site, email)


def test_enter_sends_the_form_and_a_school_that_is_not_found_is_said_to_be_so(somebody: Somebody) -> None:
    with somebody(360) as noor:
        noor.go("/aanvragen/nieuw")
        noor.fill("Je school", "qqzzxx")
        noor.sees("We vonden geen school met deze woorden.")
        noor.look()
        noor.fill("Je naam", "Noor Willems")
        noor.page.keyboard.press("Enter")
        expect(noor.page.locator(".tf-summary")).to_be_focused()
        expect(noor.page.get_by_label("Je naam", exact=True)).to_have_value("Noor Willems")


def test_a_teacher_without_scripts_asks_a_company(somebody: Somebody, site: Site) -> None:
    email = "zonder@bsdeweefspoel.example"
    with somebody(360, scripts=False) as noor:
        noor.go("/aanvragen/nieuw")
        write(noor, "Een les waarin kinderen zelf een robot programmeren of een brug bouwen.", email)
        noor.press("Ga verder")
        ask(noor, site, email)


def tab_to(walker: Walker, selector: str) -> None:
    """Press Tab until the focus is there; the focus must be visible."""
    for _ in range(150):
        walker.page.keyboard.press("Tab")
        if walker.page.evaluate("s => document.activeElement.matches(s)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with Tab")


def test_a_visitor_finds_and_opens_an_offer_with_the_keyboard_only(somebody: Somebody) -> None:
    with somebody(1280) as ann:
        ann.go("/")
        keys = ann.page.keyboard
        keys.press("Tab")
        expect(ann.page.locator(":focus")).to_have_text("Ga naar de inhoud")
        keys.press("Enter")
        tab_to(ann, "#q")
        keys.type("robot")
        tab_to(ann, "#postcode")
        keys.type("5701 AB")
        keys.press("Enter")
        ann.page.wait_for_url("**/aanbod?*")
        tab_to(ann, ".tf-offer__title a")
        title = ann.page.locator(":focus").inner_text()
        keys.press("Enter")
        ann.page.wait_for_url("**/aanbod/*")
        ann.reads(" ".join(title.split()))


def test_the_page_that_the_readme_shows_is_worth_showing(somebody: Somebody, tmp_path: Path) -> None:
    """Search near Helmond. WRITE_SCREENSHOT=1 puts the picture where the README takes it from."""
    with somebody(1280) as ann:
        ann.page.route(TILE, lambda route: route.fulfill(body=PLAIN_TILE, content_type="image/svg+xml"))
        ann.go("/aanbod?q=robots&postcode=5701AB&afstand=25")
        ann.sees("binnen 25 km")
        expect(ann.page.locator(".leaflet-marker-icon").first).to_be_visible()
        ann.page.wait_for_load_state("networkidle")
        target = SCREENSHOT if os.environ.get("WRITE_SCREENSHOT") == "1" else tmp_path / SCREENSHOT.name
        ann.page.screenshot(path=str(target))
        assert target.stat().st_size < 250_000
