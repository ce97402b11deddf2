"""Fields that read numbers, money, days and choices as people type them, and keep what they cannot read."""

from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import DateField, IntegerField, RadioField, SelectMultipleField, widgets
from wtforms.validators import Optional


class WholeNumber(IntegerField):
    """A whole number between two bounds; nothing typed is None."""

    def __init__(self, label: Any = None, low: int = 0, high: int = 10_000, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], **kwargs)
        self.low, self.high = low, high

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = valuelist[0].strip() if valuelist else ""
        self.data = None
        if not raw:
            return
        digits = raw.replace(".", "").replace(" ", "")
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9 or not self.low <= int(digits) <= self.high:
            raise ValueError(_l("Vul een getal in tussen %(low)s en %(high)s.", low=self.low, high=self.high))
        self.data = int(digits)


class Euros(IntegerField):
    """An amount as typed ("12,50", "€ 45", "gratis"); its data are cents."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        raw = valuelist[0].strip().lower() if valuelist else ""
        self.data = None
        if not raw:
            return
        self.data = _cents(raw)
        if self.data is None or self.data > 1_000_000:
            self.data = None
            raise ValueError(_l("Vul een bedrag in, bijvoorbeeld 45 of 12,50. Gratis? Vul dan 0 in."))

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{self.data // 100}" if self.data % 100 == 0 else f"{self.data / 100:.2f}".replace(".", ",")


def _cents(raw: str) -> int | None:
    if raw in ("gratis", "free", "niets"):
        return 0
    text = raw.replace("€", "").replace("euro", "").replace(" ", "").replace(",-", "")
    whole, point, cents = text.replace(",", ".").partition(".")
    if not (whole.isascii() and whole.isdigit()) or len(whole) > 6:
        return None
    if point and not (cents.isascii() and cents.isdigit() and len(cents) <= 2):
        return None
    return int(whole) * 100 + int(cents.ljust(2, "0") if cents else 0)


class Day(DateField):
    """A day, from the browser's own date field."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], format=["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y"], **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        try:
            super().process_formdata([v.strip() for v in valuelist])
        except ValueError:
            self.data = None
            raise ValueError(_l("Vul een datum in, bijvoorbeeld 1-3-2027.")) from None
        if isinstance(self.data, date) and not 2000 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(_l("Vul een datum in, bijvoorbeeld 1-3-2027."))


class YesNo(RadioField):
    """Yes, no, or not said."""

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        choices = [("ja", _l("ja")), ("nee", _l("nee")), ("", _l("zeg ik nog niet"))]
        super().__init__(label, [Optional()], choices=choices, validate_choice=False, default="", **kwargs)

    @property
    def answer(self) -> bool | None:
        """The choice as a value."""
        return {"ja": True, "nee": False}.get(self.data or "")

    @staticmethod
    def code(value: bool | None) -> str:
        """The choice that stands for a value."""
        return "" if value is None else "ja" if value else "nee"


class Boxes(SelectMultipleField):
    """A group of checkboxes; codes that nobody offered are left out."""

    widget = widgets.ListWidget(prefix_label=False)
    option_widget = widgets.CheckboxInput()

    def __init__(self, label: Any = None, **kwargs: Any) -> None:
        super().__init__(label, [Optional()], validate_choice=False, **kwargs)

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        known = {code for code, *_rest in self.iter_choices()}
        self.data: list[str] = [code for code in dict.fromkeys(valuelist) if code in known]
