"""Reading much at once, as of one instant."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

PATIENCE = "5min"  # for whoever fetches: a reader that has gone must not hold a transaction open


@contextmanager
def snapshot() -> Iterator[None]:
    """All that is read inside is of one instant, whatever others write meanwhile; nothing can be
    written. Whoever is inside a transaction already keeps the isolation of theirs.
    """
    outermost = not connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        if outermost:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{PATIENCE}'")
        yield
