""" "Meld een probleem": anybody's report about something that they can see."""

from datetime import datetime

from techfinder.core.audit import audit
from techfinder.core.clock import now
from techfinder.core.db import db
from techfinder.core.errors import RuleBroken
from techfinder.core.permissions import Actor
from techfinder.moderation import rules
from techfinder.moderation.models import Flag
from techfinder.moderation.queries import flaggable
from techfinder.moderation.service.cases import open_case

TEXT_MAX = 2000


def flag(actor: Actor, kind: str, ref: int, reason: str, text: str, *, at: datetime | None = None) -> Flag:
    """Keep the report and put it in the queue of the thing's region. Raises `NotVisible` for what the actor cannot see."""
    about = flaggable(actor, kind, ref)
    if reason not in rules.FLAG_REASONS:
        raise RuleBroken("flag.reason", "reason")
    if reason == "other" and not text.strip():
        raise RuleBroken("flag.text", "text")
    row = Flag(kind=kind, ref=ref, reason=reason, text=text.strip()[:TEXT_MAX], reporter_id=actor.user_id, at=at or now())
    db.session.add(row)
    db.session.flush()
    open_case("flag", row.id, "flag", region_id=about.region_id, organisation_id=about.organisation_id, at=row.at)
    audit(actor, "flag.made", "flag", row.id, scope_id=about.region_id, at=row.at, about=f"{kind}:{ref}", reason=reason)
    return row
