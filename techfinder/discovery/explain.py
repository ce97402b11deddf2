"""Why a suggestion fits, in sentences that people can check: from the engine's reasons and the two things themselves.

Every sentence is true of the rows as they are in SQL now; kilometres are straight lines and called "hemelsbreed". Each
is said to one reader: a school that looks at offers, or a company that looks at requests.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from flask_babel import gettext as _
from markupsafe import Markup

from techfinder.core.language import reader_language as locale
from techfinder.core.text import euros, kilometres
from techfinder.matching.analysis import analyser
from techfinder.matching.values import Need, Point, Suggestion, Supply, Word
from techfinder.reference import kinds, languages, levels, times
from techfinder.reference.themes import THEMES, derive
from techfinder.reference.vocabulary import fold
from techfinder.reference.water import crosses
from techfinder.support_requests.wording import period as period_words

Reader = Literal["school", "company"]
MOST_WORDS, MOST_LIKE = 3, 1
SHORTEST = 4  # letters of a word that says something
AROUND_THE_CORNER_KM = 3.0
_THEMES = {t.code: t for t in THEMES}


@dataclass(frozen=True)
class Line:
    """One reason; `but` marks what does not fit quite, `code` says which criterion it is about."""

    code: str
    text: str | Markup
    but: bool = False



def far_words(km: float | None) -> str:
    """ "12 km", kept together at the end of a line."""
    return kilometres(km).replace(" ", "\u00a0")


def sentences(need: Need, supply: Supply, found: Suggestion, reader: Reader = "school") -> list[Line]:
    """All that there is to say about this pair: what fits, the most deciding first, then what does not fit quite."""
    lines = [
        *distance(need, supply, found, reader),
        *subject(need, supply, found, reader),
        *level(need, supply),
        *pupils(need, supply, reader),
        *when(need, supply, found),
        *kind(need, supply, reader),
        *cost(need, supply, reader),
        *language(supply),
    ]
    return sorted(lines, key=lambda line: line.but)


def point_of(supply: Supply, found: Suggestion) -> Point | None:
    """The starting point from which the kilometres count."""
    return next((p for p in supply.points if p.id == found.point_id), None)


def distance(need: Need, supply: Supply, found: Suggestion, reader: Reader) -> Iterable[Line]:
    """Who travels, how far, and how far that may be."""
    travels = kinds.kind(supply.kind).travels
    if travels == "nobody":
        yield Line(
            "reach",
            _("Dit gaat online: niemand hoeft te reizen.") if supply.kind == "online_lesson" else _("Niemand hoeft te reizen."),
        )
        return
    if found.km is None:
        return
    far, point, to_school = far_words(found.km), point_of(supply, found), reader == "school"
    if travels == "company":
        limit = far_words(point.radius_km) if point and point.radius_km else ""
        if to_school and found.km < AROUND_THE_CORNER_KM:
            yield Line("reach", _("Om de hoek: %(km)s hemelsbreed. Het bedrijf komt naar jullie toe.", km=far))
        elif to_school:
            yield Line(
                "reach",
                _("Het bedrijf komt naar jullie toe: %(km)s hemelsbreed, en het reist tot %(limit)s.", km=far, limit=limit),
            )
        else:
            yield Line("reach", _("De school ligt op %(km)s hemelsbreed, en jullie reizen tot %(limit)s.", km=far, limit=limit))
    elif travels == "teacher":
        yield Line(
            "reach",
            _("Jij gaat erheen: %(km)s hemelsbreed.", km=far)
            if to_school
            else _("De leraar komt naar jullie: %(km)s hemelsbreed.", km=far),
        )
    elif to_school:
        limit = far_words(need.max_travel_km)
        yield Line(
            "reach", _("Jullie klas gaat op pad: %(km)s hemelsbreed, en jullie wilden tot %(limit)s.", km=far, limit=limit)
        )
    else:
        yield Line("reach", _("De klas komt naar jullie: %(km)s hemelsbreed.", km=far))
    if point and need.lat is not None and need.lon is not None:
        water = crosses((need.lat, need.lon), (point.lat, point.lon))
        if water is not None and water.island is not None:
            yield Line("water", _("Aan de overkant van het water (%(water)s), reken op de boot.", water=water.label(locale())), True)
        elif water is not None:
            yield Line(
                "water", _("Aan de overkant van het water (%(water)s), reken op omrijden.", water=water.label(locale())), True
            )


def subject(need: Need, supply: Supply, found: Suggestion, reader: Reader) -> Iterable[Line]:
    """The words that both texts hold, marked; words that are alike; else the theme that both have; else another word for it.

    The engine also compares words that nobody wrote (a theme's label), words that say little (maken, straks) and words that only
    lie in one field (soep, koken): none of them would convince a reader. The words of the asker's title come first, then as the
    engine ranks them: literal ones, and the rarest of those.
    """
    words = analyser()
    title = {word for word, _ in words.stream(need.title if reader == "school" else supply.title)}
    asked_text, offered_text = fold(f"{need.title} {need.description}"), fold(f"{supply.title} {supply.summary} {supply.body}")
    theirs, mine = (offered_text, asked_text) if reader == "school" else (asked_text, offered_text)
    said = [replace(w, found=form) for w in found.words if fold(w.asked) in mine and (form := _written(w.found, theirs))]
    telling = [w for w in said if not any(words.is_light(part) or words.is_ballast(part) for part in (fold(w.asked), fold(w.found)))]
    telling.sort(key=lambda w: w.asked not in title)
    exact = [w for w in telling if w.how == "word"]
    alike = [w for w in telling if w.how in ("part", "spelling") and _resemble(w)]
    kin = [w for w in telling if w.how == "synonym" and fold(w.found) != fold(w.asked) and _named(w.found) & _named(w.asked)]
    if exact:
        marked = _marked([w.found for w in exact[:MOST_WORDS]])
        text = _("Noemt %(words)s, net als jullie aanvraag.") if reader == "school" else _("Noemt %(words)s, net als jullie aanbod.")
        yield Line("words", Markup(text) % {"words": marked})
    for w in alike[:MOST_LIKE]:
        yield Line("words", Markup(_("Noemt %(found)s. Dat lijkt op %(asked)s.")) % _pair(w))
    asked = dict.fromkeys([*need.themes, *derive(f"{need.title} {need.description}")])
    shared = [_THEMES[t].label(locale()) for t in asked if t in supply.themes and t in _THEMES]
    if shared and not exact and not alike:
        yield Line("themes", _("Gaat over %(themes)s.", themes=_listed(shared)))
    elif kin and not exact and not alike:
        yield Line("words", Markup(_("Noemt %(found)s. Dat hoort bij %(asked)s.")) % _pair(kin[0]))


def _written(word: str, text: str) -> str:
    """The word as it stands in this text, perhaps with another ending ("robots", "robot"); empty when it doesn't."""
    folded = fold(word)
    if folded in text:
        return word
    if len(folded) <= SHORTEST:
        return ""
    tokens = (t.strip(".,;:!?()\"'") for t in text.split())
    return next((t for t in tokens if t.startswith(folded[:-2]) and len(t) >= SHORTEST and len(t) <= len(folded) + 2), "")


def _named(word: str) -> set[str]:
    """The subjects that a word or a phrase names as a whole: not by one of its parts, and not only in some of its meanings."""
    known = dict(analyser().stream(word))
    return {t.key for t in known.get(fold(word), ()) if t.how == "synonym" and t.weight >= 1}


def _resemble(w: Word) -> bool:
    """Whether people see the likeness: most of the shorter word stands in the longer one, and that is no mere syllable."""
    short, long = sorted((fold(w.found), fold(w.asked)), key=len)
    if short == long:
        return False
    most = max((n for n in range(len(short), 0, -1) for i in range(len(short) - n + 1) if short[i : i + n] in long), default=0)
    return most >= SHORTEST and most / len(short) >= 0.7


def _pair(w: Word) -> dict[str, Markup]:
    return {"found": Markup("<mark>{}</mark>").format(w.found), "asked": Markup("<em>{}</em>").format(w.asked)}


def _marked(words: list[str]) -> Markup:
    unique = list(dict.fromkeys(w.lower() for w in words))
    parts = [Markup("<mark>{}</mark>").format(w) for w in unique]
    if len(parts) == 1:
        return parts[0]
    return Markup(", ").join(parts[:-1]) + Markup(" {} ").format(_("en")) + parts[-1]


def _listed(words: list[str]) -> str:
    if len(words) < 2:
        return "".join(words)
    return _("%(most)s en %(last)s", most=", ".join(words[:-1]), last=words[-1])


def level(need: Need, supply: Supply) -> Iterable[Line]:
    """Which of the asked groups fit, and which do not."""
    fits, misses = need.levels & supply.levels, need.levels & ~supply.levels
    if not fits:
        return
    words = levels.describe(fits, locale())
    if misses:
        yield Line(
            "levels", _("Past bij %(fits)s, niet bij %(misses)s.", fits=words, misses=levels.describe(misses, locale())), True
        )
    else:
        yield Line("levels", _("Past bij %(fits)s.", fits=words))


def pupils(need: Need, supply: Supply, reader: Reader) -> Iterable[Line]:
    """Whether one group fits at once."""
    if not need.pupils or supply.max_pupils is None:
        return
    n = {"most": supply.max_pupils, "pupils": need.pupils}
    if need.pupils <= supply.max_pupils:
        yield Line(
            "pupils",
            _("Tot %(most)d leerlingen. Jullie zijn met %(pupils)d.", **n)
            if reader == "school"
            else _("%(pupils)d leerlingen in de groep, en jullie nemen er tot %(most)d.", **n),
        )
    elif reader == "school":
        yield Line(
            "pupils",
            _("Hoogstens %(most)d leerlingen tegelijk. Jullie zijn met %(pupils)d: spreek af hoe je de groep verdeelt.", **n),
            True,
        )
    else:
        yield Line("pupils", _("%(pupils)d leerlingen in de groep. Jullie nemen er hoogstens %(most)d tegelijk.", **n), True)


def when(need: Need, supply: Supply, found: Suggestion) -> Iterable[Line]:
    """The days and the part of the period that both can; nothing where the company left it open."""
    point = point_of(supply, found)
    days = (
        supply.weekdays & (point.weekdays or 127)
        if point and supply.weekdays
        else supply.weekdays or (point.weekdays if point else 0)
    )
    if need.weekdays and days:
        days &= need.weekdays
    parts = supply.dayparts & need.dayparts if supply.dayparts and need.dayparts else supply.dayparts
    first = max((d for d in (need.period_from, supply.period_from) if d), default=None) if supply.period_from else None
    last = min((d for d in (need.period_until, supply.period_until) if d), default=None) if supply.period_until else None
    words = []
    if days and days & 31 != 31:
        words.append(_("op %(days)s", days=times.describe_weekdays(days, locale())))
    if parts and parts & 3 != 3:
        words.append(_("in de %(parts)s", parts=times.describe_dayparts(parts, locale())))
    narrows = (first and first != need.period_from) or (last and last != need.period_until)
    if narrows:
        words.append(period_words(first or need.period_from, last or need.period_until))
    if words:
        yield Line("when", _("Kan %(when)s.", when=", ".join(words)))


def kind(need: Need, supply: Supply, reader: Reader) -> Iterable[Line]:
    """Said only when something else is offered than was asked."""
    if not need.kinds or supply.kind in need.kinds:
        return
    asked = next((kinds.kind(k) for k in sorted(need.kinds) if kinds.compatible(k, supply.kind) > 0), None)
    if asked is not None:
        words = {"offered": kinds.kind(supply.kind).label(locale()), "asked": asked.label(locale())}
        text = (
            _("Het is een %(offered)s. Jullie vroegen een %(asked)s.")
            if reader == "school"
            else _("De school vraagt een %(asked)s. Jullie bieden een %(offered)s.")
        )
        yield Line("kind", text % words, True)


def cost(need: Need, supply: Supply, reader: Reader) -> Iterable[Line]:
    """Money, where there is something to say."""
    if not supply.cost_cents:
        return
    price = euros(supply.cost_cents)
    if need.budget_cents is None:
        if reader == "school":
            yield Line("cost", _("Vraagt %(price)s. Jullie gaven geen bijdrage op.", price=price), True)
    elif supply.cost_cents <= need.budget_cents:
        yield Line(
            "cost",
            _("Vraagt %(price)s. Dat past bij jullie bijdrage.", price=price)
            if reader == "school"
            else _("De school kan %(budget)s bijdragen. Jullie vragen %(price)s.", budget=_money(need.budget_cents), price=price),
        )
    elif reader == "school":
        yield Line(
            "cost",
            _("Vraagt %(price)s. Jullie kunnen %(budget)s bijdragen.", price=price, budget=_money(need.budget_cents)),
            True,
        )
    else:
        yield Line(
            "cost",
            _("De school kan %(budget)s bijdragen. Jullie vragen %(price)s.", budget=_money(need.budget_cents), price=price),
            True,
        )


def _money(cents: int) -> str:
    return _("niets") if cents == 0 else euros(cents)


def language(supply: Supply) -> Iterable[Line]:
    """Said only when it is not Dutch."""
    if supply.language and supply.language != "nl":
        yield Line("language", _("In het %(language)s.", language=languages.language(supply.language).label(locale())), True)
