"""The pages of the inbox: read, mark, choose, and see what was sent."""

from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from exceptions import bundling, lifecycle, notices
from exceptions.models import Case, Membership, NoticeMail, NoticeSettings, Notification, User
from exceptions.vocabulary import Move, Notice, Role
from tests.exceptions.web.pages import cases, now, signed_in, words
from tests.making import Tower

ANNA = "warehouse.rtm"


@pytest.fixture
def anna(tower: Tower) -> User:
    return User.objects.get(username=ANNA)


@pytest.fixture
def client(tower: Tower) -> Client:
    return signed_in(ANNA)


def assign(tower: Tower, anna: User, n: int) -> list[Case]:
    found = cases(tower, n)
    for case in found:
        lifecycle.move(case.pk, Move.ASSIGN, tower.supervisor, at=now(), data={"owner": anna})
    return found


def unread() -> int:
    return Notification.objects.filter(person__username=ANNA, read_at=None).count()


def test_a_storm_is_one_line_and_is_read_at_once(tower: Tower, client: Client, anna: User) -> None:
    assign(tower, anna, 6)
    page: Any = client.get("/inbox/")

    assert "Inbox, 6 unread" in words(page)
    assert "6 cases were assigned to you by lead.rtm" in words(page)
    (row,) = page.context["rows"]
    unfolded: Any = client.get("/inbox/?" + row.unfold)
    assert [r.line.n for r in unfolded.context["rows"]] == [1] * 6
    form = {"what": "assigned", "by": "lead.rtm"}
    form |= {"since": row.line.since.isoformat(), "until": row.line.until.isoformat()}
    told = client.post("/inbox/read/", form, follow=True)
    assert ("6 marked as read." in words(told), unread()) == (True, 0)
    assert "Inbox, " not in words(told)


def test_one_is_opened_and_read(tower: Tower, client: Client, anna: User) -> None:
    (case,) = assign(tower, anna, 1)
    notice = Notification.objects.get(person=anna)
    went: Any = client.get(f"/inbox/{notice.pk}/")

    assert (went.status_code, went.url, unread()) == (302, f"/cases/{case.pk}/", 0)
    assert signed_in("lead.rtm").get(f"/inbox/{notice.pk}/").status_code == 404


def test_one_or_all_are_marked(tower: Tower, client: Client, anna: User) -> None:
    assign(tower, anna, 3)
    first = Notification.objects.filter(person=anna).earliest("id")
    steps = []
    for form in ({"id": first.pk}, {"id": "x"}, {}, {"all": "yes"}):
        client.post("/inbox/read/", form)
        steps.append(unread())
    assert steps == [2, 2, 2, 0]
    assert Notification.objects.exclude(person=anna).filter(read_at__isnull=False).count() == 0


def test_filters_and_an_empty_inbox(tower: Tower, client: Client, anna: User) -> None:
    assert "No news" in words(client.get("/inbox/"))
    (case,) = assign(tower, anna, 1)
    shown = [
        f"assigned {case.reference} to you" in words(client.get(f"/inbox/{query}"))
        for query in ("", "?group=mine", "?group=talk", "?unread=yes", "?group=x&since=no&what=y")
    ]
    assert shown == [True, True, False, True, True]
    client.post("/inbox/read/", {"all": "yes"})
    assert "Nothing is unread" in words(client.get("/inbox/?unread=yes"))


def test_choices_are_kept(tower: Tower, client: Client, anna: User) -> None:
    form = {
        "reach.assigned": "none",
        "reach.mentioned": "digest",
        "reach.closed": "shout",
        "digest_time": "17:30",
        "quiet_from": "22:00",
        "quiet_until": "07:00",
        "critical_passes": "yes",
    }
    told = client.post("/inbox/choices/", form, follow=True)
    chosen = NoticeSettings.objects.get(person=anna)

    assert "Saved." in words(told)
    assert chosen.choices == {"assigned": "none", "mentioned": "digest"}
    assert (chosen.digest_time, chosen.quiet_from, chosen.quiet_until, chosen.critical_passes) == (
        time(17, 30),
        time(22),
        time(7),
        True,
    )
    assign(tower, anna, 1)
    assert Notification.objects.filter(person=anna).count() == 0


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"digest_time": "noon"}, "Give the time of the digest, such as 08:00."),
        ({"quiet_until": ""}, "Give both ends of the quiet hours, or neither."),
        ({"quiet_from": "25:00"}, "Give both ends of the quiet hours, or neither."),
        ({"quiet_until": "22:00"}, "Quiet hours begin and end at different times."),
    ],
)
def test_choices_that_cannot_be(client: Client, wrong: dict[str, str], says: str) -> None:
    form = {"digest_time": "08:00", "quiet_from": "22:00", "quiet_until": "07:00"} | wrong
    told = client.post("/inbox/choices/", form)

    assert (told.status_code, says in words(told), NoticeSettings.objects.count()) == (
        422,
        True,
        0,
    )


def test_what_became_of_the_mails(tower: Tower, client: Client, anna: User) -> None:
    """One's own with their subjects; of everybody only for who runs integrations, and without."""
    (case,) = cases(tower, 1)
    Notification.objects.all().delete()
    notices.tell(case, Notice.MENTIONED, [anna], at=now(), by=tower.supervisor, key="k")
    assert "e-mail follows" in words(client.get("/inbox/"))
    bundling.gather(at=now() + timedelta(minutes=1))
    NoticeMail.objects.update(state="failed", error="No such mailbox.", subject="Boss mentions you")

    own, mine = client.get("/inbox/mails/"), client.get("/inbox/mails/?state=sent")
    assert ("Boss mentions you" in words(own), "No such mailbox." in words(own)) == (True, True)
    assert "No e-mail" in words(mine)
    assert "e-mail failed" in words(client.get("/inbox/"))
    assert client.get("/inbox/mails/?of=all").status_code == 403
    ines = User.objects.create_user("ines")
    Membership.objects.create(user=ines, role=Role.INTEGRATION_ADMIN)
    everybody = words(signed_in("ines").get("/inbox/mails/?of=all&state=failed"))
    assert ("No such mailbox." in everybody, ANNA in everybody) == (True, True)
    assert "Boss mentions you" not in everybody
    assert "E-mails to people" in words(signed_in("ines").get("/integrations/"))
    assert "No e-mail" in words(signed_in("ines").get("/inbox/mails/"))
