"""One site and one browser for each worker of the test run; every journey is a fresh person in it."""

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.journeys.site import SECONDS, Site, start
from tests.journeys.walker import Walker

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
expect.set_options(timeout=SECONDS * 500)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    found, running = start(tmp_path_factory.mktemp("site"))
    yield found
    for process in running:
        process.terminate()
    for process in running:
        process.wait(30)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def somebody(browser: Browser, site: Site) -> Callable[..., Walker]:
    """`with somebody(360) as ann:` a person with a screen this wide; `scripts=False` for one without JavaScript."""
    return lambda width, scripts=True: Walker(browser, site, width, scripts)
