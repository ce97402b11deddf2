"""Who travels for which kind of support, as data. Unknown kinds count as `CLASS`: the most careful reading."""

COMPANY, CLASS, ANYWHERE = "company", "class", "anywhere"

REACH = {
    "guest_lesson": COMPANY,
    "workshop": COMPANY,
    "hybrid_teacher": COMPANY,
    "site_visit": CLASS,
    "event": CLASS,
    "pupil_placement": CLASS,
    "teacher_placement": CLASS,
    "teacher_training": CLASS,
    "material": ANYWHERE,
    "online_lesson": ANYWHERE,
    "loan_kit": ANYWHERE,
    "challenge": ANYWHERE,
    "co_development": ANYWHERE,
    "donation": ANYWHERE,
}

# A supply of the second kind answers a need for the first, a little lower.
ANSWERS = {"guest_lesson": frozenset({"workshop"}), "workshop": frozenset({"guest_lesson"})}

# Kinds close enough to be put forward as a near miss when only the kind differs.
NEAR_KINDS = {
    "guest_lesson": frozenset({"online_lesson", "site_visit"}),
    "workshop": frozenset({"event", "loan_kit", "site_visit"}),
    "site_visit": frozenset({"guest_lesson", "workshop", "event"}),
    "event": frozenset({"workshop", "site_visit"}),
    "online_lesson": frozenset({"guest_lesson", "material"}),
    "material": frozenset({"loan_kit", "online_lesson"}),
    "loan_kit": frozenset({"material", "workshop"}),
}
