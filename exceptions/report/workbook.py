"""The report as a workbook (XLSX): the numbers with their definitions, and charts of Excel's own.

Durations are Excel's (days, shown as hours and minutes), shares are percentages.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.chart import BarChart, LineChart, Reference
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exceptions.kpis.kpi import Measure
from exceptions.letters import in_zone
from exceptions.report import findings
from exceptions.report.contents import Indicator, Report
from exceptions.vocabulary import Unit

A_DAY = 86_400  # seconds
FORMATS = {
    Unit.COUNT: "#,##0",
    Unit.SHARE: "0.0%",
    Unit.DURATION: "[h]:mm",
    Unit.LATENCY: "0.000",
    Unit.MONEY: "#,##0.00",
    Unit.RATE: "#,##0.00",
}
BOLD = Font(bold=True)
WIDEST = 60
CHART_WIDTH, CHART_HEIGHT = 24, 11  # centimetres


def workbook(report: Report, zone: ZoneInfo) -> bytes:
    """One sheet of numbers, one for each chart. Times are of `zone`."""
    book = Workbook()
    assert isinstance(book.active, Worksheet)
    _numbers(book.active, report, zone)
    _backlog(book.create_sheet(_("Backlog")), report)
    for column, one in enumerate(report.by_site[0].indicators if report.by_site else ()):
        _of_sites(book.create_sheet(_title(one)), report, column)
    if report.estimate:
        _estimate(book.create_sheet(_("Estimate")), report)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _numbers(sheet: Worksheet, report: Report, zone: ZoneInfo) -> None:
    sheet.title = _("Numbers")
    _row(sheet, [_("Logistics exceptions, %s") % report.wanted.period.in_words], bold=True)
    _row(sheet, [_("Sites"), ", ".join(report.sites)])
    _row(sheet, [_("Kinds"), ", ".join(report.kinds) or _("all")])
    _row(sheet, [_("Compared with"), report.before.in_words])
    _row(sheet, [_("As of"), in_zone(report.fresh_at, zone), _("days in each site's zone")])
    _row(sheet, [])
    names = [_("Number"), _("Value"), _("Unit"), _("n"), _("Before"), _("n before"), _("Change")]
    _row(sheet, [*names, _("Definition")], bold=True)
    for one in (*report.indicators, *report.money):
        _row(sheet, _number(one))
        for place in (2, 5):
            sheet.cell(sheet.max_row, place).number_format = FORMATS[one.kpi.unit]
    if report.missing:
        _row(sheet, [])
        _row(sheet, [_("Not recorded yet"), ", ".join(str(name) for name in report.missing)])
    _row(sheet, [])
    _row(sheet, [_("What changed, and where")], bold=True)
    for found in findings.findings(report.indicators, report.by_site, report.target):
        _row(sheet, [f"{found.head} {found.text}"])
    _fit(sheet, 8)


def _number(one: Indicator) -> list[Any]:
    change = one.change
    return [
        f"{one.kpi.name} {one.now.says}".strip(),
        _value(one, one.now),
        _unit(one),
        one.now.n,
        _value(one, one.before) if one.before else None,
        one.before.n if one.before else None,
        change.says if change else "",
        str(one.kpi.means),
    ]


def _unit(one: Indicator) -> str:
    """What Excel shows: amounts in their currency, durations as hours and minutes."""
    words = {
        Unit.COUNT: str(one.kpi.counts),
        Unit.SHARE: "%",
        Unit.DURATION: _("hours:minutes"),
        Unit.LATENCY: _("seconds"),
        Unit.MONEY: str(one.now.says),
        Unit.RATE: "",
    }
    return words[one.kpi.unit]


def _value(one: Indicator, measure: Measure) -> float | None:
    if measure.value is None:
        return None
    value = float(measure.value)
    return value / A_DAY if one.kpi.unit == Unit.DURATION else value


def _backlog(sheet: Worksheet, report: Report) -> None:
    _row(sheet, [_("Day"), _("Open at its end")], bold=True)
    for day in report.backlog:
        _row(sheet, [day.day, day.n])
    chart = LineChart()
    chart.title, chart.legend = _("Backlog, end of day"), None
    _draw(sheet, chart, rows=len(report.backlog), number_format=FORMATS[Unit.COUNT])
    chart.x_axis.number_format = "d mmm"
    _fit(sheet, 2)


def _of_sites(sheet: Worksheet, report: Report, column: int) -> None:
    shown = [(site.name, site.indicators[column]) for site in report.by_site]
    kpi = shown[0][1].kpi
    _row(sheet, [_("Site"), str(kpi.name), _("n")], bold=True)
    for name, one in shown:
        _row(sheet, [name, _value(one, one.now), one.now.n])
        sheet.cell(sheet.max_row, 2).number_format = FORMATS[kpi.unit]
    chart = BarChart()
    chart.title, chart.legend = _("%s by site") % kpi.name, None
    _draw(sheet, chart, rows=len(shown), number_format=FORMATS[kpi.unit])
    _fit(sheet, 3)


def _draw(sheet: Worksheet, chart: LineChart | BarChart, *, rows: int, number_format: str) -> None:
    """Of the second column, named by the first."""
    chart.add_data(Reference(sheet, min_col=2, min_row=1, max_row=rows + 1), titles_from_data=True)
    chart.set_categories(Reference(sheet, min_col=1, min_row=2, max_row=rows + 1))
    chart.width, chart.height = CHART_WIDTH, CHART_HEIGHT
    chart.y_axis.number_format, chart.y_axis.scaling.min = number_format, 0
    chart.x_axis.delete = chart.y_axis.delete = False  # else Excel shows no axes
    sheet.add_chart(chart, "E2")


def _estimate(sheet: Worksheet, report: Report) -> None:
    assert report.estimate is not None
    assert report.assumed is not None
    currency = report.estimate.currency
    _row(sheet, [_("From counted numbers and assumptions"), currency, _("How")], bold=True)
    for one in report.estimate.lines:
        _row(sheet, [one.name, one.value, one.formula])
    together = _("Together, as far as estimated")
    _row(sheet, [together, report.estimate.total, _("nothing of it was measured in money")])
    _row(sheet, [])
    _row(sheet, [_("Assumptions from"), None, report.assumed.because])
    _fit(sheet, 3)


def _row(sheet: Worksheet, cells: Sequence[Any], *, bold: bool = False) -> None:
    """Words stay words, whatever they begin with: no cell of ours is a formula."""
    sheet.append(list(cells))
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str):
            cell.data_type = "s"
        if bold:
            cell.font = BOLD


def _fit(sheet: Worksheet, columns: int) -> None:
    """As wide as what stands in each, within reason; the first line of a sheet may run over."""
    for number in range(1, columns + 1):
        letter = get_column_letter(number)
        lengths = [len(str(cell.value or "")) for cell in _below_title(sheet, number)]
        sheet.column_dimensions[letter].width = min(max([*lengths, 10]) + 2, WIDEST)
        for cell in sheet[letter]:
            cell.alignment = Alignment(vertical="top")


def _below_title(sheet: Worksheet, number: int) -> Iterable[Any]:
    return (
        cell for row in sheet.iter_rows(min_row=2, min_col=number, max_col=number) for cell in row
    )


def _title(one: Indicator) -> str:
    """Titles of sheets are short, and without a few signs."""
    title = _("%s by site") % one.kpi.name
    return "".join(sign for sign in title if sign not in "[]:*?/\\")[:31]
