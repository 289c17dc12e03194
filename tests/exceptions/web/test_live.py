"""Whether a page that stays open has become old."""

from datetime import datetime, timedelta
from typing import Any

from django.test import Client

from exceptions import lifecycle
from exceptions.models import CaseEvent, User
from exceptions.vocabulary import Move, Role
from tests.exceptions.cases import data_for, member
from tests.exceptions.web.pages import signed_in
from tests.making import Tower


def old(client: Client, what: str, since: int) -> Any:
    answer: Any = client.get(f"/live/{what}/", {"since": since})
    assert answer.status_code == 200
    return answer.json()["old"]


def latest() -> int:
    return CaseEvent.objects.latest("pk").pk


def test_while_nothing_happens_one_look_into_an_index_is_all(
    tower: Tower, at: datetime, django_assert_num_queries: Any
) -> None:
    tower.late_case(at=at)
    client = signed_in("lead.rtm")
    first: Any = client.get("/live/cases/", {"since": latest()})

    with django_assert_num_queries(3):  # the session, the person, and the last event
        again = client.get("/live/cases/", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.json(), again.status_code) == ({"old": False, "latest": latest()}, 304)
    tower.late_case(2, at=at + timedelta(hours=1))
    changed = client.get("/live/cases/", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_a_page_is_old_when_something_happened_to_cases_of_the_reader(
    tower: Tower, at: datetime
) -> None:
    before = tower.late_case(at=at).events.latest("number").pk
    member("far.away", Role.SUPERVISOR, site=tower.other_site)
    case = tower.late_case(2, at=at)

    assert old(signed_in("lead.rtm"), "cases", before) is True
    assert old(signed_in("far.away"), "cases", before) is False
    assert old(signed_in("lead.rtm"), "cases", latest()) is False
    assert old(signed_in("lead.rtm"), "approvals", before) is False

    assert case.owner
    owner, seen = tower.owner_of(case), latest()
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
    assert old(signed_in("lead.rtm"), "approvals", seen) is False
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=at, data=data_for(Move.PROPOSE))
    assert old(signed_in("lead.rtm"), "approvals", seen) is True


def test_pages_without_news_have_no_address(tower: Tower) -> None:
    client = Client()
    client.force_login(User.objects.get(username="lead.rtm"))

    assert client.get("/live/weather/").status_code == 404
    assert old(client, "cases", 0) is False
