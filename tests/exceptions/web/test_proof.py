"""What became of each message, in words."""

from typing import Any

import pytest

from exceptions.models import OutboxMessage
from exceptions.vocabulary import OutboxState, Target, Verb
from exceptions.web import proof
from exceptions.web.change_words import Change
from tests.conftest import NOON

PLACE = {"RTM/Stock/Quality Hold": 0.0}


def message(verb: Verb, state: str = OutboxState.CONFIRMED, **said: Any) -> OutboxMessage:
    return OutboxMessage(verb=verb, state=state, **said)


@pytest.mark.parametrize(
    ("verb", "after", "said"),
    [
        (
            Verb.EMAIL,
            {"handed_to": "mail server m:25", "to": "a@example.com", "message_id": "<1@t>"},
            "Handed to the mail server m:25, for a@example.com.",
        ),
        (
            Verb.N8N_EVENT,
            {"answered_by": "n8n.test", "status": 200, "answer": "ok"},
            "n8n.test answered 200. ok",
        ),
        (Verb.HOLD, PLACE, ""),
        (
            Verb.HOLD,
            {"transfer": "WH/INT/7", "set_apart": {"Cage": 4.0, "Pen": 1.5}},
            "Moved to Cage (4), Pen (1.5) with WH/INT/7.",
        ),
        (
            Verb.HOLD,
            {"transfer": "WH/INT/7", "set_apart": {"Cage": 4.0}, "id": 1, "user_id": [2, "B"]},
            "Moved to Cage (4) with WH/INT/7. For the rest a person was asked.",
        ),
        (
            Verb.HOLD,
            {"id": 1, "summary": "Set apart", "user_id": [2, "B"]},
            "Odoo could not do it by itself, so a person was asked to.",
        ),
        (Verb.APPROVAL, {"id": 1, "request_status": "pending"}, ""),
        (
            Verb.APPROVAL,
            {"id": 1, "name": "Approve", "user_ids": [2]},
            "Odoo has no approvals that could take it, so the lead was asked.",
        ),
        (Verb.NOTE, {"id": 1}, ""),
    ],
)
def test_where_it_arrived_or_what_was_done_instead(
    verb: Verb, after: dict[str, Any], said: str
) -> None:
    assert proof.says(message(verb, after=after), [], NOON) == said


def test_an_e_mail_in_doubt_promises_no_second_look() -> None:
    doubtful = message(Verb.EMAIL, OutboxState.AMBIGUOUS, target=Target.MAIL, error="No answer.")

    assert proof.says(doubtful, [], NOON) == (
        "It may or may not have gone out, and is not sent again by itself. No answer."
    )


def test_a_hold_changes_what_was_reserved_and_a_person_asked_changes_nothing() -> None:
    before = {"RTM/Stock/Quality Hold": 6.0}
    asked = {"id": 1, "summary": "Set apart", "user_id": [2, "B"]}

    assert proof.changes(message(Verb.HOLD, before=before, after=PLACE)) == [
        Change("RTM/Stock/Quality Hold", "6 reserved", "0 reserved")
    ]
    assert proof.changes(message(Verb.HOLD, before=before, after=asked)) == []
