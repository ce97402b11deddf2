"""The languages in which support is given, as ISO 639-1 codes. Dutch is what everybody expects."""

from dataclasses import dataclass

from techfinder.reference.vocabulary import Text, fold, load


@dataclass(frozen=True, slots=True)
class Language:
    code: str
    name: Text

    def label(self, locale: object = "nl") -> str:
        return self.name(locale)


LANGUAGES: tuple[Language, ...] = tuple(
    Language(row["code"], Text.of(row["label"])) for row in load("languages")["languages"]
)
_BY_CODE: dict[str, Language] = {language.code: language for language in LANGUAGES}
_BY_NAME: dict[str, str] = {
    fold(name): language.code
    for language in LANGUAGES
    for name in (language.code, language.name.nl, language.name.en)
}


def language(code: str) -> Language:
    """The language with this code; KeyError for an unknown one."""
    return _BY_CODE[code]


def from_label(text: str) -> str | None:
    """The code for what a file cell says ("nl", "Nederlands", "English"), or None."""
    return _BY_NAME.get(fold(text))
