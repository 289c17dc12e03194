"""Dry runs: what a decision would change, asked of Odoo live, told on the page, and kept."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from exceptions import lifecycle
from exceptions.models import Case, Decision
from exceptions.vocabulary import Move
from exceptions.web import formats
from tests.integrations.linked import Linked
from tests.integrations.odoo.test_would import READS

DAY = (timezone.now() + timedelta(days=3)).date()
DATE = f"{DAY}T10:30"


@pytest.fixture
def case(linked: Linked) -> Case:
    """A late receipt that its owner has acknowledged."""
    receipt = linked.receipt()
    linked.sync()
    case = linked.case("stock.picking", receipt)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, linked.owner(case), at=linked.at)
    case.refresh_from_db()
    return case


@pytest.fixture
def owner(case: Case) -> Client:
    client = Client()
    assert case.owner is not None
    client.force_login(case.owner)
    return client


def words(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return " ".join(text.split())


def look(owner: Client, case: Case, **form: str) -> Any:
    return owner.get(f"/cases/{case.pk}/dry-run/", form)


def seal_of(answer: Any, kind: str) -> str:
    (seal,) = re.findall(rf'name="{kind}.dry_run" value="([^"]+)"', answer.content.decode())
    return str(seal)


def test_a_new_date_is_shown_beside_the_old_one(linked: Linked, case: Case, owner: Client) -> None:
    before = linked.picking(case.document.record_id)
    linked.seen.forget()
    answer = look(owner, case, decision="new_date", **{"new_date.date": DATE})

    (change,) = answer.context["lines"][0].changes
    then = datetime.fromisoformat(f"{DATE}:00+00:00")
    assert (change.what, change.after) == (case.document.reference, formats.when(then))
    assert change.before
    assert "Nothing was written." in words(answer)
    assert {request.method for request in linked.seen.requests} <= READS
    assert linked.picking(case.document.record_id) == before
    assert Decision.objects.count() == 0


def test_what_is_added_is_told_in_words(case: Case, owner: Client) -> None:
    answer = look(owner, case, decision="chase", reason="No answer since Monday.")

    assert "activity adds: Chase the partner: " in words(answer)
    assert "note adds: Decision: Chase the partner." in words(answer)


def test_what_is_missing_is_said_first(linked: Linked, case: Case, owner: Client) -> None:
    linked.seen.forget()
    answer = look(owner, case, decision="new_date")

    assert "New date and time: give a date and a time." in words(answer)
    assert linked.seen.requests == []


def test_what_was_foreseen_is_kept_with_the_proposal(
    linked: Linked, case: Case, owner: Client
) -> None:
    form = {"decision": "new_date", "new_date.date": DATE}
    seal = seal_of(look(owner, case, **form), "new_date")
    said = {"substance": case.document.substance, "reason": "They called."}
    owner.post(f"/cases/{case.pk}/moves/propose/", form | said | {"new_date.dry_run": seal})
    decision = Decision.objects.get()

    name = case.document.reference
    assert decision.foreseen is not None
    steps = decision.foreseen["steps"]
    assert [step["verb"] for step in steps] == ["new_date", "note"]
    assert steps[0]["after"] == {name: f"{DAY} 10:30:00"}
    assert steps[0]["before"] == {name: linked.picking(case.document.record_id)["scheduled_date"]}


@pytest.mark.parametrize(
    "changed", [{"new_date.date": f"{DAY}T10:31"}, {"new_date.dry_run": "forged"}]
)
def test_what_was_foreseen_for_something_else_is_not(
    case: Case, owner: Client, changed: dict[str, str]
) -> None:
    form = {"decision": "new_date", "new_date.date": DATE}
    seal = seal_of(look(owner, case, **form), "new_date")
    said = {"substance": case.document.substance, "reason": "They called."}
    sent = form | said | {"new_date.dry_run": seal} | changed
    owner.post(f"/cases/{case.pk}/moves/propose/", sent)

    assert Decision.objects.get().foreseen is None


def test_odoo_says_no_in_its_own_words(linked: Linked, case: Case, owner: Client) -> None:
    fault = {"model": "stock.picking", "method": "search_read", "message": "Anna has locked it."}
    linked.odoo.faults.add("user_error", **fault)
    answer = look(owner, case, decision="new_date", **{"new_date.date": DATE})

    assert answer.status_code == 200
    assert "Anna has locked it." in words(answer)


def test_an_odoo_that_is_down_is_told_calmly(linked: Linked, case: Case, owner: Client) -> None:
    linked.odoo.faults.add("bad_gateway", model="stock.picking", method="search_read")
    answer = look(owner, case, decision="new_date", **{"new_date.date": DATE})

    assert answer.status_code == 200
    assert "new date The server 127.0.0.1 did not answer to the end" in words(answer)


def test_what_was_proposed_can_be_looked_at_again(case: Case, owner: Client) -> None:
    said = {"substance": case.document.substance, "reason": "They called."}
    form = {"decision": "expedite", "expedite.cost": "100"}
    owner.post(f"/cases/{case.pk}/moves/propose/", form | said)
    decision = Decision.objects.get()
    answer = owner.get(f"/decisions/{decision.pk}/dry-run/")

    assert f"{case.document.reference} not flagged flagged urgent" in words(answer)
    assert "dry_run" not in answer.content.decode()
