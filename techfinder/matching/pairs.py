"""What there is to say about one need and one supply: parameters of the reasons, and what would make a miss fit."""

from collections.abc import Mapping, Sequence

from techfinder.matching.columns import kind_code
from techfinder.matching.criteria import CODES
from techfinder.matching.filters import TRAVEL
from techfinder.matching.matcher import rounded_up
from techfinder.matching.values import Need, Reason, Supply, Word


def params(need: Need, supply: Supply, km: float | None, words: Sequence[Word]) -> dict[str, Mapping]:
    return {
        "text": {"words": tuple(words)},
        "near": {"km": km},
        "themes": {"themes": tuple(t for t in need.themes if t in supply.themes)},
        "levels": {"fits": need.levels & supply.levels, "misses": need.levels & ~supply.levels},
        "kind": {"asked": tuple(sorted(need.kinds)), "offered": supply.kind},
        "trust": {"trust": supply.trust},
    }


def remarks(need: Need, supply: Supply) -> tuple[Reason, ...]:
    """Facts that no filter judges but both should see."""
    made = []
    if need.pupils and supply.max_pupils is not None and need.pupils > supply.max_pupils:
        made.append(Reason("pupils", 0.0, {"pupils": need.pupils, "max_pupils": supply.max_pupils}))
    if need.budget_cents is not None and supply.cost_cents and supply.cost_cents > need.budget_cents:
        made.append(Reason("cost", 0.0, {"cost_cents": supply.cost_cents, "budget_cents": need.budget_cents}))
    return tuple(made)


def failure(fails: int) -> str:
    """The code of the one filter that fails."""
    return CODES[fails.bit_length() - 1]


def would(code: str, need: Need, supply: Supply, km: float | None, point_id: int | None) -> dict:
    """What would make this pair fit, given that only `code` fails and only by a little."""
    if code == "reach" and km is not None:
        company = TRAVEL[kind_code(supply.kind)] == 1
        return {"radius_km" if company else "max_travel_km": rounded_up(km)}
    if code == "levels":
        return {"levels": supply.levels & need.near_levels}
    if code == "kind":
        return {"kind": supply.kind}
    if code == "language":
        return {"language": supply.language}
    if code == "dayparts":
        return {"dayparts": supply.dayparts}
    if code == "weekdays":
        point = next((p.weekdays for p in supply.points if p.id == point_id), 0)
        blocked = point and need.weekdays and not point & need.weekdays
        return {"weekdays": point if blocked else supply.weekdays}
    if code == "period":
        if supply.period_from and need.period_until and supply.period_from > need.period_until:
            return {"date": supply.period_from}
        return {"date": supply.period_until}
    return {}
