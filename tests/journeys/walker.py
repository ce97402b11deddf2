"""Somebody with a browser: walks the pages, and looks with care at every page and state that is reached."""

import json
from types import TracebackType
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.journeys.site import SECONDS, Site

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "rules": {"target-size": {"enabled": True}}, "resultTypes": ["violations"],
}  # fmt: skip
REFUSED = "status of 422"  # Chromium calls a form that comes back with its problems a failed resource
SLIM = (320, 360)  # px: nothing may scroll sideways here
HEIGHT = 900
RUN = f"axe.run({json.dumps(RULES)}).then(r => r.violations.map(v => [v.id, v.nodes.length, String(v.nodes[0].target)]))"
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Walker:
    """One person in one browser. What the console complains about fails the journey."""

    def __init__(self, browser: Browser, site: Site, width: int, scripts: bool = True) -> None:
        self.site, self.width, self.scripts = site, width, scripts
        self.context = browser.new_context(
            viewport={"width": width, "height": HEIGHT}, locale="nl-NL", java_script_enabled=scripts, reduced_motion="reduce",
        )  # fmt: skip
        self.context.set_default_timeout(SECONDS * 1000)
        self.page: Page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))

    def __enter__(self) -> "Walker":
        return self

    def __exit__(self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self.context.close()
        if kind is None:
            assert not self.complaints, self.complaints

    def _hear(self, said: Any) -> None:
        if said.type in ("error", "warning") and REFUSED not in said.text:
            self.complaints.append(said.text)

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.site.base + path)

    def look(self) -> None:
        """No accessibility problem in light or dark, and nothing that scrolls sideways on a small screen."""
        if not self.scripts:
            return
        self.page.wait_for_load_state("load")  # what is there can be found before the style sheets are
        where = self.page.url.removeprefix(self.site.base)
        self.page.evaluate(AXE_SCRIPT)
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            problems = self.page.evaluate(RUN)
            assert not problems, (where, scheme, problems)
        self.page.emulate_media(color_scheme="light")
        for width in SLIM:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            assert self.page.evaluate(TOO_WIDE) <= 0, (where, width)
        self.page.set_viewport_size({"width": self.width, "height": HEIGHT})

    def reads(self, heading: str) -> None:
        """The page's own heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(heading)

    def sees(self, text: str, **options: Any) -> None:
        expect(self.page.get_by_text(text, **options).first).to_be_visible()

    def fill(self, label: str, text: str) -> None:
        self.page.get_by_label(label, exact=True).first.fill(text)

    def tick(self, label: str, within: str = "body") -> None:
        self.page.locator(within).get_by_label(label, exact=True).first.check()

    def unfold(self, name: str) -> None:
        """Open a folded part of a page, if it is not open yet."""
        part = self.page.locator("details", has=self.page.locator("summary", has_text=name)).first
        if part.get_attribute("open") is None:
            part.locator("summary").first.click()

    def press(self, name: str) -> None:
        """A button, or a link that looks like one."""
        main = self.page.locator("main")
        main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()

    def sign_in(self, email: str, password: str) -> None:
        self.go("/account/inloggen/wachtwoord")
        self.fill("Mailadres", email)
        self.fill("Wachtwoord", password)
        self.look()
        self.press("Log in")
