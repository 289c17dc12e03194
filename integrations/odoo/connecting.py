"""From a stored access to an open client, with every call measured."""

from collections.abc import Iterator
from contextlib import contextmanager

import urllib3

from exceptions.models import Connection
from integrations import vault
from integrations.models import OdooAccess, OdooCall
from integrations.odoo import errors, line, transport
from integrations.odoo.access import Access, Secret
from integrations.odoo.client import Odoo
from integrations.odoo.line import CallRecord
from integrations.odoo.protocols import Version

PATIENCE = transport.TIMEOUT


def access_of(row: OdooAccess) -> Access:
    """Raises KeyNotOpened, or what Access raises."""
    try:
        key = vault.unseal(row.sealed_key)
    except vault.SealedWithAnotherKey:
        raise errors.KeyNotOpened from None
    return Access(row.url, row.database, row.login, Secret(key))


def version_of(text: str) -> Version:
    major, minor = text.split(".")[:2]
    return int(major), int(minor)


@contextmanager
def opened(
    row: OdooAccess, *, timeout: urllib3.Timeout | None = None, tries: int = line.TRIES
) -> Iterator[Odoo]:
    """A client for the duration of the block; its calls are stored when it ends, however it
    ends.
    """
    calls: list[CallRecord] = []
    assert row.user_id is not None
    odoo = Odoo.resume(
        access_of(row),
        version_of(row.version),
        row.user_id,
        on_call=calls.append,
        timeout=timeout or PATIENCE,
        tries=tries,
    )
    try:
        yield odoo
    finally:
        odoo.close()
        keep(row.connection, calls)


def keep(connection: Connection, calls: list[CallRecord]) -> None:
    """Store what was measured."""
    OdooCall.objects.bulk_create(
        OdooCall(
            connection=connection,
            at=call.started_at,
            model=call.model[:64],
            method=call.method[:64],
            seconds=call.seconds,
            outcome=call.outcome,
            rows=call.rows,
        )
        for call in calls
    )
