from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfinder.reference import holidays as h

REGION = st.sampled_from(h.HOLIDAY_REGIONS)
DAY = st.dates(date(2025, 8, 1), date(2029, 7, 1))


def test_four_school_years_are_known_for_three_regions():
    for region in h.HOLIDAY_REGIONS:
        for year in ("2025-2026", "2026-2027", "2027-2028", "2028-2029"):
            kinds = [holiday.kind for holiday in h.holidays(region, year) if holiday.kind != "may_extra"]
            assert kinds == ["autumn", "christmas", "spring", "may", "summer"]
    assert h.known_until() == date(2029, 8, 19)


def test_every_holiday_runs_from_saturday_to_sunday_for_as_long_as_it_should():
    weeks = {"autumn": 1, "christmas": 2, "spring": 1, "may": 1, "may_extra": 1, "summer": 6}
    for holiday in h.HOLIDAYS:
        assert (holiday.first.weekday(), holiday.last.weekday()) == (5, 6)
        assert (holiday.last - holiday.first).days + 1 == weeks[holiday.kind] * 7 + 2
        assert h.school_year(holiday.first) == holiday.school_year


def test_every_summer_another_region_ends_last_and_all_differ():
    for year in ("2025-2026", "2026-2027", "2027-2028", "2028-2029"):
        assert len({h.holidays(region, year)[-1].first for region in h.HOLIDAY_REGIONS}) == 3


def test_easter_and_the_days_that_follow_from_it():
    assert [h.easter(year) for year in (2024, 2025, 2026, 2027, 2028, 2029, 2038)] == [
        date(2024, 3, 31),
        date(2025, 4, 20),
        date(2026, 4, 5),
        date(2027, 3, 28),
        date(2028, 4, 16),
        date(2029, 4, 1),
        date(2038, 4, 25),
    ]
    days = h.public_holidays(2026)
    assert days[date(2026, 5, 14)]("nl") == "hemelvaartsdag"
    assert days[date(2026, 5, 25)]("en") == "Whit Monday"


def test_kings_day_moves_from_sunday_to_saturday():
    assert date(2025, 4, 26) in h.public_holidays(2025)
    assert date(2025, 4, 27) not in h.public_holidays(2025)
    assert date(2026, 4, 27) in h.public_holidays(2026)


@pytest.mark.parametrize(
    ("municipality", "province", "region"),
    [
        ("Helmond", "Noord-Brabant", "zuid"),
        ("Altena", "Noord-Brabant", "midden"),
        ("ARNHEM", "Gelderland", "zuid"),
        ("WEST MAAS EN WAAL", "Gelderland", "zuid"),
        ("TIEL", "Gelderland", "midden"),
        ("Hattem", "Gelderland", "noord"),
        ("Eemnes", "Utrecht", "noord"),
        ("Utrecht", "Utrecht", "midden"),
        ("Zeewolde", "Flevoland", "midden"),
        ("Almere", "Flevoland", "noord"),
        ("Leeuwarden", "Friesland", "noord"),
        ("Leeuwarden", "Fryslân", "noord"),
        ("S GRAVENHAGE", "Zuid-Holland", "midden"),
        ("Goes", "Zeeland", "zuid"),
        ("Antwerpen", "Antwerpen", None),
    ],
)
def test_holiday_region_follows_from_the_municipality(municipality, province, region):
    assert h.holiday_region(municipality, province) == region


def test_some_villages_follow_their_former_municipality():
    assert h.holiday_region("De Ronde Venen", "Utrecht", "Abcoude") == "noord"
    assert h.holiday_region("De Ronde Venen", "Utrecht", "Mijdrecht") == "midden"


def test_regions_differ_in_autumn():
    assert not h.is_school_day(date(2026, 10, 13), "noord")
    assert h.is_school_day(date(2026, 10, 13), "zuid")
    assert not h.is_school_day(date(2026, 10, 13), None)


def test_the_extra_week_in_may_stops_the_clock_but_excludes_nobody():
    day = date(2027, 5, 4)
    assert h.holiday_on(day, "zuid").certainty == "optional"
    assert not h.is_school_day(day, "zuid")
    assert h.closed("zuid", day, day) == ()
    assert h.holiday_on(date(2027, 5, 1), "zuid").certainty == "fixed"


def test_closed_is_cut_to_the_period_and_without_a_region_holds_everywhere():
    period = (date(2026, 10, 12), date(2027, 1, 1))
    assert h.closed("noord", *period) == (
        (date(2026, 10, 12), date(2026, 10, 18)),
        (date(2026, 12, 19), date(2027, 1, 1)),
    )
    assert h.closed(None, *period) == (
        (date(2026, 10, 17), date(2026, 10, 18)),
        (date(2026, 12, 19), date(2027, 1, 1)),
    )


def test_three_school_days_over_the_christmas_holiday():
    assert h.add_school_days(date(2026, 12, 17), 3, "zuid") == date(2027, 1, 5)
    assert h.add_school_days(date(2026, 12, 19), 0, "zuid") == date(2027, 1, 4)
    with pytest.raises(ValueError, match="never negative"):
        h.add_school_days(date(2026, 12, 17), -1, "zuid")


def test_next_holiday_is_the_one_people_count_towards():
    assert h.next_holiday(date(2026, 4, 1), "zuid").kind == "may"
    assert h.next_holiday(date(2035, 1, 1), "zuid") is None


@given(DAY, st.integers(1, 60), REGION)
def test_adding_and_counting_school_days_agree(day, number, region):
    end = h.add_school_days(day, number, region)
    assert h.is_school_day(end, region)
    assert h.school_days_between(day, end, region) == number


@given(DAY, st.integers(0, 30), st.integers(0, 30), REGION)
def test_more_school_days_never_end_earlier(day, fewer, more, region):
    low, high = sorted((fewer, more))
    assert h.add_school_days(day, low, region) <= h.add_school_days(day, high, region)


@given(DAY, REGION)
def test_without_a_region_a_school_day_is_one_everywhere(day, region):
    assert not h.is_school_day(day, None) or h.is_school_day(day, region)


@given(DAY, REGION)
def test_a_day_is_in_a_holiday_exactly_when_one_covers_it(day, region):
    covering = [x for x in h.holidays(region) if x.first <= day <= x.last]
    found = h.holiday_on(day, region)
    assert (found in covering) if covering else found is None


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_school_year_begins_on_1_august(day):
    first, last = h.school_year_bounds(h.school_year(day))
    assert first <= day <= last
    assert (first.month, first.day) == (8, 1)
    assert h.school_year(last + timedelta(days=1)) != h.school_year(day)
