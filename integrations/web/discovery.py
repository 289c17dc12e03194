"""The discovery page: which exceptions a company has, as its Odoo tells, and what to begin with."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors
from exceptions.kinds import kind
from exceptions.models import User
from exceptions.verdicts import amount
from exceptions.vocabulary import Role
from integrations import health
from integrations.discovery import findings, scan
from integrations.discovery.findings import Found, Report
from integrations.models import Discovery
from integrations.web import pages

BAR, GAP, TALL = 5, 1, 20  # of the small chart of weeks, in its own units
MINUTES = "grace_minutes"
# What a kind says about where its number comes from, where that needs saying.
ONLY_NOW = gettext_lazy(
    "Finished documents do not tell of it, so only what stands now is counted. Switched on, the"
    " tower counts it from then on."
)
FROM_CARRIERS = gettext_lazy(
    "No document in Odoo tells of it: it comes from carriers' events, once they are connected."
)
AMONG: dict[str, str | Promise] = {
    "late_inbound": gettext_lazy("Among %s receipts that were finished."),
    "delivery_delay": gettext_lazy("Among %s orders that were delivered."),
    "partial_receipt": gettext_lazy("Among the lines of %s backorders that ended."),
    "inventory_discrepancy": gettext_lazy("Among %s counts that changed the books."),
    "invoice_mismatch": gettext_lazy("Among %s bills that were paid."),
    "pod_dispute": gettext_lazy("Among %s deliveries that were made."),
}


@dataclass(frozen=True, slots=True)
class Bar:
    """A week of the small chart, with the words of its tooltip."""

    x: int
    y: int
    height: int
    says: str


@dataclass(frozen=True, slots=True)
class Line:
    """A value of the threshold, and what it would have found."""

    says: str
    n: int
    percent: int
    usual: bool
    proposed: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A kind on the page."""

    found: Found
    in_words: str
    often: str
    values: list[str]
    bars: list[Bar]
    lines: list[Line]
    label: str
    propose: str
    notes: list[str]


@require_safe
def discovery(request: HttpRequest, connection_id: int) -> HttpResponse:
    actor = pages.reader(request)
    sites = actors.site_ids(actor, pages.READERS)
    connection = get_object_or_404(health.visible_connections(sites), pk=connection_id)
    latest = Discovery.objects.filter(connection=connection).order_by("-asked_at", "-id").first()
    running = latest if latest and latest.finished_at is None else None
    told = Discovery.objects.filter(connection=connection, found__isnull=False)
    last_told = told.select_related("asked_by").order_by("-asked_at", "-id").first()
    report = scan.report_of(last_told) if last_told else None
    context = {
        "section": "integrations",
        "connection": connection,
        "running": running,
        "failed": latest if latest and latest.error else None,
        "told": last_told,
        "report": report,
        "first": [_card(f, report) for f in report.kinds if f.rank] if report else [],
        "others": [_card(f, report) for f in report.kinds if f.n and not f.rank] if report else [],
        "unseen": [_card(f, report) for f in report.kinds if not f.n] if report else [],
        "totals": _totals(report) if report else None,
        "days": findings.DAYS,
        "mends": actors.site_ids(actor, [Role.INTEGRATION_ADMIN]) != frozenset(),
    }
    return render(request, "discovery.html", context)


@require_POST
def discover(request: HttpRequest, connection_id: int) -> HttpResponse:
    """Ask for a discovery; a worker takes it in a moment."""
    _actor, sites = pages.mender(request)
    connection = get_object_or_404(health.visible_connections(sites), pk=connection_id)
    assert isinstance(request.user, User)
    scan.ask(connection, request.user, at=timezone.now())
    messages.success(request, _("Odoo is being read. This page shows how far it is."))
    return redirect("discovery", connection_id)


@dataclass(frozen=True, slots=True)
class Totals:
    past: int
    open: int
    kinds: int
    values: list[str]


def _totals(report: Report) -> Totals:
    values: dict[str, Decimal] = {}
    for found in report.kinds:
        for currency, value in found.values.items():
            values[currency] = values.get(currency, Decimal(0)) + value
    return Totals(
        sum(found.past for found in report.kinds),
        sum(found.open for found in report.kinds),
        sum(1 for found in report.kinds if found.n),
        [amount(value, currency) for currency, value in values.items()],
    )


