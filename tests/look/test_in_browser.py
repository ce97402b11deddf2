"""The look in a real Chromium: accessible in both themes, within the security policy, and its scripts do what they say."""

import os
import shutil
import threading

import pytest
from werkzeug.serving import make_server

from tests.look.conftest import TEACHER, create_stand_in

pytestmark = pytest.mark.browser
sync_api = pytest.importorskip("playwright.sync_api")
axe = pytest.importorskip("axe_playwright_python.sync_playwright")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
         "rules": {"target-size": {"enabled": True}}}  # fmt: skip
PAGES = ("/onderdelen", "/formulier", "/fout/404", "/fout/500")


@pytest.fixture(scope="module")
def site():
    app = create_stand_in(TEACHER)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    app.config["ADDRESS"] = f"http://127.0.0.1:{server.port}"
    yield app
    server.shutdown()


@pytest.fixture(scope="module")
def chromium():
    if not CHROMIUM:
        pytest.skip("no Chromium here")
    if not os.path.exists(os.path.join(create_stand_in().static_folder, "vendor", "bootstrap.min.css")):
        pytest.skip("no front-end assets here (python -m techfinder.core.assets)")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def visit(site, chromium):
    """Open a path; what the console complains about (a refusal by the CSP, a missing file) fails the test."""
    contexts, complaints = [], []

    def open_page(path, **options):
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(site.config["ADDRESS"] + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_no_page_has_an_accessibility_problem(visit, width, scheme):
    for path in PAGES:
        page = visit(path, viewport={"width": width, "height": 900}, color_scheme=scheme)
        found = axe.Axe().run(page, options=RULES).response["violations"]
        assert not [(path, v["id"], v["nodes"][0]["target"]) for v in found]


@pytest.mark.parametrize("chosen", ["system", "dark"])
def test_a_print_is_readable_also_for_who_reads_in_the_dark(visit, chosen):
    page = visit("/onderdelen", color_scheme="dark")
    page.evaluate("chosen => document.documentElement.dataset.theme = chosen", chosen)
    page.emulate_media(media="print", color_scheme="dark")
    found = axe.Axe().run(page, options=RULES).response["violations"]
    assert not [(v["id"], [n["target"] for n in v["nodes"]]) for v in found if v["id"] == "color-contrast"]


@pytest.mark.parametrize("touch", [False, True])
def test_the_hint_about_keys_shows_where_there_is_a_keyboard(visit, touch):
    page = visit("/onderdelen", has_touch=touch, is_mobile=touch)
    page.evaluate("""() => new Promise(ready => {
        const sheet = Object.assign(document.createElement("link"), {rel: "stylesheet", href: "/static/css/moderation.css", onload: ready})
        document.head.append(sheet)
        document.body.insertAdjacentHTML("beforeend", "<p class=tf-keys>J</p>")
    })""")
    assert page.locator(".tf-keys").is_visible() is not touch


def test_nothing_scrolls_sideways_on_the_smallest_screen(visit):
    for path in PAGES:
        page = visit(path, viewport={"width": 320, "height": 700})
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_drawings_from_the_sprite_take_the_colours_of_where_they_stand(visit):
    drawing = visit("/onderdelen").locator(".tf-draw").first
    before = drawing.screenshot()
    drawing.evaluate("el => el.style.setProperty('--tf-draw-tint', 'lime')")
    tinted = drawing.screenshot()
    drawing.evaluate("el => { el.style.color = 'magenta' }")
    assert before != tinted != drawing.screenshot()


def test_the_error_summary_has_the_focus(visit):
    assert visit("/formulier").evaluate("document.activeElement.className") == "tf-summary"


def test_three_clicks_send_a_form_once_and_the_button_stays(visit, site):
    page = visit("/formulier")
    page.get_by_label("Wat zoek je").fill("Drie keer")
    with page.expect_navigation():
        page.get_by_role("button", name="Ga verder").evaluate("b => { b.click(); b.click(); b.click() }")
    assert site.config["SENT"].count(("form", "Drie keer")) == 1


def test_what_is_typed_is_saved_and_the_page_says_when(visit, site):
    page = visit("/formulier")
    page.get_by_label("Wat zoek je").fill("Een robot")
    with page.expect_response("**/opslaan"):
        pass
    sync_api.expect(page.locator("[data-saved]")).to_contain_text("Bewaard om")
    assert ("save", "token") in site.config["SENT"]


def test_a_school_is_found_and_chosen_with_the_keyboard_alone(visit):
    page = visit("/formulier")
    field = page.get_by_role("combobox", name="Je school")
    field.press_sequentially("beer")
    page.locator(".tf-combo__list li").first.wait_for()
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    assert field.input_value() == "De Grote Beer"
    assert field.get_attribute("aria-expanded") == "false"
    assert page.url.endswith("/formulier")


def test_a_marker_on_the_map_leads_to_its_place_in_the_list_by_keyboard(visit):
    page = visit("/onderdelen")
    page.locator("[data-map]").scroll_into_view_if_needed()
    page.get_by_role("link", name="1: Bouw een robot").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#aanbod-1")
    assert page.evaluate("document.activeElement.textContent") == "Bouw een robot die een lijn volgt"


def test_without_scripts_the_menu_opens_and_every_form_can_be_sent(visit):
    page = visit("/formulier", java_script_enabled=False, viewport={"width": 360, "height": 800})
    page.locator(".tf-menu > summary").click()
    assert page.get_by_role("link", name="Aanvragen").first.is_visible()
    assert page.get_by_role("button", name="Zoek", exact=True).is_visible()
