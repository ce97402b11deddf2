"""Dutch postcodes in text."""

import re
import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.nl import postcode as nl_postcode

_LEADING = re.compile(r"^\s*(?:nl[\s-]*)?([1-9][0-9]{3})(?![0-9])(?:\s*([a-z]{2})(?![^\W_]))?", re.IGNORECASE | re.ASCII)
_TRAILING = re.compile(r"(?<![^\W_])([1-9][0-9]{3})(?:\s*([a-z]{2}))?\s*$", re.IGNORECASE | re.ASCII)
_INSIDE = re.compile(r"(?<![^\W_])([1-9][0-9]{3})\s?([a-z]{2})(?![^\W_])", re.IGNORECASE | re.ASCII)


def parse_postcode(text: str) -> str | None:
    """Return a whole postcode as "5701 AB", or None when the text is anything else.

    python-stdnum knows the letters that are never used (SA, SD, SS).
    """
    try:
        return nl_postcode.validate(text)
    except (ValidationError, TypeError, AttributeError):
        return None


def parse_pc4(text: str) -> str | None:
    """Return the four digits of "5701", "5701AB" or "5701 AB", or None when the text is anything else."""
    whole = parse_postcode(text)
    if whole:
        return whole[:4]
    digits = unicodedata.normalize("NFKC", str(text)).strip()
    return digits if re.fullmatch(r"[1-9][0-9]{3}", digits, re.ASCII) else None


def split_postcode(text: str) -> tuple[str | None, str]:
    """Take a postcode out of a text: "Helmond 5701ab" → ("5701 AB", "Helmond").

    Four digits alone count at the front and the back; in the middle they may be anything, and need their
    letters.

    Two letters after the digits that belong to no postcode ("5701 SS Helmond") are ignored as a typing error:
    the four digits still say where. Without a postcode the whole text comes back.
    """
    text = unicodedata.normalize("NFKC", text)  # a no-break space or wide digits come along when text is copied
    for pattern in (_LEADING, _TRAILING, _INSIDE):
        found = pattern.search(text)
        if found:
            digits, letters = found.groups()
            rest = (text[: found.start()] + " " + text[found.end() :]).strip(" ,;-\t\r\n")
            return parse_postcode(f"{digits} {letters or ''}") or digits, rest
    return None, text.strip()
