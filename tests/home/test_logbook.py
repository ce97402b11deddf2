"""The audit log on its page."""

import re
from pathlib import Path

import config
from techfinder.core.audit import audit
from techfinder.core.db import transaction
from techfinder.core.permissions import SYSTEM
from techfinder.home.logbook_words import ACTIONS, KINDS
from tests import factories as f


def test_an_administrator_reads_who_did_what_and_narrows_it(app, client):
    land = f.region("Nederland")
    ann = f.coordinator(land, name="Ann Smits")
    with transaction():
        audit(f.actor_of(ann), "organisation.approved", "organisation", 7, scope_id=land.id, note="Mooi bedrijf")
        audit(SYSTEM, "support_request.expire", "support_request", 9)
    f.sign_in(client, f.coordinator(land, role="administrator"))
    page = client.get("/beheer/logboek").text
    assert "uitleg: Mooi bedrijf" in page and "goedgekeurd" in page and "Mooi bedrijf" in page and "verlopen" in page and "Nederland" in page
    assert "verlopen" not in client.get("/beheer/logboek?wie=smits").text
    assert "Mooi bedrijf" not in client.get("/beheer/logboek?soort=support_request").text
    assert "Niets gevonden" in client.get("/beheer/logboek?nummer=8").text


def test_a_coordinator_does_not_find_the_whole_log(app, client):
    f.sign_in(client, f.coordinator(f.region("Nederland")))
    assert client.get("/beheer/logboek").status_code in (403, 404)


def test_every_entry_that_the_code_writes_has_words():
    code = "\n".join(path.read_text() for path in Path(config.ROOT / "techfinder").rglob("*.py"))
    written = re.findall(r'(?:audit|_note)\(\s*[\w.()=]+, "([a-z_]+\.[a-z_]+)"(?:, "([a-z_]+)")?', code)
    assert len(written) > 30
    assert not {action for action, _ in written} - set(ACTIONS)
    assert not {kind for _, kind in written if kind} - set(KINDS)
