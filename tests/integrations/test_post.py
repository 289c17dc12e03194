"""E-mails to people, against a mail server that really listens: many in one, held, once, honest."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.header import decode_header, make_header
from typing import Any

import pytest
from pytest_django import Settings

from exceptions import bundling, lifecycle, notices, unsubscribing
from exceptions.actors import Actor
from exceptions.models import Case, Membership, NoticeMail, NoticeSettings, Notification, User
from exceptions.vocabulary import MailState, Move, Notice, Role, Via
from integrations import post
from tests.integrations.targets import receivers
from tests.integrations.targets.receivers import MailServer
from tests.making import Tower

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SOON = bundling.SETTLE
ANNA = "anna@example.com"
BOSS = Actor(name="Boss", via=Via.WEB, user=User(pk=10**9))


@pytest.fixture
def mails(settings: Settings) -> Iterator[MailServer]:
    with receivers.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.TOWER_BASE_URL = "https://tower.example.com"
        yield server


@pytest.fixture
def anna(tower: Tower) -> User:
    """In Rotterdam, with an address."""
    User.objects.filter(username="warehouse.rtm").update(
        first_name="Anna", email=ANNA, time_zone="Europe/Amsterdam"
    )
    return User.objects.get(username="warehouse.rtm")


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    """Of what its owner was told, nothing waits."""
    case = tower.late_case(at=at - DAY)
    Notification.objects.all().delete()
    return case


def tell(case: Case, anna: User, news: Notice, at: datetime, key: str = "", **data: Any) -> None:
    key = key or f"{news}:{at}"
    notices.tell(case, news, [anna], at=at, by=BOSS, key=key, data=data)


def send(at: datetime) -> int:
    return post.send_due(lambda: at)


def got(mails: MailServer) -> list[str]:
    return [str(make_header(decode_header(mail["Subject"]))) for mail in mails.taken]


def text(mails: MailServer) -> str:
    said: Any = mails.taken[-1].get_payload(decode=True)
    return str(said.decode()).replace("\r\n", "\n")


def states() -> list[str]:
    rows = NoticeMail.objects.filter(person__email=ANNA).order_by("id")
    return list(rows.values_list("state", flat=True))


def test_one_news_is_one_mail_once(mails: MailServer, case: Case, anna: User, at: datetime) -> None:
    tell(case, anna, Notice.MENTIONED, at, words="look")
    sent = [send(moment) for moment in (at, at + SOON, at + SOON, at + DAY)]

    assert sent == [0, 1, 0, 0]
    stop = unsubscribing.address(anna.pk, [Notice.MENTIONED])
    assert stop.startswith("https://tower.example.com/unsubscribe/")
    named = ("To", "List-Unsubscribe", "List-Unsubscribe-Post")
    assert [mails.taken[0][name].strip() for name in named] == [
        ANNA,
        f"<{stop}>",
        "List-Unsubscribe=One-Click",
    ]
    assert stop in text(mails)
    assert text(mails).startswith(
        f"Boss mentions you on {case.reference}: “look”\n"
        f"  {case.title}\n"
        "  Tue 17 Nov 2026 13:00 CET\n"
        f"  https://tower.example.com/cases/{case.pk}/\n"
    )
    assert states() == [MailState.SENT]


def test_a_storm_is_one_line_of_one_mail(
    mails: MailServer, tower: Tower, anna: User, at: datetime
) -> None:
    """37 cases, each assigned through the door."""
    cases = [tower.late_case(n, at=at) for n in range(1, 38)]
    for case in cases:
        lifecycle.move(case.pk, Move.ASSIGN, tower.supervisor, at=at, data={"owner": anna})
    send(at + SOON)

    first = [case.reference for case in cases[:3]]
    assert got(mails) == ["37 cases were assigned to you by lead.rtm"]
    assert text(mails).split("\n")[:3] == [
        "37 cases were assigned to you by lead.rtm",
        f"  {', '.join(first)} and others",
        "  https://tower.example.com/inbox/",
    ]
    assert Notification.objects.filter(person=anna, mail__state="sent").count() == 37


@pytest.mark.parametrize(
    ("night", "end"),
    [  # over midnight; in the night in which the clocks go back, and in which they go forward
        ("2026-11-17T22:30Z", "2026-11-18T06:00Z"),
        ("2026-10-24T21:00Z", "2026-10-25T06:00Z"),
        ("2026-03-28T22:00Z", "2026-03-29T05:00Z"),
    ],
)
def test_quiet_hours_hold_all_until_they_end(
    mails: MailServer, case: Case, anna: User, night: str, end: str
) -> None:
    """What comes in the night joins what is held, and goes out as one."""
    begins, morning = datetime.fromisoformat(night), datetime.fromisoformat(end)
    NoticeSettings.objects.create(person=anna, quiet_from=time(22), quiet_until=time(7))
    for n in range(3):
        tell(case, anna, Notice.PROMISE_DUE, begins + n * MINUTE, by="Kempten", what="It ships")
        send(begins + n * MINUTE + SOON)
    held = (states(), len(mails.taken))
    sent = [send(moment) for moment in (morning - MINUTE, morning, morning + MINUTE)]

    assert held == (["held"], 0)
    assert (sent, got(mails), states()) == ([0, 1, 0], ["3 news of your cases"], ["sent"])


def test_who_is_shut_out_is_written_nothing_more(
    mails: MailServer, case: Case, anna: User, at: datetime
) -> None:
    """Neither what waits to be gathered nor what was gathered before."""
    tell(case, anna, Notice.MENTIONED, at, words="Look at this")
    bundling.gather(at=at + SOON)
    tell(case, anna, Notice.PROMISE_DUE, at + SOON, by="Kempten", what="It ships")
    User.objects.filter(pk=anna.pk).update(is_active=False)
    send(at + 3 * SOON)
    assert (len(mails.taken), "sent" in states()) == (0, False)


def test_critical_news_passes_if_the_person_wants_it(
    mails: MailServer, case: Case, anna: User, at: datetime
) -> None:
    night = at.replace(hour=23)
    chosen = NoticeSettings.objects.create(
        person=anna, quiet_from=time(22), quiet_until=time(7), critical_passes=True
    )
    tell(case, anna, Notice.MENTIONED, night, words="a")
    case.tier = "critical"
    tell(case, anna, Notice.MENTIONED, night + MINUTE, words="b")
    send(night + 2 * MINUTE)
    chosen.critical_passes = False
    chosen.save()
    tell(case, anna, Notice.MENTIONED, night + 3 * MINUTE, words="c")
    send(night + 4 * MINUTE)

    assert got(mails) == [f"Boss mentions you on {case.reference}: “b”"]
    assert sorted(states()) == ["held", "sent"]
    send(night + 12 * HOUR)
    assert got(mails)[1:] == ["2 news of your cases"]


def test_a_digest_comes_exactly_once_a_day(mails: MailServer, case: Case, anna: User) -> None:
    """At 08:00 in Amsterdam, over the night in which the clocks go back; looked for every half
    hour, with a standstill over two of its times in between.
    """
    start = datetime(2026, 10, 23, 12, tzinfo=UTC)
    moments = [start + n * HOUR / 2 for n in range(8 * 48)]
    for n, moment in enumerate(moments):
        if n % 4 == 0:
            tell(case, anna, Notice.COMMENTED, moment, words=f"{n}")
        if not 100 < n < 220:
            send(moment)

    digests = [mail for mail in NoticeMail.objects.order_by("id") if mail.digest_for]
    zone = bundling.zone_of(anna)
    days = [str(m.digest_for.astimezone(zone))[:16] for m in digests if m.digest_for]
    assert days == [f"2026-10-{day} 08:00" for day in (24, 25, 27, 28, 29, 30, 31)]
    assert len(digests) == len(mails.taken) == NoticeMail.objects.count()
    in_mails = Notification.objects.filter(mail__isnull=False).count()
    until = digests[-1].digest_for
    assert in_mails == Notification.objects.filter(at__lte=until).count()


def test_what_was_read_or_is_old_is_not_mailed(
    mails: MailServer, case: Case, anna: User, at: datetime
) -> None:
    tell(case, anna, Notice.MENTIONED, at, words="read")
    Notification.objects.update(read_at=at)
    tell(case, anna, Notice.MENTIONED, at - bundling.STALE, words="old")
    assert (send(at + MINUTE), got(mails)) == (0, [])


def test_a_sender_that_dies_before_it_hands_over_loses_nothing(
    mails: MailServer, case: Case, anna: User, at: datetime
) -> None:
    tell(case, anna, Notice.MENTIONED, at, words="look")
    at += SOON
    bundling.gather(at=at)
    assert bundling.claim(at) is not None  # and dies

    assert (send(at + MINUTE), got(mails)) == (0, [])
    send(at + bundling.LEASE + MINUTE)
    assert (len(mails.taken), states()) == (1, ["sent"])


def test_a_sender_that_dies_while_it_hands_over_sends_no_second_mail(
    mails: MailServer, case: Case, anna: User, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(case, anna, Notice.MENTIONED, at, words="look")
    monkeypatch.setattr(bundling, "sent", _killed)
    with pytest.raises(KilledError):
        send(at + SOON)
    monkeypatch.undo()
    send(at + SOON + bundling.LEASE + MINUTE)

    mail = NoticeMail.objects.get()
    assert (len(mails.taken), mail.state, mail.error) == (1, "failed", bundling.UNCLEAR)


def test_one_whose_lease_was_lost_changes_nothing(
    mails: MailServer, case: Case, anna: User, at: datetime
) -> None:
    """It was held up for longer than its lease, and another has sent it meanwhile."""
    tell(case, anna, Notice.MENTIONED, at, words="look")
    at += SOON
    bundling.gather(at=at)
    slow = bundling.claim(at)
    assert slow is not None
    send(at + bundling.LEASE + MINUTE)
    post.send(slow, lambda: at + bundling.LEASE + 2 * MINUTE)

    assert (len(mails.taken), states()) == (1, ["sent"])


def test_a_server_that_is_away_is_tried_again(
    mails: MailServer, case: Case, anna: User, at: datetime, settings: Settings
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 9
    tell(case, anna, Notice.MENTIONED, at, words="look")
    send(at + SOON)
    mail = NoticeMail.objects.get()
    assert (mail.state, mail.error[:37]) == ("pending", "The mail server cannot be reached, or")
    settings.EMAIL_PORT = port
    assert [send(at + SOON + n * MINUTE / 2) for n in (1, 3)] == [0, 1]
    assert states() == ["sent"]


@pytest.mark.parametrize(
    ("answer", "state", "words"),
    [
        ("550 no such mailbox", "failed", "The mail server did not take it (reply 550)."),
        ("451 later, please", "pending", "The mail server did not take it (reply 451)."),
        (None, "failed", bundling.UNCLEAR),
    ],
)
def test_what_the_server_says_stands_there(
    mails: MailServer,
    case: Case,
    anna: User,
    at: datetime,
    answer: str | None,
    state: str,
    words: str,
) -> None:
    """It hung up after the text: it may have been taken, so that is the end of it."""
    mails.answers["."] = answer
    tell(case, anna, Notice.MENTIONED, at, words="look")
    send(at + SOON)
    mail = NoticeMail.objects.get()
    assert (mail.state, mail.error) == (state, words)

    mails.answers.clear()
    send(at + HOUR)
    assert states() == [{"pending": "sent"}.get(state, state)]


def test_one_that_is_refused_for_long_is_given_up(
    mails: MailServer, case: Case, anna: User, at: datetime
) -> None:
    mails.answers["."] = "451 later, please"
    tell(case, anna, Notice.MENTIONED, at, words="look")
    for n in range(post.MOST_ATTEMPTS + 3):
        send(at + SOON + n * 2 * HOUR)

    mail = NoticeMail.objects.get()
    assert (mail.state, mail.attempts) == ("failed", post.MOST_ATTEMPTS)


def test_without_an_address_or_the_right_to_see_it_says_why(
    mails: MailServer, tower: Tower, case: Case, anna: User, at: datetime
) -> None:
    User.objects.filter(pk=anna.pk).update(email="")
    tell(case, anna, Notice.MENTIONED, at, words="a")
    other = User.objects.create_user("other", email="o@example.com")
    job = Membership.objects.create(user=other, role=Role.EXECUTIVE, site=tower.site)
    tell(case, other, Notice.MENTIONED, at, words="b")
    bundling.gather(at=at + SOON)
    job.delete()
    send(at + SOON)

    said = dict(NoticeMail.objects.values_list("person__username", "error"))
    assert said == {
        "warehouse.rtm": "Anna has no e-mail address here: an administrator can enter one.",
        "other": post.NOT_THEIRS,
    }
    assert (mails.connections, set(NoticeMail.objects.values_list("state", flat=True))) == (
        0,
        {"failed"},
    )


class KilledError(BaseException):
    """The sender is gone: nothing catches this."""


def _killed(*_args: object, **_kwargs: object) -> None:
    raise KilledError
