"""How far advice may go: less is said by one, more is confirmed by a second."""

from datetime import datetime

import pytest

from exceptions.actors import Actor
from exceptions.models import AdviceModel, SettingChange
from exceptions.triage import governing
from exceptions.triage.governing import NotChanged
from exceptions.triage.messages import advising
from exceptions.vocabulary import Advice, AdviceUse, Role
from tests.exceptions.cases import member
from tests.exceptions.triage.advised import learned
from tests.making import Tower

LABEL = Advice.MESSAGE_LABEL


def _change(use: AdviceUse, actor: Actor, at: datetime, why: str = "We have seen enough.") -> None:
    governing.change(LABEL, use, actor, because=why, at=at)


@pytest.fixture
def admins(tower: Tower) -> tuple[Actor, Actor]:
    return member("pa.one", Role.POLICY_ADMIN), member("pa.two", Role.POLICY_ADMIN)


def test_advice_is_shown_until_somebody_says_otherwise(db: None) -> None:
    assert governing.use_of(LABEL) == AdviceUse.SHOWN


def test_off_is_at_once_and_on_again_takes_two(admins: tuple[Actor, Actor], at: datetime) -> None:
    one, two = admins
    _change(AdviceUse.OFF, one, at)
    assert governing.use_of(LABEL) == AdviceUse.OFF
    _change(AdviceUse.SHOWN, one, at)
    assert governing.use_of(LABEL) == AdviceUse.OFF
    with pytest.raises(NotChanged, match="another policy admin confirms"):
        _change(AdviceUse.SHOWN, one, at)
    _change(AdviceUse.SHOWN, two, at)

    assert governing.use_of(LABEL) == AdviceUse.SHOWN
    says = SettingChange.objects.filter(area="advice").order_by("number")
    assert list(says.values_list("says", "by__username")) == [
        ("what a message is about: off", "pa.one"),
        ("Asked for what a message is about: shown", "pa.one"),
        ("what a message is about: shown", "pa.two"),
    ]


def test_who_asks_for_another_step_is_asked_of_a_second_anew(
    admins: tuple[Actor, Actor], at: datetime
) -> None:
    one, two = admins
    _change(AdviceUse.OFF, one, at)
    _change(AdviceUse.SHOWN, one, at)
    _change(AdviceUse.PREFILLED, two, at)

    assert governing.use_of(LABEL) == AdviceUse.OFF
    _change(AdviceUse.PREFILLED, one, at)
    assert governing.use_of(LABEL) == AdviceUse.PREFILLED


def test_only_a_person_puts_another_model_in_use_and_takes_it_back(
    tower: Tower, admins: tuple[Actor, Actor], at: datetime
) -> None:
    learned(at)
    first = AdviceModel.objects.get()
    second = AdviceModel.objects.create(
        advice=LABEL, version=2, content=first.content, figures=first.figures, made_at=at
    )
    with pytest.raises(NotChanged, match="Only a policy admin"):
        governing.put_in_use(second.pk, tower.supervisor, because="Better.", at=at)
    governing.put_in_use(second.pk, admins[0], because="Better.", at=at)
    assert str(advising.in_use()) == "message_label 2"
    with pytest.raises(NotChanged, match="in use already"):
        governing.put_in_use(second.pk, admins[0], because="Better.", at=at)
    governing.put_in_use(first.pk, admins[1], because="Worse after all.", at=at)

    assert str(advising.in_use()) == "message_label 1"


def test_others_change_nothing_and_a_reason_is_needed(
    tower: Tower, admins: tuple[Actor, Actor], at: datetime
) -> None:
    with pytest.raises(NotChanged, match="Only a policy admin"):
        _change(AdviceUse.OFF, tower.supervisor, at)
    with pytest.raises(NotChanged, match="Say in a sentence"):
        _change(AdviceUse.OFF, admins[0], at, " ")
    with pytest.raises(NotChanged, match="so already"):
        _change(AdviceUse.SHOWN, admins[0], at)
