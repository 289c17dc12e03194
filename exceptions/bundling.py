"""E-mails of notifications: gathered a person, held in quiet hours, a digest once a day.

What waits for a person goes into one e-mail, so that many at once become one. The adapter claims an
e-mail with a lease, says that it hands it over, and what became of it: at most once in all.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import invitations, letters, quiet, unsubscribing, vote_links
from exceptions.actors import person as person_of
from exceptions.actors import visible_cases
from exceptions.letters import Letter
from exceptions.models import NoticeMail, NoticeSettings, Notification, User
from exceptions.vocabulary import MAIL_UNDER_WAY, MailKind, MailState, Reach, Tier

# What happens at once is given this long to come together.
SETTLE = timedelta(seconds=20)
# News that is older than this lies in the inbox only.
STALE = timedelta(days=7)
LEASE = timedelta(minutes=5)
MOST_IN_ONE = 500
UNCLEAR = (
    "The mail server may or may not have taken this e-mail, and nobody can look; so it is not sent"
    " again. All of it lies in the inbox."
)


def gather(*, at: datetime) -> int:
    """Put what waits into e-mails; returns how many people it was looked for."""
    waiting = Notification.objects.filter(mail=None, person__is_active=True)
    settled = waiting.filter(reach=Reach.MAIL, at__lte=at - SETTLE)
    digests = waiting.filter(reach=Reach.DIGEST, at__lte=at)
    people = set(settled.values_list("person", flat=True).distinct())
    people |= set(digests.values_list("person", flat=True).distinct())
    for person_id in sorted(people):
        _gather_for(person_id, at)
    return len(people)


@transaction.atomic
def _gather_for(person_id: int, at: datetime) -> None:
    """The lock of the person's settings keeps two from gathering the same."""
    NoticeSettings.objects.get_or_create(person_id=person_id)
    locking = NoticeSettings.objects.select_related("person").select_for_update(
        of=("self",), no_key=True
    )
    chosen = locking.get(person_id=person_id)
    _at_once(chosen, at)
    _digest(chosen, at)


def _at_once(chosen: NoticeSettings, at: datetime) -> None:
    found = _wanted(chosen, Reach.MAIL, at, until=at)
    until = quiet.quiet_until(chosen.quiet_from, chosen.quiet_until, zone_of(chosen.person), at)
    held = [n for n in found if until and not (chosen.critical_passes and _is_critical(n))]
    now = [n for n in found if n not in held]
    if now:
        _put(_new(chosen, at, at, MailState.PENDING), now)
    if until and held:
        _put(_held(chosen, at, until), held)


def _digest(chosen: NoticeSettings, at: datetime) -> None:
    """Once for each time of the day that comes; after a standstill once for all that passed."""
    due = quiet.latest(chosen.digest_time, zone_of(chosen.person), at)
    if chosen.digested_at and due <= chosen.digested_at:
        return
    chosen.digested_at = due
    chosen.save(update_fields=["digested_at"])
    found = _wanted(chosen, Reach.DIGEST, at, until=due)
    if found:
        zone = zone_of(chosen.person)
        until = quiet.quiet_until(chosen.quiet_from, chosen.quiet_until, zone, at)
        state = MailState.HELD if until else MailState.PENDING
        _put(_new(chosen, at, until or at, state, digest_for=due), found)


def _wanted(
    chosen: NoticeSettings, reach: Reach, at: datetime, *, until: datetime
) -> list[Notification]:
    """What waits; what was read meanwhile, or is old, needs no e-mail any more."""
    waiting = Notification.objects.filter(
        person=chosen.person, mail=None, reach=reach, at__lte=until
    )
    waiting.filter(Q(read_at__isnull=False) | Q(at__lt=at - STALE)).update(reach=Reach.INBOX)
    return list(waiting.order_by("at", "id")[:MOST_IN_ONE])


def _is_critical(notice: Notification) -> bool:
    return notice.tier == Tier.CRITICAL