def _card(found: Found, report: Report) -> Card:
    return Card(
        found,
        str(kind(found.kind).in_words),
        _often(found),
        [amount(value, currency) for currency, value in found.values.items()],
        _bars(found, report.until),
        [_line(found, tried.threshold, tried.n, tried.kept) for tried in found.tried],
        str(_threshold(found)),
        _propose(found),
        list(_notes(found)),
    )


def _often(found: Found) -> str:
    """`18 a week`; nothing where it is less than one."""
    a_week = Decimal(found.past) / findings.WEEKS
    if a_week < 1:
        return ""
    rounded = a_week.quantize(Decimal(1) if a_week >= 10 else Decimal("0.1"))
    return _("%s a week") % f"{rounded:f}"


def _bars(found: Found, until: datetime) -> list[Bar]:
    most = max(found.weeks, default=0)
    if not most:
        return []
    bars = []
    for number, n in enumerate(found.weeks):
        height = max(round(n * TALL / most), 1) if n else 0
        ends = until - timedelta(weeks=len(found.weeks) - 1 - number)
        says = _("%(n)s in the week to %(day)s") % {"n": n, "day": f"{ends:%Y-%m-%d}"}
        bars.append(Bar(number * (BAR + GAP), TALL - height, height, says))
    return bars


def _threshold(found: Found) -> str | Promise:
    known = {threshold.name: threshold for threshold in kind(found.kind).thresholds}
    return known[found.threshold].label if found.threshold in known else ""


def _line(found: Found, threshold: Decimal, n: int, kept: Decimal) -> Line:
    return Line(
        _in_words(found, threshold),
        n,
        int((kept * 100).to_integral_value()),
        threshold == found.usual,
        threshold == found.proposed,
    )


def _in_words(found: Found, threshold: Decimal) -> str:
    """A value of the leading threshold with its unit; minutes as people say them."""
    if found.threshold == MINUTES:
        return _span(int(threshold))
    if found.threshold == "least_share_percent":
        return f"{threshold.normalize():f} %"
    return f"{threshold.normalize():,f}"


def _span(minutes: int) -> str:
    if minutes == 0:
        return _("at once")
    if minutes % 1_440 == 0:
        return ngettext("%s day", "%s days", minutes // 1_440) % (minutes // 1_440)
    return ngettext("%s hour", "%s hours", minutes // 60) % (minutes // 60)


def _propose(found: Found) -> str:
    """What to set the leading threshold to, and why."""
    tried = next((t for t in found.tried if t.threshold == found.proposed), None)
    if found.proposed is None or tried is None:
        return _("Begin with the usual policy.")
    says = {
        "label": _threshold(found),
        "value": _in_words(found, found.proposed),
        "n": tried.n,
        "percent": int((tried.kept * 100).to_integral_value()),
    }
    if found.proposed == found.usual:
        return _("Begin with the usual policy: a higher threshold would miss too much.")
    return _("Begin with “%(label)s: %(value)s”: %(n)s cases hold %(percent)s%% of it.") % says


def _notes(found: Found) -> list[str]:
    said = []
    if found.of is not None and found.kind in AMONG:
        said.append(str(AMONG[found.kind]) % f"{found.of:,}")
    if found.untold and found.kind in ("late_inbound", "delivery_delay"):
        words = ngettext(
            "%s of them has no promised date and cannot tell.",
            "%s of them have no promised date and cannot tell.",
            found.untold,
        )
        said.append(words % found.untold)
    if found.unknown:
        words = ngettext(
            "The value of %s is not known.", "The value of %s is not known.", found.unknown
        )
        said.append(words % found.unknown)
    if found.kind in findings.NOW_ONLY:
        said.append(str(ONLY_NOW))
    if found.kind in findings.ELSEWHERE:
        said.append(str(FROM_CARRIERS))
    if found.absent:
        said.append(_("Not installed in this Odoo: %s.") % ", ".join(sorted(set(found.absent))))
    if found.trouble:
        said.append(_("It could not be read: %s") % found.trouble)
    return said
