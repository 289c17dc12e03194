"""The figures of the ledger against a plain recount, its filter, asking and forgetting."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.http import QueryDict

from exceptions import late_news
from exceptions.models import Connection
from integrations import ledger, rounds
from integrations.ledger import GapFilter
from integrations.models import Expected, Gap, GapKind, ReconcileRequest, ReconcileRun, Repair
from tests.exceptions.queries.world import percentile
from tests.integrations.linked import Linked
from tests.making import Tower


def gap(connection: Connection, record_id: int, at: datetime, **said: Any) -> Gap:
    base = {
        "source": "receipts",
        "model": "stock.picking",
        "what": GapKind.MISSED,
        "expected_by": Expected.WEBHOOK,
        "since": at - timedelta(hours=1),
        "found_at": at,
        "seen_at": at,
    }
    return Gap.objects.create(connection=connection, record_id=record_id, **base | said)


def repaired(at: datetime) -> dict[str, Any]:
    return {"repaired_at": at, "repaired_how": Repair.READ_AGAIN}


@pytest.fixture
def gaps(tower: Tower, at: datetime) -> list[Gap]:
    """Sixty of two sources, half of them open, some repaired before the range."""
    rng = random.Random(3)
    made = []
    for number in range(60):
        since = at - timedelta(minutes=rng.randrange(2, 80_000))
        ended = since + timedelta(minutes=rng.randrange(1, 900))
        said = repaired(ended) if rng.random() < 0.5 else {}
        source = rng.choice(["receipts", "deliveries"])
        what = rng.choice([GapKind.MISSED, GapKind.DIVERGED, GapKind.DELETED])
        made.append(
            gap(tower.connection, number, at, source=source, what=what, since=since, **said)
        )
    return made


def test_gaps_are_counted_and_their_ages_are_told(
    tower: Tower, gaps: list[Gap], at: datetime
) -> None:
    found = {f.source: f for f in ledger.figures([tower.connection], at=at)}

    for source in (None, "receipts", "deliveries"):
        mine = [g for g in gaps if source in (None, g.source)]
        ages = sorted((at - g.since).total_seconds() for g in mine if g.is_open)
        took = sorted(
            (g.repaired_at - g.since).total_seconds()
            for g in mine
            if g.repaired_at and g.repaired_at >= at - timedelta(days=30)
        )
        row = found[source]
        assert (row.open, row.open_max) == (len(ages), ages[-1])
        assert (row.repaired, row.repaired_max) == (len(took), took[-1])
        assert row.open_p50 == pytest.approx(percentile(ages, 0.5))
        assert row.repaired_p50 == pytest.approx(percentile(took, 0.5))
    assert found[None].repaired < sum(not g.is_open for g in gaps)


def test_every_figure_lists_what_it_counts(tower: Tower, gaps: list[Gap], at: datetime) -> None:
    every = ledger.visible(Connection.objects.all())
    for figures in ledger.figures([tower.connection], at=at):
        asked = GapFilter(connection=tower.connection.pk, source=figures.source or "")
        listed = {
            s: asked.changed(state=s).apply(every, at=at).count() for s in ("open", "repaired")
        }
        assert listed == {"open": figures.open, "repaired": figures.repaired}


def test_cases_that_no_webhook_told_of_are_counted_once_and_listed(
    tower: Tower, at: datetime
) -> None:
    told, missed, other = (tower.late_case(number, at=at) for number in (1, 2, 3))
    late_news.mark([missed.pk], at=at)
    gap(tower.connection, 2, at, case=missed, document=missed.document, **repaired(at))
    gap(tower.connection, 3, at, case=other, document=other.document, **repaired(at))
    later = at + timedelta(hours=1)  # the same case, changed unseen
    gap(tower.connection, 2, at, case=missed, what=GapKind.DIVERGED, **repaired(later))

    (whole,) = (f for f in ledger.figures([tower.connection], at=later) if f.source is None)
    cases = ledger.cases_lately([tower.connection], at=later)
    listed = GapFilter(cases=True).apply(Gap.objects.all(), at=later)

    assert (whole.cases, [g.case for g in listed]) == (1, [missed])
    assert cases == {(tower.connection.pk, "Receipt"): 3}
    assert told.missed_by_webhook is False


@pytest.mark.parametrize(
    "query", ["", "connection=4&source=receipts&what=missed&state=open", "state=repaired&cases=yes"]
)
def test_an_address_becomes_a_filter_and_the_same_address_again(query: str) -> None:
    assert GapFilter.from_query(QueryDict(query)).to_query() == query


def test_what_an_address_cannot_mean_asks_nothing() -> None:
    asked = QueryDict("connection=x&source=moon&what=blue&state=maybe&cases=1")
    assert GapFilter.from_query(asked) == GapFilter()


def test_the_last_comparison_of_each_source_in_their_order(tower: Tower, at: datetime) -> None:
    for source, hours in (("counts", 1), ("receipts", 3), ("receipts", 2), ("counts", 5)):
        begun = at - timedelta(hours=hours)
        ReconcileRun.objects.create(connection=tower.connection, source=source, started_at=begun)

    runs = ledger.latest(Connection.objects.all())

    told = [(run.source, (at - run.started_at) / timedelta(hours=1)) for run in runs]
    assert told == [("receipts", 2), ("counts", 1)]


def test_what_is_old_is_forgotten_but_for_what_is_open(tower: Tower, at: datetime) -> None:
    long_ago = at - timedelta(days=91)
    kept = gap(tower.connection, 1, long_ago)
    gap(tower.connection, 2, long_ago, **repaired(long_ago))
    recent = gap(tower.connection, 3, long_ago, **repaired(at - timedelta(days=89)))
    for begun in (long_ago, at):
        ReconcileRun.objects.create(connection=tower.connection, source="counts", started_at=begun)

    assert ledger.forget(lambda: at) == 2

    assert set(Gap.objects.all()) == {kept, recent}
    assert [run.started_at for run in ReconcileRun.objects.all()] == [at]


@pytest.mark.parametrize("version", [19])
def test_what_is_asked_for_is_compared_once(linked: Linked) -> None:
    linked.sync()
    connection = linked.row.connection
    assert rounds.reconcile_asked(linked.now) == 0
    asked = [ledger.ask(connection, "Karin", at=linked.at) for _ in range(2)]

    compared = [rounds.reconcile_asked(linked.now) for _ in range(2)]

    assert (asked, compared) == ([True, False], [1, 0])
    assert ReconcileRun.objects.filter(source="receipts").count() == 1


@pytest.mark.parametrize("version", [19])
def test_an_odoo_that_is_away_is_compared_once_it_is_back(linked: Linked) -> None:
    linked.sync()
    ledger.ask(linked.row.connection, "Karin", at=linked.at)
    away = linked.row.url
    linked.row.url = "http://127.0.0.1:9"
    linked.row.save()
    rounds.sync_one(linked.row, linked.now)  # it falls silent, and rests

    assert (rounds.reconcile_asked(linked.now), ReconcileRequest.objects.count()) == (0, 1)
    linked.row.refresh_from_db()
    linked.row.url = away
    linked.row.save()
    linked.later(minutes=1)
    assert (rounds.reconcile_asked(linked.now), ReconcileRequest.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "asked",
    [
        {"found_from": date(2026, 10, 1), "found_to": date(2026, 10, 31)},
        {"repaired_from": date(2026, 10, 31), "among": (3, 4)},
    ],
)
def test_days_and_connections_stand_in_the_address(asked: dict[str, Any]) -> None:
    wanted = GapFilter(**asked)
    assert GapFilter.from_query(QueryDict(wanted.to_query())) == wanted


@pytest.mark.parametrize(
    "query", ["found_from=2026-02-30", "repaired_to=soon", "among=3,x", "among=,"]
)
def test_days_and_connections_that_cannot_be_read_ask_nothing(query: str) -> None:
    assert GapFilter.from_query(QueryDict(query)) == GapFilter()


def test_days_are_of_utc_and_reach_back_as_far_as_gaps_are_kept(tower: Tower, at: datetime) -> None:
    day = (at - timedelta(days=50)).astimezone(UTC).replace(hour=0, minute=0)
    ends = [day - timedelta(seconds=1), day, day + timedelta(hours=23, minutes=59, seconds=59)]
    made = [
        gap(tower.connection, n, at, found_at=end, **repaired(end)).pk
        for n, end in enumerate([*ends, day + timedelta(days=1)])
    ]
    every = ledger.visible(Connection.objects.all())
    for name in ("found", "repaired"):
        asked = GapFilter().changed(**{f"{name}_from": day.date(), f"{name}_to": day.date()})
        assert sorted(asked.apply(every, at=at).values_list("pk", flat=True)) == made[1:3]
