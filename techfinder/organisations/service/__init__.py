"""Writes about organisations and their members, by use case. What others call stands here."""

from techfinder.organisations.service.decide import decide_organisation, reconsider, resubmit, set_load, set_offers_approved, set_reply
from techfinder.organisations.service.edit import edit_organisation
from techfinder.organisations.service.invite import accept_invitation, contact_link, invite, set_contact, withdraw_invitation
from techfinder.organisations.service.members import change_role, leave, refuse_member, remove_member, verify_member
from techfinder.organisations.service.register import (
    add_school,
    ask_confirmation,
    complete_registration,
    join,
    register_company,
)

__all__ = [
    "accept_invitation", "add_school", "ask_confirmation", "change_role", "complete_registration", "contact_link",
    "decide_organisation", "edit_organisation", "invite", "join", "leave", "reconsider", "refuse_member", "register_company",
    "remove_member", "resubmit", "set_contact", "set_load", "set_offers_approved", "set_reply", "verify_member", "withdraw_invitation",
]  # fmt: skip
