"""What ends a snooze: its date, news of the source, time, and what people do to the case.

The caller holds the case's lock and saves `event_count` and `last_hash`, as for `audit.append`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from exceptions import audit, notices
from exceptions.actors import Actor, machine
from exceptions.models import Case, Snooze
from exceptions.vocabulary import FactsDate, Happening, Move, Notice, Tier, Until, Via, Woke

CLOCK = machine(Via.CLOCK)
POLICY = machine(Via.POLICY)
CLOCK_FROM = 75  # percent of a clock's time: from this warning on it wakes a case
# Of these the owner, the old one and the new one are told anyway.
TOLD_ANYWAY = (Woke.ENDED, Woke.REASSIGNED)
TIERS = list(Tier)  # the gravest first


def of(case: Case) -> Snooze | None:
    """The snooze that lasts."""
    return case.snoozes.filter(ended_at=None).first()


def wake(
    case: Case, why: Woke, actor: Actor, *, at: datetime, data: Mapping[str, Any] | None = None
) -> bool:
    """End the snooze of the case, if there is one; whether there was."""
    row = of(case)
    if row is not None:
        _end(case, row, why, actor, at, data or {})
    return row is not None


def moved(case: Case, which: Move, actor: Actor, *, at: datetime) -> None:
    """A move was made, and the case stands as it left it."""
    if which in (Move.RESOLVE, Move.DISMISS, Move.CLOSE):
        wake(case, Woke.ENDED, actor, at=at)
    elif which == Move.ASSIGN:
        wake(case, Woke.REASSIGNED, actor, at=at, data={"owner": str(case.owner)})
    elif which == Move.ACKNOWLEDGE and (row := of(case)) and row.owner_id != case.owner_id:
        _end(case, row, Woke.REASSIGNED, actor, at, {"owner": str(case.owner)})
    elif which in (Move.CLASSIFY, Move.RECLASSIFY) and (row := of(case)) and _graver(case, row):
        _end(case, row, Woke.TIER, actor, at, {"before": row.tier, "tier": case.tier})


def by_facts(case: Case, before: Mapping[str, Any], *, at: datetime) -> None:
    """The source says something new: `before` are the facts that the case had until now."""
    row = of(case)
    if row is None:
        return
    if row.until == Until.ETA and (date := _moved_date(before, case.facts)):
        told = {"which": date, "before": before.get(date), "now": case.facts.get(date)}
        _end(case, row, Woke.ETA, POLICY, at, told)
    elif row.until == Until.VALUE and _passed(case, row):
        told = {"value": case.value_at_risk, "currency": case.currency, "passed": row.value}
        _end(case, row, Woke.VALUE, POLICY, at, told)


def by_clock(case: Case, told: Mapping[str, Any], *, at: datetime) -> None:
    """A clock warns (`percent` in `told`), or ran out: before that there is time to sleep."""
    if told.get("percent", CLOCK_FROM) >= CLOCK_FROM:
        data = {name: told[name] for name in ("clock", "percent") if name in told}
        wake(case, Woke.CLOCK, CLOCK, at=at, data=data)


def dates_of(facts: Mapping[str, Any]) -> list[FactsDate]:
    """The dates that the facts carry now and that could move."""
    return [date for date in FactsDate if facts.get(date)]


def _moved_date(before: Mapping[str, Any], now: Mapping[str, Any]) -> FactsDate | None:
    return next((date for date in FactsDate if before.get(date) != now.get(date)), None)


def _passed(case: Case, row: Snooze) -> bool:
    """Amounts of different currencies are not compared: another currency is news enough."""
    assert row.value is not None  # held by snooze_until_known
    value = case.value_at_risk
    return value is not None and (case.currency != row.currency or value > row.value)


def _graver(case: Case, row: Snooze) -> bool:
    return not row.tier or TIERS.index(Tier(case.tier)) < TIERS.index(Tier(row.tier))


def _end(
    case: Case, row: Snooze, why: Woke, actor: Actor, at: datetime, data: Mapping[str, Any]
) -> None:
    row.ended_at, row.woke = max(at, row.started_at), why
    row.save(update_fields=["ended_at", "woke"])
    told = {"why": why, **data}
    event = audit.append(case, Happening.SNOOZE_ENDED, actor, at=at, data=told)
    if why not in TOLD_ANYWAY:
        key = f"snooze:{row.pk}:ended"
        people = [case.owner]
        notices.tell(case, Notice.SNOOZE_ENDED, people, at=at, by=actor, key=key, data=event.data)
