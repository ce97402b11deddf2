"""The shape of input."""

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Optional

from techfinder.core.forms import Form, at_most, required


class LinkForm(Form):
    """Sign in by mailed link."""

    email = EmailField(_l("Mailadres"), validators=[required(_l("Vul je mailadres in.")), at_most(254)])
    next = HiddenField(validators=[Optional(), at_most(500)])


class PasswordSignInForm(Form):
    """Sign in with a password."""

    email = EmailField(_l("Mailadres"), validators=[required(_l("Vul je mailadres in.")), at_most(254)])
    password = PasswordField(_l("Wachtwoord"), validators=[required(_l("Vul je wachtwoord in."))])
    remember = BooleanField(_l("Houd me 30 dagen ingelogd"))
    next = HiddenField(validators=[Optional(), at_most(500)])


class ConfirmSignInForm(Form):
    """The button behind a mailed link."""

    remember = BooleanField(_l("Houd me 30 dagen ingelogd"))


class CodeForm(Form):
    """The code of the second factor, or a recovery code."""

    code = StringField(_l("Code"), validators=[required(_l("Vul de code in.")), at_most(40)])
    next = HiddenField(validators=[Optional(), at_most(500)])


class ForgottenForm(Form):
    """Ask for a new password."""

    email = EmailField(_l("Mailadres"), validators=[required(_l("Vul je mailadres in.")), at_most(254)])


class NewPasswordForm(Form):
    """Choose a password behind a mailed link."""

    new_password = PasswordField(_l("Nieuw wachtwoord"), validators=[required(_l("Kies een wachtwoord."))])


class PasswordForm(Form):
    """Set or change a password; the current one is asked only of those who have one."""

    current_password = PasswordField(_l("Je wachtwoord nu"), validators=[Optional()])
    new_password = PasswordField(_l("Nieuw wachtwoord"), validators=[required(_l("Kies een wachtwoord."))])


class CurrentPasswordForm(Form):
    """Prove who you are before the password goes."""

    current_password = PasswordField(_l("Je wachtwoord nu"), validators=[required(_l("Vul je wachtwoord in."))])


class ProfileForm(Form):
    """Name and language."""

    name = StringField(_l("Naam"), validators=[required(_l("Vul je naam in.")), at_most(120)])
    locale = RadioField(_l("Taal"), choices=[("nl", "Nederlands"), ("en", "English")], validators=[required()])


class EmailForm(Form):
    """Another address; the password is asked only of those who have one."""

    email = EmailField(_l("Nieuw mailadres"), validators=[required(_l("Vul je nieuwe mailadres in.")), at_most(254)])
    current_password = PasswordField(_l("Wachtwoord"), validators=[Optional()])


class EraseForm(Form):
    """Erasing asks for a deliberate word: the address."""

    typed = StringField(_l("Typ je mailadres"), validators=[required(_l("Typ je mailadres om te bevestigen.")), at_most(254)])


class PostForm(Form):
    """Give somebody a post."""

    email = EmailField(_l("Mailadres"), validators=[required(_l("Vul een mailadres in.")), at_most(254)])
    name = StringField(_l("Naam"), validators=[Optional(), at_most(120)])
    role = RadioField(
        _l("Rol"), validators=[required(_l("Kies een rol."))],
        choices=[("coordinator", _l("Coördinator")), ("reader", _l("Lezer")), ("administrator", _l("Beheerder"))],
    )  # fmt: skip
    scope = SelectField(_l("Regio of netwerk"), choices=[], validators=[Optional()])
    until = DateField(_l("Tot en met"), validators=[Optional()])


class BlockForm(Form):
    """Why an account is blocked; its owner can read it."""

    reason = TextAreaField(_l("Reden"), validators=[required(_l("Schrijf op waarom.")), at_most(500)])
