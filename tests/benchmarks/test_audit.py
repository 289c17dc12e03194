"""The benchmark of the chain measures what it says."""

from datetime import datetime

import pytest

from benchmarks import audit, clocks
from exceptions import policies
from exceptions.models import Case, CaseEvent
from exceptions.vocabulary import State


@pytest.mark.django_db
def test_every_case_lives_and_is_where_it_was(at: datetime) -> None:
    policies.publish_defaults(at=at)
    site, lead = clocks.lead_of_a_site()
    clocks.open_cases(range(1, 4), site, lead, at)
    before = CaseEvent.objects.count()

    found = audit.cost(lead, 2, at)

    assert found.moves == 9
    assert CaseEvent.objects.count() >= before + 18
    assert set(Case.objects.values_list("state", flat=True)) == {State.ACKNOWLEDGED}
    assert found.moved > found.sealed > 0


@pytest.mark.parametrize(("sealed", "code"), [(0.05, 0), (0.051, 1)])
def test_a_missed_target_is_told(
    sealed: float, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.tell(audit.Cost(moves=100, moved=1.0, sealed=sealed), 1000) == code
    assert capsys.readouterr().out == (
        "100 moves: 10.00 ms each; events verified a second: 1,000\n"
        f"the chain / a move: {sealed:.4f} (target: at most 0.05)\n"
    )
