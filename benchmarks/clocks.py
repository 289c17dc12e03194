"""What the sweep of due clocks costs, by how much history lies behind it.

    python -m benchmarks.clocks [--few 1000] [--many 1000000] [--due 200] [--repeat 5]

Each time the same number of clocks falls due: half of them run out, half warn. Behind them lie the
cases that have ended, each with its two clocks, copied from one that lived through the real moves.
Prints the cost of one clock at the larger history against the smaller (target: at most 1.5): the
sweep costs what is due, however much has ended. The fastest of several sweeps counts.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection, models
from django.utils import timezone

from exceptions import escalate, intake, lifecycle, policies
from exceptions.actors import Actor, person
from exceptions.facts import Receipt
from exceptions.models import Case, Clock, Connection, Membership, Site, User
from exceptions.vocabulary import ClockState, Move, Role

GROWTH = 1.5  # the target
LIMIT = 500
SWEEPS = (
    escalate.end_pauses,
    escalate.sweep_clocks,
    escalate.warn,
    escalate.remind_of_answers,
)


@dataclass(frozen=True, slots=True)
class Cost:
    """The fastest of several sweeps over `due` clocks, in seconds, with so many ended cases."""

    ended: int
    due: int
    seconds: float

    @property
    def each(self) -> float:
        return self.seconds / self.due


def cost(due: int, repeat: int, at: datetime) -> Cost:
    ended = Case.objects.filter(closed_at__isnull=False).count()
    return Cost(ended, due, min(_swept(due, at) for _ in range(repeat)))


def _swept(due: int, at: datetime) -> float:
    make_due(due, at)
    begun = time.perf_counter()
    done = sum(sweep(at=at, limit=LIMIT) for sweep in SWEEPS)
    seconds = time.perf_counter() - begun
    assert done == due, (done, due)
    return seconds


def make_due(due: int, at: datetime) -> None:
    """Of the clocks to resolve that go on, half ran out a minute ago, half have a warning due."""
    ids = list(
        Clock.objects.filter(kind="resolve", stopped_at=None)
        .order_by("id")
        .values_list("id", flat=True)
    )
    assert len(ids) == due
    going = {"state": ClockState.RUNNING, "breached_at": None, "percent_told": 0}
    minute = timedelta(minutes=1)
    Clock.objects.filter(id__in=ids[: due // 2]).update(
        started_at=at - 2 * minute, target_minutes=1, due_at=at - minute, tell_at=None, **going
    )
    Clock.objects.filter(id__in=ids[due // 2 :]).update(
        started_at=at - 60 * minute,
        target_minutes=100,
        due_at=at + 40 * minute,
        tell_at=at - 10 * minute,
        **going,
    )
    clean_up()


def clean_up() -> None:
    """So that the sweep is measured and not PostgreSQL's housekeeping."""
    if not connection.in_atomic_block:  # as it is in the tests
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE exceptions_clock")
            cursor.execute("VACUUM ANALYZE exceptions_case")


def lead_of_a_site() -> tuple[Site, Actor]:
    source = Connection.objects.create(name="Bench")
    lead = User.objects.create_user("bench.lead")
    site = Site.objects.create(connection=source, external_id=1, code="B", name="Bench", lead=lead)
    Membership.objects.create(user=lead, role=Role.SUPERVISOR, site=site)
    return site, person(lead)


def open_cases(numbers: range, site: Site, lead: Actor, at: datetime) -> None:
    """Late receipts, acknowledged, so that only their clocks to resolve go on."""
    intake.take_in([late(site, number, at) for number in numbers], at=at)
    for case_id in Case.objects.filter(acknowledged_at=None).values_list("pk", flat=True):
        lifecycle.move(case_id, Move.ACKNOWLEDGE, lead, at=at)


def late(site: Site, number: int, at: datetime) -> Receipt:
    return Receipt(
        connection_id=site.connection_id,
        site_id=site.pk,
        model="stock.picking",
        record_id=number,
        reference=f"IN/{number:06}",
        url=f"https://odoo.example.com/web#id={number}",
        read_at=at,
        written_at=at,
        company="Bench",
        open=True,
        promised_at=at - timedelta(days=2),
        planned_at=at - timedelta(days=2),
        value=Decimal(1_000),
        currency="EUR",
    )


def fill_history(ended: int, template: Case) -> None:
    """So many copies of a case that has ended, with copies of its clocks."""
    clocks = list(template.clocks.values_list("pk", flat=True))
    columns = _columns(Case, but=("id",))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO exceptions_case ({columns}) SELECT {columns} FROM exceptions_case,"
            " generate_series(1, %s) WHERE id = %s",
            [ended, template.pk],
        )
        others = _columns(Clock, but=("id", "case_id"))
        for clock_id in clocks:
            cursor.execute(
                f"INSERT INTO exceptions_clock (case_id, {others}) SELECT c.id,"
                f" {_columns(Clock, but=('id', 'case_id'), of='k')} FROM exceptions_clock k,"
                " exceptions_case c WHERE k.id = %s AND c.id > %s AND c.fingerprint = %s"
                " AND NOT EXISTS (SELECT 1 FROM exceptions_clock o WHERE o.case_id = c.id"
                " AND o.kind = k.kind)",
                [clock_id, template.pk, template.fingerprint],
            )


def _columns(model: type[models.Model], but: tuple[str, ...], of: str = "") -> str:
    names = [f.column for f in model._meta.concrete_fields if f.column not in but]  # noqa: SLF001
    return ", ".join(f'{of}."{name}"' if of else f'"{name}"' for name in names)


def ended_case(site: Site, lead: Actor, at: datetime) -> Case:
    """One that was acknowledged, resolved and closed by people."""
    open_cases(range(1), site, lead, at)
    case = Case.objects.get()
    moves: list[tuple[Move, dict[str, Any]]] = [
        (Move.RESOLVE, {"outcome": "fixed", "reason": "They are here."}),
        (Move.CLOSE, {"root_cause": "Supplier capacity"}),
    ]
    for which, data in moves:
        case = lifecycle.move(case.pk, which, lead, at=at, data=data)
    return case


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    at = timezone.now()
    policies.publish_defaults(at=at)
    assert not Case.objects.exists(), "run it on an empty database"
    site, lead = lead_of_a_site()
    template = ended_case(site, lead, at)
    open_cases(range(1, options.due + 1), site, lead, at)
    fill_history(options.few, template)
    few = cost(options.due, options.repeat, at)
    fill_history(options.many - options.few, template)
    return tell(few, cost(options.due, options.repeat, at))


def tell(few: Cost, many: Cost) -> int:
    """Print both; 0 when the target is met."""
    for each in (few, many):
        print(f"{each.ended:,} ended cases, {each.due} clocks due: {1e3 * each.each:.2f} ms each")
    grown = many.each / few.each
    print(f"one clock, many / few: {grown:.2f} (target: at most {GROWTH})")
    return int(grown > GROWTH)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.clocks")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
