"""The report as a PDF: A4, tagged (PDF/UA-1), fonts embedded, pictures as vectors.

The words go to Typst as data, so that nothing in them can be markup. Links lead into the tower.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import font_roboto
import typst
from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from exceptions import verdicts
from exceptions.kpis.amounts import DASH
from exceptions.letters import in_zone
from exceptions.models import Case
from exceptions.report import findings
from exceptions.report.contents import Indicator, Report, day_in_words
from exceptions.report.estimate import Estimate
from exceptions.report.line import HEIGHT, WIDTH, line
from exceptions.vocabulary import Tier

FONTS = Path(font_roboto.__file__).parent / "files"


def pdf(report: Report, zone: ZoneInfo) -> bytes:
    """Times are of `zone`."""
    written: bytes = typst.compile(
        str(Path(__file__).parent / "report.typ"),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"report": json.dumps(_said(report, zone))},
        pdf_standards="ua-1",
        timestamp=int(report.at.timestamp()),
    )
    return written


def _said(report: Report, zone: ZoneInfo) -> dict[str, Any]:
    """All words of the page, in the order in which they stand."""
    period = report.wanted.period
    return {
        "title": _("Logistics exceptions, %s") % period.in_words,
        "about": ", ".join(report.sites),
        "kinds": ", ".join(report.kinds),
        "before": _("compared with %s") % report.before.in_words,
        "as_of": _as_of(report.fresh_at, zone),
        "zones": _("days in each site's zone"),
        "lead": findings.lead(report.indicators),
        "figures": [_figure(one) for one in report.indicators],
        "backlog": _backlog(report),
        "findings_head": _("What changed, and where"),
        "findings": [
            {"look": f.look, "head": f.head, "text": f.text}
            for f in findings.findings(report.indicators, report.by_site, report.target)
        ],
        "tables": [*_by_site(report), *_largest(report.largest), *_estimate(report.estimate)],
        "assumed": _assumed(report, zone),
        "money_head": _("Money, numbers that are never added up"),
        "money": [_figure(one) for one in report.money],
        "means_head": _("What the numbers mean"),
        "means": [[str(i.kpi.name), str(i.kpi.means)] for i in report.indicators],
        "missing": _missing(report),
        "page": settings.TOWER_BASE_URL + reverse("report"),
    }


def _as_of(at: datetime, zone: ZoneInfo) -> str:
    return _("as of %s") % in_zone(at, zone)


def _figure(one: Indicator) -> dict[str, str]:
    change = one.change
    return {
        "name": str(one.kpi.name),
        "text": one.text,
        "n": one.n,
        "means": str(one.kpi.means),
        "before": _("before: %s") % one.text_before if one.before else "",
        "change": change.says if change else "",
        "look": change.look if change else "",
    }


def _backlog(report: Report) -> dict[str, Any]:
    drawn = line([day.n for day in report.backlog])
    period = report.wanted.period
    told = {"first": drawn.values[0], "last": drawn.values[-1]}
    return {
        "head": _("Backlog, end of day"),
        "says": _("Backlog by day, from %(first)s to %(last)s") % told,
        "size": [WIDTH, HEIGHT],
        "points": drawn.points,
        "last": drawn.values[-1],
        "ends": [day_in_words(period.first), day_in_words(period.last)],
    }


def _by_site(report: Report) -> Iterable[dict[str, Any]]:
    if not report.by_site:
        return
    columns = [str(one.kpi.name) for one in report.by_site[0].indicators]
    yield {
        "head": _("By site"),
        "columns": [_("Site"), *columns],
        "rows": [[site.name, *(one.text for one in site.indicators)] for site in report.by_site],
        "numbers": len(columns),
    }


def _largest(cases: Iterable[Case]) -> Iterable[dict[str, Any]]:
    rows = [
        [
            case.reference,
            str(case.get_kind_display()),
            case.title,
            str(Tier(case.tier).label) if case.tier else DASH,
            verdicts.amount(case.value_at_risk, case.currency or None)
            if case.value_at_risk is not None
            else DASH,
        ]
        for case in cases
    ]
    if rows:
        names = [_("Case"), _("Kind"), _("About"), _("Severity"), _("Exposed")]
        head = _("Largest exposures, open now")
        yield {"head": head, "columns": names, "rows": rows, "numbers": 1}


def _estimate(found: Estimate | None) -> Iterable[dict[str, Any]]:
    if found is None:
        return
    rows = [
        *([one.name, one.formula, _money(one.value, found)] for one in found.lines),
        [
            _("Together, as far as estimated"),
            _("nothing of it was measured in money"),
            _money(found.total, found),
        ],
    ]
    columns = [_("From counted numbers and assumptions"), _("How"), _("Estimate")]
    head = _("What it may be worth (an estimate)")
    yield {"head": head, "columns": columns, "rows": rows, "numbers": 1}


def _money(value: Any, found: Estimate) -> str:
    return DASH if value is None else verdicts.amount(value, found.currency)


def _assumed(report: Report, zone: ZoneInfo) -> str:
    row = report.assumed
    if row is None:
        return _("Nobody has stated assumptions yet, so nothing is estimated.")
    told = {"who": row.set_by, "when": in_zone(row.set_at, zone), "because": row.because}
    return _("Assumptions set by %(who)s, %(when)s: “%(because)s”") % told


def _missing(report: Report) -> str:
    if not report.missing:
        return ""
    return _("Not recorded yet: %s.") % ", ".join(str(name) for name in report.missing)
