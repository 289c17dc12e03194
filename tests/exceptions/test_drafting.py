"""Drafting: one policy admin writes the next version, another puts it in force."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import drafting, intake, policies, policy_drafting
from exceptions.actors import Actor, person
from exceptions.effects import Refused
from exceptions.kinds import KINDS
from exceptions.models import Case, Membership, Policy, User
from exceptions.policies import NotPublished
from exceptions.policy_drafting import Difference, policy_of
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import KindCode, Role
from tests.making import Tower

LATE = KindCode.LATE_INBOUND
GOOD = KINDS[LATE].default_policy
HOUR = timedelta(hours=1)


def patient(hours: int) -> PolicySettings:
    return replace(GOOD, thresholds={"grace_minutes": Decimal(60 * hours)})


def admin(name: str) -> Actor:
    user = User.objects.create_user(name.lower(), first_name=name)
    Membership.objects.create(user=user, role=Role.POLICY_ADMIN)
    return person(user)


@pytest.fixture
def petra(tower: Tower) -> Actor:
    return admin("Petra")


@pytest.fixture
def karin(tower: Tower) -> Actor:
    return admin("Karin")


def drafted(actor: Actor, at: datetime, settings: PolicySettings | None = None) -> Policy:
    """By default: two hours of patience instead of none."""
    draft = drafting.start(policy_of(LATE), actor, at=at)
    wanted = settings or patient(2)
    return drafting.change(
        policy_of(LATE), draft.pk, wanted, actor, revision=draft.revision, at=at, note="Less noise"
    )


def refusal(attempt: Callable[..., object], *given: Any, **named: Any) -> str:
    """What somebody is told who may not, or comes too late."""
    with pytest.raises(Refused) as refused:
        attempt(*given, **named)
    return str(refused.value)


def versions() -> list[int | None]:
    return list(Policy.objects.filter(kind=LATE).order_by("pk").values_list("version", flat=True))


def test_a_draft_begins_as_what_is_in_force(petra: Actor, at: datetime) -> None:
    draft = drafting.start(policy_of(LATE), petra, at=at)

    assert (draft.version, draft.author) == (None, petra.user)
    assert policies.from_json(draft.settings) == GOOD
    assert draft.based_on is not None
    assert draft.based_on.version == 1
    assert policies.in_force()[LATE].version == 1


def test_there_is_one_draft_a_kind(petra: Actor, karin: Actor, at: datetime) -> None:
    first, second = (
        drafting.start(policy_of(LATE), petra, at=at),
        drafting.start(policy_of(LATE), karin, at=at),
    )

    assert first == second
    with pytest.raises(IntegrityError, match="policy_one_draft_a_kind"), transaction.atomic():
        Policy.objects.create(kind=LATE, settings={})


def test_what_another_has_drafted_is_put_in_force(
    tower: Tower, petra: Actor, karin: Actor, at: datetime
) -> None:
    promise = at - HOUR
    intake.take_in([tower.receipt(at=at, promised_at=promise, planned_at=promise)], at=at)
    draft = drafted(petra, at)
    made = drafting.publish(policy_of(LATE), draft.pk, karin, revision=1, at=at)
    intake.recheck_due(at=at)

    assert (made.version, made.author, made.published_by) == (2, petra.user, karin.user)
    assert (made.published_at, made.note, versions()) == (at, "Less noise", [1, 2])
    assert policies.in_force()[LATE].settings == patient(2)
    assert Case.objects.get().outcome == "self_healed"
    assert drafting.open_draft(policy_of(LATE)) is None


def test_nobody_publishes_their_own_draft(petra: Actor, karin: Actor, at: datetime) -> None:
    draft = drafted(petra, at)

    said = refusal(drafting.publish, policy_of(LATE), draft.pk, petra, revision=1, at=at)
    assert "You drafted this, so you cannot publish it. Karin can." in said
    assert versions() == [1, None]


def test_alone_one_is_told_that_a_second_person_is_missing(petra: Actor, at: datetime) -> None:
    draft = drafted(petra, at)

    said = refusal(drafting.publish, policy_of(LATE), draft.pk, petra, revision=1, at=at)
    assert "there is no other policy admin yet" in said


def test_who_had_a_hand_in_it_cannot_publish_it_either(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at)
    drafting.change(policy_of(LATE), draft.pk, patient(3), karin, revision=1, at=at)

    for each in (petra, karin):
        said = refusal(drafting.publish, policy_of(LATE), draft.pk, each, revision=2, at=at)
        assert "there is no other policy admin" in said
    third = admin("Noor")
    draft.refresh_from_db()
    assert drafting.who_may_publish(draft) == [third.user]
    assert drafting.publish(policy_of(LATE), draft.pk, third, revision=2, at=at).version == 2


def test_only_policy_admins_draft(tower: Tower, petra: Actor, at: datetime) -> None:
    draft = drafted(petra, at)

    attempts: list[Callable[[Actor], object]] = [
        lambda who: drafting.start(policy_of(LATE), who, at=at),
        lambda who: drafting.change(policy_of(LATE), draft.pk, GOOD, who, revision=1, at=at),
        lambda who: drafting.publish(policy_of(LATE), draft.pk, who, revision=1, at=at),
        lambda who: drafting.discard(policy_of(LATE), draft.pk, who, at=at),
        lambda who: policy_drafting.bring_up_to_date(LATE, draft.pk, who, at=at),
        lambda who: drafting.roll_back(policy_of(LATE), 1, who, reason="Noise", at=at),
    ]
    said = {refusal(each, tower.supervisor) for each in attempts}
    assert said == {"Only a policy admin can change policies."}


def test_what_was_changed_since_it_was_read_is_not_published(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at)
    drafting.change(policy_of(LATE), draft.pk, patient(9), petra, revision=1, at=at)

    said = refusal(drafting.publish, policy_of(LATE), draft.pk, karin, revision=1, at=at)
    assert "Petra changed the draft meanwhile." in said


def test_two_who_change_the_draft_at_once_do_not_overwrite_each_other(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at)
    drafting.change(policy_of(LATE), draft.pk, patient(3), karin, revision=1, at=at)

    said = refusal(drafting.change, policy_of(LATE), draft.pk, patient(4), petra, revision=1, at=at)
    assert "Karin changed the draft meanwhile." in said
    draft.refresh_from_db()
    assert policies.from_json(draft.settings) == patient(3)


def test_settings_that_do_not_hold_together_can_be_kept_but_not_published(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at, replace(GOOD, reopen_days=-1))

    with pytest.raises(NotPublished, match="The quiet period and the windows"):
        drafting.publish(policy_of(LATE), draft.pk, karin, revision=1, at=at)
    assert versions() == [1, None]


def test_a_draft_without_news_is_not_published(petra: Actor, karin: Actor, at: datetime) -> None:
    draft = drafted(petra, at, GOOD)

    said = refusal(drafting.publish, policy_of(LATE), draft.pk, karin, revision=1, at=at)
    assert "The draft says the same as what is in force." in said


def test_a_draft_that_was_overtaken_is_brought_up_to_date(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at)
    policies.publish(LATE, replace(GOOD, quiet_hours=5), at=at)

    said = refusal(drafting.publish, policy_of(LATE), draft.pk, karin, revision=1, at=at)
    assert "Version 2 was published meanwhile." in said
    policy_drafting.bring_up_to_date(LATE, draft.pk, petra, at=at)
    made = drafting.publish(policy_of(LATE), draft.pk, karin, revision=2, at=at)
    assert policies.from_json(made.settings) == replace(patient(2), quiet_hours=5)
    assert made.version == 3


def test_a_discarded_draft_makes_room_for_the_next(petra: Actor, at: datetime) -> None:
    draft = drafted(petra, at)
    drafting.discard(policy_of(LATE), draft.pk, petra, at=at)

    said = refusal(drafting.change, policy_of(LATE), draft.pk, GOOD, petra, revision=1, at=at)
    assert "no longer open" in said
    assert drafting.start(policy_of(LATE), petra, at=at) != draft


def test_an_earlier_version_is_put_back_by_one_person(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    drafting.publish(policy_of(LATE), drafted(petra, at).pk, karin, revision=1, at=at)
    back = drafting.roll_back(policy_of(LATE), 1, petra, reason="Too quiet.", at=at + HOUR)

    assert (back.version, back.note) == (3, "Back to version 1: Too quiet.")
    assert policies.in_force()[LATE].settings == GOOD


@pytest.mark.parametrize(
    ("version", "reason", "says"),
    [
        (1, "", "Say in a sentence why"),
        (2, "Noise", "Choose an earlier version"),
        (7, "Noise", "Choose an earlier version"),
    ],
)
def test_nonsense_is_not_put_back(
    petra: Actor, karin: Actor, at: datetime, version: int, reason: str, says: str
) -> None:
    drafting.publish(policy_of(LATE), drafted(petra, at).pk, karin, revision=1, at=at)

    assert says in refusal(
        drafting.roll_back, policy_of(LATE), version, petra, reason=reason, at=at
    )


def test_an_open_case_keeps_the_version_it_was_opened_under(
    tower: Tower, petra: Actor, karin: Actor, at: datetime
) -> None:
    case = tower.late_case(at=at)
    drafting.publish(policy_of(LATE), drafted(petra, at).pk, karin, revision=1, at=at)

    case.refresh_from_db()
    assert case.policy.version == 1


def test_a_published_version_cannot_be_changed_in_the_database(tower: Tower) -> None:
    said = "version 1 was published and is never changed"
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        Policy.objects.filter(kind=LATE).update(note="Quietly")
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        Policy.objects.filter(kind=LATE).delete()


def test_differences_name_each_setting_once() -> None:
    before = {"quiet_hours": 48, "targets": {"resolve": {"high": 60}}, "weights": {"a": 1}}
    after = {"quiet_hours": 48, "targets": {"resolve": {"high": 90}}, "weights": {"b": 2}}

    assert list(policy_drafting.differences(before, after)) == [
        Difference(("targets", "resolve", "high"), 60, 90),
        Difference(("weights", "a"), 1, None),
        Difference(("weights", "b"), None, 2),
    ]
    assert list(policy_drafting.differences(after, after)) == []
    assert list(policy_drafting.differences({}, {"targets": {"resolve": {"high": 60}}})) == [
        Difference(("targets", "resolve", "high"), None, 60)
    ]
