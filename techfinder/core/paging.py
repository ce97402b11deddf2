"""Pages of lists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, select

from techfinder.core.db import db

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list; numbers count from 1."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_next(self) -> bool:
        return self.number < self.pages

    @property
    def window(self) -> list[int | None]:
        """Page numbers to show; None stands for an ellipsis."""
        near = {1, self.pages, *(n for n in range(self.number - 1, self.number + 2) if 1 <= n <= self.pages)}
        shown: list[int | None] = []
        for n in sorted(near):
            if shown and shown[-1] is not None and n - shown[-1] > 1:
                shown.append(None)
            shown.append(n)
        return shown


def page_number(raw: str | None) -> int:
    """A page number from an address: anything odd is page 1."""
    return max(1, min(int(raw), 10_000)) if raw and raw.isascii() and raw.isdigit() and len(raw) < 10 else 1


def paginate(statement: Select[Any], number: int, size: int = 20) -> Page[Any]:
    """Run a select for one entity as a page, in two queries. A page past the end is the last page."""
    total = db.session.scalar(select(func.count()).select_from(statement.order_by(None).options().subquery())) or 0
    number = max(1, min(number, -(-total // size) or 1))
    rows = db.session.scalars(statement.limit(size).offset((number - 1) * size)).unique().all()
    return Page(rows, number, size, total)
