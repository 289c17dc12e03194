"""Old notifications go, in batches; what is younger, and what is under way, stays."""

from datetime import datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from pytest_django import Settings

from exceptions import forgetting
from exceptions.models import Case, NoticeMail, Notification, User
from exceptions.vocabulary import MailState, Notice, Reach
from integrations import tasks
from tests.making import Tower

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    found = tower.late_case(at=at)
    Notification.objects.all().delete()
    return found


def notice(
    case: Case,
    key: str,
    *,
    at: datetime,
    read_at: datetime | None = None,
    mail: NoticeMail | None = None,
) -> Notification:
    return Notification.objects.create(
        person=User.objects.get(username="procurement.rtm"),
        case=case,
        what=Notice.COMMENTED,
        key=key,
        at=at,
        read_at=read_at,
        reach=Reach.INBOX,
        mail=mail,
    )


def left() -> list[str]:
    return sorted(Notification.objects.values_list("key", flat=True))


def test_what_is_old_goes_and_what_is_not_stays(case: Case, at: datetime) -> None:
    """Read ones by when they were read, the others by when they were told."""
    notice(case, "read long ago", at=at - 91 * DAY, read_at=at - 90 * DAY - SECOND)
    notice(case, "read just in time", at=at - 400 * DAY, read_at=at - 90 * DAY)
    notice(case, "never read", at=at - 365 * DAY - SECOND)
    notice(case, "may still be read", at=at - 365 * DAY)

    assert (forgetting.forget_notices(at=at), left()) == (
        2,
        ["may still be read", "read just in time"],
    )


def test_the_settings_say_how_long(case: Case, at: datetime, settings: Settings) -> None:
    settings.TOWER_KEEP_NOTICES, settings.TOWER_KEEP_UNREAD_NOTICES = 2, 5
    for days in (1, 3, 6):
        notice(case, f"read {days}", at=at - days * DAY, read_at=at - days * DAY)
        notice(case, f"unread {days}", at=at - days * DAY)

    assert forgetting.forget_notices(at=at) == 3
    assert left() == ["read 1", "unread 1", "unread 3"]


def test_many_go_in_batches(case: Case, at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "AT_A_TIME", 2)
    for number in range(5):
        notice(case, f"old {number}", at=at - 400 * DAY)

    assert (forgetting.forget_notices(at=at), left()) == (5, [])


def test_e_mails_go_with_the_last_that_they_told_of(case: Case, at: datetime) -> None:
    old = at - 100 * DAY
    person = User.objects.get(username="procurement.rtm")
    mails = {
        name: NoticeMail.objects.create(
            person=person, state=state, made_at=when, next_attempt_at=when, subject=name
        )
        for name, state, when in [
            ("done", MailState.SENT, old),
            ("told", MailState.SENT, old),
            ("under way", MailState.PENDING, old),
            ("young", MailState.FAILED, at),
        ]
    }
    notice(case, "gone", at=old, read_at=old, mail=mails["done"])
    notice(case, "kept", at=old, mail=mails["told"])
    forgetting.forget_notices(at=at)

    rows = NoticeMail.objects.order_by("subject").values_list("subject", flat=True)
    assert list(rows) == ["told", "under way", "young"]


def test_housekeeping_and_tick_forget(case: Case, at: datetime) -> None:
    told = []
    for forget in (tasks.forget_what_is_old, lambda: call_command("tick")):
        notice(case, "old", at=at - 4000 * DAY)
        forget()
        told.append("old" in left())

    assert told == [False, False]


@pytest.mark.parametrize(
    ("asked", "index"),
    [
        ("read_at < '2020-01-01' ORDER BY read_at", "notification_read"),
        ("read_at IS NULL AND at < '2020-01-01' ORDER BY at", "notification_never_read"),
    ],
)
def test_the_old_ones_are_found_by_an_index(case: Case, asked: str, index: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute(f"EXPLAIN SELECT id FROM exceptions_notification WHERE {asked} LIMIT 1000")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert f"using {index}" in plan
