"""What Odoo's rules have told: of some transfers, one of which a rule told twice."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from exceptions.models import Document
from integrations import inbox, vault
from integrations.models import OdooAccess

TOLD = 6
SAVED, OLD = "Control Tower: stock.picking saved(#31)", "Tell the tower (old)(#12)"


def tell(row: OdooAccess, *, at: datetime) -> None:
    """As Odoo posts them. Somebody's old rule tells some of it, too."""
    secret = vault.unseal(row.sealed_hook_secret)
    for n, body in enumerate(_bodies(row)):
        inbox.receive(secret, json.dumps(body).encode(), {}, at=at - timedelta(minutes=20 - n))


def _bodies(row: OdooAccess) -> Iterator[dict[str, Any]]:
    transfers = Document.objects.filter(connection=row.connection, model="stock.picking")
    for n, each in enumerate(transfers.order_by("-read_at", "pk")[:TOLD]):
        stamp = f"{each.written_at:%Y-%m-%d %H:%M:%S}"
        said = {"_model": each.model, "_id": each.record_id, "write_date": stamp}
        yield said | {"_action": SAVED}
        if n % 3 == 0:
            yield said | {"_action": SAVED}
        if n % 2 == 0:
            yield said | {"_action": OLD}
