"""Open cases about integrations, on the pages of what they are about.

Their titles name a connection and what is wrong, nothing of the company's work: so whoever sees the
connection sees them, and opens those that are theirs to see.
"""

from dataclasses import dataclass

from django.db.models import QuerySet

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Case, Connection
from exceptions.vocabulary import OPEN_STATES, KindCode
from integrations.models import EventSource, SeenFault

SHOWN = 20


@dataclass(frozen=True, slots=True)
class FaultCase:
    case: Case
    opens: bool  # whether the reader may


def of_connections(actor: Actor, visible: QuerySet[Connection]) -> list[FaultCase]:
    """Of these connections and of all who send to them, the gravest first."""
    return _found(actor, _open().filter(document__connection__in=visible))


def of_connection(actor: Actor, connection: Connection) -> list[FaultCase]:
    own = SeenFault.objects.filter(connection=connection, source=None)
    return _found(actor, _open().filter(document__record_id__in=own.values("pk")))


def of_source(actor: Actor, source: EventSource) -> list[FaultCase]:
    own = SeenFault.objects.filter(source=source)
    return _found(actor, _open().filter(document__record_id__in=own.values("pk")))


def _open() -> QuerySet[Case]:
    cases = Case.objects.filter(kind=KindCode.INTEGRATION_FAILURE, state__in=OPEN_STATES)
    return cases.filter(document__facts_type="Integration").select_related("owner", "site")


def _found(actor: Actor, cases: QuerySet[Case]) -> list[FaultCase]:
    shown = list(cases.order_by("-score", "detected_at")[:SHOWN])
    theirs = actors.visible_cases(actor).filter(pk__in=[case.pk for case in shown])
    may_open = set(theirs.values_list("pk", flat=True))
    return [FaultCase(case, case.pk in may_open) for case in shown]
