"""Which sources are paused or have not been read for long, so that pages say "data as of …"."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from exceptions.kinds import Kind
from exceptions.models import Connection, Document, FactsSource

OLD = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Staleness:
    """The old sources by connection and facts type, and as of when each is known."""

    as_of: dict[tuple[int, str], datetime]

    def of(self, document: Document) -> datetime | None:
        """As of when the document is known; None while its source is read as it should be."""
        return self.as_of.get((document.connection_id, document.facts_type))


def staleness(*, at: datetime) -> Staleness:
    """One query, whatever is asked afterwards."""
    old = FactsSource.objects.filter(
        Q(read_at__lt=at - OLD) | Q(connection__enabled=False, read_at__isnull=False)
    )
    rows = old.values_list("connection_id", "facts_type", "read_at")
    return Staleness({(source, facts): read_at for source, facts, read_at in rows if read_at})


@dataclass(frozen=True, slots=True)
class Lack:
    """What a connection does not have: all of a kind's records, or those of some models."""

    connection: Connection
    everything: bool
    models: str  # `quality.check, quality.alert`


def lacking(kind: Kind) -> list[Lack]:
    """Where the kind's rule finds nothing, or less, since what would tell is not installed. What
    was never read yet is not known to lack anything.
    """
    types = [facts.__name__ for facts in kind.facts]
    told = FactsSource.objects.filter(facts_type__in=types).select_related("connection")
    by_connection: dict[Connection, list[FactsSource]] = {}
    for source in told.order_by("connection__name", "facts_type"):
        by_connection.setdefault(source.connection, []).append(source)
    lacks = [_lack(connection, sources) for connection, sources in by_connection.items()]
    return [lack for lack in lacks if lack.models or lack.everything]


def _lack(connection: Connection, sources: list[FactsSource]) -> Lack:
    missing = {model for source in sources for model in source.missing}
    nothing = not any(source.installed for source in sources)
    return Lack(connection, nothing, ", ".join(sorted(missing)))
