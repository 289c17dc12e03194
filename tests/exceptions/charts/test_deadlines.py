"""Breach rates to charts: every share says of how many, and links to what was breached."""

from exceptions.charts import deadlines
from exceptions.queries.breach_apart import BreachesOf

NAMES = {"acknowledge": "Acknowledge", "resolve": "Resolve"}


def link(part: str) -> str:
    return f"/{part}"


def test_a_breach_rate_says_of_how_many() -> None:
    rows = [BreachesOf("acknowledge", 40, 3), BreachesOf("resolve", 8, 0)]
    chart = deadlines.apart(rows, NAMES, "Clock", link)
    assert chart.labels == ("Acknowledge", "Resolve")
    assert chart.ends == ("7.5 %  (3 / 40)", "0.0 %  (0 / 8)")
    assert [p.href for p in chart.series[0].points] == ["/acknowledge", ""]


def test_equal_shares_keep_their_own_words() -> None:
    rows = [BreachesOf("acknowledge", 4, 0), BreachesOf("resolve", 8, 0)]
    chart = deadlines.apart(rows, NAMES, "Clock", link)
    assert {cells[0][0] for _, cells in chart.rows} == {"0.0 %  (0 / 4)", "0.0 %  (0 / 8)"}