def _new(
    chosen: NoticeSettings,
    at: datetime,
    when: datetime,
    state: MailState,
    *,
    digest_for: datetime | None = None,
) -> NoticeMail:
    return NoticeMail.objects.create(
        person=chosen.person, state=state, made_at=at, next_attempt_at=when, digest_for=digest_for
    )


def _held(chosen: NoticeSettings, at: datetime, until: datetime) -> NoticeMail:
    """The e-mail that is held for the person already, or a new one."""
    held = NoticeMail.objects.filter(person=chosen.person, state=MailState.HELD, digest_for=None)
    found = held.select_for_update(of=("self",), no_key=True).first()
    return found or _new(chosen, at, until, MailState.HELD)


def _put(mail: NoticeMail, notices: Sequence[Notification]) -> None:
    Notification.objects.filter(pk__in=[notice.pk for notice in notices]).update(mail=mail)


# -- For the adapter ---------------------------------------------------------------------------


@transaction.atomic
def claim(at: datetime) -> NoticeMail | None:
    """The e-mail that is due first, leased to the caller."""
    due = NoticeMail.objects.filter(state__in=MAIL_UNDER_WAY, next_attempt_at__lte=at)
    free = due.filter(Q(lease_until=None) | Q(lease_until__lt=at))
    locking = free.select_for_update(of=("self",), no_key=True, skip_locked=True)
    mail = (
        locking.select_related("person", "invitation__by").order_by("next_attempt_at", "id").first()
    )
    if mail is None:
        return None
    mail.state, mail.lease_until, mail.attempts = MailState.SENDING, at + LEASE, mail.attempts + 1
    mail.save(update_fields=["state", "lease_until", "attempts"])
    return mail


def letter(mail: NoticeMail, *, at: datetime) -> Letter | None:
    """What it says; None when nothing of it concerns its person any more, or they are shut out.
    Links with which its person decides are made with it.
    """
    if mail.kind != MailKind.NEWS:
        return invitations.letter(mail)
    if not mail.person.is_active:
        return None
    seen = Q(case__in=visible_cases(person_of(mail.person))) | Q(case=None)
    rows = mail.notifications.filter(seen)
    notices = list(rows.select_related("case").order_by("at", "id"))
    if not notices:
        return None
    zone, digest = zone_of(mail.person), mail.digest_for is not None
    stop = unsubscribing.address(mail.person_id, {notice.what for notice in notices})
    ways = vote_links.ways(notices, mail.person, at=at)
    return letters.letter(notices, zone, digest=digest, stop=stop, ways=ways)


def handing(mail: NoticeMail, subject: str, *, at: datetime) -> bool:
    """It is handed over now. False: the lease was lost, and another has it."""
    return bool(_mine(mail).update(handed_at=at, subject=subject, lease_until=at + LEASE))


def sent(mail: NoticeMail, *, at: datetime) -> None:
    _mine(mail).update(state=MailState.SENT, sent_at=at, error="", lease_until=None)


def postpone(mail: NoticeMail, *, until: datetime, words: str) -> None:
    """It was certainly not taken; it is tried again at `until`."""
    _mine(mail).update(
        state=MailState.PENDING,
        next_attempt_at=until,
        handed_at=None,
        lease_until=None,
        error=words[:500],
    )


def fail(mail: NoticeMail, *, words: str) -> None:
    _mine(mail).update(state=MailState.FAILED, error=words[:500], lease_until=None)


def doubt(mail: NoticeMail) -> None:
    """It was handed over, and nobody knows what became of it."""
    fail(mail, words=UNCLEAR)


def _mine(mail: NoticeMail) -> QuerySet[NoticeMail]:
    """The row, as long as nobody has claimed it since: each claim counts `attempts` up."""
    return NoticeMail.objects.filter(pk=mail.pk, attempts=mail.attempts, state=MailState.SENDING)


def no_address(person: User) -> str:
    return _("%s has no e-mail address here: an administrator can enter one.") % person


def zone_of(person: User) -> ZoneInfo:
    return ZoneInfo(person.time_zone or "UTC")
