"""Names of places, municipalities and provinces as people write them.

Everything is compared by `fold`: no capitals, no accents, no punctuation. So "’s-Gravenhage", "S GRAVENHAGE"
and "s gravenhage" are one name, as are "Súdwest-Fryslân" and "SUDWEST FRYSLAN".
"""

import re
import unicodedata
from functools import lru_cache

PROVINCES = (
    "Groningen", "Fryslân", "Drenthe", "Overijssel", "Flevoland", "Gelderland", "Utrecht", "Noord-Holland",
    "Zuid-Holland", "Zeeland", "Noord-Brabant", "Limburg",
)  # fmt: skip

_PROVINCE_WORDS = {
    "Groningen": ("gn", "gr", "gron"),
    "Fryslân": ("fr", "frl", "fries", "friesland", "frisia"),
    "Drenthe": ("dr", "dre", "drente"),
    "Overijssel": ("ov", "ovs"),
    "Flevoland": ("fl", "flev"),
    "Gelderland": ("gld", "gl", "geld", "guelders"),
    "Utrecht": ("ut", "utr"),
    "Noord-Holland": ("nh", "n h", "north holland"),
    "Zuid-Holland": ("zh", "z h", "south holland"),
    "Zeeland": ("zld", "zl", "zeel"),
    "Noord-Brabant": ("nb", "n b", "nbr", "brabant", "north brabant"),
    "Limburg": ("l", "lb", "li", "lim", "limb"),
}
_ARTICLES = re.compile(r"^(?:(?:gemeente|provincie|gem|prov)\s+)+")
_HINT = re.compile(r"^(?P<name>.*?)\s*(?:\((?P<inside>[^()]*)\)?|,\s*(?P<after>[^,]*))\s*$")


@lru_cache(maxsize=16_384)
def fold(text: str) -> str:
    """Return the form in which names are compared: ASCII words, lower case, one space between them."""
    text = text.casefold().replace("\u0133", "ij").replace("ß", "ss").replace("ø", "o").replace("æ", "ae")
    plain = unicodedata.normalize("NFKD", text)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = re.sub(r"\bst\.\s*-?\s*", "sint ", re.sub(r"[’‘`´]", "'", plain))
    return " ".join(re.findall(r"[a-z0-9]+", plain))


def bare(text: str) -> str:
    """Fold a municipality's or province's name and leave out the word "gemeente" or "provincie" before it."""
    return _ARTICLES.sub("", fold(text))


def split_hint(text: str) -> tuple[str, str]:
    """Divide "Hengelo (Gld)" and "Bergen, Limburg" into the name and what tells homonyms apart ("" without)."""
    found = _HINT.match(text)
    if not found:
        return text, ""
    return found["name"], (found["inside"] or found["after"] or "")


_KEYS = {fold(name): name for name in PROVINCES} | {word: name for name, words in _PROVINCE_WORDS.items() for word in words}
_ABBREVIATIONS = {key for key in _KEYS if len(key) <= 3}


def province_key(text: str) -> str | None:
    """Return the province's proper name for any way of writing it ("Friesland", "NB", "South Holland"), else
    None.
    """
    return _KEYS.get(bare(text))


def spelled_out_province(text: str) -> str | None:
    """As `province_key`, but abbreviations do not count: nobody who types "l" in a search box means Limburg."""
    key = bare(text)
    return None if key in _ABBREVIATIONS else _KEYS.get(key)


def short_suffix(key: str) -> tuple[str, str | None]:
    """Divide a folded place name with a province's abbreviation ("loo gld") into ("loo", "Gelderland")."""
    head, _, tail = key.rpartition(" ")
    if head and tail in _ABBREVIATIONS and len(tail) > 1:
        return head, _KEYS[tail]
    return key, None
