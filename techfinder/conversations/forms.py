"""The shape of what people write to each other."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Optional

from techfinder.core.db import new_key
from techfinder.core.forms import Form, required

KEY_MAX = 40


class _Keyed(Form):
    """`key` is new in every form that is shown, and the same when it is sent twice."""

    key = HiddenField()

    def sent_key(self) -> str:
        """The key of this form; a form that lost it is sent under a new one."""
        return (self.key.data or "")[:KEY_MAX] or new_key()

    def renew(self) -> None:
        """For a form that is shown for the first time."""
        self.key.data = new_key()


class MessageForm(_Keyed):
    body = TextAreaField(_l("Je bericht"), [required(_l("Schrijf eerst je bericht."))])


class DeclineForm(_Keyed):
    """ "Even niet": the button that was pressed is the reason."""

    reason = StringField()
    text = TextAreaField(_l("Wil je er iets bij zeggen?"), [Optional()])
