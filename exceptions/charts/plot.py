"""A chart as a Plotly figure, without colours and type: those are the page's. Pure.

It is written as Plotly's JSON straight away: `plotly.graph_objects` would check every property of
every trace on every page. The tests have it check each shape.
"""

from typing import Any

from exceptions.charts.chart import Chart, Series

FEW = 5  # that are counted one by one on an axis
TICKS = 7  # as many labels of days as fit a phone
HEADROOM = 1.12  # above the tallest column
THICKNESS = 0.12  # of a lying bar: the fewer there are, the less of their place they fill


def figure(chart: Chart) -> dict[str, Any]:
    """The chart as Plotly JSON, without a template: the page gives colours and type."""
    return {"data": SHAPES[chart.shape](chart), "layout": _layout(chart)}


def _common(series: Series) -> dict[str, Any]:
    return {
        "name": series.name,
        "meta": series.colour,
        "customdata": [point.href for point in series.points],
        "hovertext": [point.says for point in series.points],
        "hoverinfo": "text",
        "showlegend": False,
    }


def _positions(chart: Chart) -> list[int]:
    return list(range(len(chart.labels)))


def _columns(chart: Chart) -> list[dict[str, Any]]:
    return [
        {"type": "bar", "x": _positions(chart), "y": [p.value for p in s.points], **_common(s)}
        for s in chart.series
    ]


def _bars(chart: Chart) -> list[dict[str, Any]]:
    bars = [
        {
            "type": "bar",
            "y": _positions(chart),
            "x": [p.value for p in s.points],
            "orientation": "h",
            **_common(s),
        }
        for s in chart.series
    ]
    return [*bars, _ends(chart)]


def _ends(chart: Chart) -> dict[str, Any]:
    """The numbers at the ends of the bars."""
    lengths = _lengths(chart)
    return {
        "type": "scatter",
        "x": lengths,
        "y": _positions(chart),
        "text": [f" {end}" if end else "" for end in chart.ends],
        "mode": "text",
        "textposition": "middle right",
        "hoverinfo": "skip",
        "cliponaxis": False,
        "showlegend": False,
    }


def _lengths(chart: Chart) -> list[float]:
    together = max if chart.shape == "pairs" else sum
    values = [[s.points[i].value or 0 for s in chart.series] for i in _positions(chart)]
    return [float(together(of_one)) for of_one in values]


def _lines(chart: Chart) -> list[dict[str, Any]]:
    small = len(chart.labels) > 45
    return [
        {
            "type": "scatter",
            "x": _positions(chart),
            "y": [p.value for p in s.points],
            "mode": "lines+markers",
            "line": {"dash": "dot" if s.dashed else "solid", "width": 2},
            "marker": {"size": 4 if small else 6},
            **_common(s),
        }
        for s in reversed(chart.series)
    ]


SHAPES = {"columns": _columns, "lines": _lines, "bars": _bars, "pairs": _bars}


def _layout(chart: Chart) -> dict[str, Any]:
    if chart.shape in ("columns", "lines"):
        axes = {"xaxis": _day_axis(chart), "yaxis": _value_axis(chart)}
    else:
        axes = {"xaxis": _length_axis(chart), "yaxis": _name_axis(chart)}
    lying = chart.shape in ("bars", "pairs")
    many = len(chart.labels) * (2 if chart.shape == "pairs" else 1)
    thick = min(0.7, THICKNESS * many) if lying else 0.7
    bars = {"barmode": "group" if chart.shape == "pairs" else "stack", "bargap": 1 - thick}
    return {**axes, **bars, "hovermode": "closest", "dragmode": False}


def _day_axis(chart: Chart) -> dict[str, Any]:
    """A label for every few days, the last one always."""
    step = -(-len(chart.labels) // TICKS)
    at = sorted(range(len(chart.labels) - 1, -1, -step))
    half = 0.6
    return {
        "tickvals": at,
        "ticktext": [chart.labels[i] for i in at],
        "range": [-half, len(chart.labels) - 1 + half],
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }


def _value_axis(chart: Chart) -> dict[str, Any]:
    """What is counted has no halves: of a few, each is a step of its own."""
    top = max(_tops(chart), default=0)
    few = not chart.unit and top < FEW
    return {
        "range": [0, max(top * HEADROOM, 1)],
        **({"dtick": 1} if few else {"nticks": 5}),
        "ticksuffix": f" {chart.unit}" if chart.unit else "",
        "tickformat": ",~r" if chart.unit else ",d",
        "fixedrange": True,
        "zeroline": False,
    }


def _tops(chart: Chart) -> list[float]:
    if chart.shape == "columns":
        return _lengths(chart)
    return [p.value for s in chart.series for p in s.points if p.value is not None]


def _length_axis(chart: Chart) -> dict[str, Any]:
    top = max(_lengths(chart), default=0)
    return {"range": [0, top or 1], "visible": False, "fixedrange": True}


def _name_axis(chart: Chart) -> dict[str, Any]:
    return {
        "tickvals": _positions(chart),
        "ticktext": list(chart.labels),
        "range": [len(chart.labels) - 0.5, -0.5],
        "automargin": True,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
    }
