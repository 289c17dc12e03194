"""Who is told what: one owner, the watchers of the result, nobody twice or of their own doing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exceptions import (
    commenting,
    escalate,
    intake,
    lifecycle,
    notice_words,
    notices,
    promises,
    proofs,
    tasks,
)
from exceptions.actors import Actor, machine
from exceptions.models import (
    Case,
    Clock,
    Decision,
    Membership,
    NoticeSettings,
    Notification,
    OutboxMessage,
    User,
)
from exceptions.vocabulary import Move, Notice, OutboxState, Reach, State, Via
from tests.exceptions.cases import MINUTE, People, case_in, data_for, people_of
from tests.making import Tower

HOUR = timedelta(hours=1)
OWNER = "procurement.rtm"


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


@pytest.fixture
def case(tower: Tower, people: People, at: datetime) -> Case:
    """Its owner was told that it is theirs."""
    case = tower.late_case(at=at)
    lifecycle.move(case.pk, Move.ASSIGN, people.supervisor, at=at, data={"owner": people.mate.user})
    lifecycle.move(
        case.pk, Move.ASSIGN, people.supervisor, at=at, data={"owner": people.owner.user}
    )
    Notification.objects.all().delete()
    return Case.objects.get(pk=case.pk)


def told() -> list[tuple[str, str]]:
    """Who was told what, in the order of time."""
    rows = Notification.objects.order_by("at", "what", "person__username")
    return list(rows.values_list("what", "person__username"))


def move(case: Case, which: Move, actor: Actor, at: datetime, **data: Any) -> None:
    lifecycle.move(case.pk, which, actor, at=at, data=data_for(which) | data)


def test_assigning_tells_the_new_owner_and_the_one_before(
    tower: Tower, people: People, at: datetime
) -> None:
    case = tower.late_case(at=at)
    first = str(case.owner)
    boss = people.supervisor
    move(case, Move.ASSIGN, boss, at + MINUTE, owner=User.objects.get(username="warehouse.rtm"))
    move(case, Move.ASSIGN, boss, at + 2 * MINUTE, owner=boss.user)

    assert told() == [
        ("assigned", first),
        ("assigned", "warehouse.rtm"),
        ("reassigned", first),
        ("reassigned", "warehouse.rtm"),  # lead.rtm took it, and knows
    ]
    sentences = [notice_words.sentence(n) for n in Notification.objects.order_by("at", "what")]
    assert sentences == [
        f"{case.reference} was assigned to you",
        f"lead.rtm assigned {case.reference} to you",
        f"{case.reference} belongs to warehouse.rtm now",
        f"{case.reference} belongs to lead.rtm now",
    ]


def test_a_mate_who_takes_it_over(case: Case, people: People, at: datetime) -> None:
    move(case, Move.ACKNOWLEDGE, people.mate, at)
    assert told() == [("reassigned", OWNER)]


@pytest.mark.parametrize(
    ("state", "which", "what"),
    [
        (State.ACKNOWLEDGED, Move.RESOLVE, "resolved"),
        (State.ASSIGNED, Move.DISMISS, "dismissed"),
        (State.RESOLVED, Move.CLOSE, "closed"),
        (State.CLOSED, Move.REOPEN, "reopened"),
    ],
)
def test_the_result_is_told_to_the_owner_and_whoever_watches_but_not_the_doer(
    tower: Tower, people: People, at: datetime, state: State, which: Move, what: str
) -> None:
    case = case_in(state, tower, at=at)
    later = at + HOUR
    for watcher in (people.executive, people.supervisor, people.owner):
        commenting.watch(case.pk, watcher, at=at)
    Notification.objects.all().delete()
    move(case, which, people.supervisor, later)

    assert told() == [(what, "executive"), (what, OWNER)]


def test_what_the_source_and_the_quiet_period_do(
    tower: Tower, people: People, at: datetime
) -> None:
    """The owner hears that it recovered, not that the quiet period is over; watchers hear both."""
    case = tower.late_case(at=at)
    commenting.watch(case.pk, people.executive, at=at)
    owner = str(case.owner)
    intake.take_in([tower.receipt(at=at + HOUR, open=False)], at=at + HOUR)
    escalate.close_quiet_cases(at=at + 99 * HOUR)

    assert told() == [
        ("assigned", owner),
        ("resolved", "executive"),
        ("resolved", owner),
        ("closed", "executive"),
    ]
    recovered = Notification.objects.get(what="resolved", person__username=owner)
    assert notice_words.sentence(recovered) == f"{case.reference} is resolved: self-healed"


def test_steps_on_the_way_are_not_told_to_watchers(
    case: Case, people: People, at: datetime
) -> None:
    commenting.watch(case.pk, people.executive, at=at)
    move(case, Move.ACKNOWLEDGE, people.owner, at)
    move(case, Move.PROPOSE, people.owner, at)
    move(case, Move.ASSIGN, people.supervisor, at)

    assert [who for _, who in told() if who == "executive"] == []


def test_comments_and_mentions(case: Case, people: People, at: datetime) -> None:
    """Who is mentioned hears that, and not the comment as well; the owner hears every comment."""
    commenting.write(case.pk, "@mate look", people.supervisor, at=at)
    commenting.write(case.pk, "Done.", people.mate, at=at + MINUTE)
    (comment,) = commenting.write(case.pk, "Good.", people.owner, at=at + 2 * MINUTE)
    commenting.edit(comment.pk, "Good, @executive.", people.owner, at=at + 3 * MINUTE)

    assert told() == [
        ("commented", OWNER),
        ("mentioned", "mate"),
        ("commented", "lead.rtm"),
        ("commented", OWNER),
        ("commented", "lead.rtm"),
        ("commented", "mate"),
        ("mentioned", "executive"),
    ]
    mentioned = Notification.objects.get(person__username="mate", what="mentioned")
    words = f"lead.rtm mentions you on {case.reference}: “@mate look”"
    assert notice_words.sentence(mentioned) == words


def test_a_breach_is_told_once_also_after_a_standstill(case: Case, at: datetime) -> None:
    for hours in (2, 900, 901):
        escalate.sweep_clocks(at=at + hours * HOUR)

    assert told() == [("clock_breached", OWNER), ("clock_breached", OWNER)]
    keys = set(Notification.objects.values_list("key", flat=True))
    assert keys == {
        f"clock:{clock.pk}:{clock.due_at.timestamp():.0f}:breached" for clock in Clock.objects.all()
    }


def test_a_clock_that_runs_down_is_told_once(case: Case, at: datetime) -> None:
    """The acknowledge clock has an hour; of what was missed only the last is told."""
    for minutes in (29, 31, 31, 55):
        escalate.warn(at=at + minutes * MINUTE)

    rows = Notification.objects.filter(data__clock="acknowledge").order_by("id")
    assert [notice_words.sentence(n) for n in rows] == [
        f"{share} % of the time to acknowledge {case.reference} is used up" for share in (50, 90)
    ]


def test_a_promise_that_falls_due_reminds_the_owner_once(tower: Tower, people: People) -> None:
    """By the task, whose clock is the real one."""
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    case = tower.late_case(at=long_ago)
    due = long_ago + HOUR
    promises.record(case.pk, people.supervisor, by="Kempten", what="It ships", due=due, at=long_ago)
    Notification.objects.all().delete()
    for _ in range(2):
        tasks.remind_of_promises()

    (notice,) = Notification.objects.all()
    assert (notice.what, notice.person) == ("promise_due", case.owner)
    assert notice_words.sentence(notice) == (
        f"A promise on {case.reference} is due: Kempten, “It ships”"
    )


def test_what_became_of_a_decision_is_told_to_who_proposed_it_and_the_owner(
    case: Case, people: People, at: datetime
) -> None:
    move(case, Move.ACKNOWLEDGE, people.owner, at)
    move(case, Move.PROPOSE, people.supervisor, at)
    message = OutboxMessage.objects.filter(decision=Decision.objects.get()).earliest("id")
    message.state, message.attempts = OutboxState.SENDING, 1
    message.save()
    proofs.fail(message, at=at, words="No such activity type.")

    assert told() == [("decision_failed", "lead.rtm"), ("decision_failed", OWNER)]
    words = f"Not carried out on {case.reference}: Chase the partner. No such activity type."
    assert {notice_words.sentence(n) for n in Notification.objects.all()} == {words}


def test_the_same_key_tells_a_person_once(case: Case, people: People, at: datetime) -> None:
    """What callers of other modules rely on: clock warnings, for instance."""
    for share in (75, 75, 90):
        notices.tell(
            case,
            Notice.CLOCK_WARNING,
            [case.owner, None],
            at=at,
            key=f"clock:7:{share}",
            data={"clock": "resolve", "share": share},
        )
    sentences = [notice_words.sentence(n) for n in Notification.objects.order_by("id")]
    assert sentences == [
        f"{share} % of the time to resolve {case.reference} is used up" for share in (75, 90)
    ]


def test_nobody_is_told_of_cases_that_they_may_not_see(
    case: Case, people: People, at: datetime
) -> None:
    """A watcher who has left the site; somebody who was switched off."""
    for watcher in (people.executive, people.approver, people.auditor):
        commenting.watch(case.pk, watcher, at=at)
    Membership.objects.filter(user=people.executive.user).delete()
    User.objects.filter(username="approver").update(is_active=False)
    move(case, Move.DISMISS, people.supervisor, at)

    assert told() == [("dismissed", "auditor"), ("dismissed", OWNER)]


def test_each_person_chooses(case: Case, people: People, at: datetime) -> None:
    chosen = {people.mate: "none", people.executive: "digest", people.auditor: "mail"}
    for actor, reach in chosen.items():
        assert actor.user is not None
        choices = {"dismissed": reach, "resolved": "nonsense"}
        NoticeSettings.objects.create(person=actor.user, choices=choices)
        commenting.watch(case.pk, actor, at=at)
    move(case, Move.DISMISS, people.supervisor, at)

    rows = Notification.objects.values_list("person__username", "reach")
    assert dict(rows) == {"executive": "digest", "auditor": "mail", OWNER: "digest"}
    mate = NoticeSettings.objects.get(person=people.mate.user)
    assert notices.reach_of(mate, Notice.RESOLVED) == Reach.DIGEST  # as usual


def test_past_cases_are_no_news(case: Case, people: People, at: datetime) -> None:
    importer = machine(Via.IMPORT)
    lifecycle.move(case.pk, Move.RESOLVE, importer, at=at, data={"outcome": "fixed"})
    assert told() == []
