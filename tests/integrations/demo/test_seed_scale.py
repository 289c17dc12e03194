"""The made-up company holds together: true hashes, true rollups, pages that open."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from exceptions import audit
from exceptions.models import Case, CaseEvent, Clock, Document, Membership, User
from exceptions.rollups import keeping
from exceptions.vocabulary import ClockState, Outcome, Role, State
from tests.making import Tower

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def seed(cases: int) -> str:
    out = StringIO()
    call_command("seed_scale", cases=cases, days=60, stdout=out)
    return out.getvalue().splitlines()[-1]


def test_a_made_up_company_holds_together(client: Client) -> None:
    assert seed(400) == "400 cases over 60 days."
    assert Document.objects.count() == Case.objects.count() == 400
    assert set(Case.objects.values_list("state", flat=True)) >= {State.CLOSED, State.RESOLVED}
    assert set(Case.objects.values_list("outcome", flat=True)) == {
        *("", Outcome.FIXED, Outcome.ACCEPTED, Outcome.SELF_HEALED, Outcome.FALSE_POSITIVE)
    }
    assert set(Clock.objects.values_list("state", flat=True)) >= {
        *(ClockState.MET, ClockState.BREACHED, ClockState.CANCELLED)
    }
    assert [fault for case in Case.objects.all() for fault in audit.verify(case)] == []
    closed = Case.objects.filter(state=State.CLOSED, outcome=Outcome.FIXED)
    assert {case.event_count for case in closed} == {8}
    assert CaseEvent.objects.count() == sum(Case.objects.values_list("event_count", flat=True))
    assert list(keeping.faults()) == []

    user = User.objects.create_user("supervisor")
    Membership.objects.create(user=user, role=Role.SUPERVISOR)
    client.force_login(user)
    case = Case.objects.filter(state=State.CLOSED).latest("pk")
    for address in ("/", "/?state=all", f"/cases/{case.pk}/", "/dashboards/"):
        assert client.get(address).status_code == 200


def test_beside_real_cases_it_is_refused(tower: Tower) -> None:
    tower.late_case(1, at=timezone.now())
    with pytest.raises(CommandError, match="empty database"):
        seed(5)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("asked", [{"cases": 0}, {"days": 0}])
def test_nothing_is_not_asked_for(asked: dict[str, int]) -> None:
    with pytest.raises(CommandError, match="at least one"):
        call_command("seed_scale", **asked)
