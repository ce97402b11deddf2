"""A request in words, in the reader's language."""

from datetime import date

from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from techfinder.core.language import reader_language as locale
from techfinder.core.text import day, euros, kilometres
from techfinder.reference import kinds, languages, levels, times
from techfinder.support_requests import rules
from techfinder.support_requests.models import SupportRequest

TONES = {"draft": "", "unconfirmed": "wait", "open": "info", "fulfilled": "ok", "withdrawn": "", "expired": ""}



def state(request: SupportRequest) -> tuple[str, str]:
    """(word, tone) of its state; a request that companies do not see yet is not called open."""
    if request.state == rules.OPEN and not rules.is_complete(request):
        return _("nog niet compleet"), "wait"
    words = {
        "draft": _("concept"),
        "unconfirmed": _("wacht op je klik"),
        "open": _("open"),
        "fulfilled": _("gelukt"),
        "withdrawn": _("ingetrokken"),
        "expired": _("periode voorbij"),
    }
    return words[request.state], TONES[request.state]


def period(first: date | None, last: date | None) -> str:
    """ "1 t/m 26 maart", "9 maart t/m 3 april", "vanaf di 9 maart"; empty when nothing was said."""
    if first and last:
        if first == last:
            return day(first)
        if (first.year, first.month) == (last.year, last.month):
            return _("%(a)s t/m %(b)s", a=first.day, b=_date(last))
        return _("%(a)s t/m %(b)s", a=_date(first, last.year), b=_date(last))
    if first:
        return _("vanaf %(a)s", a=day(first))
    if last:
        return _("tot en met %(b)s", b=day(last))
    return ""


def _date(value: date, other_year: int | None = None) -> str:
    """ "26 maart", with the year when it differs from the one that follows and from this one."""
    plain = str(format_date(value, "d MMMM"))
    this = date.today().year
    return f"{plain} {value.year}" if value.year != (other_year or this) else plain


def days(request: SupportRequest) -> str:
    """ "dinsdag en donderdag, in de ochtend"."""
    parts = [times.describe_weekdays(request.weekdays, locale())]
    if request.dayparts:
        parts.append(_("in de %(parts)s", parts=times.describe_dayparts(request.dayparts, locale())))
    return ", ".join(p for p in parts if p)


def joined(words: list[str]) -> str:
    """ "a, b of c"."""
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s of %(last)s", most=", ".join(words[:-1]), last=words[-1])


def kind_words(codes: list[str]) -> str:
    """ "gastles of workshop"; "maakt niet uit" for none."""
    known = [k.label(locale()) for k in kinds.KINDS if k.code.value in codes]
    return joined(known) or _("maakt niet uit")


def pupils(request: SupportRequest) -> str:
    """ "28", "2 groepen van 28"."""
    if not request.pupils:
        return ""
    if request.parallel_groups > 1:
        return _("%(groups)d groepen van %(num)d", groups=request.parallel_groups, num=request.pupils)
    return str(request.pupils)


def size(request: SupportRequest) -> str:
    """The same for a card: "28 leerlingen"."""
    if request.pupils and request.parallel_groups <= 1:
        return ngettext("%(num)d leerling", "%(num)d leerlingen", request.pupils)
    return pupils(request)


def where(request: SupportRequest) -> str:
    """Where it should be."""
    return {
        "at_school": _("bij ons op school"),
        "at_company": _("bij het bedrijf"),
        "either": _("op school of bij het bedrijf"),
    }[request.where]


def travel(request: SupportRequest) -> str:
    """How far the class goes, and how."""
    if request.where == "at_school" or not request.max_travel_km:
        return ""
    far = _("tot %(km)s", km=kilometres(request.max_travel_km))
    how = {"foot_or_bicycle": _("te voet of op de fiets"), "cars": _("met auto’s van ouders"), "bus": _("met de bus")}
    return f"{far}, {how[request.travel_mode]}" if request.travel_mode in how else far


def level(request: SupportRequest) -> str:
    """ "groep 7"."""
    return levels.describe(request.levels, locale())


def budget(request: SupportRequest) -> str:
    """What the school can pay; empty when nothing was said."""
    if request.budget_cents is None:
        return ""
    return _("geen") if request.budget_cents == 0 else euros(request.budget_cents)


def rows(request: SupportRequest) -> list[tuple[str, str]]:
    """The facts for a list of terms; empty ones are left out by the page. Nothing personal is among them."""
    language = languages.language(request.language).label(locale()) if request.language else ""
    return [
        (_("Niveau"), level(request)),
        (_("Leerlingen"), pupils(request)),
        (_("Wanneer"), period(request.period_from, request.period_until)),
        (_("Dagen"), days(request)),
        (_("Waar"), where(request)),
        (_("Plaats"), request.place),
        (_("Reizen"), travel(request)),
        (_("Soort"), kind_words(request.kinds)),
        (_("Bijdrage"), budget(request)),
        (_("Taal"), language),
    ]


def parts(request: SupportRequest) -> dict[str, str]:
    """What stands in each folded part of the form, in one line; empty when nothing was said."""
    numbers = (size(request), period(request.period_from, request.period_until))
    kind_of = kind_words(request.kinds) if request.kinds else _("alle soorten")
    paid = budget(request)
    return {
        "numbers": " · ".join(filter(None, numbers)),
        "days": " · ".join(filter(None, (days(request) or _("elke schooldag"), where(request), travel(request)))),
        "wishes": " · ".join(filter(None, (kind_of, _("bijdrage: %(what)s", what=paid) if paid else ""))),
    }


def missing(request: SupportRequest) -> list[tuple[str, str]]:
    """(field, sentence) for everything that is needed before companies see it."""
    words = {
        "levels": _("voor welke groepen of klassen"),
        "pupils": _("hoeveel leerlingen"),
        "period_from": _("vanaf wanneer"),
        "period_until": _("tot en met wanneer"),
        "place": _("waar jullie school is"),
        "max_travel_km": _("hoe ver jullie klas kan reizen"),
    }
    return [(name, words[name]) for name in rules.missing(request)]
