"""Who is told, and who takes over, when time runs down or out: each step once, whoever slept."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions import audit, calendars, escalate, intake, lifecycle, pausing, policies
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.kinds import KINDS
from exceptions.models import (
    Case,
    Clock,
    FactsSource,
    Membership,
    Notification,
    Policy,
    User,
)
from exceptions.pausing import Wait
from exceptions.policies import NotPublished
from exceptions.preview.chains import chains
from exceptions.verdicts import Escalation, PolicySettings
from exceptions.vocabulary import (
    ClockKind,
    Happening,
    KindCode,
    Move,
    Notice,
    Role,
    Rung,
    State,
    Tier,
    Waiting,
)
from exceptions.web import policy_escalation
from exceptions.web.setting_fields import Unreadable
from tests.exceptions.duty_makers import is_away
from tests.making import Tower

HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)
AT = datetime(2026, 11, 17, 9, tzinfo=UTC)
HALF = Escalation(clock=ClockKind.RESOLVE, percent=50, to=Rung.TEAM)
LATE = Escalation(clock=ClockKind.RESOLVE, percent=100, to=Rung.LEAD)
TAKEN = Escalation(clock=ClockKind.RESOLVE, percent=125, to=Rung.LEAD, takes=True)
LATER = Escalation(clock=ClockKind.RESOLVE, percent=150, to=Rung.EXECUTIVES)
LADDER = (HALF, LATE, TAKEN, LATER)


def settings(*steps: Escalation) -> PolicySettings:
    return replace(
        KINDS[KindCode.LATE_INBOUND].default_policy, escalation={Tier.HIGH: steps} if steps else {}
    )


@pytest.fixture
def ladder(tower: Tower) -> Tower:
    """A policy with all steps, an executive to reach, and a lead who works at the site."""
    policies.publish(KindCode.LATE_INBOUND, settings(*LADDER), at=AT)
    boss = User.objects.create_user("boss", first_name="Bo", last_name="Ss")
    Membership.objects.create(user=boss, role=Role.EXECUTIVE, site=tower.site)
    return tower


def acknowledged(tower: Tower) -> Case:
    """High: 24 hours to resolve, around the clock."""
    case = tower.late_case(at=AT)
    owner = tower.actor("procurement.rtm")
    return lifecycle.move(case.pk, Move.ACKNOWLEDGE, owner, at=AT)


def sweep(at: datetime) -> None:
    """As the task does it."""
    for each in (escalate.end_pauses, escalate.sweep_clocks, escalate.warn):
        each(at=at)


def steps(case: Case) -> list[tuple[int, str]]:
    told = case.events.filter(happening=Happening.ESCALATED).order_by("number")
    return [(event.data["percent"], event.data["to"]) for event in told]


def told() -> set[tuple[str, int]]:
    rows = Notification.objects.filter(what=Notice.ESCALATED)
    return {(row.person.username, row.data["share"]) for row in rows.select_related("person")}


def test_each_step_comes_at_its_moment_and_once(ladder: Tower) -> None:
    case = acknowledged(ladder)
    seen = []
    for hours in (12, 24, 30, 36):
        for at in (AT + hours * HOUR - TICK, AT + hours * HOUR, AT + hours * HOUR + TICK):
            sweep(at)
        sweep(AT + hours * HOUR + TICK)
        seen.append(steps(case))

    every = [(50, "team"), (100, "lead"), (125, "lead"), (150, "executives")]
    assert seen == [every[:1], every[:2], every[:3], every]
    assert told() == {
        ("procurement.rtm", 50),
        ("lead.rtm", 100),
        ("lead.rtm", 125),
        ("boss", 150),
    }
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


def test_a_worker_that_slept_over_all_of_it_takes_every_step_once_in_order(ladder: Tower) -> None:
    case = acknowledged(ladder)
    for _ in range(3):
        sweep(AT + 200 * HOUR)
    assert steps(case) == [(50, "team"), (100, "lead"), (125, "lead"), (150, "executives")]
    assert case.events.filter(happening=Happening.CLOCK_BREACHED).count() == 1


def test_the_lead_takes_over_and_is_asked_to_acknowledge(ladder: Tower) -> None:
    case = acknowledged(ladder)
    sweep(AT + 30 * HOUR)
    sweep(AT + 30 * HOUR)
    case.refresh_from_db()

    assert (str(case.owner), case.state) == ("lead.rtm", State.ASSIGNED)
    assert case.clocks.filter(kind="acknowledge", stopped_at=None).count() == 1
    assert case.events.filter(move=Move.ASSIGN).count() == 2


@pytest.mark.parametrize(
    ("deputy", "who"), [("procurement.rtm", "procurement.rtm"), ("", "lead.rtm")]
)
def test_while_the_lead_is_away_their_deputy_is_told(ladder: Tower, deputy: str, who: str) -> None:
    case = acknowledged(ladder)
    is_away("lead.rtm", AT, AT + 90 * HOUR, deputy)
    sweep(AT + 25 * HOUR)

    at_the_end = case.events.filter(happening=Happening.ESCALATED, data__to=Rung.LEAD)
    assert [event.data["people"] for event in at_the_end] == [[who]]


def test_a_lead_who_owns_it_already_or_does_not_work_there_takes_nothing(ladder: Tower) -> None:
    ladder.site.lead = User.objects.get(username="procurement.rtm")
    ladder.site.save()
    first = acknowledged(ladder)
    sweep(AT + 30 * HOUR)
    ladder.site.lead = User.objects.get(username="boss")
    ladder.site.save()
    second = ladder.late_case(2, at=AT)
    sweep(AT + 30 * HOUR)

    owners = {case.owner.username for case in Case.objects.all() if case.owner}
    assert (owners, steps(first), len(steps(second))) == (
        {"procurement.rtm"},
        [(50, "team"), (100, "lead"), (125, "lead")],
        3,
    )


def test_what_is_resolved_in_time_is_not_escalated(ladder: Tower) -> None:
    case = acknowledged(ladder)
    owner = ladder.actor("procurement.rtm")
    data = {"outcome": "fixed", "reason": "They are here."}
    lifecycle.move(case.pk, Move.RESOLVE, owner, at=AT + 12 * HOUR - TICK, data=data)
    sweep(AT + 99 * HOUR)
    assert (steps(case), told()) == ([], set())


def test_a_pause_moves_the_steps_that_are_to_come(ladder: Tower) -> None:
    case = acknowledged(ladder)
    wait = Wait(waiting_for=Waiting.CARRIER, counterparty="Maersk", reason="A new ETA")
    pausing.pause(case.pk, wait, ladder.supervisor, at=AT + HOUR)
    sweep(AT + 20 * HOUR)
    pausing.resume(case.pk, ladder.supervisor, at=AT + 20 * HOUR)
    seen = []
    for at in (AT + 31 * HOUR - TICK, AT + 31 * HOUR):
        sweep(at)
        seen.append(steps(case))
    assert seen == [[], [(50, "team")]]


def test_nobody_is_escalated_to_for_what_its_source_was_not_read_for(ladder: Tower) -> None:
    """The time to resolve runs out once a later reading still shows the exception."""
    case = acknowledged(ladder)
    FactsSource.objects.create(
        connection=ladder.connection, facts_type="Receipt", read_at=AT + HOUR
    )
    sweep(AT + 40 * HOUR)
    assert steps(case) == [(50, "team")]
    FactsSource.objects.update(read_at=AT + 41 * HOUR)
    sweep(AT + 41 * HOUR)
    assert steps(case) == [(50, "team"), (100, "lead"), (125, "lead"), (150, "executives")]


def test_a_case_keeps_the_ladder_that_it_started_under(ladder: Tower) -> None:
    case = acknowledged(ladder)
    policies.publish(KindCode.LATE_INBOUND, settings(), at=AT + HOUR)
    sweep(AT + 12 * HOUR)
    assert steps(case) == [(50, "team")]


@pytest.mark.parametrize(
    ("step", "says"),
    [
        (replace(LATE, percent=0), "escalated between 1 and 1000 %"),
        (replace(LATE, percent=1001), "escalated between 1 and 1000 %"),
        (replace(LATER, takes=True), "only the site's lead can take a case over"),
    ],
)
def test_a_ladder_that_does_not_hold_is_not_published(
    tower: Tower, step: Escalation, says: str
) -> None:
    with pytest.raises(NotPublished, match=says):
        policies.publish(KindCode.LATE_INBOUND, settings(step), at=AT)


def test_what_a_draft_would_do_is_foreseen_as_it_comes_about(ladder: Tower) -> None:
    """In working hours: a step that a real case takes comes when the preview said."""
    office = CalendarSettings(
        zone="Europe/Amsterdam", weekly=((Opening(480, 1080),),) * 5 + ((),) * 2
    )
    ladder.site.calendar = calendars.create("Office", office, by=None, at=AT)
    ladder.site.save()
    case = acknowledged(ladder)
    found = chains(settings(*LADDER), [ladder.site], case.team, at=AT)

    amsterdam = ZoneInfo("Europe/Amsterdam")
    assert [(c.at[0].when.astimezone(amsterdam).isoformat(), c.at[0].people) for c in found] == [
        ("2026-11-18T12:00:00+01:00", ("procurement.rtm",)),
        ("2026-11-19T14:00:00+01:00", ("lead.rtm",)),
        ("2026-11-20T10:00:00+01:00", ("lead.rtm",)),
        ("2026-11-20T16:00:00+01:00", ("Bo Ss",)),
    ]
    for chain, expected in zip(found, range(1, 5), strict=True):
        sweep(chain.at[0].when - TICK)
        assert len(steps(case)) == expected - 1
        sweep(chain.at[0].when + TICK)
        assert len(steps(case)) == expected


@pytest.mark.parametrize(
    ("typed", "steps"),
    [
        ("", ()),
        ("resolve 100 lead", (LATE,)),
        ("Resolve 150 % executives; resolve 50 team;", (HALF, LATER)),
        ("resolve 125 lead takes over", (TAKEN,)),
    ],
)
def test_a_ladder_as_people_type_it(typed: str, steps: tuple[Escalation, ...]) -> None:
    assert policy_escalation.steps_of(typed) == steps
    assert policy_escalation.steps_of(policy_escalation.said(steps)) == steps


@pytest.mark.parametrize("typed", ["resolve lead", "sleep 100 lead", "resolve 100 nobody", "100"])
def test_what_is_no_step_is_said(typed: str) -> None:
    with pytest.raises(Unreadable, match="give clock, percent and who"):
        policy_escalation.steps_of(typed)


def test_without_steps_nothing_is_escalated(tower: Tower) -> None:
    policies.publish(KindCode.LATE_INBOUND, settings(), at=AT)
    intake.take_in([tower.receipt(1, at=AT)], at=AT)
    sweep(AT + 99 * HOUR)
    assert told() == set()
    assert Clock.objects.filter(tell_at__isnull=False).count() == 0


def test_a_case_whose_severity_rises_after_its_time_ran_out_is_escalated(tower: Tower) -> None:
    """Medium has no steps of its own; critical asks for more, and has no time to lose."""
    steps_of: dict[Tier, tuple[Escalation, ...]] = {Tier.CRITICAL: (LATE, LATER)}
    usual = KINDS[KindCode.LATE_INBOUND].default_policy
    policies.publish(KindCode.LATE_INBOUND, replace(usual, escalation=steps_of), at=AT)
    case = acknowledged(tower)
    sweep(AT + 40 * HOUR)
    assert steps(case) == []
    judged = {"severity": 90, "reason": "The line stands still."}
    lifecycle.move(case.pk, Move.RECLASSIFY, tower.supervisor, at=AT + 41 * HOUR, data=judged)
    sweep(AT + 41 * HOUR)
    assert steps(case) == [(100, "lead"), (150, "executives")]


def test_one_that_cannot_be_done_does_not_hold_up_the_others(
    ladder: Tower, caplog: pytest.LogCaptureFixture
) -> None:
    first, second = (ladder.late_case(number, at=AT) for number in (1, 2))
    broken = first.clocks.get(kind="resolve")
    Clock.objects.filter(pk=broken.pk).update(policy=Policy.objects.create(kind="x", settings=[]))
    sweep(AT + 99 * HOUR)
    assert (steps(first), len(steps(second))) == ([], 4)
    assert f"What was due for row {broken.pk} could not be done." in caplog.text
