"""The watch over integrations: whatever does not work is a case, with an owner and a clock.

Each look costs a handful of questions, however much has failed. What it sees is followed in
`SeenFault` and taken in as facts, so that the policy says when it is an exception, and people work
on it as on any other case. A connection's case stands at the first of its sites.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.conf import settings as django_settings
from django.db import connection as database
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from exceptions import intake, policies, thresholds
from exceptions.casework import Change
from exceptions.facts import Integration
from exceptions.kinds.integration_failure import minutes, patience
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import INTEGRATION_MODEL, Fault, KindCode, Via
from integrations import faults, health, watched
from integrations.faults import Limits, Sighted, Spell
from integrations.models import DeliveryState, SeenFault
from integrations.watched import Thing

KIND = KindCode.INTEGRATION_FAILURE
LOCK = (0x0D01, 0)  # beside those of `rounds`
# The faults that the Integrations page tells of, and where on it.
ON_ONE_PAGE = {Fault.NOT_READ: "reading", Fault.OUTBOX: "outbox", Fault.ACTIONS: "actions"}


@transaction.atomic
def watch(*, at: datetime) -> Counter[Change]:
    """Look at everything once, and take in what is seen; what became of cases. Nothing where
    somebody else is looking just now.
    """
    if not _alone():
        return Counter()
    if KIND not in policies.in_force():  # of a tower from before there were such cases
        policies.publish_defaults(at=at)
    policy = policies.held()[KIND].settings
    rows = {(row.connection_id, row.source_id, row.fault): row for row in _rows()}
    batch = [
        facts
        for thing in watched.things(at)
        for facts in _follow(thing, rows, _applied(policy, thing, at), at)
    ]
    return intake.take_in(batch, at=at, via=Via.WATCH)


def _alone() -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", LOCK)
        return bool(cursor.fetchone()[0])


def _rows() -> QuerySet[SeenFault]:
    return SeenFault.objects.select_related("connection", "source")


def _applied(policy: PolicySettings, thing: Thing, at: datetime) -> PolicySettings:
    """The thresholds that are in force for the thing, at its site."""
    return thresholds.applied(policy, _facts(thing, SeenFault(fault="", since=at), None, at))


Rows = Mapping[tuple[int, int | None, str], SeenFault]


def _follow(
    thing: Thing, rows: Rows, policy: PolicySettings, at: datetime
) -> Iterator[Integration]:
    """The facts of each fault that stands, or that has just ended."""
    limits = Limits(
        lag=health.STUCK,
        key_ends_in=timedelta(days=float(policy.thresholds["key_days"])),
        turned_away=int(policy.thresholds["turned_away"]),
    )
    seen = {each.fault: each for each in faults.sighted(thing.looked, limits, at)}
    for fault in Fault:
        row = rows.get((*thing.key, fault))
        after = _followed(row, seen.get(fault), policy, fault, at)
        if after and not (row and row.over and after.over):
            kept = _keep(thing, row, fault, seen.get(fault), after)
            yield _facts(thing, kept, _told_well(kept, policy), at)


def _followed(
    row: SeenFault | None,
    seen: Sighted | None,
    policy: PolicySettings,
    fault: Fault,
    at: datetime,
) -> Spell | None:
    before = Spell(since=row.since, well_since=row.well_since, over=row.over) if row else None
    calm = timedelta() if fault == Fault.KEY_ENDS else minutes(policy, "calm_minutes")
    return faults.follow(before, seen, calm=calm, at=at)


def _keep(
    thing: Thing, row: SeenFault | None, fault: Fault, seen: Sighted | None, after: Spell
) -> SeenFault:
    begins = row is None or row.over
    row = row or SeenFault(connection=thing.connection, source=thing.source, fault=fault)
    row.since, row.well_since, row.over = after.since, after.well_since, after.over
    if seen and begins:
        row.said, row.latest_day = seen.said[:300], None
    if seen:
        row.due_at = seen.due_at
        row.latest_day = faults.day_of(seen.latest_at) if seen.latest_at else None
    row.save()
    return row


def _told_well(row: SeenFault, policy: PolicySettings) -> datetime | None:
    """That it is gone for now is news only before it has lasted: else a fault that comes and goes
    would write a line into its case each time.
    """
    lasting = row.since + patience(row.fault, policy)
    return row.well_since if row.well_since and row.well_since < lasting else None


def _facts(thing: Thing, row: SeenFault, well: datetime | None, at: datetime) -> Integration:
    return Integration(
        connection_id=thing.connection.pk,
        site_id=thing.site.pk,
        model=INTEGRATION_MODEL,
        record_id=row.pk or 0,
        reference=thing.name,
        url=f"{django_settings.TOWER_BASE_URL}{_place(thing, row.fault)}",
        read_at=at,
        written_at=row.since,
        company="",
        fault=row.fault,
        thing=thing.code,
        since=row.since,
        said=row.said,
        well_since=well,
        due_at=row.due_at,
        latest_day=row.latest_day,
        over=row.over,
    )


def _place(thing: Thing, fault: str) -> str:
    """The page on which it is mended."""
    if fault == Fault.INBOX:
        own = thing.source.pk if thing.source else 0
        asks = {"connection": thing.connection.pk, "source": own, "state": DeliveryState.SET_ASIDE}
        return f"{reverse('deliveries')}?{urlencode(asks)}"
    if thing.source:
        return reverse("event-source", args=[thing.source.pk])
    if fault == Fault.GAPS:
        return f"{reverse('ledger')}?state=open"
    if fault in ON_ONE_PAGE:
        return f"{reverse('integrations')}#{ON_ONE_PAGE[Fault(fault)]}"
    return reverse("connection", args=[thing.connection.pk])
