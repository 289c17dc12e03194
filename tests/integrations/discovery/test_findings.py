"""What occurrences add up to, and what is proposed because of them; all sums worked out by hand."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from exceptions.vocabulary import KindCode
from integrations.discovery import findings
from integrations.discovery.findings import Found, Report, Share
from integrations.discovery.occurrence import Looked, Occurrence

UNTIL = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=90)
LATE, COUNT = KindCode.LATE_INBOUND, KindCode.INVENTORY_DISCREPANCY
SITES = {1: "Rotterdam", 2: "Ghent"}


def one(kind: KindCode = LATE, *, days_ago: float = 1, **said: object) -> Occurrence:
    values = {"value": None, "currency": None, "size": None} | said
    for name in ("value", "size"):
        if values[name] is not None:
            values[name] = Decimal(str(values[name]))
    return Occurrence(
        kind=kind,
        at=UNTIL - timedelta(days=days_ago),
        **({"site_id": 1} | values),  # type: ignore[arg-type]
    )


def summed(*occurrences: Occurrence, looked: Looked | None = None) -> Report:
    return findings.report(
        occurrences, {LATE: looked} if looked else {}, SITES, since=SINCE, until=UNTIL
    )


def of(report: Report, kind: KindCode = LATE) -> Found:
    found = report.of(kind)
    assert found is not None
    return found


def test_what_ended_and_what_stands_are_counted_apart() -> None:
    found = of(summed(one(size=5), one(size=90), one(size=60, open=True)))

    assert (found.past, found.open, found.n) == (2, 1, 3)


def test_values_are_summed_by_currency_and_never_mixed() -> None:
    report = summed(
        one(value=100, currency="EUR"),
        one(value="50.50", currency="EUR"),
        one(value=900, currency="USD"),
        one(),
    )

    assert report.currency == "EUR"  # the one in which most are valued, not the largest sum
    assert of(report).values == {"USD": Decimal(900), "EUR": Decimal("150.50")}
    assert of(report).unknown == 1


def test_sites_and_partners_come_by_value_then_by_number() -> None:
    found = of(
        summed(
            one(site_id=1, who="Alfa", value=10, currency="EUR"),
            one(site_id=1, who="Beta"),
            one(site_id=1, who="Beta"),
            one(site_id=2, who="Gamma", value=30, currency="EUR"),
            one(site_id=2, who=""),
        )
    )

    assert found.sites == (
        Share(name="Ghent", n=2, value=Decimal(30)),
        Share(name="Rotterdam", n=3, value=Decimal(10)),
    )
    assert [(share.name, share.n) for share in found.who] == [
        ("Gamma", 1),
        ("Alfa", 1),
        ("Beta", 2),
    ]


@pytest.mark.parametrize(
    ("days_ago", "week"), [(0, 12), (6.9, 12), (7, 11), (13.9, 11), (84, 0), (90, 0), (400, 0)]
)
def test_weeks_end_with_the_day_of_the_scan(days_ago: float, week: int) -> None:
    weeks = of(summed(one(days_ago=days_ago))).weeks

    assert weeks == tuple(int(n == week) for n in range(13))


def test_a_higher_threshold_is_proposed_while_it_keeps_nine_tenths_of_the_value() -> None:
    """1,000 in all. Past an hour 960 of it, past four hours 910, past a day 500."""
    found = of(
        summed(
            one(size=30, value=40, currency="EUR"),
            one(size=120, value=50, currency="EUR"),
            one(size=600, value=410, currency="EUR"),
            one(size=3_000, value=500, currency="EUR"),
        )
    )

    assert [(int(t.threshold), t.n, t.kept) for t in found.tried] == [
        (0, 4, Decimal(1)),
        (60, 3, Decimal("0.96")),
        (240, 2, Decimal("0.91")),
        (1_440, 1, Decimal("0.5")),
        (2_880, 1, Decimal("0.5")),
        (4_320, 0, Decimal(0)),
    ]
    assert (found.threshold, found.proposed) == ("grace_minutes", Decimal(240))


def test_without_values_the_number_decides() -> None:
    found = of(summed(*(one(size=500) for _ in range(9)), one(size=10)))

    assert found.proposed == 240  # nine of ten are later than four hours, none than a day


def test_what_has_no_size_is_found_under_any_threshold() -> None:
    found = of(summed(one(size=None, open=True), one(size=10)))

    assert [t.n for t in found.tried] == [2, 1, 1, 1, 1, 1]


def test_below_the_usual_threshold_nothing_counts_but_the_table_tells() -> None:
    """The usual policy asks for a variance of 100 or more."""
    found = of(
        summed(
            one(COUNT, size=20, value=20, currency="EUR"),
            one(COUNT, size=400, value=400, currency="EUR"),
        ),
        COUNT,
    )

    usual = found.usual
    assert usual is not None
    assert (found.past, found.values) == (1, {"EUR": Decimal(400)})
    assert [(int(t.threshold), t.n) for t in found.tried][:2] == [(10, 2), (50, 1)]
    assert found.proposed == 250


def test_first_come_the_three_of_most_value_that_occur_often() -> None:
    def many(kind: KindCode, n: int, each: int) -> list[Occurrence]:
        return [one(kind, value=each, size=each, currency="EUR") for _ in range(n)]

    report = summed(
        *many(KindCode.LATE_INBOUND, 10, 100),
        *many(KindCode.DELIVERY_DELAY, 30, 10),
        *many(KindCode.INVOICE_MISMATCH, 7, 2_000),
        *many(KindCode.POD_DISPUTE, 40, 1),
        *many(KindCode.QUALITY_HOLD, 6, 90_000),  # worth most, but once a fortnight is too seldom
    )

    assert [(f.kind, f.rank) for f in report.kinds][:5] == [
        (KindCode.INVOICE_MISMATCH, 1),
        (KindCode.LATE_INBOUND, 2),
        (KindCode.DELIVERY_DELAY, 3),
        (KindCode.POD_DISPUTE, None),
        (KindCode.QUALITY_HOLD, None),
    ]


def test_how_many_were_looked_at_is_told() -> None:
    found = of(summed(one(size=1), looked=Looked(of=250, untold=12)))

    assert (found.of, found.untold) == (250, 12)


def test_every_kind_is_in_the_report_found_or_not() -> None:
    report = summed()

    ours = {KindCode.INTEGRATION_FAILURE, KindCode.KPI_ALERT}  # no exceptions of the company's
    assert {found.kind for found in report.kinds} == set(KindCode) - ours
    assert {(f.n, f.rank, f.proposed is None or f.proposed == f.usual) for f in report.kinds} == {
        (0, None, True)
    }
