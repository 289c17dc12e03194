"""Upload links: made and revoked by who works on the case, used by who has nothing but the link."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.db.models import Case as When
from django.db.models import F, Q, QuerySet, Value
from django.db.models import When as Where
from django.utils.translation import gettext as _

from exceptions import audit, lifecycle
from exceptions.actors import Actor, machine
from exceptions.evidence import keeping
from exceptions.evidence.keeping import Added
from exceptions.lifecycle import Refused
from exceptions.models import Case, UploadLink
from exceptions.vocabulary import EvidenceSource, Happening, Slot, Via

SIGNER = signing.Signer(salt="exceptions.upload-link")
DAYS = (1, 3, 7, 14)  # how long a link may live
MOST_TRIES = 60  # an hour: a driver's photos, and no more
MOST_LIVE = 20  # links of one case
HISTORY = ["event_count", "last_hash"]


@transaction.atomic
def make(
    case_id: int, given_to: str, slots: Sequence[str], days: int, actor: Actor, *, at: datetime
) -> UploadLink:
    """Raises Refused, or Case.DoesNotExist."""
    case = lifecycle.locked(case_id)
    if says := keeping.refusal(case, actor):
        raise Refused(says)
    assert actor.user is not None  # machines work on no case
    who = " ".join(given_to.split())[:80]
    if not who:
        raise Refused(_("Say for whom the link is: a driver, a dock, a carrier."))
    if days not in DAYS:
        raise Refused(_("Choose how long the link works."))
    if live(case, at=at).count() >= MOST_LIVE:
        raise Refused(_("The case has %s links that work. Revoke one first.") % MOST_LIVE)
    link = UploadLink.objects.create(
        case=case,
        given_to=who,
        slots=[str(Slot(slot)) for slot in slots if slot in Slot.values],
        made_by=actor.user,
        made_at=at,
        expires_at=at + timedelta(days=days),
    )
    _tell(case, Happening.LINK_MADE, link, actor, at)
    return link


@transaction.atomic
def revoke(link_id: int, actor: Actor, *, at: datetime) -> UploadLink:
    """Once revoked it stays so. Raises Refused, or UploadLink.DoesNotExist."""
    case = lifecycle.locked(UploadLink.objects.values_list("case_id", flat=True).get(pk=link_id))
    link = UploadLink.objects.get(pk=link_id)
    if says := keeping.refusal(case, actor):
        raise Refused(says)
    if link.revoked_at is None:
        link.revoked_at, link.revoked_by = at, actor.user
        link.save(update_fields=["revoked_at", "revoked_by"])
        _tell(case, Happening.LINK_REVOKED, link, actor, at)
    return link


def live(case: Case, *, at: datetime) -> QuerySet[UploadLink]:
    return case.upload_links.filter(revoked_at=None, expires_at__gt=at)


def key_of(link: UploadLink) -> str:
    """What stands in the address: nobody can make one up."""
    return SIGNER.sign(str(link.pk))


def found(key: str, *, at: datetime) -> UploadLink | None:
    """The link, where it is one of ours and still works."""
    try:
        number = int(SIGNER.unsign(key))
    except (signing.BadSignature, ValueError):
        return None
    works = Q(revoked_at=None, expires_at__gt=at)
    return UploadLink.objects.select_related("case__site").filter(works, pk=number).first()


def hand_in(
    link: UploadLink, parts: Iterable[bytes], name: str, slot: str, *, at: datetime
) -> Added:
    """Keep a file that came by the link. Every try counts, so that a link that got into the wrong
    hands fills no disk. Raises Refused.
    """
    if not _counted(link, at):
        raise Refused(_("Too many files came by this link in an hour. Try again later."))
    carrier = machine(Via.LINK, _("%s, by upload link") % link.given_to)
    wanted = slot if slot in link.slots else (link.slots[0] if len(link.slots) == 1 else "")
    kept = keeping.take(
        link.case, parts, name, carrier, source=EvidenceSource.LINK, slot=wanted, at=at
    )
    UploadLink.objects.filter(pk=link.pk).update(uses=F("uses") + 1, last_used_at=at)
    return kept


def _counted(link: UploadLink, at: datetime) -> bool:
    """Count the try in one statement; False when the hour is full."""
    over = Q(hour_began_at=None) | Q(hour_began_at__lte=at - timedelta(hours=1))
    rows = UploadLink.objects.filter(Q(pk=link.pk) & (over | Q(tries__lt=MOST_TRIES)))
    return bool(
        rows.update(
            tries=When(Where(over, then=Value(1)), default=F("tries") + 1),
            hour_began_at=When(Where(over, then=Value(at)), default=F("hour_began_at")),
        )
    )


def _tell(case: Case, what: Happening, link: UploadLink, actor: Actor, at: datetime) -> None:
    words = {"link": link.pk, "to": link.given_to, "until": link.expires_at.isoformat()}
    audit.append(case, what, actor, at=at, data=words)
    case.save(update_fields=HISTORY)
