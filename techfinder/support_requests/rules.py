"""The states of a support request, and what it needs before it reaches companies. Pure.

    unconfirmed ──confirm (mailed link)──▶ open ──fulfil──▶ fulfilled
    draft ────────publish────────────────▶ open ──expire──▶ expired ──publish──▶ open
      ▲                                     └───withdraw──▶ withdrawn ──publish──▶ open
      └── (made by a signed-in teacher)

Three fields begin a request: what, groups, school. It is *complete* when groups, numbers, place and period are there as
well; only then do companies see it, because vague requests annoy them.
"""

from datetime import date

DRAFT, UNCONFIRMED, OPEN = "draft", "unconfirmed", "open"
FULFILLED, WITHDRAWN, EXPIRED = "fulfilled", "withdrawn", "expired"

TRANSITIONS = {
    (DRAFT, "publish"): OPEN,
    (UNCONFIRMED, "confirm"): OPEN,
    (OPEN, "withdraw"): WITHDRAWN,
    (OPEN, "fulfil"): FULFILLED,
    (OPEN, "expire"): EXPIRED,
    (WITHDRAWN, "publish"): OPEN,
    (EXPIRED, "publish"): OPEN,
    (FULFILLED, "publish"): OPEN,
}
TRAVEL_KM = {"foot_or_bicycle": 5, "cars": 20, "bus": 40}  # what a class can usually do; a teacher edits it
NEEDED = ("levels", "pupils", "period_from", "period_until", "place")
TITLE_MAX, TEXT_MAX = 100, 3000


def next_state(state: str, action: str) -> str | None:
    """The state after this action, or None when it is not allowed now."""
    return TRANSITIONS.get((state, action))


def missing(request: object) -> tuple[str, ...]:
    """The fields that must still be filled before companies see the request, in the order of the form."""
    found = [name for name in NEEDED if not getattr(request, name)]
    if getattr(request, "where", "either") == "at_company" and not getattr(request, "max_travel_km", None):
        found.append("max_travel_km")
    return tuple(found)


def is_complete(request: object) -> bool:
    """Whether the request may reach companies."""
    return not missing(request)


def is_over(period_until: date | None, today: date) -> bool:
    """Whether the period the school asked for has passed."""
    return period_until is not None and period_until < today


def title_from(description: str) -> str:
    """A title from the first sentence, when the teacher gave none: whole words, at most 70 characters."""
    first = description.strip().split("\n")[0]
    for stop in (". ", "! ", "? "):
        first = first.split(stop)[0]
    first = first.strip(" .!?")
    if len(first) <= 70:
        return first
    return first[:70].rsplit(" ", 1)[0].rstrip(" ,;:") + " …"
