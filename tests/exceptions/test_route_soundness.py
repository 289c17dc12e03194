"""Rules that cannot be in force, and the sentences that say why."""

from decimal import Decimal
from typing import Any

import pytest

from exceptions import route_soundness
from exceptions.models import User
from exceptions.route_soundness import Known, problems, remarks
from exceptions.routes import Routes, Rule
from exceptions.vocabulary import Counting, Role
from tests.exceptions.cases import member
from tests.making import Tower

WORLD = Known(
    sites={1: "Rotterdam", 2: "Chicago"},
    people={7: "Ana Costa", 8: "Ben Ito"},
    everywhere=frozenset({8}),
    at_sites=frozenset({(7, 1)}),
    teams=frozenset({("logistics", 1), ("quality", None)}),
)


def said(*rules: Rule, **more: Any) -> list[str]:
    return problems(Routes(rules=rules, **more), WORLD)


@pytest.mark.parametrize(
    "rule",
    [
        Rule(name="Everything"),
        Rule(name="Ana", sites=(1,), person=7),
        Rule(name="Ben", person=8, limit=1),
        Rule(name="Range", value_from=Decimal(0), value_to=Decimal(1)),
        Rule(name="Teams", team="logistics", then=("quality",)),
    ],
)
def test_what_holds_together(rule: Rule) -> None:
    assert said(rule) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (Rule(name=" "), "Rule 1 needs a name of at most 80 letters."),
        (Rule(name="It", team="magic"), "Rule 1 “It”: there is no team “magic”."),
        (Rule(name="It", then=("magic",)), "Rule 1 “It”: there is no team “magic”."),
        (Rule(name="It", team="quality", then=("quality",)), "Rule 1 “It”: it names a team twice."),
        (Rule(name="It", kinds=("late",)), "Rule 1 “It”: there is no “late”."),
        (Rule(name="It", tiers=("worst",)), "Rule 1 “It”: there is no “worst”."),
        (Rule(name="It", sites=(3,)), "Rule 1 “It”: there is no site 3."),
        (
            Rule(name="It", person=9),
            "Rule 1 “It”: the person whom it names is not active any more, or owns no cases.",
        ),
        (Rule(name="It", person=7), "Rule 1 “It”: Ana Costa does not work on cases of Chicago."),
        (
            Rule(name="It", value_from=Decimal(5), value_to=Decimal(5)),
            "Rule 1 “It”: no value is at least 5 and below 5.",
        ),
        (
            Rule(name="It", value_from=Decimal(-1)),
            "Rule 1 “It”: a value at risk is a number from 0.",
        ),
        (
            Rule(name="It", words=(" ",)),
            "Rule 1 “It”: an empty word would hold for every name: leave it out.",
        ),
        (Rule(name="It", limit=0), "A limit is a number from 1 to 100000."),
    ],
)
def test_what_does_not(rule: Rule, problem: str) -> None:
    assert said(rule) == [problem]


def test_a_rule_behind_one_that_takes_everything() -> None:
    wide, narrow = Rule(name="Wide", sites=(1,)), Rule(name="Narrow", sites=(1,), tiers=("low",))

    assert said(narrow, wide) == []
    assert said(wide, narrow) == [
        "Rule 2 “Narrow” never decides: Rule 1 “Wide” takes everything before it."
    ]


def test_names_are_given_once() -> None:
    assert said(Rule(name="One", sites=(1,)), Rule(name="one ", sites=(2,))) == [
        "2 rules are called “one”: give each its own name."
    ]


def test_a_limit_by_severity_has_room_for_the_gravest_case() -> None:
    by_severity = {"counting": Counting.SEVERITY}

    assert said(limit=3) == []
    assert said(limit=4, **by_severity) == []
    assert said(limit=3, **by_severity) == ["A limit is a number from 4 to 100000."]


def test_a_team_that_is_nowhere_to_be_found_is_remarked() -> None:
    rules = (
        Rule(name="One", team="logistics"),
        Rule(name="Two", team="logistics", sites=(1,)),
        Rule(name="Three", team="logistics", then=("quality",)),
    )

    assert remarks(Routes(rules=rules), WORLD) == [
        "Rule 1 “One”: nobody of Logistics works at Chicago, so the lead there gets those cases."
    ]


def test_who_is_known_to_work_where(tower: Tower) -> None:
    everywhere = member("floater", Role.OPERATOR).user
    member("reader", Role.AUDITOR)
    User.objects.filter(username="procurement.chi").update(is_active=False)
    world = route_soundness.known()

    assert everywhere is not None
    assert world.sites == {tower.site.pk: "Rotterdam", tower.other_site.pk: "Chicago"}
    assert world.everywhere == {everywhere.pk}
    names = set(world.people.values())
    assert "procurement.rtm" in names
    assert names & {"reader", "procurement.chi"} == set()
    assert world.has_operators("procurement", tower.site.pk)
    assert not world.has_operators("procurement", tower.other_site.pk)
    assert world.works_at(User.objects.get(username="lead.rtm").pk, tower.site.pk)
    assert not world.works_at(User.objects.get(username="lead.rtm").pk, tower.other_site.pk)
