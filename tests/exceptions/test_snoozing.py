"""Cases out of the working queue for a while: who snoozes them, and what brings them back."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from exceptions import audit, clocks, commenting, escalate, intake, lifecycle, policies, snoozing
from exceptions.actors import Actor
from exceptions.kinds import KINDS
from exceptions.lifecycle import Refused
from exceptions.models import Case, Notification, Snooze, User
from exceptions.queries.case_filter import CaseFilter
from exceptions.snoozing import Sleep
from exceptions.vocabulary import Happening, KindCode, Move, Notice, Until
from tests.exceptions.office import HOUR, MONDAY, TICK, told
from tests.making import Tower

LATER = Sleep(until=Until.DATE, until_at=MONDAY + 4 * HOUR, reason="They call back at eight.")
MOVES = Sleep(until=Until.ETA, reason="The supplier promised a new date.")
GROWS = Sleep(until=Until.VALUE, value=Decimal(20_000), reason="Below that it can wait.")


@pytest.fixture
def case(tower: Tower) -> Case:
    """High, of 10,000 EUR; owned by procurement.rtm; its clocks are due after 1 and 24 hours, and
    warn at three quarters.
    """
    return tower.late_case(at=MONDAY)


@pytest.fixture
def owner(tower: Tower, case: Case) -> Actor:
    return tower.owner_of(case)


def queue(at: datetime) -> list[int]:
    return list(CaseFilter().apply(Case.objects.all(), at=at).values_list("pk", flat=True))


def woke(case: Case) -> list[dict[str, Any]]:
    return [event.data for event in told(case, Happening.SNOOZE_ENDED)]


def read_again(tower: Tower, at: datetime, **said: Any) -> None:
    """The source tells of the same receipt, promised as before."""
    promised = MONDAY - timedelta(days=2)
    facts = {"promised_at": promised, "planned_at": promised} | said
    intake.take_in([tower.receipt(at=at, **facts)], at=at)


def notices() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(what=Notice.SNOOZE_ENDED).select_related("person")
    return [(row.person.username, row.data["why"]) for row in rows]


# -- Snoozing ------------------------------------------------------------------------------------


def test_a_snoozed_case_is_out_of_the_queue_and_comes_back_on_its_date(
    case: Case, owner: Actor
) -> None:
    assert queue(MONDAY) == [case.pk]
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    assert queue(MONDAY) == []
    swept = [escalate.end_snoozes(at=MONDAY + n * HOUR - TICK) for n in (4, 5, 6)]
    assert swept == [0, 1, 0]
    assert queue(MONDAY) == [case.pk]
    assert woke(case) == [{"why": "date"}]
    assert notices() == [("procurement.rtm", "date")]
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


def test_its_clocks_go_on(case: Case, owner: Actor) -> None:
    before = list(case.clocks.order_by("kind").values())
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    assert list(case.clocks.order_by("kind").values()) == before


def test_it_may_be_woken_and_snoozed_again(case: Case, owner: Actor, tower: Tower) -> None:
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    snoozing.wake(case.pk, owner, at=MONDAY + HOUR)
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY + HOUR)
    snoozing.wake(case.pk, tower.supervisor, at=MONDAY + 2 * HOUR)
    assert queue(MONDAY) == [case.pk]
    assert [e.actor_name for e in told(case, Happening.SNOOZE_ENDED)] == [
        "procurement.rtm",
        "lead.rtm",
    ]
    assert notices() == [("procurement.rtm", "by_hand")]  # not what they did themselves


def test_owner_and_supervisors_snooze_and_nobody_else(case: Case, tower: Tower) -> None:
    only = "Only the owner (procurement.rtm) or a supervisor of Rotterdam can do this."
    for username in ("warehouse.rtm", "procurement.chi", "lead.chi"):
        for act in (snooze_later(case), wake_it(case)):
            with pytest.raises(Refused) as refused:
                act(tower.actor(username))
            assert str(refused.value) == only
    snoozing.snooze(case.pk, LATER, tower.supervisor, at=MONDAY)
    assert Snooze.objects.get().by.username == "lead.rtm"


def snooze_later(case: Case) -> Callable[[Actor], object]:
    return lambda who: snoozing.snooze(case.pk, LATER, who, at=MONDAY)


def wake_it(case: Case) -> Callable[[Actor], object]:
    return lambda who: snoozing.wake(case.pk, who, at=MONDAY)


@pytest.mark.parametrize(
    ("sleep", "says"),
    [
        (replace(LATER, reason=" "), "Say in a sentence why it can rest."),
        (replace(LATER, until_at=None), "Give the date and time until which it can rest."),
        (replace(LATER, until_at=MONDAY), "The date lies in the next two years."),
        (
            replace(MOVES, until_at=datetime(9999, 12, 31, 23, tzinfo=UTC)),
            "The date lies in the next two years.",
        ),
        (replace(GROWS, value=None), "Give the amount as a number."),
        (replace(GROWS, value=Decimal("NaN")), "Give the amount as a number."),
        (replace(GROWS, value=Decimal(-1)), "Give the amount as a number."),
        (replace(GROWS, value=Decimal(10) ** 13), "Give the amount as a number."),
        (
            replace(GROWS, value=Decimal(9_999)),
            "More than that is at risk already: give a higher amount.",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(case: Case, owner: Actor, sleep: Sleep, says: str) -> None:
    with pytest.raises(Refused) as refused:
        snoozing.snooze(case.pk, sleep, owner, at=MONDAY)
    assert (str(refused.value), Snooze.objects.count()) == (says, 0)


def test_one_snooze_lasts_at_a_time_and_only_open_cases_rest(
    case: Case, owner: Actor, tower: Tower
) -> None:
    with pytest.raises(Refused, match="is not snoozed"):
        snoozing.wake(case.pk, owner, at=MONDAY)
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    with pytest.raises(Refused, match="is snoozed already: wake it first"):
        snoozing.snooze(case.pk, MOVES, owner, at=MONDAY)
    data = {"outcome": "false_positive", "reason": "It is here."}
    lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=MONDAY, data=data)
    with pytest.raises(Refused, match="has ended, so there is nothing to snooze"):
        snoozing.snooze(case.pk, LATER, owner, at=MONDAY)


def test_a_case_whose_source_gives_no_date_rests_until_none_moves(tower: Tower) -> None:
    intake.take_in([tower.count(at=MONDAY)], at=MONDAY)
    case = Case.objects.get()
    with pytest.raises(Refused, match="no date that could move: choose a date"):
        snoozing.snooze(case.pk, MOVES, tower.supervisor, at=MONDAY)


def test_what_outlasts_a_clock_says_so(case: Case, owner: Actor) -> None:
    found = clocks.of_case(case)
    lasts = [
        replace(LATER, until_at=MONDAY + span) for span in (HOUR, HOUR + TICK, timedelta(days=3))
    ]
    warnings = []
    for sleep in lasts:
        row = snoozing.snooze(case.pk, sleep, owner, at=MONDAY)
        warnings.append(snoozing.warning(row, found, MONDAY))
        snoozing.wake(case.pk, owner, at=MONDAY)
    # 45 of its 60 minutes are used up at 17:05.
    first = (
        "The time to acknowledge is over Mon 16 Nov 17:20 CET, before the snooze is: the case "
        "comes back Mon 16 Nov 17:05 CET at the latest."
    )
    assert warnings == ["", first, first]


# -- What brings it back -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "which"),
    [
        ({"promised_at": MONDAY - timedelta(days=1)}, "promised_at"),
        ({"planned_at": MONDAY - timedelta(days=1)}, "planned_at"),
        ({"planned_at": None}, "planned_at"),
    ],
)
def test_a_date_of_the_source_that_moves_wakes_it_and_is_named(
    case: Case, owner: Actor, tower: Tower, said: dict[str, Any], which: str
) -> None:
    snoozing.snooze(case.pk, MOVES, owner, at=MONDAY)
    read_again(tower, MONDAY + HOUR, order_reference="P99999")
    assert queue(MONDAY) == []  # something else changed
    read_again(tower, MONDAY + 2 * HOUR, order_reference="P99999", **said)
    now = said[which]
    assert woke(case) == [
        {
            "why": "eta",
            "which": which,
            "before": "2026-11-14T15:20:00Z",
            "now": now.isoformat().replace("+00:00", "Z") if now else None,
        }
    ]
    assert notices() == [("procurement.rtm", "eta")]


def test_a_snooze_for_a_date_does_not_care_what_moves(
    case: Case, owner: Actor, tower: Tower
) -> None:
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    read_again(tower, MONDAY + HOUR, planned_at=MONDAY - timedelta(days=1))
    assert woke(case) == []


def test_what_waits_for_the_source_ends_after_a_month_all_the_same(
    case: Case, owner: Actor
) -> None:
    snoozing.snooze(case.pk, MOVES, owner, at=MONDAY)
    month = MONDAY + timedelta(days=30)
    assert [escalate.end_snoozes(at=at) for at in (month - TICK, month)] == [0, 1]


def test_a_value_that_passes_the_amount_wakes_it(case: Case, owner: Actor, tower: Tower) -> None:
    keeps_its_score(KindCode.LATE_INBOUND)
    snoozing.snooze(case.pk, GROWS, owner, at=MONDAY)
    read_again(tower, MONDAY + HOUR, value=Decimal(20_000))
    assert woke(case) == []
    read_again(tower, MONDAY + 2 * HOUR, value=Decimal("20000.01"))
    assert woke(case) == [
        {"why": "value", "value": "20000.01", "currency": "EUR", "passed": "20000.00"}
    ]


def keeps_its_score(kind: KindCode) -> None:
    """Whatever it is worth."""
    usual = KINDS[kind].default_policy
    weights = {
        factor: points for factor, points in usual.weights.items() if factor != "value_at_risk"
    }
    policies.publish(kind, replace(usual, weights=weights), at=MONDAY)
    Case.objects.update(policy=policies.newest_of(kind))


def test_an_amount_in_another_currency_wakes_it(case: Case, owner: Actor, tower: Tower) -> None:
    snoozing.snooze(case.pk, GROWS, owner, at=MONDAY)
    read_again(tower, MONDAY + HOUR, value=Decimal(1), currency="JPY")
    assert [data["why"] for data in woke(case)] == ["value"]


def test_a_clock_wakes_it_from_three_quarters_on(case: Case, owner: Actor) -> None:
    """The clock to acknowledge has 60 minutes."""
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    escalate.warn(at=MONDAY + timedelta(minutes=45) - TICK)  # half of it is used up
    assert woke(case) == []
    escalate.warn(at=MONDAY + timedelta(minutes=45))
    assert woke(case) == [{"why": "clock", "clock": "acknowledge", "percent": 75}]
    assert notices() == [("procurement.rtm", "clock")]


def test_a_clock_that_runs_out_wakes_it(case: Case, owner: Actor) -> None:
    escalate.warn(at=MONDAY + HOUR - TICK)
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY + HOUR - TICK)
    escalate.sweep_clocks(at=MONDAY + HOUR + TICK)
    assert woke(case) == [{"why": "clock", "clock": "acknowledge"}]


def test_a_graver_tier_wakes_it_and_a_lower_one_does_not(
    case: Case, owner: Actor, tower: Tower
) -> None:
    for severity, expected in ((30, []), (60, []), (80, ["tier"])):
        if not expected:
            snoozing.snooze(case.pk, LATER, owner, at=MONDAY) if severity == 30 else None
        data = {"severity": severity, "reason": "Seen on site."}
        lifecycle.move(case.pk, Move.RECLASSIFY, tower.supervisor, at=MONDAY, data=data)
        assert [data["why"] for data in woke(case)] == expected


def test_another_owner_wakes_it(case: Case, owner: Actor, tower: Tower) -> None:
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    warehouse = User.objects.get(username="warehouse.rtm")
    lifecycle.move(case.pk, Move.ASSIGN, tower.supervisor, at=MONDAY, data={"owner": warehouse})
    assert woke(case) == [{"why": "reassigned", "owner": "warehouse.rtm"}]
    assert notices() == []  # both are told of the assignment


def test_to_acknowledge_it_does_not_wake_it(case: Case, owner: Actor) -> None:
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=MONDAY)
    assert woke(case) == []


@pytest.mark.parametrize("how", ["resolve", "dismiss", "heal"])
def test_the_end_of_the_case_ends_it_and_reopened_it_is_awake(
    case: Case, owner: Actor, tower: Tower, how: str
) -> None:
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=MONDAY)
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    if how == "resolve":
        data = {"outcome": "fixed", "reason": "It is here."}
        lifecycle.move(case.pk, Move.RESOLVE, owner, at=MONDAY + HOUR, data=data)
    elif how == "dismiss":
        data = {"outcome": "accepted", "reason": "It is here."}
        lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=MONDAY + HOUR, data=data)
    else:
        read_again(tower, MONDAY + HOUR, open=False)
    assert (woke(case), notices()) == ([{"why": "ended"}], [])

    reason = {"reason": "It is not here after all."}
    lifecycle.move(case.pk, Move.REOPEN, tower.supervisor, at=MONDAY + 2 * HOUR, data=reason)
    assert queue(MONDAY) == [case.pk]


def test_who_mentions_the_owner_wakes_it(case: Case, owner: Actor, tower: Tower) -> None:
    snoozing.snooze(case.pk, LATER, owner, at=MONDAY)
    commenting.write(case.pk, "@lead.rtm, it can wait.", owner, at=MONDAY)
    commenting.write(case.pk, "Note to @procurement.rtm, me.", owner, at=MONDAY)
    commenting.write(case.pk, "No answer yet.", tower.supervisor, at=MONDAY)
    assert woke(case) == []
    said = commenting.write(case.pk, "They called.", tower.supervisor, at=MONDAY)
    commenting.edit(said[0].pk, "@procurement.rtm: they called.", tower.supervisor, at=MONDAY)
    assert woke(case) == [{"why": "mentioned", "who": "lead.rtm"}]
    case.refresh_from_db()
    assert list(audit.verify(case)) == []
