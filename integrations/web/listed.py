"""The lists of deliveries and of gaps as files, for those who may open their pages."""

from collections.abc import Mapping
from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Connection
from exceptions.web.exports.columns import labels, reference
from exceptions.web.exports.listed import Listed, ListOfRows, Said
from exceptions.web.exports.table import Column
from integrations import deliveries as kept
from integrations import health, ledger
from integrations.ledger import GapFilter
from integrations.models import DeliveryState, Expected, GapKind, Repair
from integrations.web import deliveries, pages

# No bodies: they name customers and addresses, and are read one by one.
DELIVERIES = (
    Column("delivery", gettext_lazy("Delivery"), "id"),
    Column("connection", gettext_lazy("Connection"), "connection__name"),
    Column("source", gettext_lazy("Source of events"), "source__name"),
    Column("key", gettext_lazy("Key"), "key"),
    Column("received_at", gettext_lazy("Received"), "received_at"),
    Column("delivery_state", gettext_lazy("Result"), "state", labels(DeliveryState)),
    Column("attempts", gettext_lazy("Attempts"), "attempts"),
    Column("came_again", gettext_lazy("Came again, times"), "duplicates"),
    Column("done_at", gettext_lazy("Done"), "done_at"),
    Column("outcome", gettext_lazy("What came of it"), "outcome"),
)
GAPS = (
    Column("connection", gettext_lazy("Connection"), "connection__name"),
    Column("source", gettext_lazy("Source"), "source"),
    Column("model", gettext_lazy("Model"), "model"),
    Column("record", gettext_lazy("Record"), "record_id"),
    Column("reference", gettext_lazy("Reference"), "document__reference"),
    Column("what", gettext_lazy("What"), "what", labels(GapKind)),
    Column("expected_by", gettext_lazy("Should have come by"), "expected_by", labels(Expected)),
    Column("since", gettext_lazy("Since"), "since"),
    Column("found_at", gettext_lazy("Found"), "found_at"),
    Column("repaired_at", gettext_lazy("Repaired"), "repaired_at"),
    Column("repaired_how", gettext_lazy("How"), "repaired_how", labels(Repair)),
    Column("reason", gettext_lazy("Why it is open"), "reason"),
    Column("case", gettext_lazy("Case"), "case_id", reference),
)


def _deliveries(query: QueryDict, actor: Actor, at: datetime) -> Listed:  # noqa: ARG001
    wanted, unread = deliveries.asked(query)
    found = kept.matching(_visible(actor), wanted)
    return Listed(found, _said(query, unread))


def _gaps(query: QueryDict, actor: Actor, at: datetime) -> Listed:
    found = GapFilter.from_query(query).apply(ledger.visible(_visible(actor)), at=at)
    return Listed(found, _said(query))


def _visible(actor: Actor) -> QuerySet[Connection]:
    if not actor.has_role(*pages.READERS):
        raise PermissionDenied
    return health.visible_connections(actors.site_ids(actor, pages.READERS))


def _said(query: QueryDict, unread: str = "") -> Said:
    """The filter as the address has it."""
    said = [(_("Filter"), query.urlencode())] if query else []
    return [*said, (_("Not understood"), unread)] if unread else said


LISTS: Mapping[str, ListOfRows] = {
    "deliveries": ListOfRows("deliveries", gettext_lazy("Deliveries"), DELIVERIES, _deliveries),
    "gaps": ListOfRows("ledger", gettext_lazy("Gaps"), GAPS, _gaps),
}
