"""The last quarter under a draft, on the page of the draft: each number is listed."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.timezone import now

from exceptions import intake, lifecycle
from exceptions.actors import Actor
from exceptions.models import Case, Decision
from exceptions.vocabulary import Move, Role
from tests.exceptions.asking import HOUR, Asking, approver, asking
from tests.exceptions.cases import member
from tests.exceptions.web.pages import signed_in, words
from tests.exceptions.web.test_approval_matrix import PAGE, typed
from tests.making import Tower


@pytest.fixture
def asked(tower: Tower) -> Asking:
    """One decision of 1,200 that an approver allowed after three hours."""
    found = asking(tower, now() - timedelta(days=3))
    pieter = approver(tower, "pieter")
    found.propose()
    found.vote(pieter, at=found.at + 3 * HOUR)
    return found


@pytest.fixture
def petra(tower: Tower) -> Client:
    member("petra", Role.POLICY_ADMIN)
    return signed_in("petra")


def stricter(petra: Client) -> Any:
    """A draft that asks an approver about every expedite."""
    form = typed(petra.post(f"{PAGE}start/", follow=True))
    row = next(n for n in range(20) if form.get(f"decision-{n}") == "expedite")
    return petra.post(f"{PAGE}draft/", form | {f"cell-{row}-0": "approver"}, follow=True)


def propose(tower: Tower, record: int, cost: str, at: Any) -> None:
    intake.take_in([tower.receipt(record, at=at)], at=at)
    case = Case.objects.get(document__record_id=record)
    owner: Actor = tower.owner_of(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
    data = {"decision": "expedite", "reason": "So.", "cost": cost}
    data["substance"] = case.document.substance
    lifecycle.move(case.pk, Move.PROPOSE, owner, at=at, data=data)


def test_the_draft_says_what_it_would_have_asked(asked: Asking, petra: Client) -> None:
    for record, cost in ((2, "10"), (3, "20")):
        propose(asked.tower, record, cost, asked.at)
    page = words(stricter(petra))

    assert "3 approvals instead of 1 , +2.0 hours for a decision, on the average of 3." in page
    assert "approvers: 3 h, the median of 1" in page


def test_each_number_is_listed(asked: Asking, petra: Client) -> None:
    for record, cost in ((2, "10"), (3, "20")):
        propose(asked.tower, record, cost, asked.at)
    panel = stricter(petra).context["replay"]
    for row in (panel.totals, *panel.rows):
        for count in (row.made, row.before, row.after, row.changed):
            assert petra.get(count.url).context["page"].paginator.count == count.n
    listed = words(petra.get(panel.totals.changed.url))

    assert [c.n for c in (panel.totals.made, panel.totals.before)] == [3, 1]
    assert [c.n for c in (panel.totals.after, panel.totals.changed)] == [3, 2]
    assert "Expedite freight, €10" in listed
    assert "Expedite freight, €1,200" not in listed


def test_older_decisions_do_not_count(asked: Asking, petra: Client) -> None:
    Decision.objects.update(proposed_at=now() - timedelta(days=91))

    assert "0 approvals instead of 0" in words(stricter(petra))


def test_without_a_draft_there_is_nothing_to_list(petra: Client) -> None:
    assert "There is no open draft." in words(petra.get(f"{PAGE}draft/replay/", follow=True))


def test_it_counts_the_reader_s_sites_alone(asked: Asking, tower: Tower) -> None:
    member("karin", Role.POLICY_ADMIN, site=tower.other_site)
    panel = stricter(signed_in("karin")).context.get("replay")

    assert panel is None or panel.totals.made.n == 0
