"""The source system: a message's verb is done in its Odoo, by the verb's pusher."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from exceptions.models import Document, OutboxMessage
from exceptions.vocabulary import OutboxState
from integrations import resting
from integrations.models import OdooAccess
from integrations.odoo import push, sync
from integrations.odoo.client import Odoo
from integrations.odoo.sources import SOURCES, Source
from integrations.targets import Now, Values, Way


@contextmanager
def opened(message: OutboxMessage, now: Now) -> Iterator[Way]:
    """Raises OdooError, where Odoo cannot be reached or says no."""
    row = OdooAccess.objects.select_related("connection").get(connection=message.connection)
    with resting.opened(row, now) as odoo:
        errand = push.Errand(
            message,
            message.case.document,
            settings.TOWER_BASE_URL,
            row.approval_category,
            row.hold_locations,
        )
        yield OdooWay(row, odoo, push.PUSHERS[message.verb], errand)


@dataclass(frozen=True, slots=True)
class OdooWay:
    row: OdooAccess
    odoo: Odoo
    pusher: push.Pusher
    errand: push.Errand

    def find(self) -> Values | None:
        return self.pusher.find(self.odoo, self.errand)

    def before(self) -> Values | None:
        return self.pusher.before(self.odoo, self.errand)

    def do(self, at: datetime) -> None:
        self.pusher.do(self.odoo, self.errand, at=at)

    def still_holds(self, at: datetime) -> bool:
        """Whether the record is still as it was when the decision was made. Once a step of the
        decision stands there, the record has moved because of it, and the rest follows.
        """
        decision, document = self.errand.message.decision, self.errand.document
        if decision is None or decision.outbox.filter(state=OutboxState.CONFIRMED).exists():
            return True
        if source := _source_of(document):
            sync.read_documents(self.row, self.odoo, source, [document.record_id], at=at)
        document.refresh_from_db()
        return document.gone_at is None and document.substance == decision.substance


def _source_of(document: Document) -> Source | None:
    """Where it can be read again; None for what the tower itself keeps."""
    told = (
        s
        for s in SOURCES
        if s.document_model == document.model and s.facts_type == document.facts_type
    )
    return next((source for source in told if source.authority), None)
