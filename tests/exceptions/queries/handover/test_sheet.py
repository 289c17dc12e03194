"""The hand-over sheet: what a shift leaves to the next one, counted again by hand."""

from datetime import UTC, datetime, time

import pytest

from exceptions import (
    escalate,
    handing_over,
    lifecycle,
    pausing,
    promises,
    snoozing,
)
from exceptions.actors import visible_cases
from exceptions.lifecycle import Refused
from exceptions.models import Handover, Shift, Team, User
from exceptions.queries import handover as query
from exceptions.queries.handover import Line, noon_after
from exceptions.queries.handover.shift import Shift as Sheet
from exceptions.snoozing import Sleep
from exceptions.vocabulary import Move, TeamCode, Until
from tests.exceptions.office import HOUR, MAERSK, MINUTE, MONDAY, wall
from tests.making import Tower

SINCE = MONDAY - 8 * HOUR


def sheet(tower: Tower, who: str = "lead.rtm", *, at: datetime = MONDAY) -> dict[str, list[Line]]:
    cases = visible_cases(tower.actor(who)).filter(site=tower.site)
    asked = Sheet(cases=cases, since=SINCE, at=at, until=noon_after(tower.site, at))
    return {section.name: section.lines for section in query.sheet(asked)}


def told(lines: list[Line]) -> list[tuple[int, str]]:
    return [(line.case.document.record_id, line.says) for line in lines]


def test_what_happened_since_is_told_by_what_it_was(tower: Tower) -> None:
    tower.late_case(1, at=SINCE)  # the shift before saw it
    case = tower.late_case(2, at=SINCE + MINUTE)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=SINCE + HOUR)
    data = {"outcome": "fixed", "reason": "It is here."}
    lifecycle.move(case.pk, Move.RESOLVE, tower.owner_of(case), at=SINCE + 2 * HOUR, data=data)
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=MONDAY, data={"reason": "It is not."})
    tower.late_case(3, at=MONDAY + MINUTE)  # and this one the next
    escalate.sweep_clocks(at=SINCE + 3 * HOUR)

    found = sheet(tower)
    assert {name: told(lines) for name, lines in found.items() if lines and name != "due"} == {
        "new": [(2, "")],
        "assigned": [(2, "to procurement.rtm")],
        "acknowledged": [(2, "")],
        "resolved": [(2, "It is here.")],
        "reopened": [(2, "It is not.")],
        "breached": [(1, "the time to acknowledge")],
    }
    assert [line.who for line in found["reopened"]] == ["lead.rtm"]


def test_what_is_ahead_ends_before_the_next_noon(tower: Tower) -> None:
    """Monday, 16:20: the clock to acknowledge ends at 17:20, that to resolve on Tuesday."""
    case = tower.late_case(1, at=MONDAY)
    late, soon = (tower.late_case(n, at=MONDAY) for n in (2, 3))
    for rests, until_at in ((late, wall(17, 12)), (soon, wall(17, 11, 59))):
        sleep = Sleep(until=Until.DATE, until_at=until_at, reason="They call back.")
        snoozing.snooze(rests.pk, sleep, tower.supervisor, at=MONDAY)
    pausing.pause(case.pk, MAERSK, tower.supervisor, at=MONDAY)
    promises.record(
        case.pk, tower.supervisor, by="Kempten", what="It ships", due=MONDAY + 50 * HOUR, at=MONDAY
    )
    found = sheet(tower)
    assert told(found["due"]) == [(n, "the time to acknowledge") for n in (1, 2, 3)]
    assert told(found["waking"]) == [(3, "They call back.")]
    assert told(found["waiting"]) == [(1, "A new ETA")]
    assert [(line.who, line.says) for line in found["promises"]] == [("Kempten", "It ships")]


def test_decisions_on_their_way_are_told(tower: Tower) -> None:
    case = tower.late_case(1, at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.supervisor, at=MONDAY)
    data = {"decision": "chase", "reason": "Late", "substance": case.document.substance}
    lifecycle.move(case.pk, Move.PROPOSE, tower.supervisor, at=MONDAY, data=data)
    assert told(sheet(tower)["decisions"]) == [(1, "Chase the partner: approved")]


def test_nobody_reads_what_they_may_not_see(tower: Tower) -> None:
    tower.late_case(1, at=MONDAY)
    assert [lines for lines in sheet(tower, "lead.chi").values() if lines] == []


@pytest.mark.parametrize(
    ("at", "noon"),
    [
        (wall(16, 11, 59), wall(16, 12)),
        (wall(16, 12), wall(17, 12)),
        (wall(16, 23), wall(17, 12)),
    ],
)
def test_the_next_noon_is_that_of_the_site(tower: Tower, at: datetime, noon: datetime) -> None:
    assert noon_after(tower.site, at) == noon


def test_a_shift_began_when_the_roster_says_else_eight_hours_ago(tower: Tower) -> None:
    assert query.begun(tower.site, None, MONDAY) == MONDAY - 8 * HOUR
    team = Team.objects.get(code=TeamCode.PROCUREMENT)
    for person, starts, ends in (
        ("procurement.rtm", time(6), time(15)),
        ("procurement.rtm", time(14), time(22)),
        ("lead.rtm", time(22), time(6)),
    ):
        Shift.objects.create(
            person=User.objects.get(username=person),
            site=tower.site,
            team=team,
            weekdays=[1, 2, 3, 4, 5],
            starts=starts,
            ends=ends,
            first_day=datetime(2026, 11, 2, tzinfo=UTC).date(),
        )
    seen = [
        query.begun(tower.site, team, wall(17, *at)) for at in ((13, 0), (14, 30), (21, 59), (3, 0))
    ]
    assert seen == [wall(17, 6), wall(17, 14), wall(17, 14), wall(16, 22)]


# -- Handing over --------------------------------------------------------------------------------


def test_a_note_is_signed_and_taken_over_by_somebody_else_once(tower: Tower) -> None:
    owner, lead = tower.actor("procurement.rtm"), tower.supervisor
    note = handing_over.write(tower.site, None, " Dock 3 is shut. ", owner, since=SINCE, at=MONDAY)
    assert (note.text, note.by_name) == ("Dock 3 is shut.", "procurement.rtm")
    with pytest.raises(Refused, match="You wrote it"):
        handing_over.take(note, owner, at=MONDAY + HOUR)
    taken = handing_over.take(note, lead, at=MONDAY + HOUR)
    assert (taken.by_name, taken.at) == ("lead.rtm", MONDAY + HOUR)
    with pytest.raises(Refused, match=r"lead\.rtm was first"):
        handing_over.take(note, tower.actor("warehouse.rtm"), at=MONDAY + 2 * HOUR)


def test_only_who_works_there_hands_over(tower: Tower) -> None:
    with pytest.raises(Refused, match="Only those who work on cases of Rotterdam"):
        handing_over.write(
            tower.site, None, "Mine", tower.actor("lead.chi"), since=SINCE, at=MONDAY
        )
    with pytest.raises(Refused, match="Write what the next person"):
        handing_over.write(tower.site, None, " ", tower.supervisor, since=SINCE, at=MONDAY)
    assert Handover.objects.count() == 0
