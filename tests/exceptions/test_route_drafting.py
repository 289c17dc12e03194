"""Rules of routing: one policy admin writes the next version, another puts it in force."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import drafting, routing_sets, settings_history
from exceptions.actors import Actor
from exceptions.effects import Refused
from exceptions.models import RoutingSet, SettingChange
from exceptions.policies import NotPublished
from exceptions.route_drafting import ROUTING
from exceptions.routes import Routes, Rule
from exceptions.vocabulary import Governed, Role
from tests.exceptions.cases import member
from tests.making import Tower

RULES = Routes(rules=(Rule(name="Customs", kinds=("customs_hold",), team="logistics"),), limit=9)


@pytest.fixture
def petra(tower: Tower) -> Actor:
    return member("petra", Role.POLICY_ADMIN)


@pytest.fixture
def karin(tower: Tower) -> Actor:
    return member("karin", Role.POLICY_ADMIN)


def drafted(actor: Actor, at: datetime, routes: Routes = RULES) -> RoutingSet:
    draft = drafting.start(ROUTING, actor, at=at)
    return drafting.change(
        ROUTING,
        draft.pk,
        routes,
        actor,
        revision=draft.revision,
        at=at,
        note="Customs apart",
    )


def published(petra: Actor, karin: Actor, at: datetime, routes: Routes = RULES) -> RoutingSet:
    draft = drafted(petra, at, routes)
    return drafting.publish(ROUTING, draft.pk, karin, revision=draft.revision, at=at)


def refusal(attempt: Callable[..., object], *given: Any, **named: Any) -> str:
    with pytest.raises(Refused) as refused:
        attempt(*given, **named)
    return str(refused.value)


def test_the_first_draft_begins_with_no_rules(petra: Actor, karin: Actor, at: datetime) -> None:
    draft, again = drafting.start(ROUTING, petra, at=at), drafting.start(ROUTING, karin, at=at)

    assert draft == again
    assert (draft.version, draft.based_on) == (None, None)
    assert routing_sets.from_json(draft.settings) == Routes()
    with pytest.raises(IntegrityError, match="routingset_one_draft"), transaction.atomic():
        RoutingSet.objects.create(settings={})


def test_what_another_has_drafted_is_put_in_force(petra: Actor, karin: Actor, at: datetime) -> None:
    made = published(petra, karin, at)

    assert (made.version, made.author, made.published_by) == (1, petra.user, karin.user)
    assert (made.published_at, made.note) == (at, "Customs apart")
    assert routing_sets.newest() == made
    assert routing_sets.routes_of(made) == RULES
    assert drafting.open_draft(ROUTING) is None
    assert routing_sets.from_json(drafting.start(ROUTING, petra, at=at).settings) == RULES


def test_the_settings_history_tells_of_every_version(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    published(petra, karin, at)
    drafting.discard(ROUTING, drafted(karin, at, Routes()).pk, petra, at=at)
    lines = SettingChange.objects.filter(area=Governed.ROUTING).order_by("number")

    assert [(line.says, line.by, line.because) for line in lines] == [
        ("Rules of routing: version 1 in force", karin.user, "Customs apart"),
        ("Rules of routing: draft discarded", petra.user, ""),
    ]
    assert routing_sets.from_json(lines[0].data["after"]) == RULES
    assert list(settings_history.verify()) == []


def test_nobody_publishes_what_they_had_a_hand_in(petra: Actor, karin: Actor, at: datetime) -> None:
    draft = drafted(petra, at)
    said = refusal(drafting.publish, ROUTING, draft.pk, petra, revision=1, at=at)
    drafting.change(ROUTING, draft.pk, RULES, karin, revision=1, at=at)

    assert said == "You drafted this, so you cannot publish it. karin can."
    assert "no other policy admin" in refusal(
        drafting.publish, ROUTING, draft.pk, petra, revision=2, at=at
    )


def test_what_was_not_seen_is_neither_overwritten_nor_published(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at)
    says = "petra changed the draft meanwhile. Look at it as it is now, then decide again."

    assert refusal(drafting.change, ROUTING, draft.pk, RULES, karin, revision=0, at=at) == says
    assert refusal(drafting.publish, ROUTING, draft.pk, karin, revision=0, at=at) == says


def test_only_policy_admins(tower: Tower, petra: Actor, at: datetime) -> None:
    draft = drafted(petra, at)
    for attempt in (
        lambda: drafting.start(ROUTING, tower.supervisor, at=at),
        lambda: drafting.change(ROUTING, draft.pk, RULES, tower.supervisor, revision=1, at=at),
        lambda: drafting.discard(ROUTING, draft.pk, tower.supervisor, at=at),
        lambda: drafting.publish(ROUTING, draft.pk, tower.supervisor, revision=1, at=at),
        lambda: drafting.roll_back(ROUTING, 1, tower.supervisor, reason="So", at=at),
    ):
        assert refusal(attempt) == "Only a policy admin can change policies."


def test_what_does_not_hold_together_stays_a_draft(
    petra: Actor, karin: Actor, at: datetime
) -> None:
    draft = drafted(petra, at, Routes(rules=(Rule(name="", team="magic"),)))
    with pytest.raises(NotPublished) as refused:
        drafting.publish(ROUTING, draft.pk, karin, revision=1, at=at)

    assert refused.value.problems == [
        "Rule 1 needs a name of at most 80 letters.",
        "Rule 1 “”: there is no team “magic”.",
    ]
    assert routing_sets.newest() is None


def test_a_draft_that_says_nothing_new(petra: Actor, karin: Actor, at: datetime) -> None:
    published(petra, karin, at)
    draft = drafted(petra, at)

    assert refusal(drafting.publish, ROUTING, draft.pk, karin, revision=1, at=at) == (
        "The draft says the same as what is in force."
    )


def test_a_discarded_draft_is_over(petra: Actor, karin: Actor, at: datetime) -> None:
    draft = drafted(petra, at)
    drafting.discard(ROUTING, draft.pk, karin, at=at)

    assert drafting.open_draft(ROUTING) is None
    assert refusal(drafting.publish, ROUTING, draft.pk, karin, revision=1, at=at) == (
        "This draft is no longer open: it was published or discarded."
    )


def test_back_to_an_earlier_version(petra: Actor, karin: Actor, at: datetime) -> None:
    published(petra, karin, at)
    published(petra, karin, at, Routes())
    draft = drafting.start(ROUTING, petra, at=at)
    busy = refusal(drafting.roll_back, ROUTING, 1, karin, reason="Worse", at=at)
    drafting.discard(ROUTING, draft.pk, petra, at=at)
    made = drafting.roll_back(ROUTING, 1, karin, reason="Worse", at=at)

    assert busy == "petra has a draft under way: publish or discard it first."
    assert (made.version, made.note) == (3, "Back to version 1: Worse")
    assert routing_sets.routes_of(routing_sets.newest()) == RULES
    assert refusal(drafting.roll_back, ROUTING, 3, karin, reason="So", at=at) == (
        "Choose an earlier version than the one in force."
    )
    assert "Say in a sentence why" in refusal(
        drafting.roll_back, ROUTING, 1, karin, reason=" ", at=at
    )


def test_a_published_version_is_never_changed(petra: Actor, karin: Actor, at: datetime) -> None:
    made = published(petra, karin, at)
    made.note = "Something else"
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        made.save()
    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        made.delete()
