"""Flask-Login keeps who is signed in; what it keeps is a number and an epoch, so that a session can be ended from afar.

Its identity is looked up without the database: `actor.load_actor` reads the row once per request, with posts and seats,
and takes an old epoch, a blocked or an erased owner for nobody.
"""

from dataclasses import dataclass

from flask import Flask, current_app
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user

from techfinder.accounts.models import User

manager = LoginManager()
manager.session_protection = "basic"


@dataclass(frozen=True)
class Identity(UserMixin):  # type: ignore[misc]
    """A signed-in browser's owner, as of an epoch."""

    user_id: int
    epoch: int

    def get_id(self) -> str:
        return f"{self.user_id}.{self.epoch}"


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(kept: str) -> Identity | None:
    """From what the session keeps; anything odd is nobody."""
    user_id, _, epoch = kept.partition(".")
    return Identity(int(user_id), int(epoch)) if user_id.isdigit() and epoch.isdigit() else None


def init_login(app: Flask) -> None:
    """Join Flask-Login to the application."""
    manager.init_app(app)


def identity() -> Identity | None:
    """Who this browser says it is; None for nobody."""
    found = current_user._get_current_object() if current_app.login_manager else None  # type: ignore[attr-defined]
    return found if isinstance(found, Identity) else None


def keep(user: User) -> None:
    """This browser belongs to this user as of now."""
    login_user(Identity(user.id, user.epoch))


def forget() -> None:
    """This browser belongs to nobody."""
    logout_user()
