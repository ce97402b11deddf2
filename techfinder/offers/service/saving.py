"""Where a form's text goes: to a new draft, to a draft that exists, or to the working copy of what is public."""

from collections.abc import Mapping, Sequence
from typing import Any

from techfinder.core.permissions import Actor
from techfinder.offers import rules
from techfinder.offers.models import Offer
from techfinder.offers.service.drafts import PointInput, create, edit_published, own, save_draft

OTHER_TEXT = 0  # a version that no row has: whoever sends it wrote from another text


def save_form(
    actor: Actor, offer_id: int | None, organisation_id: int | None, content: Mapping[str, Any], points: Sequence[PointInput], *,
    version: int | None, key: str, typing: bool,
) -> Offer:
    """Store a form. `offer_id` None makes the draft of this form (`key`) on its first save; a public offer gets a working copy.

    Raises `Stale` when there is another text by now, see `save_draft`.
    """
    if offer_id is None:
        target = create(actor, organisation_id or 0, key=key)
        version = version or (target.version if target.saved_at is None else OTHER_TEXT)
    else:
        target = own(actor, offer_id)
        if target.state in (rules.PUBLISHED, rules.PAUSED) and target.replaces_id is None:
            target = edit_published(actor, offer_id)
            version = target.version if target.saved_at is None else OTHER_TEXT
    return save_draft(actor, target.id, content, points, version=version, key=key, typing=typing)
