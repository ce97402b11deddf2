"""An offer as the matching engine sees it."""

from techfinder.core.clock import now
from techfinder.matching.values import Point, Supply
from techfinder.offers.models import Offer
from techfinder.offers.policy import labels
from techfinder.organisations.models import Organisation
from techfinder.reference.themes import THEMES

_THEME_WORDS = {t.code: t.label("nl") for t in THEMES}


def theme_words(codes: list[str]) -> str:
    """The labels of these themes, for the text index; unknown codes of an older vocabulary are left out."""
    return ", ".join(_THEME_WORDS[c] for c in codes if c in _THEME_WORDS)


def is_full(company: Organisation) -> bool:
    """Whether the company takes no further requests at this moment."""
    return company.full_until is not None and company.full_until > now()


def supply(offer: Offer, company: Organisation) -> Supply:
    """Row → document. `offer.points` must be loaded."""
    return Supply(
        id=offer.id,
        organisation_id=company.id,
        title=offer.title,
        kind=offer.kind,
        levels=offer.levels,
        labels=labels(offer, company),
        summary=offer.summary,
        body=" ".join(t for t in (offer.activity, offer.preparation) if t),
        organisation=company.name,
        place=company.place,
        themes=tuple(offer.themes),
        theme_words=theme_words(offer.themes),
        points=tuple(Point(p.id, p.lat, p.lon, p.radius_km, p.weekdays) for p in offer.points),
        language=offer.language,
        cost_cents=offer.cost_cents,
        max_pupils=offer.max_pupils,
        period_from=offer.period_from,
        period_until=offer.period_until,
        weekdays=offer.weekdays,
        dayparts=offer.dayparts,
        available=not is_full(company),
        places_left=offer.places_left,
        published_at=offer.published_at,
        trust=company.trust,
        region_ids=frozenset({company.region_id}) if company.region_id else frozenset(),
    )
