from techfinder.reference.kinds import EDITION, KINDS, SupportKind, compatible, kind


def test_every_kind_is_described_in_both_languages():
    assert [k.code for k in KINDS] == list(SupportKind)
    for k in KINDS:
        assert k.label("nl") and k.label("en") and k.plural("nl") and k.plural("en")
        assert k.description("nl").endswith(".") and k.description("en").endswith(".")
        assert k.label("nl_NL") == k.label("fr") == k.label()
        assert k.label("en_GB") == k.label("en")


def test_who_travels_decides_which_reach_counts():
    assert kind("guest_lesson").reach == kind("workshop").reach == "company"
    assert kind("site_visit").reach == kind("event").reach == "class"
    assert kind("material").reach == kind("online_lesson").reach == "anywhere"
    assert kind("teacher_training").travels == "teacher"
    assert {k.tint for k in KINDS} == {"tf-come", "tf-go", "tf-stay", "tf-teach"}


def test_five_everyday_kinds_come_first_and_nine_stand_under_meer():
    assert [k.more for k in KINDS] == [False] * 5 + [True] * 9
    assert [k.order for k in KINDS] == list(range(14))


def test_workshop_and_guest_lesson_answer_for_each_other_a_little_lower():
    assert compatible("guest_lesson", "guest_lesson") == 1.0
    assert 0.5 < compatible("guest_lesson", "workshop") < 1.0
    assert compatible(SupportKind.WORKSHOP, SupportKind.GUEST_LESSON) == compatible(
        "guest_lesson", "workshop"
    )
    assert compatible("guest_lesson", "site_visit") == 0.0
    assert compatible(None, "donation") == 1.0


def test_the_edition_names_its_source():
    assert EDITION.version and EDITION.source and EDITION.valid_from.year >= 2025
