"""How cases flow: the heat map of the week is as dark as it counts."""

from exceptions.charts import flow
from exceptions.charts.chart import SHADES, shade


def test_a_week_has_a_cell_for_every_hour() -> None:
    chart = flow.hours({0: 1, 30: 10, 167: 5}, lambda hour: f"?hour={hour}")

    cells = [
        (label, chart.series[i].name, point.n, point.href, dark)
        for label, points in chart.heat
        for i, (point, dark) in enumerate(points)
    ]
    assert len(cells) == 7 * 24
    assert [cell for cell in cells if cell[2]] == [
        ("Mon", "0", 1, "?hour=0", 1),
        ("Tue", "6", 10, "?hour=30", 5),
        ("Sun", "23", 5, "?hour=167", 3),
    ]
    assert {(href, dark) for _, _, n, href, dark in cells if not n} == {("", 0)}
    assert next(cells for _, cells in chart.rows)[0] == ("1", "?hour=0")


def test_shades_go_in_equal_steps() -> None:
    assert [shade(n, 100) for n in (0, 1, 20, 21, 99, 100)] == [0, 1, 1, 2, SHADES, SHADES]
    assert shade(0, 0) == 0


def test_states_tell_what_came_and_what_stands() -> None:
    chart = flow.states([("assigned", 7)], {"assigned": 2}, lambda state, now: f"{state} {now}")
    said = {label: cells for label, cells in chart.rows if label == "assigned"}
    assert said == {"assigned": [("7", "assigned False"), ("2", "assigned True")]}
