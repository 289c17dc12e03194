"""Overrides are counted as plain Python counts them, and each number lists exactly its lines."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from exceptions import lifecycle
from exceptions.models import CaseEvent
from exceptions.queries import history, overrides
from exceptions.vocabulary import Move, Role
from tests.exceptions.cases import member
from tests.making import Tower


def test_numbers_are_those_of_the_lines(tower: Tower, at: datetime) -> None:
    leads = [tower.actor("lead.rtm"), member("jonas", Role.SUPERVISOR)]
    for n in range(1, 7):
        case = tower.late_case(n, at=at)
        when = at - timedelta(days=7 * n)
        for lead in leads[: 1 + n % 2]:
            said = {"severity": 40 + n, "reason": "I know them."}
            lifecycle.move(case.pk, Move.RECLASSIFY, lead, at=when, data=said)
    auditor = member("ada", Role.AUDITOR)
    found = overrides.counted(history.audited_events(auditor), at.date(), UTC)

    first = at.date() - timedelta(days=29)
    plain = Counter(
        (event.move or event.happening, event.actor_name, event.case.site.name)
        for event in CaseEvent.objects.select_related("case__site")
        if event.data.get("override") and event.at.date() >= first
    )
    assert {(row.what, row.who, row.site): row.n for row in found} == plain
    assert sum(plain.values()) == 6  # four weeks, every second one by both
    for row in found:
        lines = row.asked.events(history.audited_events(auditor), UTC)
        assert lines.count() == row.n


def test_others_sites_are_not_counted(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    said = {"severity": 40, "reason": "I know them."}
    lifecycle.move(case.pk, Move.RECLASSIFY, tower.supervisor, at=at, data=said)
    elsewhere = member("ada", Role.AUDITOR, site=tower.other_site)

    assert overrides.counted(history.audited_events(elsewhere), at.date(), UTC) == []
