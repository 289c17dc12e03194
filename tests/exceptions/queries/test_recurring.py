"""Recurrence in a sentence: the number that severity counts, and the rows that the queue lists."""

from datetime import datetime, timedelta

import pytest

from exceptions import intake, lifecycle
from exceptions.actors import Actor, visible_cases
from exceptions.facts import Partner
from exceptions.models import Case
from exceptions.queries.recurring import Recurring, _nth, recurring
from exceptions.recurrence import subject_name
from exceptions.vocabulary import Factor, Move, Outcome
from tests.making import Tower

DAY, HOUR = timedelta(days=1), timedelta(hours=1)


def told(tower: Tower, case: Case, at: datetime, actor: Actor | None = None) -> Recurring:
    return recurring(case, visible_cases(actor or tower.supervisor), at)


def listed(tower: Tower, found: Recurring, at: datetime) -> list[int]:
    cases = found.asked.apply(visible_cases(tower.supervisor), at=at)
    return sorted(cases.values_list("document__record_id", flat=True))


def late(tower: Tower, record: int, at: datetime, **said: object) -> Case:
    """The newest case of the receipt, detected at `at`."""
    intake.take_in([tower.receipt(record, at=at, **said)], at=at)
    return Case.objects.filter(document__record_id=record).latest("id")


def fix(tower: Tower, case: Case, at: datetime, *, root: str = "", action: str = "") -> None:
    owner = tower.owner_of(case)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=at)
    done = {"outcome": Outcome.FIXED, "reason": "The goods are here."}
    lifecycle.move(case.pk, Move.RESOLVE, owner, at=at, data=done)
    if root:
        causes = {"root_cause": root, "corrective_action": action}
        lifecycle.move(case.pk, Move.CLOSE, owner, at=at + HOUR, data=causes)


def test_the_first_one_says_so(tower: Tower, at: datetime) -> None:
    found = told(tower, late(tower, 1, at), at)

    assert found.says == "1st time in 30 days for Kempten Bearings at Rotterdam."
    assert (found.times, found.days, found.last) == (1, 30, None)


def test_the_window_is_of_the_case_and_its_first_instant_counts(tower: Tower, at: datetime) -> None:
    moment = timedelta(microseconds=1)
    for number, when in enumerate([-30 * DAY - moment, -30 * DAY, -moment], start=1):
        late(tower, number, at + when)
    found = told(tower, late(tower, 4, at), at + 90 * DAY)

    assert found.times == 3
    assert listed(tower, found, at) == [2, 3, 4]


def test_it_is_the_number_that_gave_the_points(tower: Tower, at: datetime) -> None:
    for number, day in enumerate([-31, -29, -10, 0], start=1):
        late(tower, number, at + day * DAY)
    late(tower, 5, at, supplier=Partner(id=8, name="Basel Pumps"))
    said = {
        case.document.record_id: next(
            c["because"] for c in case.contributions if c["factor"] == Factor.RECURRENCE
        )
        for case in Case.objects.all()
    }
    times = {case.document.record_id: told(tower, case, at).times for case in Case.objects.all()}

    assert times == {1: 1, 2: 2, 3: 3, 4: 3, 5: 1}
    assert said == {
        1: "first time in the window",
        2: "happened once before",
        3: "happened 2 times before",
        4: "happened 2 times before",
        5: "first time in the window",
    }


def test_the_same_record_again_is_no_recurrence_but_its_fix_is_told(
    tower: Tower, at: datetime
) -> None:
    first = late(tower, 1, at - 20 * DAY)
    fix(tower, first, at - 19 * DAY, root="Capacity")
    again = late(tower, 1, at, value=None)
    found = told(tower, again, at)

    assert again != first
    assert (found.times, listed(tower, found, at)) == (1, [1])
    assert found.says == (
        "1st time in 30 days for Kempten Bearings at Rotterdam;"
        f" the last fix was “Capacity” ({first.reference}), 19 d ago."
    )


def test_the_last_fix_is_told_before_what_ended_otherwise(tower: Tower, at: datetime) -> None:
    first = late(tower, 1, at - 9 * DAY)
    fix(tower, first, at - 4 * DAY, root="Capacity", action="Second source")
    second = late(tower, 2, at - 3 * DAY)
    intake.take_in([tower.receipt(2, at=at - 2 * DAY, open=False)], at=at - 2 * DAY)
    found = told(tower, late(tower, 3, at), at)

    assert Case.objects.get(pk=second.pk).outcome == Outcome.SELF_HEALED
    assert found.says == (
        "3rd time in 30 days for Kempten Bearings at Rotterdam;"
        f" the last fix was “Second source” ({first.reference}), 4 d ago."
    )


