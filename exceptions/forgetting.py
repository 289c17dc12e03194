"""Old notifications are removed, and the e-mails that carried them. The cases' history stays.

In batches, so that no lock is held for long; each batch is a transaction of its own.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from exceptions.models import NoticeMail, Notification
from exceptions.vocabulary import MAIL_UNDER_WAY

AT_A_TIME = 1000


def forget_notices(*, at: datetime) -> int:
    """Remove what was read TOWER_KEEP_NOTICES days ago, what nobody has read for
    TOWER_KEEP_UNREAD_NOTICES days, and e-mails of which nothing is left; how many notifications.
    """
    read_before = at - timedelta(days=settings.TOWER_KEEP_NOTICES)
    told_before = at - timedelta(days=settings.TOWER_KEEP_UNREAD_NOTICES)
    read = _forget(Notification.objects.filter(read_at__lt=read_before).order_by("read_at"))
    unread = Notification.objects.filter(read_at=None, at__lt=told_before).order_by("at")
    forgotten = read + _forget(unread)
    _forget(_empty_mails(before=read_before))
    return forgotten


def _empty_mails(*, before: datetime) -> QuerySet[NoticeMail]:
    """E-mails that came to their end, of which no notification is left."""
    told = Notification.objects.filter(mail=OuterRef("pk"))
    ended = NoticeMail.objects.filter(~Q(state__in=MAIL_UNDER_WAY), made_at__lt=before)
    return ended.filter(~Exists(told)).order_by("made_at")


def _forget(old: QuerySet[Any]) -> int:
    forgotten = 0
    while batch := _forget_some(old):
        forgotten += batch
    return forgotten


@transaction.atomic
def _forget_some(old: QuerySet[Any]) -> int:
    """What somebody else holds just now waits for the next time."""
    locked = old.select_for_update(of=("self",), no_key=True, skip_locked=True)
    ids = list(locked.values_list("pk", flat=True)[:AT_A_TIME])
    return old.order_by().filter(pk__in=ids).delete()[0] if ids else 0
