"""Whom of the chain a case goes to, held against a plain ranking of everybody; and why."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exceptions import route_words
from exceptions.candidates import Ask, Candidate, Staff, choose
from exceptions.routes import Found, Rule
from exceptions.vocabulary import Lack, Stop

BACK = datetime(2026, 12, 1, 7, tzinfo=UTC)
PROCUREMENT, CUSTOMS = "procurement", "trade_compliance"


def person(number: int, team: str = "", **said: Any) -> Candidate:
    teams = frozenset({team} if team else set())
    on_duty = teams if said.pop("on_duty", True) else frozenset()
    return Candidate(id=number, name=f"P{number}", teams=teams, on_duty=on_duty, **said)


def staff(*people: Candidate, lead: int | None = None) -> Staff:
    return Staff({p.id: p for p in people}, lead)


LEAD = person(90, supervises=True)
ANA = person(1, CUSTOMS)
AWAY = replace(ANA, away_until=BACK, deputy=2)


@pytest.mark.parametrize(
    ("ask", "people", "owner", "stops"),
    [
        ({"person": 1}, [ANA, person(2, CUSTOMS)], 1, ["named"]),
        ({"person": 1}, [AWAY, person(2)], 2, ["named", "deputy"]),
        ({"person": 1, "limit": 3}, [replace(ANA, load=3), person(2, CUSTOMS)], 2, None),
        ({"person": 77}, [person(2, CUSTOMS)], 2, ["named", "on_duty"]),
        ({}, [person(1, CUSTOMS, load=4), person(2, CUSTOMS, load=3)], 2, ["on_duty"]),
        ({}, [person(1, CUSTOMS, on_duty=False), person(2, CUSTOMS, load=9)], 2, ["on_duty"]),
        ({}, [AWAY, person(2, PROCUREMENT)], 2, ["on_duty", "stand_ins"]),
        ({}, [person(1, CUSTOMS, on_duty=False)], 1, ["on_duty", "off_duty"]),
        ({"limit": 2}, [person(1, CUSTOMS, load=2)], 90, ["on_duty", "lead"]),
        ({"limit": 2, "weight": 2}, [person(1, CUSTOMS, load=1)], 90, ["on_duty", "lead"]),
        ({"limit": 2, "weight": 2}, [person(1, CUSTOMS)], 1, ["on_duty"]),
        (
            {"teams": (CUSTOMS, PROCUREMENT), "limit": 2},
            [person(1, CUSTOMS, load=2), person(2, PROCUREMENT)],
            2,
            ["on_duty", "on_duty"],
        ),
        ({"keeps": 2}, [person(1, CUSTOMS), person(2, CUSTOMS, load=9)], 2, ["on_duty"]),
        ({"keeps": 3}, [person(1, CUSTOMS), person(3, PROCUREMENT)], 1, ["on_duty"]),
    ],
)
def test_the_first_of_the_chain_who_can(
    ask: dict[str, Any], people: list[Candidate], owner: int, stops: list[str] | None
) -> None:
    choice = choose(Ask(**{"teams": (CUSTOMS,), **ask}), staff(*people, LEAD, lead=90))

    assert choice.owner is not None
    assert choice.owner.id == owner
    assert stops is None or [str(step.stop) for step in choice.steps] == stops


def test_the_end_of_the_chain() -> None:
    """The lead without a limit, the lead's deputy, a supervisor; then the team over the limit."""
    full = person(1, CUSTOMS, load=5)
    gone = replace(LEAD, away_until=BACK)
    ask = Ask(teams=(CUSTOMS,), limit=5)
    ends = [
        choose(ask, staff(full, replace(LEAD, load=99), lead=90)),
        choose(ask, staff(full, replace(gone, deputy=2), person(2), lead=90)),
        choose(ask, staff(full, gone, person(91, supervises=True), lead=90)),
        choose(ask, staff(full, gone, lead=90)),
        choose(ask, staff(replace(full, away_until=BACK), gone, lead=90)),
    ]

    assert [(c.owner.id if c.owner else None, c.steps[-1].stop) for c in ends] == [
        (90, Stop.LEAD),
        (2, Stop.LEADS_DEPUTY),
        (91, Stop.SUPERVISORS),
        (1, Stop.OVER_LIMIT),
        (None, Stop.OVER_LIMIT),
    ]


def test_the_team_is_that_of_whose_people_the_owner_is() -> None:
    ask = Ask(teams=(CUSTOMS, PROCUREMENT))
    found = [
        choose(ask, staff(ANA)).team,
        choose(ask, staff(person(2, PROCUREMENT))).team,
        choose(ask, staff(LEAD, lead=90)).team,
    ]

    assert found == [CUSTOMS, PROCUREMENT, CUSTOMS]


