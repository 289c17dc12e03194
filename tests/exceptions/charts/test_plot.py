"""Charts to Plotly figures: no template, colours by name, the link at every bar."""

import json
from typing import Any

import pytest
from plotly import graph_objects

from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.plot import SHAPES, figure


def series(name: str, *values: float | None) -> Series:
    points = tuple(
        Point(value=v, n=int(v or 0), says=f"{name} {v}", href=f"/{name}/{v}" if v else "")
        for v in values
    )
    return Series(name=name, colour="high", points=points)


def chart(shape: str, *rows: Series, ends: tuple[str, ...] = ()) -> Chart:
    labels = tuple(f"{i} Nov" for i in range(len(rows[0].points)))
    return Chart(shape=shape, head="Day", labels=labels, series=rows, ends=ends)


def bars(drawn: dict[str, Any]) -> list[dict[str, Any]]:
    return [trace for trace in drawn["data"] if trace.get("mode") != "text"]


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_plotly_knows_every_property_of_every_shape(shape: str) -> None:
    """It raises for a property that it does not know, and for a value that does not fit."""
    drawn = figure(chart(shape, series("a", 2, 1), series("b", 3, 1), ends=("5", "1")))
    checked = graph_objects.Figure(drawn).to_plotly_json()
    assert [trace["type"] for trace in checked["data"]] == [t["type"] for t in drawn["data"]]


def test_columns_stack_and_carry_their_links() -> None:
    drawn = figure(chart("columns", series("a", 2, 0), series("b", 3, 1)))
    assert [(t["y"], t["customdata"]) for t in bars(drawn)] == [
        ([2, 0], ["/a/2", ""]),
        ([3, 1], ["/b/3", "/b/1"]),
    ]
    assert (drawn["layout"]["barmode"], drawn["layout"]["yaxis"]["range"][1]) == (
        "stack",
        pytest.approx(5.6),
    )


def test_of_a_few_each_is_a_step_of_the_axis() -> None:
    def axis(top: float) -> dict[str, Any]:
        found: dict[str, Any] = figure(chart("columns", series("a", top)))["layout"]["yaxis"]
        return found

    assert [(axis(n).get("dtick"), axis(n).get("nticks")) for n in (1, 4, 5)] == [
        (1, None),
        (1, None),
        (None, 5),
    ]


def test_bars_have_their_number_where_they_end() -> None:
    drawn = figure(chart("bars", series("a", 2, 0), series("b", 3, 1), ends=("5", "1")))
    ends = drawn["data"][-1]
    assert (ends["x"], ends["text"]) == ([5.0, 1.0], [" 5", " 1"])


def test_pairs_stand_beside_each_other() -> None:
    drawn = figure(chart("pairs", series("now", 2), series("before", 3), ends=("2",)))
    assert (drawn["layout"]["barmode"], drawn["data"][-1]["x"]) == ("group", [3.0])


def test_a_day_without_a_value_is_a_gap() -> None:
    drawn = figure(chart("lines", series("median", 1.5, None, 2.0)))
    assert drawn["data"][0]["y"] == [1.5, None, 2.0]


@pytest.mark.parametrize(("days", "labelled"), [(1, 1), (7, 7), (30, 6), (90, 7), (366, 7)])
def test_few_days_are_labelled_and_the_last_always(days: int, labelled: int) -> None:
    axis = figure(chart("columns", series("a", *[1] * days)))["layout"]["xaxis"]
    assert (len(axis["tickvals"]), axis["tickvals"][-1]) == (labelled, days - 1)


@pytest.mark.parametrize("shape", ["columns", "lines", "bars", "pairs"])
def test_no_template_and_no_colour_is_sent(shape: str) -> None:
    sent = json.dumps(figure(chart(shape, series("a", 1, 2), ends=("1", "2"))))
    assert [word for word in ("template", "color", "#") if word in sent] == []
    assert len(sent) < 1200
