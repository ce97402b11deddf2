"""The English texts are complete: a sentence that somebody adds or changes gets its translation in the same change."""

import re

from techfinder.core import catalogues
from techfinder.core.catalogues import parts

FILL_IN = re.compile(r"%\(\w+\)[a-z]|\{\w*\}|%%")
TAG = re.compile(r"<[^>]+>")


def english():
    """The catalogue as people read it."""
    [po] = catalogues.catalogues()
    return catalogues.read(po)


def test_every_dutch_sentence_has_an_english_one():
    known = english()
    missing = [
        m.id
        for m in catalogues.extracted()
        if m.id and (not (found := known.get(m.id, m.context)) or found.fuzzy or not all(parts(found.string)))
    ]
    assert not missing, f"run `python -m techfinder.core.catalogues extract` and translate: {missing}"


def test_nothing_is_translated_that_nobody_says_any_more():
    said = {(m.id, m.context) for m in catalogues.extracted()}
    known = english()
    gone = [m.id for m in known if (m.id, m.context) not in said] + list(known.obsolete)
    assert not gone, f"run `python -m techfinder.core.catalogues extract`: {gone}"


def test_a_translation_keeps_what_is_filled_in_and_the_tags():
    for message in english():
        if not message.id:
            continue
        for dutch, translated in zip(parts(message.id), parts(message.string), strict=True):
            assert sorted(FILL_IN.findall(dutch)) == sorted(FILL_IN.findall(translated)), (dutch, translated)
            assert TAG.findall(dutch) == TAG.findall(translated), (dutch, translated)
            assert dutch[:1].isspace() == translated[:1].isspace() and dutch[-1:].isspace() == translated[-1:].isspace()


def test_the_file_is_as_the_command_writes_it(tmp_path, monkeypatch):
    [po] = catalogues.catalogues()
    copy = tmp_path / "en" / "LC_MESSAGES" / "messages.po"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(po.read_bytes())
    monkeypatch.setattr(catalogues, "FOLDER", tmp_path)
    assert catalogues.update_all() == {}
    assert copy.read_bytes() == po.read_bytes()
