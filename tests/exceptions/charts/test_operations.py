"""Rows to charts: every row has its bar, every bar its link."""

from datetime import date
from typing import Any

from exceptions.charts import operations
from exceptions.queries.aging import Aged
from exceptions.queries.backlog import DayBacklog
from exceptions.queries.breach import Breaches
from exceptions.queries.spans import Span
from exceptions.queries.volume import DayVolume, KindVolume

DAYS = [date(2026, 11, 16), date(2026, 11, 17)]
DASH = "\N{EN DASH}"


def link(*key: Any) -> str:
    return "/" + "/".join(str(part) for part in key)


def test_volume_has_a_column_a_day_and_a_part_a_tier() -> None:
    chart = operations.volume([DayVolume(DAYS[1], "high", 3)], DAYS, link)
    assert [series.name for series in chart.series] == ["Critical", "High", "Medium", "Low"]
    assert chart.rows == [
        ("16 Nov", [("0", "")] * 4),
        ("17 Nov", [("0", ""), ("3", "/2026-11-17/high"), ("0", ""), ("0", "")]),
    ]


def test_a_case_without_a_tier_has_a_series_of_its_own() -> None:
    chart = operations.volume([DayVolume(DAYS[0], "", 1)], DAYS, link)
    assert (chart.series[-1].name, chart.series[-1].points[0].n) == ("No severity yet", 1)


def test_aging_counts_a_bucket_over_its_tiers() -> None:
    chart = operations.aging([Aged(0, "low", 2), Aged(0, "high", 1), Aged(6, "high", 4)], link)
    assert chart.ends == ("3", "", "", "", "", "", "4")
    assert chart.rows[6][1][1] == ("4", "/6/high")


def test_backlog_stands_beside_the_range_before() -> None:
    rows = [DayBacklog(DAYS[0], 5), DayBacklog(DAYS[1], 0)]
    before = [DayBacklog(date(2026, 11, 14), 7), DayBacklog(date(2026, 11, 15), 6)]
    chart = operations.backlog(rows, before, ("now", "before"), link)
    assert chart.rows == [
        ("16 Nov", [("5", "/2026-11-16"), ("7", "/2026-11-14")]),
        ("17 Nov", [("0", ""), ("6", "/2026-11-15")]),
    ]


def test_spans_are_told_in_hours_and_minutes() -> None:
    found = {DAYS[1]: Span(2, 5400.0, 9000.0)}
    chart = operations.spans(found, DAYS, link)
    assert [series.points[1].value for series in chart.series] == [1.5, 2.5]
    assert chart.rows == [
        ("16 Nov", [(DASH, ""), (DASH, "")]),
        ("17 Nov", [("1 h 30 (n = 2)", "/2026-11-17"), ("2 h 30 (n = 2)", "/2026-11-17")]),
    ]


def test_a_breach_rate_says_of_how_many() -> None:
    chart = operations.breach([Breaches("acknowledge", 40, 3), Breaches("resolve", 8, 0)], link)
    assert chart.ends == ("7.5 %  (3 / 40)", "0.0 %  (0 / 8)")
    assert [p.href for p in chart.series[0].points] == ["/acknowledge", ""]


def test_equal_shares_keep_their_own_words() -> None:
    chart = operations.breach([Breaches("acknowledge", 4, 0), Breaches("resolve", 8, 0)], link)
    assert [cells[0][0] for _, cells in chart.rows] == ["0.0 %  (0 / 4)", "0.0 %  (0 / 8)"]


def test_kinds_include_those_of_the_range_before() -> None:
    chart = operations.kinds(
        [KindVolume("late_inbound", 2)], [KindVolume("delivery_delay", 9)], ("now", "before"), link
    )
    assert chart.rows == [
        ("Late inbound", [("2", "/late_inbound/False"), ("0", "")]),
        ("Delivery delay", [("0", ""), ("9", "/delivery_delay/True")]),
    ]


def test_outcomes_have_their_share() -> None:
    chart = operations.ended({"fixed": 3, "self_healed": 1}, link)
    assert (chart.labels, chart.ends) == (
        ("fixed", "self-healed"),
        ("3  (75.0 %)", "1  (25.0 %)"),
    )
