"""Work that only one process does at a time for one Odoo; another one leaves it to it."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection as database

from integrations.models import OdooAccess

# Our ranges of advisory locks: one a connection. They end with whoever holds them.
READING, CANARY = 0x0D00, 0x0D01


@contextmanager
def alone(row: OdooAccess, space: int = READING) -> Iterator[bool]:
    """Whether nobody else does that now; if so, nobody else will until the block ends."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [space, row.pk])
        is_alone = bool(cursor.fetchone()[0])
    try:
        yield is_alone
    finally:
        if is_alone:
            with database.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, row.pk])
