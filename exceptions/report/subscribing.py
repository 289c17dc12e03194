"""Who gets the report by e-mail: subscribing, ending it, and sending one now.

People subscribe themselves; who administers people also subscribes those. What a subscriber sees is
decided when the report is sent, not here.
"""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import NoticeMail, ReportSubscription, Site, User
from exceptions.report.timing import next_due
from exceptions.vocabulary import MAIL_UNDER_WAY, Cadence, KindCode, MailKind

SALT = "exceptions.report.subscribing"
MOST = 10  # of one person
LAST_DAY = {Cadence.WEEKLY: 7, Cadence.MONTHLY: 31}


class NotSubscribed(Exception):
    """It cannot be; the message says why, to a person."""


class NoLink(Exception):
    """The link was cut off on its way, or is none of this tower's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a subscriber wants. `day`: 1 (Monday) to 7, or of the month; empty tuples mean "all"."""

    every: Cadence
    day: int
    hour: time
    sites: tuple[int, ...] = ()
    kinds: tuple[str, ...] = ()


def visible(actor: Actor) -> QuerySet[ReportSubscription]:
    """The actor's own, and those of whom they administer, that have not ended."""
    people = actors.administered_people(actor)
    rows = ReportSubscription.objects.filter(Q(person=actor.user) | Q(person__in=people))
    return rows.filter(ended_at=None).select_related("person", "made_by")


@transaction.atomic
def subscribe(person: User, said: Said, *, by: Actor, at: datetime) -> ReportSubscription:
    """From the next time that it is due on. Raises NotSubscribed."""
    User.objects.select_for_update(no_key=True).get(pk=person.pk)  # one at a time a person
    _check(person, said, by)
    assert by.user is not None
    return ReportSubscription.objects.create(
        person=person,
        every=said.every,
        day=said.day,
        hour=said.hour,
        sites=list(said.sites),
        kinds=list(said.kinds),
        due_at=next_due(said.every, said.day, said.hour, zone_of(person), at),
        made_by=by.user,
        made_at=at,
    )


def _check(person: User, said: Said, by: Actor) -> None:
    if person != by.user and not actors.administered_people(by).filter(pk=person.pk).exists():
        raise NotSubscribed(_("You can subscribe yourself, and people whom you administer."))
    reader = actors.person(person)
    if not person.is_active or actors.site_ids(reader) == frozenset():
        raise NotSubscribed(_("%s reads no cases anywhere, so there is no report.") % person)
    if not 1 <= said.day <= LAST_DAY[said.every]:
        raise NotSubscribed(_("Choose a day of the week, or 1 to 31 of the month."))
    seen = set(actors.visible_sites(reader).values_list("id", flat=True))
    if not set(said.sites) <= seen or not set(said.kinds) <= set(KindCode.values):
        raise NotSubscribed(_("%s does not see all of these sites, or a kind is none.") % person)
    if ReportSubscription.objects.filter(person=person, ended_at=None).count() >= MOST:
        raise NotSubscribed(
            _("%(who)s has %(n)s already: end one first.") % {"who": person, "n": MOST}
        )


@transaction.atomic
def end(found: ReportSubscription, *, by: User | None, at: datetime) -> bool:
    """No more of it; `by` None: by the link in an e-mail. False when it had ended."""
    mine = ReportSubscription.objects.filter(pk=found.pk, ended_at=None)
    return bool(mine.update(ended_at=at, ended_by=by))


@transaction.atomic
def send_now(found: ReportSubscription, *, at: datetime) -> bool:
    """One more, at once. False while another that was asked for is under way."""
    ReportSubscription.objects.select_for_update(no_key=True).get(pk=found.pk)
    waiting = NoticeMail.objects.filter(subscription=found, report_for=None)
    if waiting.filter(state__in=MAIL_UNDER_WAY).exists():
        return False
    post(found, at=at, due=None)
    return True


def post(found: ReportSubscription, *, at: datetime, due: datetime | None) -> None:
    """Its e-mail is due; `due` is what makes it one of its kind, None one that was asked for."""
    NoticeMail.objects.create(
        person_id=found.person_id,
        kind=MailKind.REPORT,
        subscription=found,
        report_for=due,
        made_at=at,
        next_attempt_at=at,
    )


def zone_of(person: User) -> ZoneInfo:
    return ZoneInfo(person.time_zone or "UTC")


def sites_in_words(found: ReportSubscription) -> str:
    names = Site.objects.filter(id__in=found.sites).order_by("name").values_list("name", flat=True)
    return ", ".join(names)


# -- The link that ends it ---------------------------------------------------------------------


def stop_address(found: ReportSubscription) -> str:
    """Where it is ended without signing in. The link can do nothing else, so it never runs out."""
    said = signing.dumps([found.pk, found.person_id], salt=SALT)
    return f"{settings.TOWER_BASE_URL}/report/unsubscribe/{said}/"


def behind(said: str) -> ReportSubscription:
    """What a link would end. Raises NoLink."""
    try:
        pk, person_id = signing.loads(said, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise NoLink from None
    found = ReportSubscription.objects.filter(pk=pk, person_id=person_id).first()
    if found is None:
        raise NoLink
    return found
