"""Raising a case by hand: what people see that no source shows."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exceptions import casework, mirror, policies
from exceptions.actors import Actor, site_ids
from exceptions.casework import Found
from exceptions.effects import Refused
from exceptions.facts import Partner, Report
from exceptions.judging import judge, recheck_at
from exceptions.mirror import Reading
from exceptions.models import Case, RaisedReport, Site
from exceptions.vocabulary import REPORT_MODEL, WORKING_ROLES

__all__ = ["Raised", "Refused", "raise_case", "sites_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What somebody reports. `partner` is one of the source, as the source knows it."""

    kind: str
    site: Site
    summary: str
    subject: str
    value: Decimal | None = None
    currency: str | None = None
    need_at: datetime | None = None
    partner: Partner | None = None


def sites_of(actor: Actor) -> QuerySet[Site]:
    """Where the actor may raise cases: where they work on them."""
    sites = site_ids(actor, WORKING_ROLES)
    return Site.objects.all() if sites is None else Site.objects.filter(pk__in=sites)


@transaction.atomic
def raise_case(raised: Raised, actor: Actor, *, at: datetime) -> Case:
    """Open the case: scored by its kind's policy, owned and timed as any other.

    It never heals by itself, and no two are one. Raises Refused, with a sentence.
    """
    if not sites_of(actor).filter(pk=raised.site.pk).exists() or actor.user is None:
        raise Refused(_("You do not work at %(site)s.") % {"site": raised.site})
    in_force = policies.held()  # before the document, as intake does
    if raised.kind not in in_force:
        raise Refused(_("No policy is in force for cases of this kind."))
    record = RaisedReport.objects.create(raised_by=actor.user, raised_at=at)
    report = _report(raised, record, actor, at)
    (judgement,) = judge(report, in_force, at)
    assert judgement.finding is not None  # what people say is an exception is one
    (stored,) = mirror.store([Reading(report, recheck_at((judgement,)))])
    found = Found(stored.document_id, report, judgement, judgement.finding, by=actor)
    casework.open_or_reopen(found, at=at, via=actor.via)
    return Case.objects.get(document_id=stored.document_id)


def _report(raised: Raised, record: RaisedReport, actor: Actor, at: datetime) -> Report:
    return Report(
        connection_id=raised.site.connection_id,
        site_id=raised.site.pk,
        model=REPORT_MODEL,
        record_id=record.pk,
        reference=str(record),
        url="",
        read_at=at,
        written_at=at,
        company="",
        kind=raised.kind,
        summary=raised.summary,
        subject=raised.subject,
        partner=raised.partner,
        value=raised.value,
        currency=raised.currency,
        need_at=raised.need_at,
        reported_by=actor.name,
    )
