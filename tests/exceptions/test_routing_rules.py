"""Cases that go by the rules in force, and what their history tells of it."""

from datetime import datetime, timedelta
from decimal import Decimal

from exceptions import audit, intake, leases, lifecycle, routing, routing_sets
from exceptions.facts import Partner
from exceptions.models import Case, Policy, Team, User
from exceptions.routes import Routes, Rule, Subject
from exceptions.vocabulary import Counting, Move, Role, State
from tests.exceptions.cases import member
from tests.exceptions.duty_makers import is_away
from tests.exceptions.routing_makers import in_force
from tests.making import Tower

HOUR = timedelta(hours=1)


def user(name: str) -> User:
    return User.objects.get(username=name)


def stands(case: Case) -> tuple[str, str | None]:
    return str(case.owner), case.team.code if case.team else None


def told(case: Case) -> dict[str, object]:
    event = case.events.filter(move=Move.ASSIGN).order_by("-number").first()
    assert event is not None
    route: dict[str, object] = event.data["route"]
    return route


def test_without_rules_a_case_goes_to_the_team_of_its_kind(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)

    assert stands(case) == ("procurement.rtm", "procurement")
    assert (told(case)["version"], told(case)["rule"]) == (0, 0)
    assert told(case)["because"] == (
        "No rule holds: team Procurement, by the kind of the case; "
        "procurement.rtm is on duty and has least, 0"
    )


def test_a_rule_gives_the_team(tower: Tower, at: datetime) -> None:
    in_force(Rule(name="Bearings", partners=("kempten",), team="logistics"), at=at)
    by_rule = tower.late_case(1, at=at)
    other = tower.late_case(2, at=at, supplier=Partner(id=8, name="Someone else"))

    assert stands(by_rule) == ("logistics.rtm", "logistics")
    assert stands(other) == ("procurement.rtm", "procurement")
    assert str(told(by_rule)["because"]).startswith("Rule 1 “Bearings”: team Logistics; ")
    assert list(audit.verify(by_rule)) == []


def test_a_rule_names_a_person_and_the_deputy_while_they_are_away(
    tower: Tower, at: datetime
) -> None:
    in_force(Rule(name="Mine", team="logistics", person=user("quality.rtm").pk), at=at)
    named = tower.late_case(1, at=at)
    is_away("quality.rtm", at, at + HOUR, "warehouse.rtm")
    deputised = tower.late_case(2, at=at)

    assert stands(named) == ("quality.rtm", "logistics")
    assert stands(deputised) == ("warehouse.rtm", "logistics")
    assert told(deputised)["because"] == (
        "Rule 1 “Mine”: team Logistics; quality.rtm is away until Tue 17 Nov 14:00 CET; "
        "so the deputy, warehouse.rtm"
    )


def test_what_is_over_the_limit_spills_over(tower: Tower, at: datetime) -> None:
    """To the team that the rule names next, then to the lead, who has no limit."""
    in_force(Rule(name="All", then=("logistics",)), at=at, limit=2)
    owners = [str(tower.late_case(n, at=at).owner) for n in range(1, 7)]

    assert owners == ["procurement.rtm"] * 2 + ["logistics.rtm"] * 2 + ["lead.rtm"] * 2


def test_the_limit_of_a_rule_goes_before_that_of_all(tower: Tower, at: datetime) -> None:
    in_force(Rule(name="One", limit=1), at=at, limit=100)

    assert [str(tower.late_case(n, at=at).owner) for n in (1, 2)] == ["procurement.rtm", "lead.rtm"]


def test_load_by_severity(tower: Tower, at: datetime) -> None:
    """Cases of 10,000 EUR that are two days late are high, three each."""
    in_force(at=at, limit=7, counting=Counting.SEVERITY)
    cases = [tower.late_case(n, at=at) for n in range(1, 4)]

    assert [case.tier for case in cases] == ["high"] * 3
    assert [str(case.owner) for case in cases] == ["procurement.rtm"] * 2 + ["lead.rtm"]


def test_a_case_keeps_its_team_when_it_is_given_back(tower: Tower, at: datetime) -> None:
    """Another rule would give it to another team now: that is for people to decide."""
    case = tower.late_case(at=at)
    in_force(Rule(name="New", team="logistics", person=user("quality.rtm").pk), at=at)

    again = routing.route(case, at=at, team=case.team)
    anew = routing.route(case, at=at)
    assert (str(again.owner), again.team.code) == ("procurement.rtm", "procurement")
    assert (str(anew.owner), anew.team.code) == ("quality.rtm", "logistics")


def test_a_case_that_comes_back_says_why_its_owner_owns_it(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    intake.take_in([tower.receipt(at=at + HOUR, open=False)], at=at + HOUR)
    User.objects.filter(username="procurement.rtm").update(is_active=False)
    member("second", Role.OPERATOR, site=tower.site, team=Team.objects.get(code="procurement"))
    intake.take_in([tower.receipt(at=at + 2 * HOUR)], at=at + 2 * HOUR)
    case.refresh_from_db()
    reopened = case.events.get(move=Move.REOPEN).data

    assert stands(case) == ("second", "procurement")
    assert reopened["route"]["because"].endswith("second is on duty and has least, 0")


def test_what_the_rules_see_of_a_case(tower: Tower, at: datetime) -> None:
    intake.take_in([tower.transfer(at=at - 48 * HOUR, country="US")], at=at)
    case = Case.objects.select_related("document").get()
    seen = routing_sets.subject_of(case)

    assert seen == Subject(
        kind="blocked_transfer",
        site=tower.site.pk,
        team="warehouse",
        tier=case.tier,
        model="stock.picking",
        partners=("Vantage Turbines",),
        things=("Linear guide LG-35", "US"),
        value=Decimal("6000.00"),
    )


def test_rules_are_stored_and_read_as_they_are() -> None:
    rule = Rule(
        name="All of it",
        kinds=("customs_hold",),
        sites=(1, 2),
        tiers=("high",),
        models=("stock.picking",),
        partners=("DHL",),
        words=("Bearing",),
        value_from=Decimal("0.00"),
        value_to=Decimal("10.50"),
        team="logistics",
        person=7,
        then=("quality",),
        limit=3,
    )
    routes = Routes(rules=(rule, Rule(name="Rest")), limit=9, counting=Counting.SEVERITY)

    assert routing_sets.from_json(routing_sets.to_json(routes)) == routes


def test_a_lease_that_runs_out_says_where_the_case_went(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=at)
    hasty = Policy.objects.create(
        kind=case.kind,
        settings=case.policy.settings | {"lease": {"high": 30}},
        version=2,
        published_at=at,
    )
    Case.objects.filter(pk=case.pk).update(look_at=at + HOUR, policy=hasty)

    assert leases.look(case.pk, at=at + 24 * HOUR) is True
    case.refresh_from_db()
    assert case.state == State.ASSIGNED
    assert told(case)["team"] == "procurement"