def test_without_a_fix_it_tells_what_ended_it(tower: Tower, at: datetime) -> None:
    first = late(tower, 1, at - 3 * DAY)
    intake.take_in([tower.receipt(1, at=at - 2 * DAY, open=False)], at=at - 2 * DAY)
    found = told(tower, late(tower, 2, at), at)

    assert found.says == (
        "2nd time in 30 days for Kempten Bearings at Rotterdam;"
        f" {first.reference} ended as self-healed, 2 d ago:"
        " “The source no longer shows the exception”."
    )


def test_a_decision_or_the_reason_stands_where_no_cause_was_given(
    tower: Tower, at: datetime
) -> None:
    first = late(tower, 1, at - 3 * DAY)
    fix(tower, first, at - 2 * DAY)
    second = late(tower, 2, at - DAY)
    owner = tower.owner_of(second)
    lifecycle.move(second.pk, Move.ACKNOWLEDGE, owner, at=at - DAY)
    chase = {
        "decision": "chase",
        "substance": second.document.substance,
        "reason": "No answer since Monday.",
    }
    lifecycle.move(second.pk, Move.PROPOSE, owner, at=at - DAY, data=chase)
    done = {"outcome": Outcome.FIXED, "reason": "They came."}
    lifecycle.move(second.pk, Move.RESOLVE, owner, at=at - 12 * HOUR, data=done)
    third = late(tower, 3, at)

    assert told(tower, second, at).says.endswith(
        f"the last fix was “The goods are here” ({first.reference}), 2 d ago."
    )
    assert told(tower, third, at).says.endswith(
        f"the last fix was “Chase the partner” ({second.reference}), 12 h ago."
    )


def test_a_merged_duplicate_does_not_count_until_it_is_taken_out(
    tower: Tower, at: datetime
) -> None:
    first, double = late(tower, 1, at - 2 * DAY), late(tower, 2, at - DAY)
    merged = {"outcome": Outcome.DUPLICATE, "reason": "One truck.", "merged_into": first.pk}
    lifecycle.move(double.pk, Move.DISMISS, tower.supervisor, at=at - HOUR, data=merged)
    case = late(tower, 3, at)
    (because,) = (c["because"] for c in case.contributions if c["factor"] == Factor.RECURRENCE)
    found = told(tower, case, at)

    assert (found.times, because, listed(tower, found, at)) == (2, "happened once before", [1, 3])
    again = {"reason": "Two trucks."}
    lifecycle.move(double.pk, Move.REOPEN, tower.supervisor, at=at, data=again)
    assert told(tower, case, at).times == 3


def test_a_source_that_names_nobody_recurs_at_the_site(tower: Tower, at: datetime) -> None:
    late(tower, 1, at - DAY, supplier=None)
    found = told(tower, late(tower, 2, at, supplier=None), at)

    assert found.says == "2nd time in 30 days at Rotterdam."


def test_other_sites_do_not_count_and_strangers_see_nothing(tower: Tower, at: datetime) -> None:
    late(tower, 1, at - DAY, site_id=tower.other_site.pk)
    case = late(tower, 2, at)

    assert told(tower, case, at).times == 1
    found = told(tower, case, at, tower.actor("lead.chi"))
    assert listed(tower, found, at) == [2]
    assert list(found.asked.apply(visible_cases(tower.actor("lead.chi")), at=at)) == []


@pytest.mark.parametrize(
    ("key", "facts", "name"),
    [
        ("late_inbound:1:partner:7", {"supplier": {"id": 7, "name": "Kempten"}}, "Kempten"),
        ("late_inbound:1:partner:7", {"supplier": {"id": 8, "name": "Basel"}}, "Rotterdam"),
        ("late_inbound:1:partner:7", {"supplier": None}, "Rotterdam"),
        ("pod_dispute:1:partner:70", {"customer": {"id": 70, "name": "Vantage"}}, "Vantage"),
        ("carrier_failure:1:carrier:5", {"carrier": {"id": 5, "name": "DHL"}}, "DHL"),
        ("quality_hold:1:product:9", {"product": {"id": 9, "name": "Guide"}}, "Guide"),
        (
            "blocked_transfer:1:product:9",
            {"lines": [{"product": {"id": 8}}, {"product": {"id": 9, "name": "Guide"}}]},
            "Guide",
        ),
        (
            "customs_hold:1:product:9",
            {"without_hs_code": [{"id": 9, "name": "Guide"}], "lines": []},
            "Guide",
        ),
        ("carrier_failure:1:said:rhine haulage", {"subject": "Rhine Haulage"}, "Rhine Haulage"),
        ("carrier_failure:1:said:a:b", {}, "a:b"),
        ("late_inbound:1:site:1", {}, "Rotterdam"),
    ],
)
def test_who_recurs_is_called_by_name(
    tower: Tower, key: str, facts: dict[str, object], name: str
) -> None:
    assert subject_name(key, facts, tower.site) == name


def test_ordinals() -> None:
    said = " ".join(_nth(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111, 112, 113))

    assert said == "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd 101st 111th 112th 113th"
