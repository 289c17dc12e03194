"""The benchmark of the sweep of clocks, run small: it measures what it says it measures."""

from datetime import datetime

import pytest

from benchmarks import clocks
from benchmarks.clocks import Cost
from exceptions import policies
from exceptions.models import Case, CaseEvent, Clock
from exceptions.vocabulary import Happening

pytestmark = pytest.mark.django_db


def test_half_of_what_is_due_runs_out_and_half_warns(at: datetime) -> None:
    policies.publish_defaults(at=at)
    site, lead = clocks.lead_of_a_site()
    template = clocks.ended_case(site, lead, at)
    clocks.open_cases(range(1, 7), site, lead, at)
    clocks.fill_history(40, template)
    spent = clocks.cost(6, 2, at)

    assert (spent.ended, spent.due, spent.seconds > 0) == (41, 6, True)
    assert Clock.objects.filter(case__closed_at__isnull=False).count() == 82
    told = CaseEvent.objects.values_list("happening", flat=True)
    assert told.filter(happening=Happening.CLOCK_BREACHED).count() == 2 * 3
    assert told.filter(happening=Happening.CLOCK_WARNED).count() == 2 * 3
    assert Case.objects.filter(closed_at=None).count() == 6


def test_what_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    clocks.main(["--few", "5", "--many", "20", "--due", "2", "--repeat", "1"])
    printed = [line.split(":")[0] for line in capsys.readouterr().out.splitlines()]

    assert printed == [
        "6 ended cases, 2 clocks due",
        "21 ended cases, 2 clocks due",
        "one clock, many / few",
    ]


@pytest.mark.parametrize(("seconds", "code"), [(1.5, 0), (1.51, 1)])
def test_it_ends_with_one_when_the_target_is_missed(seconds: float, code: int) -> None:
    few, many = Cost(1_000, 200, 1.0), Cost(1_000_000, 200, seconds)
    assert clocks.tell(few, many) == code
