"""The shape of regions and networks as an administrator edits them."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from wtforms import DateField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from techfinder.core.forms import Form, at_most, required
from techfinder.geo import municipalities, municipality_key, province_key
from techfinder.regions.models import AREA_KINDS

WORDS = {"province": "provincie", "municipality": "gemeente", "postcode": "postcode", "location": "vestiging"}
SLUG = r"^[a-z0-9]+(-[a-z0-9]+)*$"
KINDS = {word: kind for kind, word in WORDS.items()}


class AreaField(TextAreaField):
    """One piece of area a line: "gemeente Helmond", "provincie Drenthe", "postcode 5700-5709", "vestiging 01AB00"."""

    def lines(self) -> list[tuple[str, str]]:
        """The pieces. Raises `ValidationError` with every line that cannot be read."""
        found, strange = [], []
        for line in (self.data or "").splitlines():
            words = line.split(None, 1)
            if not words:
                continue
            piece = _piece(words[0].lower(), words[1].strip() if len(words) > 1 else "")
            if piece is None:
                strange.append(f"“{line.strip()[:60]}”")
            else:
                found.append(piece)
        if strange:
            raise ValidationError(
                ngettext("De regel %(lines)s begrijpen we niet.", "De regels %(lines)s begrijpen we niet.", len(strange),
                         lines=", ".join(strange[:5]))  # fmt: skip
            )
        return found

    def fill(self, pieces: list[tuple[str, str]]) -> None:
        """Show the pieces as lines, in a calm order."""
        order = {kind: n for n, kind in enumerate(AREA_KINDS)}
        self.data = "\n".join(f"{WORDS[k]} {v}" for k, v in sorted(pieces, key=lambda p: (order[p[0]], p[1])))

    def pre_validate(self, form: Form) -> None:
        self.lines()


def _piece(word: str, value: str) -> tuple[str, str] | None:
    kind = KINDS.get(word)
    if kind is None or not value:
        return None
    if kind == "municipality":
        known = municipality_key(value)
        return (kind, known) if known in municipalities() else None
    if kind == "province":
        province = province_key(value)
        return (kind, province) if province else None
    return kind, value.upper().replace(" ", "") if kind == "location" else value


class _Place(Form):
    version = HiddenField()
    name = StringField(_l("Naam"), validators=[required(), at_most(100)])
    slug = StringField(
        _l("Adres in de balk"),
        validators=[required(), at_most(60), Regexp(SLUG, message=_l("Alleen kleine letters, cijfers en streepjes."))],
    )
    area = AreaField(_l("Gebied"), validators=[at_most(20000)])


class RegionForm(_Place):
    """A region: one decides."""

    kind = SelectField(_l("Wat is het?"))
    parent_id = SelectField(_l("Hoort onder"), coerce=int)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [
            ("country", _("land")), ("landsdeel", _("landsdeel")), ("region", _("regio")), ("circle", _("kring")),
        ]  # fmt: skip


class NetworkForm(_Place):
    """A network: it sees and counts."""

    kind = SelectField(_l("Wat is het?"))
    ended_on = DateField(_l("Gestopt op"), validators=[Optional()])
    sectors = SelectMultipleField(
        _l("Voor welk onderwijs?"), option_widget=CheckboxInput(), widget=ListWidget(prefix_label=False), validate_choice=False
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = [("wt", "W&T"), ("sto", "STO"), ("techkwadraat", "Techkwadraat"), ("jet_net", "Jet-Net & TechNet")]
        self.sectors.choices = [
            ("po", _("basisonderwijs")), ("so", _("speciaal onderwijs")), ("vo", _("voortgezet onderwijs")), ("mbo", _("mbo")),
        ]  # fmt: skip
