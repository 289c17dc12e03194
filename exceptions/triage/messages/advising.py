"""Messages come in, are advised on, and people do with them what they find right.

Advice has no hands: what it says is kept beside the message, and only `raise_case`, `file_with` and
`set_aside`, each a person's, do anything.
"""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from exceptions import actors, raising
from exceptions.actors import Actor
from exceptions.evidence import keeping
from exceptions.models import AdviceModel, Case, InboundMessage, Site, Suggestion
from exceptions.raising import Raised, Refused
from exceptions.triage import governing
from exceptions.triage.messages import judging, reading, seeds
from exceptions.triage.messages import model as models
from exceptions.triage.messages.model import Model
from exceptions.vocabulary import Advice, AdviceUse, EvidenceSource, Said, Slot

LONGEST = 20_000  # letters that are kept of a message


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """A message as it came."""

    site: Site
    text: str
    subject: str = ""
    sender: str = ""


def in_use() -> AdviceModel | None:
    rows = AdviceModel.objects.filter(advice=Advice.MESSAGE_LABEL, in_use_until=None)
    return rows.exclude(in_use_since=None).defer("content").first()


@lru_cache(maxsize=2)
def _loaded(pk: int, made_at: datetime) -> Model:  # noqa: ARG001 - a row made anew is another
    return models.from_bytes(bytes(AdviceModel.objects.get(pk=pk).content))


def take_in(incoming: Incoming, actor: Actor, *, at: datetime) -> tuple[InboundMessage, bool]:
    """The message, and whether it is new. Raises Refused where the actor does not work, and for
    what says nothing.
    """
    if not raising.sites_of(actor).filter(pk=incoming.site.pk).exists():
        raise Refused(_("You do not work at %(site)s.") % {"site": incoming.site})
    sender, subject = (_line(said) for said in (incoming.sender, incoming.subject))
    text = incoming.text.replace("\x00", "")[:LONGEST].strip()
    if not text:
        raise Refused(_("There is no text in it. Paste what was written."))
    digest = hashlib.sha256(f"{sender}\x00{subject}\x00{text}".encode()).hexdigest()
    try:
        with transaction.atomic():
            message = InboundMessage.objects.create(
                site=incoming.site,
                sender=sender,
                subject=subject,
                text=text,
                sha256=digest,
                via=actor.via,
                added_by=actor.user,
                received_at=at,
            )
    except IntegrityError:
        return InboundMessage.objects.get(site=incoming.site, sha256=digest), False
    advise(message, at=at)
    return message, True


def _line(said: str) -> str:
    return " ".join(said.replace("\x00", "").split())[:300]


def advise(message: InboundMessage, *, at: datetime) -> Suggestion | None:
    """Keep what the model in use says of the message; nothing where advice is switched off, or
    nothing has been learned yet.
    """
    row = in_use()
    if row is None or governing.use_of(Advice.MESSAGE_LABEL) == AdviceUse.OFF:
        return None
    said = judging.judge(_loaded(row.pk, row.made_at), reading.plain(message.subject, message.text))
    suggestion, _new = Suggestion.objects.get_or_create(
        message=message,
        advice=Advice.MESSAGE_LABEL,
        model=str(row),
        defaults={
            "content": {"label": said.label, "likely": said.likely},
            "confidence": said.probability,
            "threshold": said.threshold,
            "proposed": said.proposed,
            "reasons": [asdict(reason) for reason in said.reasons],
            "sources": [
                {"label": near.example.label, "case": near.example.case, "alike": near.alike}
                | ({"text": near.example.text} if near.example.case is None else {})
                for near in said.nearest
            ],
            "made_at": at,
        },
    )
    return suggestion


@transaction.atomic
def raise_case(
    message_id: int, kind: str, summary: str, subject: str, actor: Actor, *, at: datetime
) -> Case:
    """A case of what the message tells, by the way of every case that is raised by hand, with the
    message as its evidence. Raises Refused, or InboundMessage.DoesNotExist.
    """
    message = _locked(message_id, actor)
    raised = Raised(kind=kind, site=message.site, summary=summary[:200], subject=subject[:100])
    case = raising.raise_case(raised, actor, at=at)
    _filed(message, case, actor, at)
    _done(message, kind, case, actor, at)
    case.refresh_from_db()
    return case


@transaction.atomic
def file_with(message_id: int, case_id: int, actor: Actor, *, at: datetime) -> Case:
    """The message is evidence of a case that the actor works on. Raises Refused, or
    InboundMessage.DoesNotExist, Case.DoesNotExist.
    """
    message = _locked(message_id, actor)
    case = actors.visible_cases(actor).get(pk=case_id)
    if says := keeping.refusal(case, actor):
        raise Refused(says)
    _filed(message, case, actor, at)
    _done(message, case.kind, case, actor, at)
    return case


@transaction.atomic
def set_aside(message_id: int, actor: Actor, *, at: datetime) -> None:
    """It is no exception. Raises Refused, or InboundMessage.DoesNotExist."""
    _done(_locked(message_id, actor), seeds.OTHER, None, actor, at)


def _locked(message_id: int, actor: Actor) -> InboundMessage:
    rows = actors.visible_messages(actor).select_for_update(no_key=True, of=("self",))
    message = rows.select_related("site").get(pk=message_id)
    if not raising.sites_of(actor).filter(pk=message.site_id).exists() or actor.user is None:
        raise Refused(_("You do not work at %(site)s.") % {"site": message.site})
    if message.done_at:
        raise Refused(_("Somebody has dealt with this message meanwhile."))
    return message


def _filed(message: InboundMessage, case: Case, actor: Actor, at: datetime) -> None:
    """As a file of text: what was written, under who wrote it and when it came."""
    head = [
        _("From: %s") % message.sender if message.sender else "",
        _("Subject: %s") % message.subject if message.subject else "",
        _("Came: %s UTC") % f"{message.received_at:%Y-%m-%d %H:%M}",
    ]
    content = "\n".join([*filter(None, head), "", message.text]).encode()
    keeping.take(
        case,
        [content],
        f"message-{message.pk}.txt",
        actor,
        source=EvidenceSource.EMAIL,
        at=at,
        slot=Slot.SUPPLIER_WORD,
    )


def _done(
    message: InboundMessage, kind: str, case: Case | None, actor: Actor, at: datetime
) -> None:
    message.kind, message.case, message.done_at, message.done_by = kind, case, at, actor.user
    message.save(update_fields=["kind", "case", "done_at", "done_by"])
    answered: dict[str, Any] = {
        "answered_with": {"label": kind},
        "answered_by": actor.user,
        "answered_at": at,
    }
    for suggestion in message.suggestions.filter(answer=""):
        right = suggestion.content["label"] == kind
        said = Said.ACCEPTED if right else Said.REJECTED if case is None else Said.EDITED
        message.suggestions.filter(pk=suggestion.pk).update(answer=said, **answered)
