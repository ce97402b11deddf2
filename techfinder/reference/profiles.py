"""Vmbo profiles, optional subjects, technasium and LOB: words to search by, never filters."""

from dataclasses import dataclass

from techfinder.reference.vocabulary import Text, fold, load


@dataclass(frozen=True, slots=True)
class Profile:
    code: str
    name: Text
    words: tuple[str, ...]
    """Words that mean this profile or belong to it: abbreviations, full names, optional subjects."""

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


PROFILES: tuple[Profile, ...] = tuple(
    Profile(row["code"], Text.of(row["label"]), tuple(row["words"])) for row in load("profiles")["profiles"]
)


def synonyms() -> tuple[tuple[str, ...], ...]:
    """Groups of words that name the same profile, folded: an abbreviation and the full name, not its subjects."""
    return tuple(
        tuple(dict.fromkeys(fold(word) for word in (profile.words[0], profile.name.nl)))
        for profile in PROFILES
    )
