"""Approval requests: Odoo's own where Approvals is installed, as it is publicly known; else asked
of the lead, and noted."""

import pytest

from exceptions.models import OutboxMessage
from integrations.odoo import errors as odoo_errors
from integrations.odoo.approval import Approval
from integrations.odoo.errands import Errand, Values
from tests.integrations.linked import BUYER, INTEGRATION, Linked
from tests.integrations.odoo import approvals as odoo_approvals

WHAT = "Approve the write-off"


def errand(linked: Linked, category: int | None = None) -> Errand:
    message = OutboxMessage.objects.select_related("case__document").earliest("id")
    message.key = f"{message.case.reference}:r0:approval"
    message.parameters = {"summary": WHAT, "due_in_days": 1, "text": "Counted 80, booked 120."}
    return Errand(message, message.case.document, "http://tower.test", category)


@pytest.fixture
def late(linked: Linked) -> int:
    receipt = linked.receipt()
    linked.sync()
    return receipt


@pytest.fixture(name="approvals")
def categories(linked: Linked, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    return odoo_approvals.install(linked, monkeypatch)


def do(linked: Linked, asked: Errand) -> Values | None:
    with linked.client() as odoo:
        assert Approval().find(odoo, asked) is None
        Approval().do(odoo, asked, at=linked.at)
        return Approval().find(odoo, asked)


@pytest.mark.usefixtures("late")
def test_the_request_is_written_in_the_first_category_that_fits_and_submitted(
    linked: Linked, approvals: list[int]
) -> None:
    asked = errand(linked)
    found = do(linked, asked)

    (request,) = odoo_approvals.requests(linked)
    assert (request["name"], request["category_id"]) == (WHAT, approvals[2])
    assert "Counted 80, booked 120." in request["reason"]
    assert f"[ct:{asked.message.key}]" in request["reason"]
    assert found is not None
    assert (found["id"], found["request_status"]) == (request["id"], "pending")
    assert linked.world.tables["mail.activity"].rows == {}


@pytest.mark.usefixtures("late")
def test_a_category_chosen_for_the_connection_comes_first(
    linked: Linked, approvals: list[int]
) -> None:
    do(linked, errand(linked, approvals[0]))

    assert [r["category_id"] for r in odoo_approvals.requests(linked)] == [approvals[0]]


@pytest.mark.usefixtures("late", "approvals")
def test_one_that_was_written_and_not_submitted_is_submitted_and_not_written_again(
    linked: Linked, approvals: list[int]
) -> None:
    """The sender died between the two calls."""
    asked = errand(linked)
    with linked.world.acting_as(INTEGRATION) as tx:
        values = {"name": WHAT, "category_id": approvals[2], "reason": asked.key}
        tx.create("approval.request", {**values, "request_status": "new"})

    found = do(linked, asked)

    assert [r["request_status"] for r in odoo_approvals.requests(linked)] == ["pending"]
    assert found is not None


def test_a_category_that_refuses_it_is_quoted_to_a_person(
    linked: Linked, late: int, approvals: list[int]
) -> None:
    found = do(linked, errand(linked, approvals[1]))

    (activity,) = linked.world.tables["mail.activity"].rows.values()
    assert "You have to attach at least one document." in activity["note"]
    assert found is not None
    assert found["id"] == activity["id"]


def test_without_a_category_that_fits_a_person_is_asked(
    linked: Linked, late: int, approvals: list[int]
) -> None:
    linked.tell("approval.category", approvals[2], has_amount="required")
    do(linked, errand(linked))

    (activity,) = linked.world.tables["mail.activity"].rows.values()
    assert odoo_approvals.requests(linked) == []
    assert "No category of Odoo's Approvals can take" in activity["note"].replace("&#x27;", "'")


def test_without_approvals_the_lead_gets_an_activity_and_the_record_a_note(
    linked: Linked, late: int
) -> None:
    """The lead is known in Odoo by the e-mail address that they have in the tower."""
    users = linked.world.tables["res.users"].rows
    (other,) = [i for i in sorted(users) if users[i].get("email") and i != BUYER][-1:]
    asked = errand(linked)
    asked.message.parameters["lead"] = users[other]["email"]

    found = do(linked, asked)

    (activity,) = linked.world.tables["mail.activity"].rows.values()
    assert (activity["res_id"], activity["user_id"], activity["summary"]) == (late, other, WHAT)
    notes = [
        m["body"]
        for m in linked.world.tables["mail.message"].rows.values()
        if asked.key in m["body"]
    ]
    assert len(notes) == 1
    assert f"Approval asked for: {WHAT}. Counted 80, booked 120." in notes[0]
    assert found is not None
    assert found["id"] == activity["id"]


@pytest.mark.usefixtures("late")
def test_a_note_that_is_still_missing_is_added_and_nobody_asked_twice(linked: Linked) -> None:
    asked = errand(linked)
    linked.odoo.faults.add("serialization", model="stock.picking", method="message_post", times=9)
    with linked.client() as odoo, pytest.raises(odoo_errors.RetryLater):
        Approval().do(odoo, asked, at=linked.at)
    linked.odoo.faults.clear()

    found = do(linked, asked)

    assert len(linked.world.tables["mail.activity"].rows) == 1
    assert len(linked.effects(asked.message.key)) == 2
    assert found is not None
