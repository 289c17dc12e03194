"""The report by e-mail: made once each time that it is due, as its reader may see it then."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from exceptions import actors
from exceptions.letters import Attached, Letter
from exceptions.models import NoticeMail, ReportSubscription
from exceptions.report import contents, findings, subscribing, timing
from exceptions.report.contents import Indicator, Report, Wanted
from exceptions.report.pdf import pdf
from exceptions.report.subscribing import zone_of
from exceptions.vocabulary import Cadence


def make_due(at: datetime) -> int:
    """An e-mail for every subscription that is due; how many were. After a standstill each gets the
    latest only.
    """
    done = 0
    while _make_one(at):
        done += 1
    return done


@transaction.atomic
def _make_one(at: datetime) -> bool:
    """The row is locked, so that no two make it; its next time is set with the e-mail."""
    due = ReportSubscription.objects.filter(ended_at=None, due_at__lte=at)
    locking = due.select_for_update(of=("self",), no_key=True, skip_locked=True)
    found = locking.select_related("person").order_by("due_at", "id").first()
    if found is None:
        return False
    latest, following = found.due_at, _after(found, found.due_at)
    while following <= at:
        latest, following = following, _after(found, following)
    if found.person.is_active:
        subscribing.post(found, at=at, due=latest)
    found.due_at = following
    found.save(update_fields=["due_at"])
    return True


def _after(found: ReportSubscription, when: datetime) -> datetime:
    zone = zone_of(found.person)
    return timing.next_due(Cadence(found.every), found.day, found.hour, zone, when)


def letter(mail: NoticeMail, *, at: datetime) -> Letter | None:
    """The report as its reader may see it now; None when they see nothing of it any more, are shut
    out, or have ended it.
    """
    found = mail.subscription
    if found is None or found.ended_at or not mail.person.is_active:
        return None
    reader = actors.person(mail.person)
    wanted = _wanted(found, mail.report_for or mail.made_at)
    report = contents.read(wanted, reader, at)
    if not report.sites:
        return None
    return _letter(report, found)


def _wanted(found: ReportSubscription, due: datetime) -> Wanted:
    period = timing.about(Cadence(found.every), due, zone_of(found.person))
    return Wanted(period=period, sites=tuple(found.sites), kinds=tuple(found.kinds))


def _letter(report: Report, found: ReportSubscription) -> Letter:
    stop, zone = subscribing.stop_address(found), zone_of(found.person)
    period = report.wanted.period
    title = _("Logistics exceptions, %s") % period.in_words
    told = findings.findings(report.indicators, report.by_site, report.target)
    lines = [
        title,
        f"{', '.join(report.sites)}; " + _("compared with %s") % report.before.in_words,
        "",
        findings.lead(report.indicators),
        "",
        *(_line(one) for one in (*report.indicators, *report.money)),
        "",
        *(f"- {f.head} {f.text}" for f in told),
        "",
        _("All of it is in the attached PDF, and here:"),
        f"{settings.TOWER_BASE_URL}{reverse('report')}?{urlencode(_query(report.wanted))}",
        "",
        "--",
        _("You get this because of a subscription. To end it, without signing in:"),
        stop,
        "",
    ]
    attached = Attached(contents.file_name(report, "pdf"), pdf(report, zone), "application/pdf")
    return Letter(title, "\n".join(lines), stop, (attached,))


def _line(one: Indicator) -> str:
    """`SLA breach rate: 7.2 % (50 of 698 clocks), down 1.9 points, better`."""
    change = f", {one.change.says}" if one.change else ""
    return f"{one.kpi.name}: {one.text} ({one.n}){change}"


def _query(wanted: Wanted) -> list[tuple[str, str]]:
    days = [("from", str(wanted.period.first)), ("to", str(wanted.period.last))]
    sites = [("site", str(site)) for site in wanted.sites]
    return [*days, *sites, *(("kind", kind) for kind in wanted.kinds)]
