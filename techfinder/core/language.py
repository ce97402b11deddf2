"""Sentences in the reader's language, looked up quickly: a page holds hundreds of them.

Flask-Babel asks the context seven times for every sentence. Here the sentences of a language are found once for each
request, and again whenever `force_locale` chooses another.
"""

from typing import Any

from flask import Flask, g
from flask_babel import Domain, get_babel, get_locale
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup


class QuickDomain(Domain):
    """Keeps what it found beside the locale that Flask-Babel chose; `force_locale` and `refresh` put that away."""

    def get_translations(self) -> Any:
        chosen = g.get("_flask_babel") if g else None
        if chosen is None:
            return super().get_translations()
        known = getattr(chosen, "babel_translations", None)
        if known is None:
            known = chosen.babel_translations = super().get_translations()
        return known


def reader_language() -> str:
    """The language of this request, or of the mail that is being written: "nl" or "en"."""
    chosen = g.get("_flask_babel") if g else None
    locale = getattr(chosen, "babel_locale", None) or get_locale()
    return str(locale.language) if locale else "nl"


def init_language(app: Flask) -> None:
    """Use it in the application and, without detours, in its templates; after `Babel` has been set up."""
    babel = get_babel(app)
    domain = babel.instance.domain_instance = QuickDomain(domain=babel.default_domain)

    @pass_eval_context
    def sentence(context: EvalContext, text: str, /, **values: Any) -> str:
        found: str = domain.get_translations().ugettext(text)
        return (Markup(found) if context.autoescape else found) % values

    app.jinja_env.globals.update(_=sentence, gettext=sentence)

