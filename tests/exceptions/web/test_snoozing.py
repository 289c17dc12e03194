"""Snoozing from a case's page and from the queue, and what the pages show of it."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.models import Snooze
from tests.exceptions.web.pages import HTMX, cases, shown, signed_in, words
from tests.making import Tower

TYPED = {"until": "eta", "until_at": "", "reason": "A new date was promised."}


def test_a_case_rests_and_is_woken(tower: Tower) -> None:
    case, client = cases(tower, 1)[0], signed_in("procurement.rtm")
    page = client.post(f"/cases/{case.pk}/snooze/", TYPED, follow=True)
    assert f"{case.reference} is snoozed, until" in words(page)
    assert "before the snooze is: the case comes back" in words(page)
    assert "Snoozed until a date of the source moves. A new date was promised." in words(page)
    assert "snoozed until a date of the source moves, at the latest" in words(page)  # its history

    assert (shown(client.get("/")), shown(client.get("/?snoozed=yes"))) == ([], [case.pk])
    assert "snoozed: only those" in words(client.get("/?snoozed=yes"))
    woken = client.post(f"/cases/{case.pk}/wake/", follow=True)
    assert f"{case.reference} is back in the queue." in words(woken)
    assert shown(client.get("/")) == [case.pk]


def test_what_was_just_snoozed_can_be_undone(tower: Tower) -> None:
    case, client = cases(tower, 1)[0], signed_in("procurement.rtm")
    page = client.post(f"/cases/{case.pk}/snooze/", TYPED, follow=True).content.decode()
    (form,) = re.findall(r'<form class="undo".*?</form>', page, re.DOTALL)
    said = dict(re.findall(r'name="(what|next|case)" value="([^"]*)"', form))
    answer = client.post("/cases/snooze/", said)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/cases/{case.pk}/")
    assert Snooze.objects.filter(ended_at=None).count() == 0


def test_several_rest_at_once_and_who_may_not_is_told_row_by_row(tower: Tower) -> None:
    mine, other = cases(tower, 2)
    other.owner = tower.actor("warehouse.rtm").user
    other.save()
    tomorrow = f"{timezone.now() + timedelta(days=1):%Y-%m-%dT%H:%M}"
    said = {"what": "snooze", "case": [mine.pk, other.pk], "until": "date", "until_at": tomorrow}
    client = signed_in("procurement.rtm")
    answer = client.post("/cases/snooze/?query=", said | {"reason": "Tomorrow"}, headers=HTMX)
    assert "1 case snoozed. 1 refused:" in words(answer)
    assert f"{other.reference} Only the owner (warehouse.rtm)" in words(answer)
    assert "snoozed until" in words(answer)
    assert ("All open", 1) in [(t.label, t.n) for t in answer.context["tabs"]]
    assert ("Snoozed", 1) in [(t.label, t.n) for t in answer.context["tabs"]]

    woken = client.post("/cases/snooze/", {"what": "wake", "case": mine.pk}, follow=True)
    assert "1 case is back." in words(woken)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"until": "later"}, "Choose until when it can rest."),
        ({"until": "date", "until_at": "soon"}, "Give the date and time until which it can rest."),
        ({"until": "value", "value": "much"}, "Give the amount as a number."),
        ({"until": "value", "value": "1e999"}, "Give the amount as a number."),
        ({"reason": " "}, "Say in a sentence why it can rest."),
    ],
)
def test_a_refusal_keeps_what_was_typed(tower: Tower, typed: dict[str, str], says: str) -> None:
    latest = f"{timezone.now() + timedelta(days=9):%Y-%m-%dT%H:%M}"
    case, said = cases(tower, 1)[0], TYPED | {"until_at": latest} | typed
    answer = signed_in("lead.rtm").post(f"/cases/{case.pk}/snooze/", said)
    assert (answer.status_code, says in words(answer)) == (409, True)
    assert f'value="{said["until_at"]}"' in answer.content.decode()
    assert Snooze.objects.count() == 0


def test_who_only_looks_is_offered_nothing(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client = signed_in("warehouse.rtm")
    assert "Snooze…" not in words(client.get(f"/cases/{case.pk}/"))
    assert client.post("/cases/snooze/", {"what": "sleep"}).status_code == 404
    assert client.post(f"/cases/{case.pk}/snooze/", TYPED).status_code == 409
