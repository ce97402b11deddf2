"""Habits that the build enforces on routes, mails and sentences."""

import re
from pathlib import Path

from flask import Flask

from techfinder.core.errors import known_codes
from techfinder.core.permissions import Access

ROOT = Path(__file__).resolve().parents[2]


def test_every_route_declares_what_it_asks(app: Flask):
    missing = [r.endpoint for r in app.url_map.iter_rules()
               if not r.endpoint.startswith(("static", "bootstrap"))
               and not isinstance(getattr(app.view_functions[r.endpoint], "access", None), Access)]
    assert not missing


def test_every_mail_has_its_three_templates():
    used = set()
    for path in (ROOT / "techfinder").rglob("*.py"):
        used |= set(re.findall(r'send_mail\(\s*[^"]*?"([a-z_]+/[a-z_]+)"', path.read_text(encoding="utf-8")))
    for name in used:
        for ending in ("subject.txt", "txt", "html"):
            assert (ROOT / "templates/email" / f"{name}.{ending}").exists(), f"{name}.{ending}"


def test_every_broken_rule_has_its_sentence(app: Flask):
    used = set()
    for path in (ROOT / "techfinder").rglob("*.py"):
        used |= set(re.findall(r'RuleBroken\(\s*"([a-z_.]+)"', path.read_text(encoding="utf-8")))
    assert used <= known_codes(), used - known_codes()
