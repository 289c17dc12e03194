"""Rows into PostgreSQL by COPY, table by table, in batches that memory holds easily."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction

from exceptions.models import Case, Document
from integrations.demo.scale import lives, rows
from integrations.demo.scale.company import Company
from integrations.demo.scale.lives import Life

BATCH = 20_000
TABLES = ("document", "case", "caseevent", "clock")


def fill(company: Company, cases: int, days: int, at: datetime, seed: int) -> Iterator[int]:
    """Store that many cases; yields how many there are after each batch."""
    first = _next_number()
    coming = lives.lives(company, cases, days, at, seed)
    done = 0
    while batch := list(islice(coming, BATCH)):
        _store(batch, company, first + done)
        done += len(batch)
        yield done
    _continue_numbers()


@transaction.atomic
def _store(batch: Iterable[Life], company: Company, first: int) -> None:
    columns = {name: io.StringIO() for name in TABLES}
    writers = {name: csv.writer(file) for name, file in columns.items()}
    for pk, life in enumerate(batch, first):
        for table, some in rows.of_life(life, pk, company).items():
            fields = _fields(table)
            writers[table].writerows([_cell(f, row) for f in fields] for row in some)
    for table, file in columns.items():
        _copy(table, file.getvalue())


def _copy(table: str, text: str) -> None:
    fields = _fields(table)
    names = ", ".join(str(f.column) for f in fields)
    filled = ", ".join(str(f.column) for f in fields if not f.null)
    name = f"exceptions_{table}"
    with (
        connection.cursor() as cursor,
        cursor.copy(
            f"COPY {name} ({names}) FROM STDIN WITH (FORMAT csv, FORCE_NOT_NULL ({filled}))"
        ) as copy,
    ):
        copy.write(text)


def _fields(table: str) -> list["models.Field[Any, Any]"]:
    """The columns that are written; numbers of events and clocks come from their sequences."""
    model = apps.get_model("exceptions", table)
    found = model._meta.concrete_fields  # noqa: SLF001
    return [f for f in found if table in ("document", "case") or not f.primary_key]


def _cell(field: "models.Field[Any, Any]", row: rows.Row) -> Any:
    """Its text for COPY: nothing is NULL where the column may be, else the column's default."""
    value = row[field.attname] if field.attname in row else _default(field)
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    if isinstance(value, list):
        return "{}"
    return value.isoformat() if isinstance(value, datetime) else value


def _default(field: "models.Field[Any, Any]") -> Any:
    return None if field.null else field.get_default()


def _next_number() -> int:
    """The first number that neither a document nor a case has."""
    last = [model.objects.aggregate(n=models.Max("pk"))["n"] or 0 for model in (Document, Case)]
    return max(last) + 1


def _continue_numbers() -> None:
    with connection.cursor() as cursor:
        for table in ("document", "case"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('exceptions_{table}', 'id'), max(id))"  # noqa: S608
                f" FROM exceptions_{table}"
            )
