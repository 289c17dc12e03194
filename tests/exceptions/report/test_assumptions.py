"""The assumptions of the report: set by few, kept in every wording, told in settings history."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from exceptions.actors import person
from exceptions.models import Decision, ReportAssumptions, SettingChange
from exceptions.queries import expedited
from exceptions.report import assumptions
from exceptions.report.assumptions import VALUES, NotSet, Said
from exceptions.vocabulary import DecisionKind, DecisionState
from tests.exceptions.queries.world import executive_of, scope_of
from tests.making import Tower

NONE = dict.fromkeys(VALUES)


def said(**values: Decimal | None) -> Said:
    return Said(values=NONE | values, currency="eur", because=" Controlling, October ")


def test_every_wording_is_kept_with_who_set_it(tower: Tower, at: datetime) -> None:
    esther = person(executive_of(None))
    assumptions.set_(said(minutes_saved=Decimal("12.345")), esther, at)
    assumptions.set_(said(sla_target=Decimal(95)), esther, at)

    first, second = ReportAssumptions.objects.order_by("id")
    assert assumptions.in_force() == second
    assert (first.minutes_saved, first.currency, first.because) == (
        Decimal("12.34"),
        "EUR",
        "Controlling, October",
    )
    line = SettingChange.objects.latest("number")
    assert (line.by, line.data["before"]["minutes_saved"]) == (esther.user, "12.34")
    assert line.data["now"] == {
        "sla_target": "95.00",
        "currency": "EUR",
        "because": "Controlling, October",
    }


def test_what_was_set_is_never_changed(tower: Tower, at: datetime) -> None:
    row = assumptions.set_(said(), person(executive_of(None)), at)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        ReportAssumptions.objects.filter(pk=row.pk).update(currency="USD")


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (said(cost_per_hour=Decimal(-1)), "from 0 to"),
        (said(cost_per_hour=Decimal("NaN")), "from 0 to"),
        (said(sla_target=Decimal(101)), "100 at most"),
        (Said(values=NONE, currency="euro", because="x"), "three letters"),
        (Said(values=NONE, currency="EUR", because="  "), "where the values come from"),
    ],
)
def test_what_cannot_be_assumed_is_refused(
    tower: Tower, at: datetime, wrong: Said, why: str
) -> None:
    with pytest.raises(NotSet, match=why):
        assumptions.set_(wrong, person(executive_of(None)), at)

    assert ReportAssumptions.objects.count() == 0


def test_expedited_are_decisions_that_took_effect(tower: Tower, at: datetime) -> None:
    case, proposer = tower.late_case(at=at), executive_of(None)
    kinds = [
        (DecisionKind.EXPEDITE, DecisionState.CONFIRMED),
        (DecisionKind.EXPEDITED_PURCHASE, DecisionState.APPROVED),
        (DecisionKind.EXPEDITE, DecisionState.REJECTED),
        (DecisionKind.NEW_DATE, DecisionState.CONFIRMED),
    ]
    for kind, state in kinds:
        Decision.objects.create(
            case=case,
            kind=kind,
            state=state,
            reason="Soon",
            proposed_by=proposer,
            proposed_at=at,
            substance="x",
            written_at=at,
        )

    assert expedited.decided(scope_of(tower, at.date(), at.date())) == 2
    assert expedited.decided(scope_of(tower).previous()) == 0