def test_the_reasons_in_a_sentence() -> None:
    rule = Rule(name="Customs of Hamburg", team=CUSTOMS, person=1)
    ask = Ask(teams=(CUSTOMS,), person=1, limit=5)
    people = staff(AWAY, replace(person(2, load=5), name="Ben Ito"), LEAD, lead=90)
    told = route_words.told(Found(3, rule), choose(ask, people), 4, 5)

    assert route_words.because(told, "Europe/Berlin") == (
        "Rule 3 “Customs of Hamburg”: team Trade compliance; P1 is away until Tue 1 Dec 08:00 CET; "
        "Ben Ito has 5 already, the limit is 5; P90 leads the site"
    )
    assert told["steps"][0] == {
        "stop": "named",
        "lack": "away",
        "who": "P1",
        "load": 0,
        "until": "2026-12-01T07:00:00+00:00",
    }


# -- By chance ---------------------------------------------------------------------------------


@st.composite
def situations(draw: st.DrawFn) -> tuple[Ask, Staff]:
    numbers = list(range(1, draw(st.integers(1, 6)) + 1))
    people = {}
    for number in numbers:
        teams = draw(st.frozensets(st.sampled_from(["a", "b"])))
        on_duty = frozenset(t for t in sorted(teams) if draw(st.booleans()))
        people[number] = Candidate(
            id=number,
            name=f"P{number}",
            load=draw(st.integers(0, 3)),
            teams=teams,
            on_duty=on_duty,
            here=draw(st.booleans()),
            supervises=draw(st.booleans()),
            away_until=BACK if draw(st.integers(0, 2)) == 0 else None,
            deputy=draw(st.sampled_from([None, *numbers])),
        )
    somebody = st.sampled_from([None, *numbers, 99])
    ask = Ask(
        teams=draw(st.sampled_from([("a",), ("b", "a")])),
        person=draw(somebody),
        limit=draw(st.none() | st.integers(1, 4)),
        weight=draw(st.integers(1, 2)),
        keeps=draw(somebody),
    )
    return ask, Staff(people, draw(somebody))


def ranked(ask: Ask, team: Staff) -> int | None:
    """Everybody at every place where they could stand, and the best of them all."""
    people = team.people
    places: list[tuple[int, bool, bool, int, int]] = []
    for number, p in people.items():
        if p.away_until:
            continue
        room = ask.limit is None or p.load + ask.weight <= ask.limit
        at: list[int] = []
        if room:
            at += [0] if number == ask.person else []
            named = people.get(ask.person or 0)
            at += [1] if named and named.away_until and named.deputy == number else []
            for i, code in enumerate(ask.teams):
                at += [2 + 2 * i] if code in p.on_duty else []
                stands_in = any(
                    q.away_until and q.deputy == number and code in q.teams for q in people.values()
                )
                at += [3 + 2 * i] if stands_in and p.here else []
                at += [50 + 2 * i] if code in p.teams and code not in p.on_duty else []
                at += [51 + 2 * i] if stands_in and not p.here else []
        lead = people.get(team.lead or 0)
        at += [100] if number == team.lead else []
        at += [101] if lead and lead.away_until and lead.deputy == number else []
        at += [102] if p.supervises else []
        at += [103] if set(ask.teams) & p.teams else []
        places += [
            (place, number != ask.keeps, place > 101 and not p.here, p.load, number) for place in at
        ]
    return min(places)[4] if places else None


@settings(max_examples=500, deadline=None)
@given(situations())
def test_the_chain_is_a_plain_ranking(situation: tuple[Ask, Staff]) -> None:
    ask, people = situation
    choice = choose(ask, people)

    assert (choice.owner.id if choice.owner else None) == ranked(ask, people)
    assert choice.owner is None or choice.owner.away_until is None


@settings(max_examples=200, deadline=None)
@given(situations())
def test_every_way_has_a_sentence(situation: tuple[Ask, Staff]) -> None:
    ask, people = situation
    choice = choose(ask, people)
    told = route_words.told(Found(1, Rule(name="It")), choice, 1, ask.limit)
    sentence = route_words.because(told, "Asia/Kolkata")

    assert sentence.startswith("Rule 1 “It”: team ")
    assert choice.owner is None or choice.owner.name in sentence
    assert all(step.lack in Lack for step in choice.steps if step.lack)
