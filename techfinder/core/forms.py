"""The base of all forms: shape only. Truth is judged by services; their refusals come back next to the field."""

from collections.abc import Callable
from functools import cache
from gettext import GNUTranslations
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from markupsafe import Markup, escape
from wtforms import Field, HiddenField, StringField
from wtforms.i18n import get_builtin_gnu_translations
from wtforms.validators import DataRequired, Length, ValidationError
from wtforms.widgets import Input

from techfinder.core.errors import RuleBroken
from techfinder.core.language import reader_language


def attributes(**given: Any) -> Markup:
    """`wtforms.widgets.html_params` at a fifth of its cost; a form of ours has hundreds of inputs. A test compares the two."""
    found = []
    for name, value in sorted(given.items()):
        key = name.rstrip("_")
        if key.startswith(("data_", "aria_")):
            key = key.replace("_", "-")
        if value is True:
            found.append(key)
        elif value is not False:
            found.append(f'{key}="{escape(value)}"')
    return Markup(" ".join(found))


Input.html_params = staticmethod(attributes)


def required(message: Any = None) -> DataRequired:
    """A field that must be filled, with a sentence that says so."""
    return DataRequired(message or _l("Vul dit veld in."))


def at_most(characters: int) -> Length:
    """A length limit with a sentence that names it."""
    return Length(max=characters, message=_l("Gebruik hier hoogstens %(max)d tekens."))


def by_rule(rule: Callable[[str], object]) -> Callable[[Any, Any], None]:
    """A rule of the domain as a validator: its refusal stands beside the field together with all others."""

    def check(_form: Any, field: Any) -> None:
        try:
            rule(field.data or "")
        except RuleBroken as error:
            raise ValidationError(error.sentence) from error

    return check


def strip(value: Any) -> Any:
    """White space around a text means nothing; control characters neither."""
    if not isinstance(value, str):
        return value
    return "".join(c for c in value if c >= " " or c in "\n\t\r").strip()


@cache
def _wtforms_sentences(locale: str) -> GNUTranslations:
    """WTForms' own sentences; Flask-WTF reads the file anew for every request."""
    return get_builtin_gnu_translations([locale, "nl"])


class Form(FlaskForm):
    """A Flask-WTF form whose errors can also come from the service."""

    form_errors: list[Any]

    class Meta:
        csrf = False  # one token for the whole application, checked before any view runs

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            filters = list(unbound_field.kwargs.get("filters", ()))
            if issubclass(unbound_field.field_class, StringField) and strip not in filters:
                filters.append(strip)
                unbound_field.kwargs["filters"] = filters
            return unbound_field.bind(form=form, **options)

        def get_translations(self, form: Any) -> Any:
            return _wtforms_sentences(reader_language())

    def take(self, error: RuleBroken) -> None:
        """Show a service's refusal beside its field, or at the top when it belongs to none."""
        field = getattr(self, error.field, None) if error.field else None
        if isinstance(field, Field):
            field.errors = [*field.errors, error.sentence]
        else:
            self.form_errors = [*self.form_errors, error.sentence]

    @property
    def problems(self) -> list[tuple[str | None, str]]:
        """(id of the field or None, sentence) for the summary at the top, in the order of the fields."""
        found: list[tuple[str | None, str]] = [(None, str(e)) for e in self.form_errors]
        for field in self:
            if isinstance(field, HiddenField) and field.errors:
                found += [(None, str(e)) for e in field.errors]
            elif field.errors:
                found += _of_field(field)
        return found


def _of_field(field: Any) -> list[tuple[str | None, str]]:
    found: list[tuple[str | None, str]] = [(field.id, str(e)) for e in field.errors if not isinstance(e, (dict, list))]
    for entry in getattr(field, "entries", ()):  # rows of subforms
        for sub in getattr(entry, "form", None) or ():
            found += [(sub.id, str(e)) for e in sub.errors]
    return found
