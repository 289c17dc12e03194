"""Letting a case wait, from its page."""

import pytest

from exceptions.models import Pause
from exceptions.vocabulary import ClockState
from tests.exceptions.web.pages import cases, signed_in, words
from tests.making import Tower

TYPED = {"waiting_for": "carrier", "counterparty": "Maersk", "reason": "A new ETA", "within": "4 h"}


def test_a_case_waits_and_goes_on(tower: Tower) -> None:
    case, client = cases(tower, 1)[0], signed_in("lead.rtm")
    paused = client.post(f"/cases/{case.pk}/pause/", TYPED, follow=True)
    assert f"{case.reference} waits for Maersk, until" in words(paused)
    assert "Waits for Maersk. A new ETA" in words(paused)
    assert "waits for Maersk" in words(client.get("/"))
    clock = case.clocks.get(kind="resolve")
    assert clock.state == ClockState.PAUSED

    resumed = client.post(f"/cases/{case.pk}/resume/", follow=True)
    assert f"{case.reference} goes on." in words(resumed)
    clock.refresh_from_db()
    assert clock.state == ClockState.RUNNING


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"waiting_for": "godot"}, "Choose for whom the case waits."),
        ({"counterparty": " "}, "Say for whom the case waits."),
        ({"within": "soon"}, "Give the working time as 4 h or 1 h 30 min."),
        ({"within": "9" * 5000}, "Give the working time as 4 h or 1 h 30 min."),
        ({"within": "", "expected_at": "soon"}, "Give the date and time of the answer."),
        (
            {"within": "", "expected_at": "9999-12-31T23:59"},
            "The answer is expected at a time to come, in the next two years.",
        ),
    ],
)
def test_a_refusal_keeps_what_was_typed(tower: Tower, typed: dict[str, str], says: str) -> None:
    case = cases(tower, 1)[0]
    answer = signed_in("lead.rtm").post(f"/cases/{case.pk}/pause/", TYPED | typed)
    assert (answer.status_code, says in words(answer)) == (409, True)
    assert 'value="A new ETA"' in answer.content.decode()
    assert Pause.objects.count() == 0


def test_who_works_on_it_does_not_pause_it(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client = signed_in("procurement.rtm")
    assert "Let it wait…" not in words(client.get(f"/cases/{case.pk}/"))
    assert client.post(f"/cases/{case.pk}/pause/", TYPED).status_code == 409
