"""The source system: a message's verb is done in its Odoo, by the verb's pusher."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from exceptions import playbooks, proofs
from exceptions.foreseeing import Foreseen
from exceptions.models import Decision, Document, OutboxMessage
from exceptions.vocabulary import ELSEWHERE, OutboxState, Verb
from integrations import resting
from integrations.models import OdooAccess
from integrations.odoo import errors, push, sync
from integrations.odoo.client import Odoo
from integrations.odoo.errands import errand_of
from integrations.odoo.sources import SOURCES, Source
from integrations.targets import Now, Values, Way


@contextmanager
def opened(message: OutboxMessage, now: Now) -> Iterator[Way]:
    """Raises OdooError, where Odoo cannot be reached or says no."""
    row = OdooAccess.objects.select_related("connection").get(connection=message.connection)
    with resting.opened(row, now) as odoo:
        yield OdooWay(row, odoo, push.PUSHERS[message.verb], errand_of(row, message))


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
        """Whether what the decision rests on is still as it was then. Once a step of the
        decision stands there, the record has moved because of it, and the rest follows.

        A stamp that moved while all facts are equal voids nothing: steps of playbooks move it, too,
        and Odoo itself does. Where somebody else wrote, the history names them.
        """
        decision, document = self.errand.message.decision, self.errand.document
        if decision is None or decision.outbox.filter(state=OutboxState.CONFIRMED).exists():
            return True
        if source := _source_of(document):
            sync.read_documents(self.row, self.odoo, source, [document.record_id], at=at)
        document.refresh_from_db()
        if document.gone_at is not None or document.substance != decision.substance:
            return False
        if document.written_at != decision.written_at:
            self._tell_who_wrote(at)
        return True

    def _tell_who_wrote(self, at: datetime) -> None:
        document = self.errand.document
        rows = self.odoo.read(document.model, [document.record_id], ["write_uid"])
        writer = (rows[0]["write_uid"] if rows else None) or (self.odoo.uid, "")
        if writer[0] != self.odoo.uid:
            proofs.tell_of_writing(self.errand.message, str(writer[1]), at=at)


def foresee(decision: Decision, now: Now) -> list[Foreseen]:
    """What each verb of a decision would change in its Odoo now; nothing is written there. Raises
    OdooError where Odoo cannot be reached, and OdooAccess.DoesNotExist where there is none.
    """
    verbs = [verb for verb in playbooks.verbs_of(decision) if verb not in ELSEWHERE]
    connection = decision.case.document.connection
    row = OdooAccess.objects.select_related("connection").get(connection=connection)
    with resting.opened(row, now) as odoo:
        drafts = [_draft(decision, verb, at=now()) for verb in verbs]
        return [_foreseen(odoo, errand_of(row, draft)) for draft in drafts]


def _foreseen(odoo: Odoo, errand: push.Errand) -> Foreseen:
    verb = Verb(errand.message.verb)
    pusher = push.PUSHERS[verb]
    try:
        before = pusher.before(odoo, errand)
        after = pusher.would(odoo, errand, before)
    except errors.OdooError as error:
        if error.silence:
            raise
        return Foreseen(verb=verb, refusal=error.in_full)
    said = errand.parameters
    adds = str(said.get("summary") or said.get("text") or "") if after is None else ""
    return Foreseen(verb=verb, before=before, after=after, adds=adds)


def _draft(decision: Decision, verb: Verb, *, at: datetime) -> OutboxMessage:
    """The message that would be sent, with a key that stands nowhere."""
    case = decision.case
    return OutboxMessage(
        key=f"C-{case.pk}:dry-run:{verb}",
        connection=case.document.connection,
        model=case.document.model,
        record_id=case.document.record_id,
        case=case,
        verb=verb,
        parameters=playbooks.of_decision(decision, verb),
        created_at=at,
    )


def _source_of(document: Document) -> Source | None:
    """Where it can be read again; None for what the tower itself keeps."""
    told = (
        s
        for s in SOURCES
        if s.document_model == document.model and s.facts_type == document.facts_type
    )
    return next((source for source in told if source.authority), None)
