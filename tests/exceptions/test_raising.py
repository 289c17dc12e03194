"""Cases that people raise by hand."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from exceptions import audit, escalate, intake, lifecycle, playbooks, policies, raising
from exceptions.facts import Partner
from exceptions.kinds import KINDS, kind
from exceptions.models import Case, Document, OutboxMessage, User
from exceptions.raising import Raised, Refused
from exceptions.vocabulary import CHOSEN, DecisionKind, Move, Outcome, Role, Via
from tests.exceptions.cases import member
from tests.making import Tower

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def raised(tower: Tower, **said: Any) -> Raised:
    plain: dict[str, Any] = {
        "kind": "customs_hold",
        "site": tower.site,
        "summary": "Two crates stand in Basel",
        "subject": "Basel customs",
    }
    return Raised(**(plain | said))


def test_it_is_a_case_like_any_other(tower: Tower, at: datetime) -> None:
    case = raising.raise_case(raised(tower), tower.supervisor, at=at)

    assert (case.kind, case.title, case.state) == (
        "customs_hold",
        "Two crates stand in Basel",
        "assigned",
    )
    assert (str(case.owner), str(case.team)) == ("trade_compliance.rtm", "Trade compliance")
    assert sorted(case.clocks.values_list("kind", "state")) == [
        ("acknowledge", "running"),
        ("resolve", "running"),
    ]
    assert (case.document.model, case.document.facts_type) == ("tower.report", "Report")
    assert list(audit.verify(case)) == []


def test_the_history_says_who_raised_it(tower: Tower, at: datetime) -> None:
    actor = tower.actor("procurement.rtm")
    case = raising.raise_case(raised(tower), actor, at=at)

    first = case.events.order_by("number")[0]
    assert (first.happening, first.actor, first.actor_name, first.via) == (
        "detected",
        actor.user,
        "procurement.rtm",
        Via.WEB,
    )
    assert (case.facts["reported_by"], case.first_response_at) == ("procurement.rtm", None)


def test_severity_is_by_the_kind_s_policy(tower: Tower, at: datetime) -> None:
    """Customs: 25 x 70 % for 10,000 (17.5, so 18), 25 x 50 % for 4 hours away (12.5, so 13), and
    10 x 100 % for tier A."""
    said = raised(
        tower,
        value=Decimal(10_000),
        currency="CHF",
        need_at=at + 4 * HOUR,
        partner=Partner(id=7, name="Kempten", tier="A"),
    )
    case = raising.raise_case(said, tower.supervisor, at=at)

    points = {c["factor"]: c["points"] for c in case.contributions}
    assert points == {
        "milestone": 0,
        "value_at_risk": 18,
        "need_date": 13,
        "customer_tier": 10,
        "recurrence": 0,
    }
    assert (case.score, case.tier, case.currency) == (41, "medium", "CHF")


@pytest.mark.parametrize("code", ["late_inbound", "inventory_discrepancy", "pod_dispute"])
def test_any_kind_can_be_raised(tower: Tower, at: datetime, code: str) -> None:
    case = raising.raise_case(raised(tower, kind=code), tower.supervisor, at=at)

    assert (case.kind, case.team and case.team.code) == (code, kind(code).team)


def test_two_reports_of_the_same_are_two_cases_that_recur(tower: Tower, at: datetime) -> None:
    first = raising.raise_case(raised(tower), tower.supervisor, at=at)
    said = raised(tower, subject="  BASEL   customs ")
    second = raising.raise_case(said, tower.supervisor, at=at + HOUR)

    assert first.fingerprint != second.fingerprint
    assert (
        first.subject_key
        == second.subject_key
        == (f"customs_hold:{tower.site.pk}:said:basel customs")
    )
    points = {c["factor"]: c["points"] for c in second.contributions}
    assert points["recurrence"] == 4  # 40 % of 10


def test_of_a_partner_of_the_source_all_cases_count_together(tower: Tower, at: datetime) -> None:
    late = tower.late_case(at=at - DAY)
    said = raised(tower, kind="late_inbound", partner=Partner(id=7, name="Kempten Bearings"))
    case = raising.raise_case(said, tower.supervisor, at=at)

    assert case.subject_key == late.subject_key


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("lead.rtm", True),
        ("procurement.rtm", True),
        ("lead.chi", False),
        ("warehouse.chi", False),
    ],
)
def test_who_works_at_the_site_may(tower: Tower, at: datetime, who: str, may: bool) -> None:
    if may:
        assert raising.raise_case(raised(tower), tower.actor(who), at=at).is_open
        return
    with pytest.raises(Refused, match="You do not work at Rotterdam"):
        raising.raise_case(raised(tower), tower.actor(who), at=at)
    assert not Case.objects.exists()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.SUPERVISOR}))
def test_who_only_reads_may_not(tower: Tower, at: datetime, role: Role) -> None:
    with pytest.raises(Refused):
        raising.raise_case(raised(tower), member("reader", role), at=at)


def test_without_a_policy_in_force_it_is_refused(tower: Tower, at: datetime) -> None:
    with pytest.raises(Refused, match="No policy is in force"):
        raising.raise_case(raised(tower, kind="no such kind"), tower.supervisor, at=at)
    assert not Document.objects.exists()


def test_time_makes_it_more_severe_but_never_heals_it(tower: Tower, at: datetime) -> None:
    case = raising.raise_case(raised(tower, need_at=at + DAY), tower.supervisor, at=at)
    for hours in range(1, 24 * 20, 7):
        intake.recheck_due(at=at + hours * HOUR)
        escalate.sweep_clocks(at=at + hours * HOUR)
    case.refresh_from_db()

    points = {c["factor"]: c["points"] for c in case.contributions}
    assert (case.is_open, points["need_date"]) == (True, 25)


def test_another_policy_scores_it_anew_and_never_clears_it(tower: Tower, at: datetime) -> None:
    case = raising.raise_case(
        raised(tower, value=Decimal(60_000), currency="EUR"), tower.supervisor, at=at
    )
    other = raising.raise_case(raised(tower, kind="pod_dispute"), tower.supervisor, at=at)
    policies.publish("customs_hold", kind("customs_hold").default_policy, at=at + HOUR)

    due = Document.objects.filter(recheck_at__lte=at + HOUR)
    assert [d.pk for d in due] == [case.document_id]
    intake.recheck_due(at=at + HOUR)
    case.refresh_from_db()
    assert (case.is_open, case.score, other.is_open) == (True, 25, True)


def test_what_people_ended_stays_ended(tower: Tower, at: datetime) -> None:
    case = raising.raise_case(raised(tower, need_at=at + DAY), tower.supervisor, at=at)
    data = {"outcome": Outcome.ACCEPTED, "reason": "We wait."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=at + HOUR, data=data)
    for hours in range(2, 24 * 14, 12):
        intake.recheck_due(at=at + hours * HOUR)

    case.refresh_from_db()
    assert (case.state, Case.objects.count()) == ("closed", 1)


def test_what_needs_a_record_in_the_source_is_neither_offered_nor_sent(
    tower: Tower, at: datetime
) -> None:
    """A late receipt that is very severe: its playbook would set a star, a decision a date."""
    said = raised(
        tower, kind="late_inbound", value=Decimal(90_000), currency="EUR", need_at=at - 9 * DAY
    )
    case = raising.raise_case(said, tower.supervisor, at=at)
    assert case.tier == "critical"
    assert list(OutboxMessage.objects.order_by("id").values_list("verb", "model")) == [
        ("activity", "tower.report"),
        ("email", "tower.report"),
        ("n8n_event", "tower.report"),
        ("note", "tower.report"),
    ]
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    data = {
        "decision": "new_date",
        "substance": case.document.substance,
        "reason": "They ship on Friday.",
        "date": at + 3 * DAY,
    }

    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=at, data=data)

    (note,) = OutboxMessage.objects.filter(decision__isnull=False)
    assert (note.verb, note.parameters["text"]) == (
        "note",
        (
            "Decision: New date. Proposed by lead.rtm, approved by policy."
            " Why: They ship on Friday. New date and time: 2026-11-20 12:00 UTC."
        ),
    )


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_offers_something_about_what_was_raised(
    tower: Tower, at: datetime, client: Client, code: str
) -> None:
    """Each decision once, with questions that can be answered by typing, though the facts of the
    kind are missing; the page shows them."""
    case = raising.raise_case(raised(tower, kind=code), tower.supervisor, at=at)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    case.refresh_from_db()
    offers = playbooks.offers_for(case)
    client.force_login(User.objects.get(username="lead.rtm"))
    page = client.get(f"/cases/{case.pk}/")

    assert offers
    assert len({offer.kind for offer in offers}) == len(offers)
    assert not {ask.type for offer in offers for ask in offer.asks} & CHOSEN
    assert page.status_code == 200
    assert all(f'value="{offer.kind}"' in page.content.decode() for offer in offers)


def test_an_offer_promises_no_more_than_can_be_done_about_what_was_raised(
    tower: Tower, at: datetime
) -> None:
    """A new date needs a transfer to set it on; to ask the supplier again needs none."""
    case = raising.raise_case(raised(tower, kind="late_inbound"), tower.supervisor, at=at)
    said = {offer.kind: str(offer.says) for offer in playbooks.offers_for(case)}

    by_hand = "Recorded on the case. No record in Odoo belongs to it: somebody does it by hand."
    assert said[DecisionKind.NEW_DATE] == by_hand
    assert said[DecisionKind.CHASE] == "Ask the supplier again: an activity for the buyer in Odoo."
