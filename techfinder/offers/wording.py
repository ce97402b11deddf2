"""An offer in words: the short facts of a card and the rows of its own page, in the reader's language."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import format_date, ngettext, pgettext
from flask_babel import gettext as _

from techfinder.core.clock import today
from techfinder.core.language import reader_language as locale
from techfinder.core.text import day, euros, kilometres, minutes
from techfinder.offers.documents import is_full
from techfinder.offers.models import Offer, StartingPoint
from techfinder.organisations.models import Organisation
from techfinder.reference import kinds, languages, levels, times
from techfinder.reference.themes import THEMES

GOOD_REPLY_DAYS = 5  # school days; a slower company is not shamed on its page
SCHOOL_YEAR = (9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7, 8)  # months in the order in which teachers plan
_THEMES = {t.code: t for t in THEMES}



def kind_name(code: str) -> str:
    """ "gastles"; for a draft without a kind "aanbod"."""
    return kinds.kind(code).label(locale()) if code else pgettext("één", "aanbod")


def untitled() -> str:
    """What stands for the title of a draft that has none."""
    return _("Aanbod zonder titel")


def days(weekdays: int) -> str:
    """ "dinsdag en donderdag"; empty for every day."""
    return times.describe_weekdays(weekdays, locale())


def reach(offer: Offer, point: StartingPoint) -> str:
    """How far the company comes from here; empty when it doesn't travel."""
    if point.radius_km is None or not offer.kind or kinds.kind(offer.kind).reach != "company":
        return ""
    return _("tot %(km)s", km=kilometres(point.radius_km))


def terms(
    *, distance: str, travel: str, level: str, duration: str, groups: str, cost: str, language: str, vog: str
) -> list[tuple[str, str]]:
    """The rows of "In het kort"; empty ones are left out by the page."""
    return [
        (_("Afstand"), distance), (_("Wie reist"), travel),
        (_("Niveau"), level), (_("Duur"), duration), (_("Groep"), groups), (_("Kosten"), cost), (_("Taal"), language),
        (_("VOG"), vog),
    ]  # fmt: skip


def place_name(point: StartingPoint) -> str:
    """Where a starting point is, as everybody may know it: of a person only the municipality."""
    if point.personal:
        return _("regio %(place)s", place=point.municipality)
    return point.place or point.municipality


def places(points: Sequence[StartingPoint]) -> str:
    """ "Helmond", "Helmond en regio Asten", "Helmond en nog 3 plaatsen"."""
    names = list(dict.fromkeys(place_name(p) for p in points))
    if len(names) < 2:
        return "".join(names)
    if len(names) == 2:
        return _("%(a)s en %(b)s", a=names[0], b=names[1])
    return _("%(a)s en nog %(n)d plaatsen", a=names[0], n=len(names) - 1)


def facts(offer: Offer) -> dict[str, str]:
    """What a teacher decides on, short: level, duration, cost, place. Empty where nothing was said or nobody travels."""
    far = bool(offer.kind) and kinds.kind(offer.kind).travels == "nobody"
    return {
        "level": levels.describe(offer.levels, locale()),
        "duration": minutes(offer.duration_minutes),
        "cost": euros(offer.cost_cents),
        "place": "" if far else places(offer.points),
    }


def reply(company: Organisation) -> str:
    """How fast the company answers, said only where it is good."""
    if company.reply_days is None or company.reply_days > GOOD_REPLY_DAYS:
        return ""
    n = max(company.reply_days, 1)
    return ngettext("Antwoordt meestal binnen %(num)d schooldag", "Antwoordt meestal binnen %(num)d schooldagen", n)


def full(offer: Offer, company: Organisation) -> str:
    """Why nobody can ask for this at the moment ("vol tot di 1 december"); empty when one can."""
    if offer.places_left == 0:
        return _("vol voor dit schooljaar")
    if is_full(company) and company.full_until:
        return _("vol tot %(day)s", day=day(company.full_until))
    return ""


def full_for_us(company: Organisation) -> str:
    """The same for the company itself, with what opens it again; empty while schools can ask."""
    if not is_full(company) or company.full_until is None:
        return ""
    until = day(company.full_until)
    return _("Jullie zitten vol tot %(day)s. Geef je een school antwoord, dan kunnen scholen meteen weer aanvragen.", day=until)


def badges(offer: Offer, company: Organisation) -> list[tuple[str, str]]:
    """What must not be missed in a list."""
    found = []
    if stop := full(offer, company):
        found.append((stop, "wait"))
    if offer.language not in ("", "nl"):
        found.append((_("in het %(language)s", language=languages.language(offer.language).label(locale())), "info"))
    return found


def travel(offer: Offer) -> str:
    """Who travels, and how far the company will."""
    if not offer.kind:
        return ""
    radii = [p.radius_km for p in offer.points if p.radius_km is not None]
    match kinds.kind(offer.kind).travels:
        case "company" if radii:
            return _("het bedrijf, tot %(km)s", km=kilometres(max(radii)))
        case "company":
            return _("het bedrijf")
        case "class":
            return _("jullie klas")
        case "teacher":
            return _("jij")
    return _("niemand")


def groups(offer: Offer) -> str:
    """How many pupils at once, and how many groups on a day."""
    parts = []
    if offer.max_pupils:
        parts.append(ngettext("tot %(num)d leerling", "tot %(num)d leerlingen", offer.max_pupils))
    if offer.max_groups_per_day:
        parts.append(ngettext("%(num)d groep per dag", "%(num)d groepen per dag", offer.max_groups_per_day))
    return ", ".join(parts)


