"""The shape of input."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
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
