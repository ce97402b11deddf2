"""The demo files point at each other by key; a wrong key would only show when somebody loads them for a show."""

import json
import re
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from techfinder.geo import fold, postcode
from techfinder.reference.kinds import KINDS
from techfinder.reference.levels import LEVELS, codes, mask

FOLDER = Path(__file__).parents[2] / "techfinder/exchange/demo"
CONTACT = re.compile(r"@|https?:|www\.|\b0\d[\d -]{7,}\d\b|\b06[ -]?\d")


def read(name: str) -> list[dict[str, Any]]:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def by_key(name: str) -> dict[str, dict[str, Any]]:
    rows = read(name)
    keyed = {row["key"]: row for row in rows}
    assert len(keyed) == len(rows), f"a key repeats in {name}.json"
    return keyed


def member_keys(organisation: dict[str, Any]) -> set[str]:
    return {member["key"] for member in organisation["members"]}


def test_schools_are_distinct_and_have_an_owner() -> None:
    schools = by_key("schools")
    assert len(schools) >= 52
    assert len({school["brin"] for school in schools.values()}) == len(schools)
    for key, school in schools.items():
        assert re.fullmatch(r"9[789][A-Z]{2}00", school["brin"]), key
        assert re.fullmatch(r"[1-9]\d{3} (?!SA|SD|SS)[A-Z]{2}", school["postcode"]), key
        assert school["website"].endswith(".example"), key
        assert set(codes(mask(school["levels"]))) == set(school["levels"]), key
        assert Counter(member["role"] for member in school["members"])["owner"] == 1, key
    unverified = [m["key"] for s in schools.values() for m in s["members"] if not m["verified"]]
    assert len(unverified) == 5


def test_schools_lie_where_their_postcode_says_in_all_provinces() -> None:
    provinces: Counter[str] = Counter()
    for school in read("schools"):
        there = postcode(school["postcode"][:4])
        assert there and fold(there.place) == fold(school["place"]), school["key"]
        provinces[there.province] += 1
    assert len(provinces) == 12 and min(provinces.values()) >= 3, provinces


def test_member_keys_are_unique_over_schools_and_companies() -> None:
    keys = Counter(m["key"] for name in ("schools", "companies") for o in read(name) for m in o["members"])
    assert [key for key, times in keys.items() if times > 1] == []


def test_requests_are_written_by_a_member_for_levels_their_school_has() -> None:
    schools, requests = by_key("schools"), by_key("requests")
    assert len(requests) >= 85
    kinds, levels = {kind.code for kind in KINDS}, {level.code for level in LEVELS}
    for key, request in requests.items():
        school = schools[request["school"]]
        assert request["author"] in member_keys(school), key
        assert set(request["levels"]) <= levels & set(school["levels"]), key
        assert set(request["kinds"]) <= kinds, key
        assert 0 < len(request["title"]) <= 80, key
        assert set(request["weekdays"]) <= {"mon", "tue", "wed", "thu", "fri"}, key
        assert request["where"] in {"at_school", "at_company", "either"}, key
        assert request["travel_mode"] in {"walk_bike", "car", "bus", "none", None}, key
        assert not CONTACT.search(request["description"]), key


def test_requests_that_went_out_are_complete() -> None:
    for request in read("requests"):
        if request["state"] == "draft":
            continue
        assert request["levels"] and request["pupils"] and request["parallel_groups"], request["key"]
        start, end = date.fromisoformat(request["period_from"]), date.fromisoformat(request["period_until"])
        assert date(2026, 11, 1) < start < end < date(2027, 7, 10), request["key"]


def test_requests_come_in_every_state() -> None:
    states = Counter(request["state"] for request in read("requests"))
    assert states["open"] >= 60
    assert set(states) == {"open", "draft", "answered", "withdrawn", "fulfilled"}


def test_staff_posts_are_for_regions_and_networks_that_exist() -> None:
    seed = json.loads((FOLDER.parents[1] / "regions/data/regions.json").read_text(encoding="utf-8"))
    regions, networks = ({row["slug"] for row in seed[name]} for name in ("regions", "networks"))
    posts = [post for person in by_key("people").values() for post in person["posts"]]
    for post in posts:
        assert bool(post["region"]) != bool(post["network"])
        assert post["region"] in regions or post["network"] in networks
    assert {post["role"] for post in posts} == {"administrator", "coordinator", "reader"}
    assert any(post["until"] and post["until"] < "2026-11-01" for post in posts), "one post has ended"


def test_conversations_pair_a_published_offer_with_a_request_at_an_overlapping_level() -> None:
    schools, companies, offers, requests = (by_key(n) for n in ("schools", "companies", "offers", "requests"))
    for key, talk in by_key("conversations").items():
        offer = offers[talk["offer"]]
        assert offer["state"] == "published", key
        assert companies[offer["company"]]["state"] == "approved", key
        levels = mask(schools[talk["school"]]["levels"])
        if talk["request"]:
            request = requests[talk["request"]]
            assert request["school"] == talk["school"], key
            assert request["state"] != "draft", key
            levels = mask(request["levels"])
        assert levels & mask(offer["levels"]), key


def test_conversations_are_between_members_and_in_order() -> None:
    schools, companies, offers = (by_key(n) for n in ("schools", "companies", "offers"))
    for key, talk in by_key("conversations").items():
        sides = {"school": schools[talk["school"]], "company": companies[offers[talk["offer"]]["company"]]}
        days = [message["days_ago"] for message in talk["messages"]]
        assert days == sorted(set(days), reverse=True) and days[0] <= talk["started_days_ago"], key
        for message in talk["messages"]:
            assert message["author"] in member_keys(sides[message["from"]]), key
            assert not CONTACT.search(message["body"]), key


def test_conversations_come_in_every_state_and_answered_requests_have_one() -> None:
    talks = read("conversations")
    assert len(talks) >= 40
    assert {talk["state"] for talk in talks} == {"unanswered", "open", "declined", "closed", "held"}
    answered = {key for key, request in by_key("requests").items() if request["state"] == "answered"}
    assert answered <= {talk["request"] for talk in talks if talk["state"] == "open"}


def test_conversation_states_say_what_their_messages_show() -> None:
    verified = {m["key"]: m["verified"] for s in read("schools") for m in s["members"]}
    for talk in read("conversations"):
        writers = {message["from"] for message in talk["messages"]}
        held = not verified.get(talk["messages"][0]["author"], True)
        assert (talk["state"] == "held") == held, talk["key"]
        assert (len(writers) == 1) == (talk["state"] in {"unanswered", "held"}), talk["key"]


def test_flags_point_at_an_offer_or_a_message_that_exists() -> None:
    talks, offers = by_key("conversations"), by_key("offers")
    people = {m["key"] for name in ("schools", "companies") for o in read(name) for m in o["members"]}
    flags = by_key("flags")
    assert len(flags) == 4
    for key, flag in flags.items():
        if flag["kind"] == "offer":
            assert flag["offer"] in offers, key
        else:
            message = talks[flag["conversation"]]["messages"][flag["message"]]
            assert flag["days_ago"] <= message["days_ago"] and flag["reporter"] != message["author"], key
        assert flag["reporter"] is None or flag["reporter"] in people, key
        assert flag["reason"] in {"wrong", "unsafe", "spam", "privacy", "other"} and flag["text"], key
