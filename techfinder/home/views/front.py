"""The front page and the pages that explain; for everybody."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from techfinder.core.clock import now
from techfinder.core.permissions import Access, access
from techfinder.home import queries

TRIES = ("robots", "windenergie", "bruggen bouwen", "programmeren")
DISTANCES = (5, 10, 15, 25, 50)  # km


def routes(bp: Blueprint) -> None:
    """Hang these views on the package's blueprint."""
    bp.get("/")(index)
    for address, name, view in (
        ("/voor-scholen", "for_schools", for_schools), ("/voor-bedrijven", "for_companies", for_companies),
        ("/hulp", "help", help_page),
        ("/privacyverklaring", "privacy_statement", privacy_statement), ("/toegankelijkheid", "accessibility", accessibility),
    ):  # fmt: skip
        bp.add_url_rule(address, name, view)


@access(Access.PUBLIC)
def index() -> ResponseReturnValue:
    """What Techfinder is, a search field, the kinds, and what is new."""
    return render_template("home/index.html", front=queries.front(now()), tries=TRIES, distances=DISTANCES)


@access(Access.PUBLIC)
def for_schools() -> ResponseReturnValue:
    """How it works for a teacher."""
    return render_template("home/for_schools.html")


@access(Access.PUBLIC)
def for_companies() -> ResponseReturnValue:
    """How it works for a company."""
    return render_template("home/for_companies.html")


@access(Access.PUBLIC)
def help_page() -> ResponseReturnValue:
    """Questions and answers, and who the networks are."""
    return render_template("home/help.html", networks=queries.networks_by_name(now()))


@access(Access.PUBLIC)
def privacy_statement() -> ResponseReturnValue:
    """Which data, why, for how long."""
    return render_template("home/privacy_statement.html")


@access(Access.PUBLIC)
def accessibility() -> ResponseReturnValue:
    """What everybody can count on, and what to do when it fails."""
    return render_template("home/accessibility.html")
