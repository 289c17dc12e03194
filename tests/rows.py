"""Rows that many tests begin with: taken down once in a process, then written as they are."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction


@dataclass(frozen=True)
class Rows:
    """All rows of some tables, as JSON by the table's name."""

    tables: dict[str, str]

    def write(self) -> None:
        """In one statement a table. Keys that refer to each other are checked at the end."""
        with connection.cursor() as cursor:
            for table, told in self.tables.items():
                rows = f'json_populate_recordset(NULL::"{table}", %s)'
                cursor.execute(f'INSERT INTO "{table}" SELECT * FROM {rows}', [told])


def written_by(build: Callable[[], object]) -> Rows:
    """What `build` adds to the tables that are empty before. It is taken back; the sequences have
    moved on, so no later row gets the number of one of these.
    """
    with transaction.atomic():
        empty = [table for table in _tables() if not _told(table)]
        build()
        found = {table: told for table in empty if (told := _told(table))}
        transaction.set_rollback(True)
    return Rows(found)


def _tables() -> list[str]:
    models = apps.get_models(include_auto_created=True)
    return [model._meta.db_table for model in models if model._meta.managed]


def _told(table: str) -> str:
    """The rows in the order they were written; empty where there are none."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT json_agg(t)::text FROM (SELECT * FROM "{table}" ORDER BY ctid) t')
        (told,) = cursor.fetchone()
    return told or ""
