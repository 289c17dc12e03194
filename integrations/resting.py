"""Resting: an Odoo that does not answer is left alone for a growing while, by everybody.

Whoever waits for it cannot work for the others meanwhile. So its silence is written to the table,
where every worker sees it; and when the rest is over it is asked something small first, with little
patience.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import urllib3
from django.db.models import F, Q

from integrations.models import OdooAccess
from integrations.odoo import connecting, errors
from integrations.odoo.client import Odoo

FIRST_REST = timedelta(seconds=30)
LONGEST_REST = timedelta(minutes=5)
KNOCK = urllib3.Timeout(connect=5, read=10)

Now = Callable[[], datetime]


def awake(at: datetime) -> Q:
    """Accesses that may be asked now."""
    return Q(rest_until=None) | Q(rest_until__lte=at)


@contextmanager
def opened(row: OdooAccess, now: Now) -> Iterator[Odoo]:
    """As connecting.opened. A silence that ends the block begins a rest; a block that ends well
    ends the silence.
    """
    try:
        if row.silences:
            _knock(row)
        with connecting.opened(row) as odoo:
            yield odoo
    except errors.OdooError as error:
        if error.silence:
            rest(row, at=now())
        raise
    # As it stood before the block: a rest that began inside it, or beside it, goes on.
    OdooAccess.objects.filter(pk=row.pk, silences__gt=0, rest_until=row.rest_until).update(
        silences=0, rest_until=None
    )


def rest(row: OdooAccess, *, at: datetime) -> None:
    """Leave it alone, twice as long as last time. Who waited beside others counts once."""
    wait = min(FIRST_REST * (1 << min(row.silences, 10)), LONGEST_REST)
    OdooAccess.objects.filter(awake(at), pk=row.pk).update(
        silences=F("silences") + 1, rest_until=at + wait
    )


def _knock(row: OdooAccess) -> None:
    with connecting.opened(row, timeout=KNOCK, tries=1) as odoo:
        odoo.search_count("stock.warehouse", [])
