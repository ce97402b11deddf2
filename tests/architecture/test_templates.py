"""Habits that the build enforces on templates: nothing that the CSP would refuse, no sentence outside gettext."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
PAGES = sorted(p for p in TEMPLATES.rglob("*.html") if "email" not in p.relative_to(TEMPLATES).parts)
MAILS = sorted((TEMPLATES / "email").rglob("*.html"))

FORBIDDEN = {
    "a style element": r"<style\b",
    "an event handler": r"\son[a-z]+\s*=\s*[\"']",
    "hx-on": r"\bhx-on\b",
    "hx-vals or hx-headers with code": r"hx-(?:vals|headers)\s*=\s*[\"']\s*(?:js|javascript):",
    "a trigger filter": r"hx-trigger\s*=\s*\"[^\"]*\[",
    "hx-boost": r"\bhx-boost\b",
    "render_icon": r"\brender_icon\b",
    "a javascript address": r"(?:href|action|src)\s*=\s*[\"']\s*javascript:",
    "something from another host": r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)\s*=\s*[\"'](?:https?:)?//",
    "text that is trusted without being cleaned": r"\|\s*safe\b",
}
# Where |safe joins markup of our own.
TRUSTED = {"layouts/nav.html": "' '|safe"}

WORDS = re.compile(r"[A-Za-zÀ-ÿ]{2,}(?:[ ,][^<{\n]*[A-Za-zÀ-ÿ]{2,})?")
NAMES = {"techfinder", "km", "x", "english", "nederlands"}


def name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def without_comments(text: str) -> str:
    return re.sub(r"\{#.*?#\}", "", text, flags=re.DOTALL)


def offences(text: str) -> list[str]:
    """What a template holds that it must not."""
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, text, re.IGNORECASE)]
    if re.search(r"\sstyle\s*=", re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "", text, flags=re.DOTALL)):
        found.append("an inline style")  # macros may have an argument of that name
    for tag in re.findall(r"<script\b[^>]*>", text, re.IGNORECASE):
        if "nonce" not in tag or not re.search(r"\ssrc=|type=\"application/json\"", tag):
            found.append("a script without nonce or without file")
    return found


LITERAL = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
TRANSLATED = re.compile(rf"\b(?:_|_l|n?gettext|lazy_gettext)\(\s*{LITERAL}(?:\s*,\s*{LITERAL})?")


def bare_literals(text: str) -> list[str]:
    """Sentences inside Jinja that no gettext sees, such as `submit('Ga verder')`: a capital, and a space or a full stop."""
    inside = " ".join(re.findall(r"\{\{.*?\}\}|\{%.*?%\}", without_comments(text), flags=re.DOTALL))
    return [m[0] for m in re.finditer(LITERAL, TRANSLATED.sub(" ", inside)) if re.match(r".[A-ZÀ-Ý][a-zà-ÿ]+.*[ .]", m[0])]


def bare_words(text: str) -> list[str]:
    """Words that people read and that no gettext sees: what is left between tags when all of Jinja is taken out."""
    text = without_comments(text)
    text = re.sub(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", " ", text, flags=re.DOTALL)
    text = re.sub(r"<(script|style)\b.*?</\1>|<[^>]*>|&[a-z#0-9]+;", "\n", text, flags=re.DOTALL | re.IGNORECASE)
    found = [m[0].strip() for m in WORDS.finditer(text)]
    return [words for words in found if words.lower() not in NAMES]


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_a_page_holds_nothing_that_the_security_policy_refuses(path: Path):
    text = without_comments(path.read_text(encoding="utf-8"))
    if name(path) in TRUSTED:
        text = text.replace(TRUSTED[name(path)], "")
    assert not offences(text)


@pytest.mark.parametrize("path", [*PAGES, *MAILS], ids=name)
def test_every_sentence_goes_through_gettext(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not bare_words(text) + bare_literals(text)


def blocks(text: str) -> set[str]:
    return set(re.findall(r"\{%-?\s*block (\w+)", without_comments(text)))


@pytest.mark.parametrize("path", [p for p in (TEMPLATES / "email").rglob("*.*") if p.parent.parent.name == "email"], ids=name)
def test_a_mail_fills_only_blocks_that_its_base_has(path: Path):
    """What stands in any other block is never sent. All but subjects and parts stand in the one frame: greeting, sign-off, why."""
    text = path.read_text(encoding="utf-8")
    base = re.search(r"\{% extends ['\"]([\w/.]+)['\"] %\}", text)
    assert base or path.name.startswith("_") or path.name.endswith(".subject.txt")
    assert blocks(text) <= (blocks((TEMPLATES / base[1]).read_text(encoding="utf-8")) if base else set())


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_every_post_form_carries_the_token(path: Path):
    text = without_comments(path.read_text(encoding="utf-8"))
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", text, re.DOTALL | re.IGNORECASE):
        assert re.search(r"csrf|back\(\)|hidden_tag", form), form[:120]


@pytest.mark.parametrize(
    "bad",
    ['<p style="color:red">', "<a onclick='x()'>", '<div hx-on:click="x">', '<i hx-trigger="click[ctrlKey]">',
     "<script>alert(1)</script>", '<script src="/x.js"></script>', '<img src="//elders.nl/x.png">', "{{ text|safe }}"],
)  # fmt: skip
def test_the_check_itself_sees_what_it_must_see(bad: str):
    assert offences(bad)


def test_the_check_for_sentences_sees_a_bare_sentence():
    assert bare_words("<p>Kies een dag</p>") and not bare_words("<p>{{ _('Kies een dag') }} · Techfinder</p>")
    assert bare_literals("{{ submit('Ga verder') }}")
    assert not bare_literals("{{ submit(_('Ga verder'), style='link') }}{{ ngettext('Eén dag.', 'Meer dagen.', n) }}")
