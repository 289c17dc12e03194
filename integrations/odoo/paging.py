"""Paging through a model, so that nothing is skipped: by `(write_date, id)`, where a killed run
resumes, or by id alone.

Odoo shows `write_date` in seconds but keeps microseconds, and compares in ways that differ by
version: `>` skips rows of the same second on 19 and repeats them on 17 and 18. So only `>=` and `<`
with whole seconds are used. When one second holds more rows than a page, that second is paged by
id.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from integrations.odoo.client import Odoo
from integrations.odoo.datetimes import from_odoo, to_odoo

PAGE = 2_000
MANY = 10_000  # of few fields
SECOND = timedelta(seconds=1)
FROM_FIRST = -1  # as a record id: inside the second, but no row of it has been read

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Position:
    """Everything written before `written_at` has been read. With `record_id`, also the rows written
    in that very second up to this id."""

    written_at: datetime | None = None
    record_id: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    records: Sequence[Record]
    after: Position | None  # where to go on; None when this was the last page


def all_by_id(
    odoo: Odoo,
    model: str,
    domain: Sequence[Any],
    fields: Sequence[str],
    *,
    context: Mapping[str, Any] | None = None,
) -> Iterator[list[Record]]:
    """Every record there is, in pages; one that is made meanwhile may be left out."""
    after: list[Any] = []
    while True:
        records = odoo.search_read(
            model, [*domain, *after], fields, order="id", limit=MANY, context=context
        )
        yield records
        if len(records) < MANY:
            return
        after = [["id", ">", records[-1]["id"]]]


def pages(
    odoo: Odoo,
    model: str,
    domain: Sequence[Any],
    fields: Sequence[str],
) -> Iterator[Page]:
    """Every page from the first on, by `(write_date, id)`."""
    position: Position | None = Position()
    while position is not None:
        page = read_page(odoo, model, domain, fields, position, size=PAGE)
        yield page
        position = page.after


def read_page(
    odoo: Odoo,
    model: str,
    domain: Sequence[Any],
    fields: Sequence[str],
    position: Position,
    *,
    size: int = PAGE,
) -> Page:
    """The next page after `position`. Rows of the last second may come again on the page after
    it.
    """
    if position.record_id:
        return _inside_second(odoo, model, domain, fields, position, size)
    since = [["write_date", ">=", to_odoo(position.written_at)]] if position.written_at else []
    records = odoo.search_read(model, [*domain, *since], fields, order="write_date, id", limit=size)
    if len(records) < size:
        return Page(records, None)
    last = from_odoo(records[-1]["write_date"])
    assert last is not None
    if last == position.written_at:  # the whole page is one second, and there may be more of it
        return _inside_second(odoo, model, domain, fields, Position(last, FROM_FIRST), size)
    return Page(records, Position(last))


def _inside_second(
    odoo: Odoo,
    model: str,
    domain: Sequence[Any],
    fields: Sequence[str],
    position: Position,
    size: int,
) -> Page:
    """One second that holds more rows than a page, by id; then on with the next second."""
    assert position.written_at is not None
    second = [
        ["write_date", ">=", to_odoo(position.written_at)],
        ["write_date", "<", to_odoo(position.written_at + SECOND)],
        ["id", ">", position.record_id],
    ]
    records = odoo.search_read(model, [*domain, *second], fields, order="id", limit=size)
    if len(records) < size:
        return Page(records, Position(position.written_at + SECOND))
    return Page(records, Position(position.written_at, records[-1]["id"]))
