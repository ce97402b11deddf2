"""The filters of the search page with their counts, and what is chosen as chips: in words, in the reader's language."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from techfinder.core.text import day
from techfinder.discovery import links
from techfinder.discovery.forms import COSTS, Asked
from techfinder.discovery.search import Answer
from techfinder.offers.wording import locale
from techfinder.reference import kinds, languages, levels, themes
from techfinder.reference.levels import LEVEL_GROUPS
from techfinder.regions.models import Region

Group = dict[str, Any]
FEW = 6  # values shown before "meer"


def cost_label(key: str) -> str:
    """A band of prices; includes travel, as everywhere."""
    return {
        "gratis": _("gratis"), "tot-50": _("tot en met € 50"), "tot-150": _("€ 50 tot € 150"), "meer": _("meer dan € 150"),
        "in-overleg": _("in overleg"),
    }[key]  # fmt: skip


def level_label(code: str) -> str:
    """A union of levels, or a single level, in words."""
    group = next((g for g in LEVEL_GROUPS if g.code == code), None)
    return group.label(locale()) if group else levels.describe(levels.mask([code]), locale())


def _option(value: str, label: str, counts: Mapping[Any, int], key: Any, on: Iterable[str]) -> dict[str, Any]:
    return {"value": value, "label": label, "n": counts.get(key, 0), "on": value in on}


def _useful(options: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [o for o in options if o["n"] or o["on"]]


def _split(options: list[dict[str, Any]], few: int = FEW) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What stands open and what stands behind "meer"; one or two more are simply shown."""
    return (options, []) if len(options) <= few + 2 else (options[:few], options[few:])


def groups(answer: Answer) -> list[Group]:
    """All filters that can still make a difference. Numbers are as if that filter alone were not set."""
    asked, facets = answer.asked, answer.result.facets
    made = [
        _kinds(asked, facets.get("kind", {})),
        _levels(asked, facets.get("level", {})),
        _themes(asked, facets.get("theme", {})),
        _costs(asked, facets.get("cost", {})),
        _regions(asked, facets.get("region", {}), answer.regions),
        _languages(asked, facets.get("language", {})),
    ]
    return [g for g in made if len(g["options"]) + len(g["more"]) > 1 or any(o["on"] for o in g["options"])]


def _group(name: str, legend: str, options: list[dict[str, Any]], more: list[dict[str, Any]], more_label: str = "") -> Group:
    return {"name": name, "legend": legend, "options": options, "more": more, "more_label": more_label or _("Meer")}


def _kinds(asked: Asked, counts: Mapping[str, int]) -> Group:
    """Kinds of which there is something, the everyday ones first, and what was chosen; some five stand open."""
    here = locale()
    options = [_option(k.code.value, k.label(here), counts, k.code.value, asked.kinds) for k in kinds.KINDS]
    first, more = _split(_useful(options), 5)
    label = ngettext("Nog %(num)d soort", "Nog %(num)d soorten", len(more)) if more else ""
    return _group("soort", _("Soort"), first, more, label)


def _levels(asked: Asked, counts: Mapping[int, int]) -> Group:
    here = locale()
    options = [_option(g.code, g.label(here), counts, n, asked.levels) for n, g in enumerate(LEVEL_GROUPS)]
    single = [code for code in asked.levels if code not in {g.code for g in LEVEL_GROUPS}]
    odd = [{"value": code, "label": level_label(code), "n": None, "on": True} for code in single]
    return _group("niveau", _("Niveau"), odd + _useful(options), [])


def _themes(asked: Asked, counts: Mapping[str, int]) -> Group:
    here = locale()
    options = _useful([_option(t.code, t.label(here), counts, t.code, asked.themes) for t in themes.THEMES])
    options.sort(key=lambda o: (not o["on"], -o["n"]))
    first, more = _split(options)
    return _group("thema", _("Thema"), first, more, _("Meer thema’s"))


def _languages(asked: Asked, counts: Mapping[str, int]) -> Group:
    here = locale()
    options = [_option(x.code, x.label(here), counts, x.code, asked.languages) for x in languages.LANGUAGES]
    return _group("taal", _("Taal"), _useful(options), [])


def _costs(asked: Asked, counts: Mapping[str, int]) -> Group:
    options = [_option(key, cost_label(key), counts, band, asked.costs) for key, band in COSTS.items()]
    return _group("kosten", _("Kosten"), _useful(options), [])


def _regions(asked: Asked, counts: Mapping[int, int], regions: tuple[Region, ...]) -> Group:
    """The parts of the country first, then the regions below them; each counts everything below it."""
    large: list[dict[str, Any]] = []
    small: list[dict[str, Any]] = []
    below: Counter[str] = Counter()
    for region in regions:
        for above in filter(None, region.path.split("/")):
            below[above] += counts.get(region.id, 0)
    for region in (r for r in regions if r.parent_id is not None):
        option = {"value": region.slug, "label": region.name, "n": below[str(region.id)], "on": region.slug in asked.regions}
        (large if region.path.count("/") <= 3 else small).append(option)
    return _group("regio", _("Regio"), _useful(large), _useful(small), _("Kleinere regio’s"))


def chips(answer: Answer) -> list[dict[str, str]]:
    """What is chosen, each with the address where it is not."""
    asked = answer.asked
    names = {r.slug: r.name for r in answer.regions}
    labels: dict[str, Callable[[str], str]] = {
        "kinds": lambda v: kinds.kind(v).label(locale()), "levels": level_label, "themes": lambda v: themes.theme(v).label(locale()),
        "costs": cost_label, "regions": lambda v: names.get(v, v), "languages": lambda v: languages.language(v).label(locale()),
    }  # fmt: skip
    found = [
        {"label": label(value), "url": links.without(asked, name, value)}
        for name, label in labels.items() for value in getattr(asked, name)
    ]  # fmt: skip
    if asked.period_from or asked.period_until:
        found.append({"label": period(asked), "url": links.address(asked, period_from=None, period_until=None)})
    if len(found) > 1:
        found.append({"label": _("alle filters"), "url": links.bare(asked)})
    return found


def period(asked: Asked) -> str:
    """ "van ma 1 maart tot vr 26 maart", with one end when there is one."""
    if asked.period_from and asked.period_until:
        return _("van %(a)s tot en met %(b)s", a=day(asked.period_from), b=day(asked.period_until))
    if asked.period_from:
        return _("vanaf %(a)s", a=day(asked.period_from))
    return _("tot en met %(b)s", b=day(asked.period_until)) if asked.period_until else ""
