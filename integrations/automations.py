"""Which automation of an Odoo is called, and for which events: chosen on the connection's page."""

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from exceptions import settings_history
from exceptions.models import Connection
from exceptions.vocabulary import Announced, Governed
from integrations import vault
from integrations.connections import By
from integrations.models import OdooAccess

# What Odoo shows as the address of the webhook. Only its last part counts: calls go to the
# address of the connection, wherever Odoo believes it stands itself.
ADDRESS = re.compile(
    r"(?:https?://[^/\s]+)?/web/hook/"
    r"([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})/?",
    re.IGNORECASE,
)


class NoAutomation(ValueError):
    """The text is a sentence for whoever chose it."""


@transaction.atomic
def choose(
    row: OdooAccess, address: str, events: Iterable[Announced], *, by: By, at: datetime
) -> None:
    """Without an address the one that is chosen stays. Raises NoAutomation."""
    if address.strip():
        row.sealed_automation = vault.seal(_secret(address))
        row.save(update_fields=["sealed_automation"])
    elif not row.sealed_automation:
        raise NoAutomation(_("Paste the address that Odoo shows as the URL of the webhook."))
    told = sorted(str(each) for each in events)
    Connection.objects.filter(pk=row.connection_id).update(automated=True, tells=told)
    _tell(row, "automation of Odoo chosen", {"events": told}, by, at)


@transaction.atomic
def drop(row: OdooAccess, *, by: By, at: datetime) -> None:
    """None is called any more; what waits is withdrawn when its turn comes."""
    if not row.sealed_automation:
        return
    row.sealed_automation = ""
    row.save(update_fields=["sealed_automation"])
    Connection.objects.filter(pk=row.connection_id).update(automated=False, tells=[])
    _tell(row, "automation of Odoo taken away", {}, by, at)


def _secret(address: str) -> str:
    found = ADDRESS.fullmatch(address.strip())
    if found is None:
        words = _("This is no address of a webhook of Odoo: it ends with /web/hook/ and a long id.")
        raise NoAutomation(words)
    return found[1].lower()


def _tell(row: OdooAccess, what: str, data: dict[str, object], by: By, at: datetime) -> None:
    says = f"{row.connection}: {what}"
    settings_history.add(Governed.SECRET, says, by=by.user, via=by.via, at=at, data=data)
