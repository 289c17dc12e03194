"""Others change cases while a list of them is written."""

from datetime import UTC, datetime

from exceptions.models import Case
from exceptions.queries.snapshot import snapshot
from exceptions.web.exports import text
from exceptions.web.exports.table import Column, Table
from tests.making import Tower
from tests.races import jobs
from tests.races.team import Team

ROWS = 30
CASES = [Column("id", "Case", "id"), Column("title", "About", "title")]


def test_a_file_is_of_one_instant_whatever_comes_meanwhile(
    arena: Tower, at: datetime, team: Team
) -> None:
    jobs.take_in([[arena.receipt(i, at=at) for i in range(1, ROWS + 1)]], at)
    table = Table("Cases", CASES, Case.objects.order_by("-id"), [])

    with snapshot():
        first = table.found.count()
        more = [arena.receipt(i, at=at) for i in range(100, 105)]
        gone = [arena.receipt(i, at=at, supplier=None) for i in range(1, 5)]
        team.run(jobs.take_in, [([more], at), ([gone], at)])
        lines = b"".join(text.for_people(table, first, UTC)).decode().splitlines()

    assert lines[0] == f"\ufeff# Rows: {ROWS}"
    assert len(lines) == 1 + 1 + ROWS
    assert Case.objects.count() == ROWS + 5
