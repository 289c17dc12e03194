"""How the integrations do, as KPIs (settings.MORE_KPIS)."""

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, Unit
from integrations import integration_figures as figures
from integrations.models import TurnedAway


def _failures(counted: Counted) -> list[Measure]:
    found = counted(figures.deliveries)
    return [share(found.set_aside, found.n)]


def _turned_away(counted: Counted) -> list[Measure]:
    by_why = counted(figures.turned_away)
    n = sum(by_why.values())
    told = [why for why in TurnedAway if by_why.get(why)]
    return [Measure(n, n), *(Measure(by_why[w], by_why[w], w.value, w.label) for w in told)]


def _duplicates(counted: Counted) -> list[Measure]:
    found = counted(figures.deliveries)
    return [Measure(found.repeats, found.repeated)]


def _retries(counted: Counted) -> list[Measure]:
    found = counted(figures.deliveries)
    return [Measure(found.retries, found.retried)]


def _dead_deliveries(counted: Counted) -> list[Measure]:
    n = counted(figures.dead).inbox
    return [Measure(n, n)]


def _dead_messages(counted: Counted) -> list[Measure]:
    n = counted(figures.dead).outbox
    return [Measure(n, n)]


def _inbox(counted: Counted) -> list[Measure]:
    n = counted(figures.waiting).inbox
    return [Measure(n, n)]


def _outbox(counted: Counted) -> list[Measure]:
    n = counted(figures.waiting).outbox
    return [Measure(n, n)]


def _gaps_open(counted: Counted) -> list[Measure]:
    n = counted(figures.open_gaps).n
    return [Measure(n, n)]


def _gap_age(counted: Counted) -> list[Measure]:
    found = counted(figures.open_gaps)
    return [Measure(found.median, found.n), Measure(found.p90, found.n, "p90", "p90")]


def _gaps_found(counted: Counted) -> list[Measure]:
    n = sum(row.n for row in counted(figures.gaps_by_day))
    return [Measure(n, n)]


def _gaps_repaired(counted: Counted) -> list[Measure]:
    n = counted(figures.gaps_repaired)
    return [Measure(n, n)]


def _latency(counted: Counted) -> list[Measure]:
    """The median of all calls, then p50, p95 and p99: of all, and of each verb."""
    whole, *verbs = counted(figures.calls)
    parts = [Measure(whole.p50, whole.n)]
    for row in (whole, *verbs):
        for name, value in (("p50", row.p50), ("p95", row.p95), ("p99", row.p99)):
            part = f"{row.verb} {name}".strip()
            parts.append(Measure(value, row.n, part, part))
    return parts


def _call_failures(counted: Counted) -> list[Measure]:
    whole, *verbs = counted(figures.calls)
    return [
        share(whole.failed, whole.n),
        *(share(row.failed, row.n, row.verb, row.verb) for row in verbs),
    ]


def _lag(counted: Counted) -> list[Measure]:
    known = [(row.name, row.lag) for row in counted(figures.sources) if row.lag is not None]
    worst = max((lag for _name, lag in known), default=None)
    return [Measure(worst, len(known)), *(Measure(lag, 1, name, name) for name, lag in known)]


def _key_expiry(counted: Counted) -> list[Measure]:
    found = counted(figures.sources)
    known = [(row.name, max(row.key_left, 0.0)) for row in found if row.key_left is not None]
    next_one = min((left for _name, left in known), default=None)
    return [Measure(next_one, len(known)), *(Measure(left, 1, name, name) for name, left in known)]


def _actions(counted: Counted) -> list[Measure]:
    bad, n = counted(figures.actions)
    return [Measure(bad, n, counted=bad)]


