"""What settings would have opened in the past, counted by hand."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exceptions import intake, policies
from exceptions.kinds import KINDS
from exceptions.preview.hindsight import Hindsight, hindsight
from exceptions.verdicts import Noise, PolicySettings
from exceptions.vocabulary import KindCode, Rollout
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def grace(hours: int, **more: Any) -> PolicySettings:
    thresholds = {"grace_minutes": Decimal(hours * 60)}
    return replace(KINDS[LATE].default_policy, thresholds=thresholds, **more)


def came(tower: Tower, record_id: int, at: datetime, *, due: datetime, done: datetime) -> None:
    """A receipt that was read 25 hours after it was due, or an hour before it came, and then again
    when it came.
    """
    receipt = tower.receipt(record_id, at=at, promised_at=due, planned_at=due)
    first = min(due + 25 * HOUR, done - HOUR)
    intake.take_in([replace(receipt, read_at=first, written_at=first)], at=first)
    ended = replace(receipt, read_at=done, written_at=done, open=False, done_at=done)
    intake.take_in([ended], at=done)


def counted(kind: KindCode, settings: PolicySettings, at: datetime) -> tuple[int, int, int]:
    said = hindsight(kind, settings, at=at)
    return said.opened, said.again, said.more


def test_of_what_was_late_what_was_late_by_more_than_the_grace(tower: Tower, at: datetime) -> None:
    """Late by 10, 40 and 70 hours when they came; the fourth came an hour before its date."""
    policies.publish(LATE, grace(24), at=at - 100 * DAY)
    for i, hours in enumerate([10, 40, 70, -1], start=1):
        due = at - 20 * DAY
        came(tower, i, at, due=due, done=due + hours * HOUR)
    # Of the four, those two were late for a day when they were read.
    assert counted(LATE, grace(24), at) == (2, 2, 0)
    assert counted(LATE, grace(48), at) == (2, 1, 0)
    assert counted(LATE, grace(72), at) == (2, 0, 0)
    assert counted(LATE, grace(9), at) == (2, 2, 1)  # and the one that was late by ten hours
    assert counted(LATE, grace(0), at) == (2, 2, 1)


def test_what_lies_before_the_days_is_not_counted(tower: Tower, at: datetime) -> None:
    policies.publish(LATE, grace(0), at=at - 100 * DAY)
    came(tower, 1, at, due=at - 95 * DAY, done=at - 93 * DAY)
    came(tower, 2, at, due=at - 15 * DAY, done=at - 13 * DAY)

    assert counted(LATE, grace(0), at) == (1, 1, 0)
    assert hindsight(LATE, grace(0), at=at, days=10) == Hindsight(
        days=10, opened=0, again=0, more=0, tells_more=True
    )


def test_what_is_open_still_is_looked_at_as_it_is_now(tower: Tower, at: datetime) -> None:
    tower.late_case(1, at=at - 3 * DAY)  # was due two days before that
    assert counted(LATE, grace(24 * 4), at) == (1, 1, 0)
    assert counted(LATE, grace(24 * 6), at) == (1, 0, 0)


def test_where_it_would_have_been_off_or_tried_out_nothing_opens(
    tower: Tower, at: datetime
) -> None:
    tower.late_case(1, at=at - DAY)
    tower.late_case(2, at=at - DAY, site_id=tower.other_site.pk)
    for way in (Rollout.OFF, Rollout.OBSERVING):
        assert counted(LATE, grace(0, rollout_at={tower.site.pk: way}), at) == (2, 1, 0)


def test_what_healed_within_the_hold_would_not_have_opened(tower: Tower, at: datetime) -> None:
    policies.publish(LATE, grace(0), at=at - 100 * DAY)
    came(tower, 1, at, due=at - 9 * DAY, done=at - 9 * DAY + 26 * HOUR)  # a case for an hour
    came(tower, 2, at, due=at - 9 * DAY, done=at - 9 * DAY + 34 * HOUR)  # for nine
    tower.late_case(3, at=at - HOUR)  # for one, but nothing says that it heals

    assert counted(LATE, grace(0, hold_minutes=180), at) == (3, 2, 0)


def test_small_ones_would_have_opened_when_their_subject_had_come_often_enough(
    tower: Tower, at: datetime
) -> None:
    """Of 40 EUR each: detected 20, 6, 5 and 1 days ago. The last three lie within a week; the first
    stood, too, when the third of them came. What is worth more opens whatever is said."""
    for i, days in enumerate([20, 6, 5, 1], start=1):
        tower.late_case(i, at=at - days * DAY, value=Decimal(40))
    tower.late_case(9, at=at - 30 * DAY, value=Decimal(4_000))

    three, four = (Noise(below=Decimal(50), times=n, days=7) for n in (3, 4))
    assert counted(LATE, grace(0, noise=three), at) == (5, 5, 0)
    assert counted(LATE, grace(0, noise=four), at) == (5, 1, 0)
