"""Open cases that would belong to somebody else by the rules of now."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exceptions import audit, lifecycle, rerouting
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.facts import Partner
from exceptions.models import Case, Team, User
from exceptions.routes import Routes, Rule
from exceptions.routing import InForce
from exceptions.vocabulary import OPEN_STATES, Move, Role, State
from tests.exceptions.cases import member
from tests.exceptions.routing_makers import in_force
from tests.making import Tower

HOUR = timedelta(hours=1)
WHY = "New rules."


def to_logistics(at: datetime) -> None:
    in_force(Rule(name="Bearings", team="logistics"), at=at)


def foreseen(actor: Actor, at: datetime) -> dict[str, tuple[str, str, str]]:
    return {
        each.case.reference: (str(each.owner), each.team.code, each.stays)
        for each in rerouting.foreseen(actor, at=at)
    }


def seen(actor: Actor, at: datetime) -> dict[int, str]:
    return {each.case.pk: each.stamp for each in rerouting.foreseen(actor, at=at)}


def test_nothing_goes_while_the_rules_say_the_same(tower: Tower, at: datetime) -> None:
    """Not even to a colleague who has less: whoever owns a case keeps it."""
    for number in range(3):
        tower.late_case(number + 1, at=at)
    member("idle", Role.OPERATOR, site=tower.site, team=Team.objects.get(code="procurement"))

    assert foreseen(tower.supervisor, at) == {}


def test_what_goes_elsewhere_by_other_rules(tower: Tower, at: datetime) -> None:
    case, worked_on, by_hand = (tower.late_case(n, at=at) for n in (1, 2, 3))
    lifecycle.move(worked_on.pk, Move.ACKNOWLEDGE, tower.owner_of(worked_on), at=at)
    data = {"owner": User.objects.get(username="quality.rtm")}
    lifecycle.move(by_hand.pk, Move.ASSIGN, tower.supervisor, at=at, data=data)
    to_logistics(at)

    assert foreseen(tower.supervisor, at) == {
        case.reference: ("logistics.rtm", "logistics", ""),
        worked_on.reference: ("logistics.rtm", "logistics", "procurement.rtm is working on it"),
        by_hand.reference: ("logistics.rtm", "logistics", "given there by lead.rtm"),
    }


def test_other_rules_can_be_tried_before_they_are_in_force(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)
    draft = InForce(None, Routes(rules=(Rule(name="Draft", team="quality"),)))
    found = rerouting.foreseen(tower.supervisor, at=at, known=draft)

    assert [str(each.owner) for each in found] == ["quality.rtm"]
    assert foreseen(tower.supervisor, at) == {}


def test_a_supervisor_gives_them_there(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    to_logistics(at)
    done = rerouting.reroute(seen(tower.supervisor, at), tower.supervisor, reason=WHY, at=at + HOUR)
    case.refresh_from_db()
    event = case.events.get(number=case.event_count)

    assert [(result.case, result.says) for result in done] == [(case, "")]
    assert (str(case.owner), str(case.team), case.state) == (
        "logistics.rtm",
        "Logistics",
        State.ASSIGNED,
    )
    assert (event.move, event.actor, event.data["reason"]) == (
        "assign",
        tower.supervisor.user,
        WHY,
    )
    assert event.data["route"]["because"].startswith("Rule 1 “Bearings”: team Logistics; ")
    assert list(audit.verify(case)) == []
    assert foreseen(tower.supervisor, at) == {}


def test_a_case_can_be_left_out(tower: Tower, at: datetime) -> None:
    first, second = (tower.late_case(n, at=at) for n in (1, 2))
    to_logistics(at)
    wanted = {first.pk: seen(tower.supervisor, at)[first.pk]}
    rerouting.reroute(wanted, tower.supervisor, reason=WHY, at=at)

    owners = dict(Case.objects.values_list("pk", "owner__username"))
    assert owners == {first.pk: "logistics.rtm", second.pk: "procurement.rtm"}


def test_what_moved_meanwhile_stays_and_says_so(tower: Tower, at: datetime) -> None:
    moved, gone, fine = (tower.late_case(n, at=at) for n in (1, 2, 3))
    to_logistics(at)
    stamps = seen(tower.supervisor, at)
    lifecycle.move(moved.pk, Move.ACKNOWLEDGE, tower.owner_of(moved), at=at)
    data = {"outcome": "duplicate", "reason": "See the other."}
    lifecycle.move(gone.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    done = rerouting.reroute(stamps, tower.supervisor, reason=WHY, at=at)

    assert [result.says for result in done] == [
        f"{moved.reference} has changed since you looked, or would go elsewhere now.",
        f"{gone.reference} would stay with procurement.rtm now.",
        "",
    ]
    fine.refresh_from_db()
    assert str(fine.owner) == "logistics.rtm"


def test_whom_the_rules_would_name_now_must_be_whom_one_has_seen(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(at=at)
    to_logistics(at)
    stamps = seen(tower.supervisor, at)
    in_force(Rule(name="Newer", team="quality"), at=at)
    done = rerouting.reroute(stamps, tower.supervisor, reason=WHY, at=at)
    case.refresh_from_db()

    assert done[0].says.endswith("has changed since you looked, or would go elsewhere now.")
    assert str(case.owner) == "procurement.rtm"


def test_a_reason_is_needed(tower: Tower, at: datetime) -> None:
    with pytest.raises(Refused, match="Say in a sentence why"):
        rerouting.reroute({}, tower.supervisor, reason=" ", at=at)


def test_only_where_one_supervises(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    to_logistics(at)
    stamps = seen(tower.supervisor, at)
    elsewhere = tower.actor("lead.chi")

    assert foreseen(elsewhere, at) == {}
    assert rerouting.reroute(stamps, elsewhere, reason=WHY, at=at) == []
    admin = member("petra", Role.POLICY_ADMIN)
    readers = (Role.SUPERVISOR, Role.POLICY_ADMIN)
    assert [e.case for e in rerouting.foreseen(admin, at=at, roles=readers)] == [case]
    assert rerouting.reroute(stamps, admin, reason=WHY, at=at) == []


def test_what_nobody_owns_finds_an_owner_this_way_too(tower: Tower, at: datetime) -> None:
    gone = User.objects.filter(username__in=["procurement.rtm", "lead.rtm"])
    gone.update(is_active=False)
    case = tower.late_case(at=at)
    boss = member("boss", Role.SUPERVISOR)

    assert foreseen(boss, at) == {case.reference: ("boss", "procurement", "")}


# -- By chance ---------------------------------------------------------------------------------

TEAMS = st.sampled_from(["procurement", "logistics", "quality"])
CHANCE = st.lists(
    st.builds(
        Rule,
        name=st.just("By chance"),
        partners=st.sampled_from([(), ("Partner 0",), ("Partner 1",), ("Partner",)]),
        team=TEAMS,
        limit=st.none() | st.integers(1, 3),
    ),
    max_size=3,
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(first=CHANCE, then=CHANCE, limit=st.none() | st.integers(1, 4))
def test_what_is_foreseen_is_what_comes_about(
    tower: Tower, at: datetime, first: list[Rule], then: list[Rule], limit: int | None
) -> None:
    """All of what is ticked goes where the preview said, and then nothing would go any more."""
    for old in Case.objects.filter(state__in=OPEN_STATES):  # of an earlier example
        data = {"outcome": "false_positive", "reason": "Over."}
        lifecycle.move(old.pk, Move.DISMISS, tower.supervisor, at=at, data=data)
    in_force(*first, at=at, limit=limit)
    base = Case.objects.count() + 1
    for n in range(6):
        partner = Partner(id=n % 3, name=f"Partner {n % 3}")
        tower.late_case(base + n, at=at, supplier=partner)
    in_force(*then, at=at, limit=limit)
    said = rerouting.foreseen(tower.supervisor, at=at)
    wanted = {each.case.pk: each.stamp for each in said}
    done = rerouting.reroute(wanted, tower.supervisor, reason=WHY, at=at)
    now = dict(Case.objects.values_list("pk", "owner"))

    assert [result.says for result in done] == [""] * len(said)
    assert {e.case.pk: now[e.case.pk] for e in said} == {e.case.pk: e.owner.pk for e in said}
    if not any([limit, *(rule.limit for rule in then)]):
        assert rerouting.foreseen(tower.supervisor, at=at) == []
