"""What may be an address, a name, a password. Pure: no database, no request."""

from functools import cache
from pathlib import Path

from email_validator import EmailNotValidError, validate_email

from techfinder.core.errors import RuleBroken

PASSWORD_MINIMUM = 10  # characters; no rules on their kind (NCSC, NIST SP 800-63B)
PASSWORD_MAXIMUM = 200  # characters; longer only costs time
SHORTEST_OWN_WORD = 4  # characters of a name or address that a password may not consist of
COMMON = Path(__file__).parent / "data" / "common_passwords.txt"


def normal_email(text: str, field: str = "email") -> str:
    """The one way we write an address: checked on form, lower case. Raises `RuleBroken("account.email_invalid")`."""
    try:
        return str(validate_email(text.strip(), check_deliverability=False, allow_smtputf8=False).normalized).lower()
    except EmailNotValidError as error:
        raise RuleBroken("account.email_invalid", field) from error


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are tried first everywhere, and Dutch ones that fit this site; our own short list."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _worn_out(bare: str) -> bool:
    """A common password, also with figures or a repetition stuck to it; or one or two characters over and over."""
    stem = bare.strip("0123456789")
    half = bare[: len(bare) // 2]
    return (
        bool({bare, stem} & common_passwords())
        or len(set(bare)) <= 2
        or (len(bare) % 2 == 0 and half + half == bare and half in common_passwords())
    )


def check_password(password: str, email: str, name: str, field: str = "new_password") -> None:
    """Raise `RuleBroken` when this password is too short, too long, or among the first that others would guess."""
    if len(password) < PASSWORD_MINIMUM:
        raise RuleBroken("account.password_short", field, minimum=PASSWORD_MINIMUM)
    if len(password) > PASSWORD_MAXIMUM:
        raise RuleBroken("account.password_long", field, maximum=PASSWORD_MAXIMUM)
    bare = _bare(password)
    local, _, domain = email.partition("@")
    own = {_bare(part) for part in (email, local, domain, domain.split(".")[0], name, *name.split())}
    left = bare
    for word in sorted(own, key=len, reverse=True):
        if len(word) >= SHORTEST_OWN_WORD:
            left = left.replace(word, "")
    if left != bare and len(left.strip("0123456789")) < SHORTEST_OWN_WORD:
        raise RuleBroken("account.password_own", field)
    if _worn_out(bare):
        raise RuleBroken("account.password_common", field)
