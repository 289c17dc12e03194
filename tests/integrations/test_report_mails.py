"""The report by e-mail, against a mail server that really listens: when due, once, of own sites."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from email.message import Message
from typing import Any

import pytest
from pytest_django import Settings

from exceptions.actors import Actor, Grant, person
from exceptions.models import Membership, NoticeMail, ReportSubscription, User
from exceptions.report import mails as report_mails
from exceptions.report import subscribing
from exceptions.report.subscribing import NotSubscribed, Said
from exceptions.vocabulary import Cadence, MailState, Role, Via
from integrations import post
from tests.integrations.targets import receivers
from tests.integrations.targets.receivers import MailServer
from tests.making import Tower

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)  # 07:00 in Amsterdam
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
WEEKLY = Said(every=Cadence.WEEKLY, day=1, hour=time(7))


@pytest.fixture
def mails(settings: Settings) -> Iterator[MailServer]:
    with receivers.mail_server() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.TOWER_BASE_URL = "https://tower.example.com"
        yield server


@pytest.fixture
def esther(tower: Tower) -> User:
    """Reads both sites."""
    esther = User.objects.create_user(
        "esther", email="esther@example.com", first_name="Esther", time_zone="Europe/Amsterdam"
    )
    for site in (tower.site, tower.other_site):
        Membership.objects.create(user=esther, role=Role.EXECUTIVE, site=site)
    return esther


@pytest.fixture
def weekly(esther: User) -> ReportSubscription:
    return subscribing.subscribe(esther, WEEKLY, by=person(esther), at=MONDAY - DAY)


def send(at: datetime) -> int:
    return post.send_due(lambda: at)


def parts(mail: Message) -> dict[str, bytes]:
    """By content type."""
    return {
        part.get_content_type(): bytes(part.get_payload(decode=True))
        for part in mail.walk()
        if not part.is_multipart()
    }


def text(mail: Any) -> str:
    return parts(mail)["text/plain"].decode().replace("\r\n", "\n")


def test_it_goes_out_when_it_is_due_and_once(mails: MailServer, weekly: ReportSubscription) -> None:
    sent = [send(at) for at in (MONDAY - timedelta(seconds=1), MONDAY, MONDAY, MONDAY + DAY)]
    weekly.refresh_from_db()

    assert sent == [0, 1, 0, 0]
    assert weekly.due_at == MONDAY + WEEK
    mail = mails.taken[0]
    stop = "".join(mail["List-Unsubscribe"].split()).strip("<>")
    assert stop in text(mail)
    assert subscribing.behind(stop.rstrip("/").rpartition("/")[2]) == weekly
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Logistics exceptions, 16–22 Nov 2026" in text(mail)  # noqa: RUF001
    assert "https://tower.example.com/report/?from=2026-11-16&to=2026-11-22" in text(mail)
    assert parts(mail)["application/pdf"].startswith(b"%PDF-")


def test_after_a_standstill_the_latest_goes_out_alone(
    mails: MailServer, weekly: ReportSubscription
) -> None:
    sent = [send(MONDAY + 3 * WEEK + DAY) for _again in range(2)]
    weekly.refresh_from_db()

    assert (sent, len(mails.taken)) == ([1, 0], 1)
    assert weekly.due_at == MONDAY + 4 * WEEK
    assert "7–13 Dec 2026" in text(mails.taken[0])  # noqa: RUF001


def test_its_reader_sees_the_sites_of_then(
    mails: MailServer, tower: Tower, esther: User, weekly: ReportSubscription
) -> None:
    tower.late_case(at=MONDAY - 2 * DAY)
    Membership.objects.get(user=esther, site=tower.other_site).delete()
    send(MONDAY)
    Membership.objects.filter(user=esther).delete()
    send(MONDAY + WEEK)

    assert len(mails.taken) == 1
    assert tower.other_site.name not in text(mails.taken[0])
    assert f"{tower.site.name}; compared with" in text(mails.taken[0])
    states = NoticeMail.objects.filter(subscription=weekly).order_by("id")
    assert [(m.state, m.error) for m in states] == [
        (MailState.SENT, ""),
        (MailState.FAILED, post.NO_REPORT),
    ]


def test_a_site_that_was_chosen_and_lost_is_not_told_of(
    mails: MailServer, tower: Tower, esther: User
) -> None:
    said = Said(every=Cadence.WEEKLY, day=1, hour=time(7), sites=(tower.other_site.pk,))
    subscribing.subscribe(esther, said, by=person(esther), at=MONDAY - DAY)
    Membership.objects.get(user=esther, site=tower.other_site).delete()
    send(MONDAY)

    assert mails.taken == []


def test_who_is_shut_out_gets_nothing(
    mails: MailServer, esther: User, weekly: ReportSubscription
) -> None:
    User.objects.filter(pk=esther.pk).update(is_active=False)
    sent = send(MONDAY)
    weekly.refresh_from_db()

    assert (sent, mails.taken, weekly.due_at) == (0, [], MONDAY + WEEK)


def test_one_that_was_ended_on_its_way_is_not_sent(
    mails: MailServer, esther: User, weekly: ReportSubscription
) -> None:
    report_mails.make_due(MONDAY)
    subscribing.end(weekly, by=esther, at=MONDAY)

    assert (send(MONDAY), mails.taken, send(MONDAY + WEEK)) == (1, [], 0)


def test_a_server_that_is_away_is_tried_again(
    settings: Settings, mails: MailServer, weekly: ReportSubscription
) -> None:
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    send(MONDAY)
    waits = NoticeMail.objects.get(subscription=weekly)
    settings.EMAIL_PORT = port
    send(MONDAY + timedelta(minutes=5))
    sent = NoticeMail.objects.get(subscription=weekly)

    assert (waits.state, sent.state, sent.attempts, len(mails.taken)) == (
        MailState.PENDING,
        MailState.SENT,
        2,
        1,
    )
    assert "cannot be reached" in waits.error


def test_one_now_is_one_more(mails: MailServer, weekly: ReportSubscription) -> None:
    asked = [subscribing.send_now(weekly, at=MONDAY - DAY) for _twice in range(2)]
    send(MONDAY - DAY)
    send(MONDAY)

    assert asked == [True, False]
    assert len(mails.taken) == 2


def test_people_subscribe_themselves_and_admins_those_whom_they_administer(
    tower: Tower, esther: User
) -> None:
    ines = User.objects.create_user("ines", email="ines@example.com")
    Membership.objects.create(user=ines, role=Role.INTEGRATION_ADMIN, site=tower.site)
    admin_here = person(ines)
    everywhere = Actor("ines", Via.WEB, ines, (Grant(Role.INTEGRATION_ADMIN, None, None),))
    with pytest.raises(NotSubscribed, match="yourself, and people whom you administer"):
        subscribing.subscribe(esther, WEEKLY, by=admin_here, at=MONDAY)
    with pytest.raises(NotSubscribed, match="reads no cases anywhere"):
        subscribing.subscribe(ines, WEEKLY, by=everywhere, at=MONDAY)
    for _n in range(subscribing.MOST):
        subscribing.subscribe(esther, WEEKLY, by=everywhere, at=MONDAY)

    with pytest.raises(NotSubscribed, match="has 10 already"):
        subscribing.subscribe(esther, WEEKLY, by=everywhere, at=MONDAY)


@pytest.mark.parametrize(
    "wrong",
    [
        Said(every=Cadence.WEEKLY, day=8, hour=time(7)),
        Said(every=Cadence.MONTHLY, day=0, hour=time(7)),
        Said(every=Cadence.MONTHLY, day=1, hour=time(7), sites=(10**9,)),
        Said(every=Cadence.MONTHLY, day=1, hour=time(7), kinds=("toothache",)),
    ],
)
def test_what_cannot_be_is_refused(esther: User, wrong: Said) -> None:
    with pytest.raises(NotSubscribed):
        subscribing.subscribe(esther, wrong, by=person(esther), at=MONDAY)