def cost(offer: Offer) -> str:
    """The price with travel in it, and what the company says about it."""
    text = euros(offer.cost_cents)
    if offer.cost_cents and offer.kind and kinds.kind(offer.kind).travels == "company":
        text = _("%(price)s, reiskosten inbegrepen", price=text)
    return f"{text} ({offer.cost_note})" if text and offer.cost_note else text or offer.cost_note


def themes(codes: Sequence[str]) -> list[str]:
    """Labels of themes; codes of an older vocabulary are left out."""
    return [_THEMES[c].label(locale()) for c in codes if c in _THEMES]


def when(offer: Offer) -> list[str]:
    """Sentences about days, period and places in this school year."""
    found = []
    if offer.weekdays and offer.dayparts:
        found.append(_("Op %(days)s, in de %(parts)s.", days=times.describe_weekdays(offer.weekdays, locale()),
                       parts=times.describe_dayparts(offer.dayparts, locale())))  # fmt: skip
    elif offer.weekdays:
        found.append(_("Op %(days)s.", days=times.describe_weekdays(offer.weekdays, locale())))
    elif offer.dayparts:
        found.append(_("In de %(parts)s.", parts=times.describe_dayparts(offer.dayparts, locale())))
    if offer.period_from and offer.period_until:
        found.append(_("Van %(a)s tot en met %(b)s.", a=day(offer.period_from), b=day(offer.period_until)))
    elif offer.period_from:
        found.append(_("Vanaf %(a)s.", a=day(offer.period_from)))
    elif offer.period_until:
        found.append(_("Tot en met %(b)s.", b=day(offer.period_until)))
    if offer.when_note:
        found.append(offer.when_note)
    return found


def seats_left(offer: Offer) -> str:
    """What is left of the places for this school year."""
    if not offer.places_per_year or offer.places_left is None:
        return ""
    return ngettext("Dit schooljaar is er nog %(left)d van de %(num)d plek vrij.",
                    "Dit schooljaar zijn er nog %(left)d van de %(num)d plekken vrij.", offer.places_per_year,
                    left=offer.places_left)  # fmt: skip


def months(offer: Offer) -> list[tuple[str, bool]]:
    """The twelve months from September with whether the period touches them; empty when the whole year is possible."""
    if not (offer.period_from or offer.period_until):
        return []
    day_ = today()
    start = offer.period_from or min(day_, offer.period_until or day_)
    until = offer.period_until or date(start.year + 1, 7, 31)
    touched: set[int] = set()
    year, month = start.year, start.month
    while (year, month) <= (until.year, until.month) and len(touched) < 12:
        touched.add(month)
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if len(touched) == 12:
        return []
    return [(str(format_date(date(2026, m, 1), "MMM")).rstrip("."), m in touched) for m in SCHOOL_YEAR]


def distance(km: float, reach_km: float | None) -> str:
    """Kilometres from the reader's school to a place of which we know the middle, and whether the company comes that far."""
    text = _("minder dan 1 km van jullie school") if km < 1 else _("%(km)s van jullie school", km=kilometres(km))
    if reach_km is not None and km > reach_km:
        return _("%(distance)s, verder dan het bedrijf reist", distance=text)
    return text


def yes_no(value: bool | None) -> str:
    """ "ja", "nee", or nothing when it was not said."""
    return "" if value is None else _("ja") if value else _("nee")


def visit(offer: Offer) -> list[tuple[str, str]]:
    """What to know before coming along; rows without an answer are left out by the page."""
    age: Any = offer.min_age
    photos = {None: "", True: _("mogen"), False: _("mogen niet")}[offer.photos_allowed]
    transport = {None: "", True: _("betaalt het bedrijf"), False: _("regelt en betaalt de school")}[offer.paid_transport]
    return [
        (_("Leeftijd"), _("vanaf %(age)d jaar", age=age) if age else ""),
        (_("Kleding"), offer.safety_clothing),
        (_("Foto’s"), photos),
        (_("Vervoer"), transport),
        (_("Toegankelijkheid"), offer.accessibility),
    ]


def stays_responsible(code: str) -> str:
    """The sentence that stands under every activity with pupils."""
    if code == "pupil_placement":
        return _("Ook tijdens een stage of meeloopdag blijft de school verantwoordelijk voor de leerlingen.")
    if code in ("guest_lesson", "online_lesson", "site_visit", "workshop", "event"):
        return _("De leraar is er de hele tijd bij en blijft verantwoordelijk voor de leerlingen.")
    return ""


def blocks(text: str) -> list[tuple[str, list[str]]]:
    """A person's text as paragraphs ("p", with lines) and lists ("ul", of lines that begin with a dash or an asterisk)."""
    found: list[tuple[str, list[str]]] = []
    for part in text.replace("\r\n", "\n").split("\n\n"):
        fresh = True
        for line in (raw.strip() for raw in part.split("\n") if raw.strip()):
            sort, words = ("ul", line[2:].strip()) if line[:2] in ("- ", "* ", "• ") else ("p", line)
            if found and found[-1][0] == sort and (sort == "ul" or not fresh):
                found[-1][1].append(words)
            else:
                found.append((sort, [words]))
            fresh = False
    return found
