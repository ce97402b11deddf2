"""A stand-in for the application: enough globals to render every layout and component, no database, no packages of ours.

It exists so that the look can be tested, and looked at, apart from everything that fills it.
"""

import secrets
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask, Response, abort, g, render_template, request
from flask_babel import Babel
from jinja2 import FileSystemLoader
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
    widgets,
)

from techfinder.core import text
from techfinder.core.forms import Form
from techfinder.core.paging import Page

ROOT = Path(__file__).resolve().parents[2]
ERRORS = (400, 403, 404, 405, 409, 413, 429, 500, 503)
KINDS = {
    "guest_lesson": "gastles", "online_lesson": "online gastles", "site_visit": "bedrijfsbezoek",
    "material": "lesmateriaal", "workshop": "workshop", "loan_kit": "leskist", "challenge": "bedrijfsopdracht",
    "co_development": "samen lesmateriaal ontwikkelen", "teacher_placement": "bedrijfsstage voor leraren",
    "teacher_training": "training voor leraren", "hybrid_teacher": "hybride docent", "event": "evenement",
    "pupil_placement": "snuffelstage of meeloopdag", "donation": "donatie van materiaal of gereedschap",
}  # fmt: skip
ENDPOINTS = {
    "home.index": "/", "discovery.offers": "/aanbod", "support_requests.index": "/aanvragen",
    "support_requests.new": "/aanvragen/nieuw", "conversations.index": "/berichten", "offers.mine": "/mijn-aanbod",
    "offers.new": "/aanbod/nieuw", "accounts.sign_in": "/account/inloggen",
    "accounts.register": "/account/registreren", "accounts.overview": "/account", "home.overview": "/overzicht",
    "home.for_companies": "/voor-bedrijven", "home.for_schools": "/voor-scholen", "home.help": "/hulp",
    "home.privacy_statement": "/privacyverklaring", "home.accessibility": "/toegankelijkheid",
    "moderation.queue": "/regio/<slug>/beoordelen", "home.admin": "/beheer",
}  # fmt: skip
POSTS = {"accounts.sign_out": "/account/uitloggen", "core.set_language": "/taal", "core.set_theme": "/weergave"}

TILES = "/static/img/favicon.svg?{z}/{x}/{y}"

VISITOR = SimpleNamespace(signed_in=False, name="", initials="", is_staff=False, is_admin=False, organisations=[],
                          school_member=False, company_member=False)  # fmt: skip
TEACHER = SimpleNamespace(signed_in=True, name="Marieke Jansen", initials="MJ", is_staff=False, is_admin=False,
                          organisations=[SimpleNamespace(id=1, name="De Kleine Beer", kind="school")],
                          school_member=True, company_member=False)  # fmt: skip
COORDINATOR = SimpleNamespace(signed_in=True, name="Thijs Verhagen", initials="TV", is_staff=True, is_admin=True,
                              organisations=[], queues=[SimpleNamespace(slug="brabant-oost", name="Brabant-Oost")],
                              school_member=False, company_member=False)  # fmt: skip


class Moment(Form):
    day = StringField("Dag", [validators.InputRequired("Kies een dag")])


class Wish(Form):
    """One field of every sort that the macros know."""

    what = TextAreaField("Wat zoek je, in je eigen woorden?", [validators.InputRequired("Vertel wat je zoekt")],
                         description="Schrijf het zoals je het aan een collega zou vertellen.")  # fmt: skip
    kinds = SelectMultipleField(
        "Welke soort mag het zijn?", [validators.Optional()],
        choices=[("", "maakt niet uit"), *((k, KINDS[k]) for k in ("guest_lesson", "workshop", "pupil_placement"))],
        widget=widgets.ListWidget(prefix_label=False), option_widget=widgets.CheckboxInput(),
    )  # fmt: skip
    level = SelectField("Niveau", choices=[("po_5_6", "groep 5-6"), ("po_7_8", "groep 7-8")])
    pupils = IntegerField("Hoeveel leerlingen?", [validators.InputRequired("Vul een cijfer in, bijvoorbeeld 28")])
    travel = RadioField("Hoe reist je klas?", [validators.InputRequired("Kies hoe jullie reizen")],
                        choices=[("fiets", "lopend of op de fiets"), ("bus", "met de bus")])  # fmt: skip
    distance = IntegerField("Hoe ver mag je klas reizen?", [validators.Optional()])
    budget = IntegerField("Budget", [validators.Optional()])
    onward = BooleanField("Vraag na vijf schooldagen ook de volgende bedrijven die passen")
    agree = BooleanField("Ik blijf bij de les", [validators.InputRequired("Zet een vinkje: je blijft bij de les")])
    school = StringField("Je school", [validators.Optional()], description="Zoek op naam, plaats of BRIN.")
    paper = FileField("Bijlage", [validators.Optional()])
    moments = FieldList(FormField(Moment, "Moment"), "Momenten", min_entries=1)


