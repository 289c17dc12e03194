"""Which records a message names, and which open cases they have: as the reader may see them.

It is looked up for each reader anew. A text that names what is none of theirs shows nothing of it.
"""

from dataclasses import dataclass

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Case, Document, InboundMessage
from exceptions.triage.messages import reading, references
from exceptions.triage.messages.references import References
from exceptions.vocabulary import OPEN_STATES

MOST = 20


@dataclass(frozen=True, slots=True)
class About:
    named: References
    documents: tuple[Document, ...]
    cases: tuple[Case, ...]


def of(message: InboundMessage, actor: Actor) -> About:
    named = references.found(reading.plain(message.subject, message.text))
    if not named.links:
        return About(named, (), ())
    seen = Document.objects.filter(
        site__in=actors.visible_sites(actor),
        connection_id=message.site.connection_id,
        links__overlap=named.links,
        gone_at=None,
    )
    cases = actors.visible_cases(actor).filter(document__in=seen, state__in=OPEN_STATES)
    return About(
        named,
        tuple(seen.select_related("site").order_by("reference", "pk")[:MOST]),
        tuple(cases.select_related("site", "document").order_by("-score", "pk")[:MOST]),
    )
