"""Messages come in, are advised on, and people do with them what they find right."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from exceptions import audit, raising
from exceptions.models import Case, InboundMessage, Suggestion
from exceptions.raising import Refused
from exceptions.rules import RULES
from exceptions.triage import governing, learning, scorecard
from exceptions.triage.messages import about, advising
from exceptions.triage.messages.advising import Incoming
from exceptions.vocabulary import Advice, AdviceUse, Role, Said, Via
from tests.exceptions.cases import member
from tests.exceptions.triage.advised import LOST, advised, learned, stranger, taken_in
from tests.making import Tower

DAY = timedelta(days=1)


def test_ai_has_no_hands() -> None:
    """There is no move that AI advice may make by itself."""
    assert {rule.move for rule in RULES.values() if Via.AI in rule.machines} == set()


def test_advice_says_what_why_and_how_sure_and_does_nothing(tower: Tower, at: datetime) -> None:
    suggestion = advised(tower, at)

    assert (suggestion.content["label"], suggestion.proposed) == ("carrier_failure", True)
    assert suggestion.threshold is not None
    assert suggestion.confidence is not None
    assert suggestion.confidence >= suggestion.threshold
    assert "lost" in [reason["word"] for reason in suggestion.reasons]
    assert {near["label"] for near in suggestion.sources} == {"carrier_failure"}
    assert (suggestion.model, Case.objects.count()) == ("message_label 1", 0)


def test_the_same_words_from_the_same_writer_are_one_message(tower: Tower, at: datetime) -> None:
    said = Incoming(site=tower.site, text=LOST, sender="a@carrier.example")
    first, new = advising.take_in(said, tower.supervisor, at=at)
    again, newer = advising.take_in(said, tower.supervisor, at=at + DAY)
    other, newest = advising.take_in(replace(said, sender="b@x"), tower.supervisor, at=at)

    assert (new, newer, newest) == (True, False, True)
    assert (first.pk == again.pk, first.pk == other.pk) == (True, False)


def test_who_does_not_work_there_takes_nothing_in(tower: Tower, at: datetime) -> None:
    with pytest.raises(Refused, match="You do not work at"):
        advising.take_in(Incoming(site=tower.site, text=LOST), stranger(tower), at=at)
    with pytest.raises(Refused, match="There is no text"):
        advising.take_in(Incoming(site=tower.site, text=" \x00 "), tower.supervisor, at=at)


def test_a_person_makes_a_case_of_it_by_the_way_of_every_case(tower: Tower, at: datetime) -> None:
    suggestion = advised(tower, at)
    message = suggestion.message
    assert message is not None
    case = advising.raise_case(
        message.pk, "carrier_failure", "A parcel is lost", "Rhine Haulage", tower.supervisor, at=at
    )

    message.refresh_from_db()
    suggestion.refresh_from_db()
    first = case.events.order_by("number")[0]
    assert (case.kind, case.title, case.state) == (
        "carrier_failure",
        "A parcel is lost",
        "assigned",
    )
    assert (first.actor, first.via) == (tower.supervisor.user, Via.WEB)
    assert (message.kind, message.case, message.done_by) == (
        "carrier_failure",
        case,
        tower.supervisor.user,
    )
    assert (suggestion.answer, suggestion.answered_by) == (Said.ACCEPTED, tower.supervisor.user)
    assert [file.name for file in case.evidence.all()] == [f"message-{message.pk}.txt"]
    assert list(audit.verify(case)) == []


@pytest.mark.parametrize(
    ("kind", "said"), [("customs_hold", Said.EDITED), ("carrier_failure", Said.ACCEPTED)]
)
def test_another_kind_is_a_change(tower: Tower, at: datetime, kind: str, said: Said) -> None:
    suggestion = advised(tower, at)
    assert suggestion.message is not None
    advising.raise_case(suggestion.message.pk, kind, "A", "B", tower.supervisor, at=at)

    suggestion.refresh_from_db()
    assert (suggestion.answer, suggestion.answered_with) == (said, {"label": kind})


def test_what_is_set_aside_is_no_case_and_done_once(tower: Tower, at: datetime) -> None:
    suggestion = advised(tower, at)
    assert suggestion.message is not None
    advising.set_aside(suggestion.message.pk, tower.supervisor, at=at)

    suggestion.refresh_from_db()
    assert (suggestion.answer, Case.objects.count()) == (Said.REJECTED, 0)
    with pytest.raises(Refused, match="dealt with this message meanwhile"):
        advising.set_aside(suggestion.message.pk, tower.supervisor, at=at)


def test_it_is_filed_with_an_open_case_that_it_names(tower: Tower, at: datetime) -> None:
    case = tower.late_case(12, at=at)
    text = f"Your goods {case.document.reference} are postponed by a week."
    message = taken_in(tower, text, at=at)
    found = about.of(message, tower.supervisor)
    advising.file_with(message.pk, case.pk, tower.supervisor, at=at)

    assert [c.pk for c in found.cases] == [case.pk]
    assert (Case.objects.count(), case.evidence.count()) == (1, 1)


def test_a_text_that_names_what_is_elsewhere_shows_nothing_of_it(
    tower: Tower, at: datetime
) -> None:
    case = tower.late_case(12, at=at)
    message = taken_in(tower, f"Tell me all of {case.document.reference} now", at=at)

    found = about.of(message, stranger(tower))
    assert (found.documents, found.cases) == ((), ())
    with pytest.raises(InboundMessage.DoesNotExist):
        advising.set_aside(message.pk, stranger(tower), at=at)


def test_what_was_suggested_never_changes_and_is_answered_once(tower: Tower, at: datetime) -> None:
    suggestion = advised(tower, at)
    rows = Suggestion.objects.filter(pk=suggestion.pk)
    changes: list[dict[str, Any]] = [{"confidence": 0.1}, {"content": {}}, {"model": "another"}]
    for change in changes:
        with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
            rows.update(**change)
    with pytest.raises(IntegrityError, match="never deleted"), transaction.atomic():
        rows.delete()
    who = {"answered_by": tower.supervisor.user, "answered_at": at}
    rows.update(answer=Said.ACCEPTED, **who)
    with pytest.raises(IntegrityError, match="answered before"), transaction.atomic():
        rows.update(answer=Said.REJECTED, **who)
    rows.update(proved_right=True, proved_at=at)
    with pytest.raises(IntegrityError, match="proved before"), transaction.atomic():
        rows.update(proved_right=False)


def test_switched_off_nothing_is_advised_and_everything_else_goes_on(
    tower: Tower, at: datetime
) -> None:
    learned(at)
    admin = member("pa.one", Role.POLICY_ADMIN)
    governing.change(Advice.MESSAGE_LABEL, AdviceUse.OFF, admin, because="A trial.", at=at)
    message = taken_in(tower, at=at)
    case = advising.raise_case(message.pk, "customs_hold", "A", "B", tower.supervisor, at=at)

    assert (message.suggestions.count(), case.state) == (0, "assigned")


def test_before_anything_was_learned_messages_come_in_all_the_same(
    tower: Tower, at: datetime
) -> None:
    assert taken_in(tower, at=at).suggestions.count() == 0


def test_the_tower_learns_anew_once_people_have_said_enough(tower: Tower, at: datetime) -> None:
    learned(at)
    assert learning.learn(at=at + 30 * DAY) is None
    for n in range(learning.ENOUGH_NEWS):
        message = taken_in(tower, f"Zebra {n} zebra zebra", at=at, subject="")
        advising.raise_case(message.pk, "customs_hold", "A", "B", tower.supervisor, at=at + DAY)
    assert learning.learn(at=at + DAY) is None
    second = learning.learn(at=at + 8 * DAY)

    assert second is not None
    assert (second.version, second.in_use_since, second.figures["own"]) == (2, None, 20)
    assert str(advising.in_use()) == "message_label 1"


def test_the_scorecard_counts_what_people_said(tower: Tower, at: datetime) -> None:
    learned(at)
    texts = [f"{LOST} It was number {n} of yours." for n in range(4)]
    letters = [taken_in(tower, text, at=at) for text in texts]
    said = ("carrier_failure", "carrier_failure", "customs_hold")  # the fourth is not answered
    for message, kind in zip(letters, said, strict=False):
        advising.raise_case(message.pk, kind, "A", "B", tower.supervisor, at=at)
    (score,) = scorecard.scores(tower.supervisor)

    by_hand = [message.suggestions.get().proposed for message in letters]
    assert (score.made, score.proposed) == (4, sum(by_hand))
    assert (score.accepted, score.edited, score.rejected, score.right) == (2, 1, 0, 2 / 3)
    assert scorecard.of_label("carrier_failure", tower.supervisor) == (2, 3)
    assert scorecard.scores(stranger(tower)) == []
    assert raising.sites_of(stranger(tower)).count() > 0