def card(n, kind, title, org, km, **more):
    return {
        "id": n, "url": f"/aanbod/{n}", "title": title, "org": org, "kind": kind, "kind_label": KINDS[kind], "km": km,
        "n": n, "facts": {"level": "groep 7-8", "duration": "90 minuten", "cost": "gratis", "place": ""}, **more,
    }  # fmt: skip


def gallery_values():
    good = "Antwoordt meestal binnen 2 schooldagen"
    cards = [
        card(1, "guest_lesson", "Bouw een robot die een lijn volgt", "Brandaris Robotica, Eindhoven", 12.4, reply=good),
        card(2, "pupil_placement", "Loop een dag mee in de lashal", "Constructiebedrijf Van Lierop, Deurne", 8.96),
        card(3, "donation", "Twintig bankschroeven zoeken een lokaal", "Dozenfabriek Sanders, Veghel", 3.0,
             badges=[("vol tot 1 mei", "wait")]),
        card(4, "online_lesson", "Live vanuit de schakelkamer", "Waterschap De Linge, Tiel", None),
    ]  # fmt: skip
    return {"cards": cards, "kinds": KINDS, "page": Page(cards, 4, 4, 36)}


def create_stand_in(actor=VISITOR):
    """A Flask app with our templates and static files; `actor` is who looks."""
    app = Flask("stand_in", static_folder=str(ROOT / "static"))
    app.secret_key = "stand-in"
    app.jinja_loader = FileSystemLoader([ROOT / "templates", Path(__file__).parent / "pages"])
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    Babel(app, default_locale="nl")
    environment = app.jinja_env
    environment.filters.update(text.FILTERS)

    def csp_nonce():
        if "nonce" not in g:
            g.nonce = secrets.token_urlsafe(12)
        return g.nonce

    environment.globals.update(
        csp_nonce=csp_nonce, csrf_token=lambda: "token", static_url=lambda name: f"/static/{name}?v=1",
        has_endpoint=lambda name: name in app.view_functions,
    )  # fmt: skip
    settings = SimpleNamespace(tile_url=TILES, tile_attribution="Kaart: Kadaster", demo=actor is not VISITOR)
    app.context_processor(lambda: {
        "actor": actor, "settings": settings, "locale": "nl", "theme": None,
        "unread_count": lambda: 2 if actor.signed_in else 0,
    })  # fmt: skip
    for name, rule in ENDPOINTS.items():
        app.add_url_rule(rule, name, lambda **values: "")
    for name, rule in POSTS.items():
        app.add_url_rule(rule, name, lambda: "", methods=["POST"])

    @app.get("/onderdelen")
    def parts():
        return render_template("gallery.html", form=Wish(), wrong=wrong_form(), **gallery_values())

    @app.get("/formulier")
    def form_page():
        return render_template("form.html", form=wrong_form())

    app.config["SENT"] = []

    @app.post("/formulier")
    def take():
        app.config["SENT"].append(("form", request.form.get("what")))
        return render_template("errors/404.html")

    @app.post("/opslaan")
    def save():
        app.config["SENT"].append(("save", request.headers.get("X-CSRFToken")))
        return {}

    @app.get("/school")
    def schools():
        return [{"value": "1", "label": "De Kleine Beer", "more": "Helmond · 12AB00"},
                {"value": "2", "label": "De Grote Beer", "more": "Deurne · 34CD00"}]  # fmt: skip

    @app.get("/fout/<int:code>")
    def broken(code):
        if code not in ERRORS:
            abort(404)
        return render_template(f"errors/{code}.html")

    @app.after_request
    def policy(response: Response):
        response.headers["Content-Security-Policy"] = (
            f"default-src 'none'; script-src 'nonce-{csp_nonce()}' 'strict-dynamic'; style-src 'self' "
            f"'nonce-{csp_nonce()}'; img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        return response

    return app


def wrong_form():
    """A form that was filled in badly."""
    form = Wish(MultiDict({"what": "", "pupils": "de hele klas", "kinds": ["workshop"], "moments-0-day": ""}))
    form.validate()
    return form


@pytest.fixture
def root_of_templates():
    return ROOT / "templates"
