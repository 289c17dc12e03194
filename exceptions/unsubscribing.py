"""Ending e-mails from the e-mail itself: a signed link, without signing in.

The link names a person and kinds of news. It can turn e-mail into the inbox alone, and nothing
else; so it never runs out, and whoever it is forwarded to can do no more.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction

from exceptions import notices
from exceptions.models import NoticeSettings, User
from exceptions.vocabulary import Notice, Reach

SALT = "exceptions.unsubscribing"
BY_MAIL = (Reach.MAIL, Reach.DIGEST)


class NoLink(Exception):
    """The link was cut off on its way, or is none of this tower's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whose e-mails of which kinds of news."""

    person: User
    whats: tuple[Notice, ...]


def address(person_id: int, whats: Iterable[str]) -> str:
    """Where e-mails of these kinds to this person are ended."""
    said = signing.dumps([person_id, *sorted(set(whats))], salt=SALT)
    return f"{settings.TOWER_BASE_URL}/unsubscribe/{said}/"


def read(said: str) -> Asked:
    """What a link asks for. Raises NoLink."""
    try:
        person_id, *whats = signing.loads(said, salt=SALT)
    except (signing.BadSignature, ValueError):
        raise NoLink from None
    person = User.objects.filter(pk=person_id).first()
    known = tuple(Notice(what) for what in whats if what in Notice.values)
    if person is None or not known:
        raise NoLink
    return Asked(person, known)


def still_mailed(asked: Asked) -> list[Notice]:
    """Those of the kinds that go to the person by e-mail today."""
    chosen = NoticeSettings.objects.filter(person=asked.person).first()
    return [what for what in asked.whats if notices.reach_of(chosen, what) in BY_MAIL]


@transaction.atomic
def end(asked: Asked) -> list[Notice]:
    """From now on these come to the inbox only; which came by e-mail until now. What was told
    before stays as it was.
    """
    NoticeSettings.objects.get_or_create(person=asked.person)
    locking = NoticeSettings.objects.select_for_update(no_key=True)
    chosen = locking.get(person=asked.person)
    ended = still_mailed(asked)
    chosen.choices |= {str(what): str(Reach.INBOX) for what in ended}
    chosen.save(update_fields=["choices"])
    return ended
