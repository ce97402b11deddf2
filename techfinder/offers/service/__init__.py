"""What can be done with offers. Each function is one step inside the caller's `transaction()`.

Permission → rule → change → audit → event, judged on the locked row.
"""

from techfinder.offers.service.drafts import PointInput, copy, create, delete_draft, edit_published, save_draft, unknown_places
from techfinder.offers.service.publish import (
    archive,
    confirm,
    decide_offer,
    pause,
    reconsider,
    restore,
    resume,
    submit,
    withdraw,
    withdraw_for_nobody,
)
from techfinder.offers.service.saving import save_form

__all__ = [
    "PointInput", "archive", "confirm", "copy", "create", "decide_offer", "delete_draft", "edit_published", "pause", "reconsider",
    "restore", "resume", "save_draft", "save_form", "submit", "unknown_places", "withdraw", "withdraw_for_nobody",
]  # fmt: skip
