"""A support request as the matching engine sees it."""

from techfinder.matching.values import Need
from techfinder.offers.documents import theme_words
from techfinder.organisations.models import Organisation
from techfinder.reference.holidays import closed
from techfinder.reference.levels import neighbours
from techfinder.support_requests.models import SupportRequest
from techfinder.support_requests.policy import labels

TEACHER_KINDS = frozenset({"teacher_placement", "teacher_training"})
AT_SCHOOL = frozenset({"guest_lesson", "workshop", "online_lesson", "material", "loan_kit", "challenge", "hybrid_teacher"})
UNSAID_KM = 5.0  # what a class walks or cycles
AT_COMPANY = frozenset({"site_visit", "event", "pupil_placement"})


def kinds_asked(request: SupportRequest) -> frozenset[str]:
    """The kinds that will do; with none chosen, where the lesson should be narrows them."""
    if request.kinds:
        return frozenset(request.kinds)
    if request.where == "at_school":
        return AT_SCHOOL
    if request.where == "at_company":
        return AT_COMPANY
    return frozenset()


def travel_km(request: SupportRequest) -> float:
    """How far the class goes: not at all when it should be at school, and around the corner when nothing was said."""
    if request.where == "at_school":
        return 0.0
    return request.max_travel_km or UNSAID_KM


def need(request: SupportRequest, school: Organisation, blocked: frozenset[int] = frozenset()) -> Need:
    """Row → document. Distances count from the request's own place, else the school's."""
    own = request.lat is not None and request.lon is not None
    first, last = request.period_from, request.period_until
    return Need(
        id=request.id,
        organisation_id=school.id,
        title=request.title,
        levels=request.levels,
        near_levels=neighbours(request.levels),
        labels=labels(request, school),
        description=request.description,
        themes=tuple(request.themes),
        theme_words=theme_words(request.themes),
        kinds=kinds_asked(request),
        pupils=request.pupils,
        lat=request.lat if own else school.lat,
        lon=request.lon if own else school.lon,
        max_travel_km=travel_km(request),
        period_from=first,
        period_until=last,
        closed=closed(school.holiday_region or None, first, last) if first and last and first <= last else (),
        weekdays=request.weekdays,
        dayparts=request.dayparts,
        language=request.language,
        budget_cents=request.budget_cents,
        blocked=blocked,
        region_ids=frozenset({request.region_id}) if request.region_id else frozenset(),
        published_at=request.published_at,
    )
