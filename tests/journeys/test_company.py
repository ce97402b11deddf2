"""A company comes in, the coordinator lets it in, a teacher asks it, it answers, and the teacher sees the answer come."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from techfinder.exchange.demo_load.hint import DEMO_PASSWORD
from tests.journeys.site import Site
from tests.journeys.test_school import ask, write
from tests.journeys.walker import Walker

Somebody = Callable[..., Walker]
COORDINATOR = "hans.rooijakkers@techfinder.example"
QUEUE = "/regio/zuidoost-brabant/beoordelen"


def register(owner: Walker, site: Site, name: str, email: str) -> None:
    owner.go("/account/registreren")
    owner.look()
    owner.go("/account/registreren/bedrijf")
    owner.press("Ga verder")
    owner.look()
    owner.fill("Naam van je bedrijf of instelling", name)
    owner.fill("Postcode", "5701 AB")
    owner.fill("Je naam", "Joris Maas")
    owner.fill("Je mailadres", email)
    owner.press("Ga verder")
    owner.sees(email)
    owner.look()
    owner.go(site.mailed_link(email, "/account/registreren/bevestig/"))
    owner.reads("Bevestig je aanmelding")
    owner.look()
    owner.press("Bevestig en begin")


def publish(owner: Walker, title: str) -> None:
    """The long form, the preview, and sending it."""
    owner.reads("Plaats je aanbod")
    owner.look()
    owner.tick("gastles", "#kind")
    owner.fill("Titel", title)
    owner.press("Bewaar en bekijk")
    owner.sees("Vul dit nog in, dan kun je het versturen:")
    owner.look()
    owner.press("Vul het aan")
    owner.fill("Samenvatting", f"{title}: de klas bouwt, meet en verbetert.")
    owner.fill("Wat doen en leren leerlingen?", "We bouwen in groepjes van vier. Daarna meten we wat er gebeurt en maken we het beter.")
    owner.tick("groep 7-8", "#levels")
    owner.fill("Hoe lang duurt het?", "90")
    owner.fill("Hoeveel leerlingen per keer?", "30")
    owner.fill("Wat kost het, reiskosten meegerekend?", "0")
    owner.fill("Postcode of plaats", "5701 AB")
    owner.fill("Hoe ver reis je van hier?", "40")
    owner.look()
    owner.press("Bewaar en bekijk")
    owner.sees("Klopt alles? Dan kun je het versturen.")
    owner.look()
    owner.press("Verstuur")
    owner.reads("Je aanbod is verstuurd")
    owner.look()


def approve(hans: Walker, site: Site, *titles: str) -> None:
    """Sign in in two steps, and work the queue."""
    hans.sign_in(COORDINATOR, DEMO_PASSWORD)
    hans.look()
    hans.fill("Code", site.code())
    hans.press("Log in")
    expect(hans.page.get_by_role("heading", level=1)).to_be_visible()
    hans.look()
    for title in titles:
        hans.go(QUEUE)
        hans.look()
        hans.page.get_by_role("link", name=title).first.click()
        hans.look()
        hans.page.locator("button[name=decision][value=approve]").click()
        hans.page.wait_for_url(f"**{QUEUE}**")


@pytest.mark.parametrize(("width", "thing"), [(1280, "weerballon"), (360, "zonnewagen")])
def test_a_company_is_let_in_is_asked_and_answers(somebody: Somebody, site: Site, width: int, thing: str) -> None:
    company, title = f"Werkplaats {thing.capitalize()}", f"Bouw een {thing} met je klas"
    with somebody(width) as joris, somebody(width) as noor:
        register(joris, site, company, f"joris@{thing}.example")
        publish(joris, title)
        with somebody(width) as hans:
            approve(hans, site, company, title)
        email = f"noor.{thing}@bsdeweefspoel.example"
        noor.go("/aanvragen/nieuw")
        write(noor, f"Een les waarin we met de klas een {thing} bouwen.", email)
        noor.press("Ga verder")
        expect(noor.page.locator(".tf-suggestion").first).to_contain_text(title)
        ask(noor, site, email)
        joris.go("/aanvragen/voor-ons")
        joris.look()
        joris.go("/berichten")
        joris.look()
        joris.page.get_by_role("link", name="De Weefspoel").first.click()
        joris.look()
        joris.page.locator("#body").fill("Leuk! Dinsdag om 10.00 uur kan ik er zijn.")
        joris.press("Verstuur bericht")
        expect(noor.page.locator("#gesprek")).to_contain_text("Dinsdag om 10.00 uur kan ik er zijn.")
        noor.look()
