import json
from datetime import date

import pytest

from techfinder.reference import languages, profiles, times, vocabulary


def test_monday_is_1_and_sunday_64():
    assert [slot.mask for slot in times.WEEKDAYS] == [1, 2, 4, 8, 16, 32, 64]
    assert [slot.mask for slot in times.DAYPARTS] == [1, 2, 4]
    assert times.weekday_mask(date(2027, 3, 9)) == times.mask(["tue"])
    assert times.weekday_codes(times.SCHOOL_WEEK) == ("mon", "tue", "wed", "thu", "fri")


@pytest.mark.parametrize(
    ("days", "nl", "en"),
    [
        (0, "", ""),
        (31, "maandag t/m vrijdag", "Monday to Friday"),
        (2 + 8, "dinsdag en donderdag", "Tuesday and Thursday"),
        (1 + 2 + 16, "maandag, dinsdag en vrijdag", "Monday, Tuesday and Friday"),
        (1 + 2 + 4 + 16, "maandag t/m woensdag en vrijdag", "Monday to Wednesday and Friday"),
    ],
)
def test_weekdays_in_words(days, nl, en):
    assert times.describe_weekdays(days, "nl") == nl
    assert times.describe_weekdays(days, "en") == en


def test_dayparts_in_words():
    assert times.describe_dayparts(3) == "ochtend en middag"
    assert times.describe_dayparts(7, "en") == "morning, afternoon and evening"
    assert times.daypart_codes(2) == ("afternoon",)


def test_language_by_code_or_name():
    assert languages.language("uk").label("nl") == "Oekraïens"
    assert (
        languages.from_label("engels")
        == languages.from_label("English")
        == languages.from_label("EN")
        == "en"
    )
    assert languages.from_label("klingon") is None


def test_profile_abbreviation_and_full_name_mean_the_same():
    assert ("pie", "produceren, installeren en energie") in profiles.synonyms()


def test_every_vocabulary_says_its_version_source_and_first_day():
    files = sorted(vocabulary.DATA.glob("*.json"))
    assert len(files) >= 10
    for file in files:
        json.loads(file.read_text(encoding="utf-8"))
        edition = vocabulary.edition(file.stem)
        assert edition.version and len(edition.source) > 5 and edition.valid_from >= date(2006, 8, 1)
