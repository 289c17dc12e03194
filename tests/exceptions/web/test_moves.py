"""Moves made from pages: done, refused with a sentence, never a failure."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from exceptions import intake, lifecycle
from exceptions.models import Case, Decision, User
from exceptions.vocabulary import Move, State, TeamCode
from exceptions.web import formats
from tests.exceptions.web.pages import HTMX, cases, now, shown, signed_in, words
from tests.making import Tower

REASON = "The supplier named a truck for tomorrow."
NO_DATE = "New date and time: give a date and a time."


@pytest.fixture
def case(tower: Tower) -> Case:
    """A late receipt that procurement.rtm owns."""
    return cases(tower, 1)[0]


@pytest.fixture
def owner(case: Case) -> Client:
    return signed_in("procurement.rtm")


@pytest.fixture
def supervisor(case: Case) -> Client:
    return signed_in("lead.rtm")


def post(client: Client, case: Case, move: str, **form: str) -> Any:
    return client.post(f"/cases/{case.pk}/moves/{move}/", form, follow=True)


def facts_on(page: Any) -> str:
    """What a page sends along of the facts that it shows."""
    (substance,) = re.findall(r'name="substance" value="(\w+)"', page.content.decode())
    return str(substance)


def propose(client: Client, case: Case, **form: str) -> Any:
    """By somebody who has just opened the case."""
    seen = facts_on(client.get(f"/cases/{case.pk}/"))
    return post(client, case, "propose", substance=seen, **form)


def state(case: Case) -> str:
    return Case.objects.get(pk=case.pk).state


def test_acknowledge_goes_back_to_the_case(owner: Client, case: Case) -> None:
    page = post(owner, case, "acknowledge")

    assert page.status_code == 200
    assert state(case) == State.ACKNOWLEDGED
    assert f"{case.reference} is acknowledged." in words(page)


def test_who_is_second_reads_who_was_first(owner: Client, supervisor: Client, case: Case) -> None:
    post(supervisor, case, "acknowledge")
    page = post(owner, case, "acknowledge")

    assert page.status_code == 409
    assert f"{case.reference} is already acknowledged: lead.rtm was first." in words(page)


def test_a_decision_is_proposed_and_on_its_way(owner: Client, case: Case) -> None:
    post(owner, case, "acknowledge")
    page = propose(owner, case, decision="expedite", cost="240", reason=REASON)
    decision = Decision.objects.get()

    assert (decision.kind, str(decision.cost), decision.reason) == ("expedite", "240.00", REASON)
    assert sorted(decision.outbox.values_list("verb", flat=True)) == ["note", "priority"]
    assert "Expedite freight, €240 approved" in words(page)
    assert "Goes out within seconds." in words(page)


def test_a_date_is_read_in_the_readers_zone(owner: Client, case: Case) -> None:
    User.objects.filter(username="procurement.rtm").update(time_zone="Asia/Kolkata")
    day = (now() + timedelta(days=3)).date()
    post(owner, case, "acknowledge")
    said = {"decision": "new_date", "new_date.date": f"{day}T12:00", "reason": REASON}
    propose(owner, case, **said)

    assert Decision.objects.get().parameters == {"date": f"{day}T06:30:00+00:00"}


def test_a_decision_rests_on_the_facts_that_were_seen(
    tower: Tower, owner: Client, case: Case
) -> None:
    seen = facts_on(post(owner, case, "acknowledge"))
    at = now()
    intake.take_in([tower.receipt(at=at, value=Decimal(90), order_reference="P77777")], at=at)
    form = {"decision": "expedite", "cost": "640", "reason": REASON}
    page = post(owner, case, "propose", substance=seen, **form)

    assert page.status_code == 409
    assert (
        "RTM/IN/00001 has changed since you looked. Look at its facts again, then decide."
    ) in words(page)
    assert [c.typed.get("reason") for c in page.context["choices"] if c.refused] == [REASON]
    assert 'value="640"' in page.content.decode()
    assert "Order P77777" in words(page)
    assert Decision.objects.count() == 0

    post(owner, case, "propose", substance=facts_on(page), **form)
    case.document.refresh_from_db()
    assert Decision.objects.get().substance == case.document.substance


def test_a_form_from_before_must_be_looked_at_again(owner: Client, case: Case) -> None:
    post(owner, case, "acknowledge")
    page = post(owner, case, "propose", decision="chase", reason=REASON)

    assert page.status_code == 409
    assert "Look at the facts first: the decision rests on what they say." in words(page)


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ({"decision": "new_date", "new_date.date": "", "reason": REASON}, NO_DATE),
        ({"decision": "new_date", "new_date.date": "x", "reason": REASON}, NO_DATE),
        (
            {"decision": "new_date", "new_date.date": "2020-02-30T10:00", "reason": REASON},
            NO_DATE,
        ),
        (
            {"decision": "new_date", "new_date.date": "0001-01-01T00:00", "reason": REASON},
            "New date and time: it must lie in the next two years.",
        ),
        (
            {"decision": "expedite", "expedite.cost": "a lot", "reason": REASON},
            "Give the cost as a n",
        ),
        ({"decision": "scrap", "reason": REASON}, "Choose one of the decisions"),
        ({}, "Choose one of the decisions"),
        ({"decision": "chase", "reason": "\x00 "}, "Say why, in a sentence"),
    ],
)
def test_a_refusal_keeps_what_was_typed(
    owner: Client, case: Case, said: dict[str, str], answer: str
) -> None:
    post(owner, case, "acknowledge")
    page = propose(owner, case, **said)
    html = page.content.decode()

    assert page.status_code == 409
    assert answer in words(page)
    assert Decision.objects.count() == 0
    assert (REASON in html) == ("reason" in said and said["reason"] == REASON)
    assert ('value="a lot"' in html) == (said.get("expedite.cost") == "a lot")


def test_assigning_offers_the_people_of_the_site(supervisor: Client, case: Case) -> None:
    page = supervisor.get(f"/cases/{case.pk}/")
    offered = [(c.name, c.load, c.of_team) for c in page.context["owners"]]
    mate = User.objects.get(username="warehouse.rtm")
    post(supervisor, case, "assign", owner=str(mate.pk), reason="Knows the part")

    desks = [f"{team}.rtm" for team in TeamCode if team != TeamCode.PROCUREMENT]
    assert offered == [(name, 0, False) for name in sorted([*desks, "lead.rtm"])]
    assert Case.objects.get().owner == mate


@pytest.mark.parametrize("value", ["", "x", "999999", "9" * 40, "²"])
def test_assigning_to_nobody_is_refused(supervisor: Client, case: Case, value: str) -> None:
    page = post(supervisor, case, "assign", owner=value)

    assert page.status_code == 409
    assert "Choose who shall own this case." in words(page)


def test_the_whole_life_by_forms(owner: Client, supervisor: Client, case: Case) -> None:
    forms = [
        (supervisor, "reclassify", {"severity": "80", "reason": "Line 2 stops"}),
        (owner, "acknowledge", {}),
        (owner, "resolve", {"outcome": "fixed", "reason": "It came"}),
        (owner, "close", {"root_cause": "Capacity", "corrective_action": "Second source"}),
        (supervisor, "reopen", {"reason": "Wrong box"}),
        (supervisor, "dismiss", {"outcome": "accepted", "reason": "Known"}),
    ]
    pages = [post(client, case, move, **form) for client, move, form in forms]

    assert [page.status_code for page in pages] == [200] * 6
    last = words(pages[-1])
    assert f"{case.reference} is dismissed." in last
    for line in (
        f"lead.rtm changed the severity: {case.score} → 80, critical",
        "lead.rtm dismissed: accepted risk Known",
        "lead.rtm reopened Wrong box",
        "procurement.rtm closed, root cause: Capacity",
        "procurement.rtm resolved: fixed It came",
        "procurement.rtm acknowledged",
        "chain of 9 events verified",
    ):
        assert line in last


def test_a_form_cannot_say_what_it_is_not_asked(supervisor: Client, case: Case) -> None:
    mate = User.objects.get(username="warehouse.rtm")
    page = post(
        supervisor, case, "assign", owner=str(mate.pk), team="x", score="99", state="closed"
    )

    assert page.status_code == 200
    assert Case.objects.get().team == case.team


@pytest.mark.parametrize("move", ["explode", "acknowledge-now"])
def test_a_move_that_does_not_exist_is_not_found(owner: Client, case: Case, move: str) -> None:
    assert post(owner, case, move).status_code == 404


def test_a_case_of_another_site_is_not_found(case: Case) -> None:
    stranger = signed_in("procurement.chi")

    assert post(stranger, case, "acknowledge").status_code == 404
    assert state(case) == State.ASSIGNED


def test_moves_are_only_made_by_post(owner: Client, case: Case) -> None:
    assert owner.get(f"/cases/{case.pk}/moves/acknowledge/").status_code == 405
    assert owner.get("/cases/moves/").status_code == 405


def test_bulk_tells_the_result_of_each_row(tower: Tower) -> None:
    first, second, third = cases(tower, 3)
    lifecycle.move(second.pk, Move.ACKNOWLEDGE, tower.supervisor, at=now())
    form = {"move": "acknowledge", "case": [first.pk, second.pk, third.pk, "x"]}
    page = signed_in("procurement.rtm").post("/cases/moves/?query=", form, headers=HTMX)

    assert sorted(shown(page)) == [first.pk, second.pk, third.pk]
    assert (
        f"2 cases acknowledged. 1 refused: {second.reference} is already acknowledged: "
        "lead.rtm was first."
    ) in words(page)
    assert [tab.n for tab in page.context["tabs"]][2] == 0
    assert Case.objects.filter(state=State.ACKNOWLEDGED).count() == 3


def test_bulk_works_without_javascript(tower: Tower) -> None:
    found = cases(tower, 2)
    form = {
        "move": "dismiss",
        "case": [case.pk for case in found],
        "outcome": "duplicate",
        "reason": "Same truck",
        "next": "/?kind=late_inbound",
    }
    page = signed_in("lead.rtm").post("/cases/moves/", form, follow=True)

    assert page.redirect_chain == [("/?kind=late_inbound", 302)]
    assert "2 cases dismissed." in words(page)
    assert Case.objects.filter(outcome="duplicate").count() == 2


@pytest.mark.parametrize("back", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", ""])
def test_bulk_never_leads_away(tower: Tower, back: str) -> None:
    form = {"move": "acknowledge", "next": back}
    page = signed_in("lead.rtm").post("/cases/moves/", form)

    assert (page.status_code, page.headers["Location"]) == (302, "/")


def test_bulk_reaches_only_what_one_sees(case: Case) -> None:
    form = {"move": "acknowledge", "case": [case.pk]}
    page = signed_in("lead.chi").post("/cases/moves/", form, headers=HTMX)

    assert "Select at least one case first." in words(page)
    assert state(case) == State.ASSIGNED


def test_an_onlooker_is_offered_nothing(tower: Tower, case: Case) -> None:
    signed = signed_in("warehouse.rtm")
    page = signed.get(f"/cases/{case.pk}/")

    assert page.context["choices"] == []
    assert (
        "You can read this case. procurement.rtm owns it; they and the supervisors of Rotterdam "
        "act on it."
    ) in words(page)
    refused = post(signed, case, "dismiss", outcome="accepted", reason="x")
    assert refused.status_code == 409
    assert "Only a supervisor of Rotterdam can do this." in words(refused)


def test_what_is_wrong_stands_beside_its_field(owner: Client, case: Case) -> None:
    post(owner, case, "acknowledge")
    said = {"decision": "new_date", "new_date.date": "2020-01-01T10:00"}
    page = propose(owner, case, **said)
    (form,) = (form for form in page.context["offers"] if form.chosen)
    (field,) = form.fields
    (choice,) = (choice for choice in page.context["choices"] if choice.refused)

    assert (form.offer.kind, field.value) == ("new_date", "2020-01-01T10:00")
    assert field.problem == "New date and time: it must lie in the next two years."
    assert choice.problems["reason"] == "Say why, in a sentence: it is written to Odoo."
    assert page.content.decode().count(field.problem) == 2  # as an answer, and beside the field


def test_a_decision_says_what_was_answered(owner: Client, case: Case) -> None:
    day = (now() + timedelta(days=3)).date()
    post(owner, case, "acknowledge")
    said = {"decision": "new_date", "new_date.date": f"{day}T12:00", "reason": REASON}
    page = propose(owner, case, **said)

    assert [group.answers for group in page.context["decided"] if group.decision] == [
        [("New date and time", formats.when(datetime.fromisoformat(f"{day}T12:00:00+00:00")))]
    ]
    assert "proposed: New date (New date and time: " in words(page)
