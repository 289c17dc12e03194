"""What governs is drafted, published and put back alike: policies, rules of routing, the matrix."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import drafting, settings_history
from exceptions.actors import Actor
from exceptions.drafting import Subject
from exceptions.effects import Refused
from exceptions.kinds import KINDS
from exceptions.matrix import STANDARD
from exceptions.matrix_drafting import MATRIX
from exceptions.models import SettingChange
from exceptions.policies import NotPublished
from exceptions.policy_drafting import policy_of
from exceptions.route_drafting import ROUTING
from exceptions.routes import Routes, Rule
from exceptions.vocabulary import KindCode, Role
from tests.exceptions.cases import member
from tests.making import Tower

CALM = KINDS[KindCode.CUSTOMS_HOLD].default_policy
CUSTOMS = Routes(rules=(Rule(name="Customs", kinds=("customs_hold",), team="logistics"),))


@dataclass(frozen=True)
class Alike:
    """A subject, what its history calls it, two settings that hold together and one that does
    not.
    """

    subject: Subject[Any, Any]
    called: str
    one: Any
    other: Any
    unsound: Any


ALIKE = {
    "policy": Alike(
        policy_of(KindCode.CUSTOMS_HOLD),
        "Customs hold",
        replace(CALM, quiet_hours=31),
        replace(CALM, quiet_hours=32),
        replace(CALM, reopen_days=-1),
    ),
    "routing": Alike(
        ROUTING,
        "Rules of routing",
        replace(CUSTOMS, limit=7),
        replace(CUSTOMS, limit=8),
        Routes(rules=(Rule(name="", team="magic"),)),
    ),
    "matrix": Alike(
        MATRIX,
        "Approval matrix",
        replace(STANDARD, valid_hours=31),
        replace(STANDARD, valid_hours=32),
        replace(STANDARD, valid_hours=0),
    ),
}


@pytest.fixture(params=sorted(ALIKE))
def alike(request: pytest.FixtureRequest, tower: Tower) -> Alike:
    return ALIKE[request.param]


@pytest.fixture
def petra(tower: Tower) -> Actor:
    return member("petra", Role.POLICY_ADMIN)


@pytest.fixture
def karin(tower: Tower) -> Actor:
    return member("karin", Role.POLICY_ADMIN)


def drafted(alike: Alike, settings: Any, actor: Actor, at: datetime) -> Any:
    draft = drafting.start(alike.subject, actor, at=at)
    return drafting.change(
        alike.subject, draft.pk, settings, actor, revision=draft.revision, at=at, note="Better"
    )


def published(alike: Alike, settings: Any, by: tuple[Actor, Actor], at: datetime) -> Any:
    draft = drafted(alike, settings, by[0], at)
    return drafting.publish(alike.subject, draft.pk, by[1], revision=draft.revision, at=at)


def in_force(alike: Alike) -> Any:
    found = drafting.newest(alike.subject)
    return alike.subject.from_json(found.settings) if found else alike.subject.beginning


def refusal(attempt: Callable[..., object], *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        attempt(*given, **named)
    return str(refused.value)


def test_a_draft_governs_nothing_until_another_publishes_it(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    before = in_force(alike)
    draft = drafted(alike, alike.one, petra, at)
    said = refusal(drafting.publish, alike.subject, draft.pk, petra, revision=1, at=at)
    then = in_force(alike)
    made = drafting.publish(alike.subject, draft.pk, karin, revision=1, at=at)

    assert said == "You drafted this, so you cannot publish it. karin can."
    assert (then, in_force(alike)) == (before, alike.one)
    assert (made.author, made.published_by, made.note) == (petra.user, karin.user, "Better")


def test_an_earlier_version_is_put_back_with_a_reason(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    one = published(alike, alike.one, (petra, karin), at)
    published(alike, alike.other, (petra, karin), at)
    silent = refusal(drafting.roll_back, alike.subject, one.version, karin, reason=" ", at=at)
    back = drafting.roll_back(alike.subject, one.version, karin, reason="Worse", at=at)

    assert "Say in a sentence why" in silent
    assert (back.version, back.note) == (
        one.version + 2,
        f"Back to version {one.version}: Worse",
    )
    assert in_force(alike) == alike.one
    assert refusal(drafting.roll_back, alike.subject, back.version, karin, reason="So", at=at) == (
        "Choose an earlier version than the one in force."
    )


def test_the_settings_history_tells_of_each_step(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    before = SettingChange.objects.count()
    one = published(alike, alike.one, (petra, karin), at)
    drafting.discard(alike.subject, drafted(alike, alike.other, petra, at).pk, karin, at=at)
    lines = SettingChange.objects.order_by("number")[before:]

    assert [(line.area, line.says, line.by, line.because) for line in lines] == [
        (
            alike.subject.area,
            f"{alike.called}: version {one.version} in force",
            karin.user,
            "Better",
        ),
        (alike.subject.area, f"{alike.called}: draft discarded", karin.user, ""),
    ]
    assert list(settings_history.verify()) == []


def test_what_does_not_hold_together_is_kept_but_not_put_in_force(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    before, draft = in_force(alike), drafted(alike, alike.unsound, petra, at)
    with pytest.raises(NotPublished):
        drafting.publish(alike.subject, draft.pk, karin, revision=1, at=at)

    assert alike.subject.from_json(draft.settings) == alike.unsound
    assert in_force(alike) == before


def test_what_was_not_seen_is_neither_overwritten_nor_published(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    subject, draft = alike.subject, drafted(alike, alike.one, petra, at)
    says = "petra changed the draft meanwhile. Look at it as it is now, then decide again."

    assert (
        refusal(drafting.change, subject, draft.pk, alike.other, karin, revision=0, at=at) == says
    )
    assert refusal(drafting.publish, subject, draft.pk, karin, revision=0, at=at) == says


def test_a_draft_without_news_is_not_published(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    published(alike, alike.one, (petra, karin), at)
    draft = drafted(alike, alike.one, petra, at)

    assert refusal(drafting.publish, alike.subject, draft.pk, karin, revision=1, at=at) == (
        "The draft says the same as what is in force."
    )


def test_only_policy_admins_have_a_hand_in_it(
    alike: Alike, tower: Tower, petra: Actor, at: datetime
) -> None:
    subject, draft, other = alike.subject, drafted(alike, alike.one, petra, at), tower.supervisor
    attempts: list[Callable[[], object]] = [
        lambda: drafting.start(subject, other, at=at),
        lambda: drafting.change(subject, draft.pk, alike.one, other, revision=1, at=at),
        lambda: drafting.discard(subject, draft.pk, other, at=at),
        lambda: drafting.publish(subject, draft.pk, other, revision=1, at=at),
        lambda: drafting.roll_back(subject, 1, other, reason="So", at=at),
    ]

    said = {refusal(attempt) for attempt in attempts}
    assert said == {"Only a policy admin can change policies."}


def test_a_draft_that_cannot_catch_up_is_not_overtaken(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    one = published(alike, alike.one, (petra, karin), at)
    published(alike, alike.other, (petra, karin), at)
    draft, back = drafted(alike, alike.one, petra, at), drafting.roll_back
    if not alike.subject.catches_up:
        said = refusal(back, alike.subject, one.version, karin, reason="Worse", at=at)
        assert said == "petra has a draft under way: publish or discard it first."
        return
    made = back(alike.subject, one.version, karin, reason="Worse", at=at)
    assert refusal(drafting.publish, alike.subject, draft.pk, karin, revision=1, at=at) == (
        f"Version {made.version} was published meanwhile. Bring the draft up to date first."
    )


def test_a_published_version_is_never_changed(
    alike: Alike, petra: Actor, karin: Actor, at: datetime
) -> None:
    made = published(alike, alike.one, (petra, karin), at)
    made.note = "Quietly"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        made.save()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        made.delete()
