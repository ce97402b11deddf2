"""What can be done with offers. Each function is one step inside the caller's `transaction()`.

Permission → rule → change → audit → event, judged on the locked row.
"""

from techfinder.offers.service.drafts import copy, create, delete_draft, edit_published, save_draft
from techfinder.offers.service.publish import archive, decide_offer, pause, restore, resume, submit, withdraw

__all__ = [
    "archive", "copy", "create", "decide_offer", "delete_draft", "edit_published", "pause", "restore", "resume", "save_draft",
    "submit", "withdraw",
]  # fmt: skip
