"""The one place that joins an event to its handlers, and the edge to those who know who is asking."""

from flask import Flask, g

from techfinder.accounts import privacy
from techfinder.accounts.actor import load_actor, seat_sources
from techfinder.conversations import handlers as conversations
from techfinder.conversations import privacy as conversations_privacy
from techfinder.conversations.events import NobodyToAnswer
from techfinder.conversations.queries import asked_for
from techfinder.conversations.queries import unread_count as unread_messages
from techfinder.core.events import connect
from techfinder.core.permissions import Actor
from techfinder.core.web import actor, actor_source
from techfinder.discovery import dismissals
from techfinder.discovery import sections as discovery
from techfinder.discovery.suggestions import asked_lookup
from techfinder.moderation import handlers as moderation
from techfinder.notifications import service as notifications
from techfinder.offers import handlers as offers
from techfinder.offers import privacy as offers_privacy
from techfinder.offers import sections as offers_sections
from techfinder.offers.events import OfferPublished, OfferSubmitted, OfferWithdrawn
from techfinder.offers.views.sections import show_sections
from techfinder.organisations import privacy as organisations_privacy
from techfinder.organisations.events import (
    MemberRefused,
    MemberUnverified,
    MemberVerified,
    OrganisationDecided,
    OrganisationLeft,
    OrganisationSubmitted,
    PlacesChanged,
)
from techfinder.organisations.queries import seats_for
from techfinder.organisations.sections import add_section
from techfinder.organisations.viewer import Viewer
from techfinder.support_requests import handlers as support_requests
from techfinder.support_requests import privacy as support_requests_privacy
from techfinder.support_requests.events import RequestClosed, RequestCompleted, RequestPublished


def connect_all(app: Flask) -> None:
    """Join everything; called once by `create_app`."""
    actor_source(load_actor)
    if seats_for not in seat_sources:
        seat_sources.append(seats_for)
    add_section(offers_sections.of_organisation)
    if asked_for not in asked_lookup:
        asked_lookup.append(asked_for)
    privacy.exporters["notifications"] = notifications.export
    privacy.erasers["notifications"] = notifications.erase
    privacy.exporters["organisations"] = organisations_privacy.export
    privacy.erasers["organisations"] = organisations_privacy.erase
    privacy.exporters["conversations"] = conversations_privacy.export
    privacy.erasers["conversations"] = conversations_privacy.erase
    privacy.exporters["offers"] = offers_privacy.export
    privacy.erasers["offers"] = offers_privacy.erase
    for section in (discovery.seekers, discovery.alike):
        if section not in show_sections:
            show_sections.append(section)
    privacy.exporters["support_requests"] = support_requests_privacy.export
    privacy.erasers["support_requests"] = support_requests_privacy.erase
    privacy.exporters["dismissals"] = dismissals.export
    privacy.erasers["dismissals"] = dismissals.erase
    connect(OrganisationSubmitted, moderation.organisation_submitted)
    connect(OrganisationDecided, moderation.organisation_decided)
    connect(OrganisationLeft, offers.organisation_left)
    connect(OrganisationLeft, support_requests.organisation_left)
    connect(MemberUnverified, moderation.member_unverified)
    connect(MemberVerified, moderation.member_verified)
    connect(MemberRefused, moderation.member_refused)
    connect(OfferSubmitted, moderation.offer_submitted)
    connect(OfferPublished, moderation.offer_published)
    connect(OfferWithdrawn, moderation.offer_withdrawn)
    connect(NobodyToAnswer, moderation.nobody_to_answer)
    connect(PlacesChanged, conversations.places_changed)
    connect(MemberVerified, conversations.member_verified)
    connect(MemberRefused, conversations.member_refused)
    connect(RequestPublished, conversations.request_published)
    connect(RequestCompleted, conversations.request_completed)
    connect(RequestClosed, conversations.request_closed)


def viewer(actor: Actor) -> Viewer:
    """What templates may know of the actor."""
    return Viewer(actor)


def unread_count() -> int:
    """Unread messages of the actor of this request, for the header; counted once per request."""
    who = actor()
    if g.get("unread", (None, 0))[0] is not who:
        g.unread = (who, unread_messages(who))
    return int(g.unread[1])