WEBHOOK_FAILURES = Kpi(
    key="webhook_failures",
    name=_("Webhook failures"),
    means=_(
        "Of the deliveries that came in the range (days in UTC), the share that is set aside now."
    ),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("deliveries"),
    of=_failures,
)
TURNED_AWAY = Kpi(
    key="webhook_turned_away",
    name=_("Turned away"),
    means=_(
        "Deliveries that a door did not let in, in the range (days in UTC). Their bodies "
        "are not kept."
    ),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("deliveries"),
    of=_turned_away,
    apart=_("reason"),
)
WEBHOOK_DUPLICATES = Kpi(
    key="webhook_duplicates",
    name=_("Duplicates"),
    means=_(
        "Repeats of news that came in the range (days in UTC); each is worked through "
        "once. n: deliveries that were repeated."
    ),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("deliveries"),
    of=_duplicates,
)
WEBHOOK_RETRIES = Kpi(
    key="webhook_retries",
    name=_("Retries"),
    means=_(
        "Tries after the first, of what came in the range (days in UTC). n: deliveries tried again."
    ),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("deliveries"),
    of=_retries,
)
DEAD_LETTERS = Kpi(
    key="dead_letters",
    name=_("Dead letters"),
    means=_(
        "Deliveries set aside, whenever they came, now: they stay until somebody puts them back."
    ),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("deliveries"),
    of=_dead_deliveries,
)
DEAD_MESSAGES = Kpi(
    key="dead_messages",
    name=_("Refused messages"),
    means=_("Messages of the outbox that were refused, now, of cases of these sites."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("messages"),
    of=_dead_messages,
)
INBOX_WAITING = Kpi(
    key="inbox_waiting",
    name=_("Waits in the inbox"),
    means=_("Deliveries that wait to be worked through, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("deliveries"),
    of=_inbox,
)
OUTBOX_WAITING = Kpi(
    key="outbox_waiting",
    name=_("Waits in the outbox"),
    means=_("Messages not confirmed yet, now, of cases of these sites."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("messages"),
    of=_outbox,
)
GAPS_OPEN = Kpi(
    key="gaps_open",
    name=_("Open gaps"),
    means=_("Records that differ from the source, or what was sent and is gone, now."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("gaps"),
    of=_gaps_open,
)
GAP_AGE = Kpi(
    key="gap_age",
    name=_("Age of open gaps"),
    means=_("Median time since the news can have been due, of the gaps open now."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("gaps"),
    of=_gap_age,
)
GAPS_FOUND = Kpi(
    key="gaps_found",
    name=_("Gaps found"),
    means=_("Gaps that comparing found in the range (days in UTC)."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("gaps"),
    of=_gaps_found,
)
GAPS_REPAIRED = Kpi(
    key="gaps_repaired",
    name=_("Gaps repaired"),
    means=_("Gaps that were closed in the range (days in UTC), however."),
    unit=Unit.COUNT,
    better=Better.NEITHER,
    counts=_("gaps"),
    of=_gaps_repaired,
)
API_LATENCY = Kpi(
    key="api_latency",
    name=_("API latency"),
    means=_(
        "Median time of a call to the source, in the range (days in UTC), interpolated. "
        "Calls are kept for 8 days."
    ),
    unit=Unit.LATENCY,
    better=Better.LESS,
    counts=_("calls"),
    of=_latency,
    apart=_("verb and percentile"),
)
API_FAILURES = Kpi(
    key="api_failures",
    name=_("Failed calls"),
    means=_(
        "Of the calls to the source in the range (days in UTC), the share that failed. "
        "Calls are kept for 8 days."
    ),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("calls"),
    of=_call_failures,
    apart=_("verb"),
)
SYNC_LAG = Kpi(
    key="sync_lag",
    name=_("Sync lag"),
    means=_(
        "Longest time since a connection in use was last read through, now. n: "
        "connections read at least once."
    ),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("connections"),
    of=_lag,
    apart=_("connection"),
)
SCHEDULED_ACTIONS = Kpi(
    key="scheduled_actions",
    name=_("Scheduled actions of Odoo"),
    means=_("Those that fail, are late or were switched off, now, as last read."),
    unit=Unit.COUNT,
    better=Better.LESS,
    counts=_("actions"),
    of=_actions,
)
KEY_EXPIRY = Kpi(
    key="key_expiry",
    name=_("API key ends in"),
    means=_("Time until the first API key in use ends; 0 when it has. n: keys whose end is known."),
    unit=Unit.DURATION,
    better=Better.MORE,
    counts=_("keys"),
    of=_key_expiry,
    apart=_("connection"),
)

KPIS: tuple[Kpi, ...] = (
    WEBHOOK_FAILURES,
    TURNED_AWAY,
    WEBHOOK_DUPLICATES,
    WEBHOOK_RETRIES,
    DEAD_LETTERS,
    DEAD_MESSAGES,
    INBOX_WAITING,
    OUTBOX_WAITING,
    GAPS_OPEN,
    GAP_AGE,
    GAPS_FOUND,
    GAPS_REPAIRED,
    API_LATENCY,
    API_FAILURES,
    SYNC_LAG,
    SCHEDULED_ACTIONS,
    KEY_EXPIRY,
)
