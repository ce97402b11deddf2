"""Whether an e-mail address shows that somebody works at a school: its domain against the school's website.

Pure. A domain that many unrelated people share (gmail.com, ziggo.nl, a website builder) never vouches for anybody, and
neither do the sub-domains that schools hand to pupils.
"""

from pathlib import Path
from urllib.parse import urlsplit

SHARED = frozenset(
    line for raw in (Path(__file__).parent / "data" / "shared_domains.txt").read_text(encoding="ascii").splitlines()
    if (line := raw.strip()) and not line.startswith("#")
)  # fmt: skip
TWO_PART_SUFFIXES = frozenset({"co.uk", "org.uk", "ac.uk", "sch.uk", "com.au", "co.nz", "co.za", "com.br", "co.jp", "com.tr"})
PUPILS = ("leerling", "student", "pupil", "lln", "ll.", "stud.")


def host_of(website: str) -> str:
    """The host of a website as people and DUO write it ("www.school.nl/home", "https://school.nl"); "" when there is none."""
    words = website.replace(",", " ").replace(";", " ").split()
    if not words:
        return ""
    first = words[0] if "//" in words[0] else "//" + words[0]
    try:
        host = urlsplit(first).hostname or ""
    except ValueError:
        return ""
    return host.rstrip(".").lower()


def registrable(host: str) -> str | None:
    """The part of a host that somebody registered: "mail.school.nl" → "school.nl". None when it is not a domain."""
    labels = host.lower().rstrip(".").split(".")
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        return None
    count = 3 if ".".join(labels[-2:]) in TWO_PART_SUFFIXES else 2
    return ".".join(labels[-count:]) if len(labels) >= count else None


def work_domain(email: str) -> str | None:
    """The domain of an address, when it can say where somebody works; else None."""
    host = email.rpartition("@")[2].lower()
    domain = registrable(host)
    if domain is None or domain in SHARED or host.startswith(PUPILS):
        return None
    return domain


def website_vouches(email: str, website: str) -> bool:
    """Whether the address belongs to the domain of this website."""
    domain = work_domain(email)
    return domain is not None and domain == registrable(host_of(website))


def colleague_vouches(email: str, colleagues: list[str]) -> bool:
    """Whether a verified colleague has an address at the same domain."""
    domain = work_domain(email)
    return domain is not None and any(work_domain(other) == domain for other in colleagues)


def as_url(website: str) -> str | None:
    """A website as an address to link to, with https in front when nothing stands there; None when it is not one."""
    text = website.strip()
    if not text:
        return ""
    url = text if text.lower().startswith(("http://", "https://")) else "https://" + text.lstrip("/")
    domain = registrable(host_of(url))
    if domain is None or any(c.isspace() or c in "<>\"'`\\" for c in url) or "@" in urlsplit(url).netloc:
        return None
    return url
