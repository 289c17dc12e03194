"""Blackouts: times in which nothing new is opened at a site or about a partner.

They are made and taken back while nobody judges, so that no finding is held back by one that is
gone, and none slips through one that has been made.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import gate, policies, settings_history
from exceptions.models import Blackout, Connection, Document, Sighting, Site, User
from exceptions.vocabulary import Governed


class NoBlackout(Exception):
    """It cannot be; the text is a sentence for whoever asked."""


def running(at: datetime) -> tuple[gate.Blackout, ...]:
    """Those that run at `at`: from their start on, and up to their end without it."""
    rows = Blackout.objects.filter(starts_at__lte=at, ends_at__gt=at, withdrawn_at=None)
    return tuple(
        gate.Blackout(
            id=row.pk,
            site_id=row.site_id,
            connection_id=row.connection_id,
            partner_id=row.partner_id,
            ends_at=row.ends_at,
            reason=row.reason,
        )
        for row in rows.order_by("id")
    )


@transaction.atomic
def make(
    *,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    by: User,
    at: datetime,
    site: Site | None = None,
    partner: tuple[Connection, int, str] | None = None,
) -> Blackout:
    """`partner` is a connection, the partner's id there, and a name to call it by.

    Raises NoBlackout. What is open already stays open; what is held back already keeps its reason
    until it is looked at again.
    """
    if site is None and partner is None:
        raise NoBlackout(_("Say for which site or which partner."))
    if not at < ends_at or not starts_at < ends_at:
        raise NoBlackout(_("A blackout ends after it starts, and not before now."))
    if not reason.strip():
        raise NoBlackout(_("Say in a sentence why."))
    policies.hold_for_publishing()
    connection, partner_id, name = partner or (None, None, "")
    blackout = Blackout.objects.create(
        site=site,
        connection=connection,
        partner_id=partner_id,
        partner_name=name[:120],
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason.strip()[:200],
        made_by=by,
        made_at=at,
    )
    _tell(blackout, f"Blackout for {blackout.whom} made", by, at)
    return blackout


@transaction.atomic
def take_back(blackout_id: int, *, by: User, at: datetime) -> Blackout:
    """It holds nothing back from now on: what it held back is looked at again at once.

    Raises NoBlackout where there is none, or it is over.
    """
    policies.hold_for_publishing()
    blackout = Blackout.objects.select_for_update(no_key=True).filter(pk=blackout_id).first()
    if blackout is None:
        raise NoBlackout(_("There is no such blackout."))
    if blackout.withdrawn_at or blackout.ends_at <= at:
        raise NoBlackout(_("It is over already."))
    blackout.withdrawn_by, blackout.withdrawn_at = by, at
    blackout.save(update_fields=["withdrawn_by", "withdrawn_at"])
    held = Sighting.objects.filter(blackout=blackout, ended_at=None).values("document_id")
    Document.objects.filter(pk__in=held, gone_at=None).update(recheck_at=at)
    _tell(blackout, f"Blackout for {blackout.whom} taken back", by, at)
    return blackout


def _tell(blackout: Blackout, says: str, by: User, at: datetime) -> None:
    data = {
        "id": blackout.pk,
        "from": blackout.starts_at.isoformat(),
        "to": blackout.ends_at.isoformat(),
    }
    settings_history.add(
        Governed.BLACKOUT,
        says,
        by=by,
        at=at,
        because=blackout.reason,
        data=data,
        site=blackout.site,
    )


def with_counts(sightings: QuerySet[Sighting]) -> QuerySet[Blackout]:
    """Every blackout with `n`: how many of `sightings` it held back, live or ended.

    `sightings` are those that the reader may see.
    """
    seen = Q(sightings__in=sightings.values("pk"))
    counted = Blackout.objects.annotate(n=Count("sightings", filter=seen))
    return counted.select_related("site", "made_by", "withdrawn_by")


def is_over(blackout: Blackout, at: datetime) -> bool:
    return blackout.withdrawn_at is not None or blackout.ends_at <= at


def not_over(blackouts: Sequence[Blackout], at: datetime) -> list[Blackout]:
    return [blackout for blackout in blackouts if not is_over(blackout, at)]
