"""E-mails against a mail server that really listens: once, and never twice by themselves."""

from datetime import timedelta

import pytest
from django.core import mail as django_mail
from pytest_django import Settings

from exceptions import intake, proofs
from exceptions.models import OutboxMessage
from exceptions.verdicts import Step
from exceptions.vocabulary import OutboxState, Target, Verb
from integrations import outbox
from integrations.targets import mail
from tests.integrations.targets.receivers import MailServer
from tests.integrations.targets.sending import Sending, with_address

TO = ("buyer@example.com", "lead@example.com")
STEP = Step(verb=Verb.EMAIL, text="Please call the supplier.", to=TO)
NOBODY_CAN_LOOK = (
    "The mail server may or may not have taken this e-mail, and nobody can look. Ask one of the "
    "recipients; send it again if it did not arrive."
)
LOOK = outbox.LOOK_AFTER.total_seconds() + 1


def test_it_is_handed_over_once_and_says_to_whom(sending: Sending, mails: MailServer) -> None:
    sending.wanted(STEP)
    message = sending.deliver()
    sending.deliver(hours=9)

    (taken,) = mails.taken
    identity = mail.message_id(message.key)
    assert (message.state, message.target, message.sent_at) == (
        OutboxState.CONFIRMED,
        Target.MAIL,
        message.created_at,
    )
    assert message.after == {
        "handed_to": f"mail server 127.0.0.1:{mails.port}",
        "message_id": identity,
        "to": "buyer@example.com, lead@example.com",
    }
    assert (taken["Subject"], taken["To"], taken["From"], taken["Message-ID"]) == (
        "High: P00001 from Kempten Bearings is late",
        "buyer@example.com, lead@example.com",
        "tower@example.com",
        identity,
    )
    assert sending.told() == ["confirmed"]


def test_its_text_says_what_it_is_and_where_the_case_is(
    sending: Sending, mails: MailServer, settings: Settings
) -> None:
    settings.TOWER_BASE_URL = "https://tower.example.com"
    case = sending.wanted(STEP).case
    sending.deliver()

    body = mails.taken[0].get_payload().replace("\r\n", "\n")  # type: ignore[union-attr]
    assert body == (
        "Please call the supplier.\n"
        "P00001 from Kempten Bearings is late.\n"
        f"Late inbound at Rotterdam, severity {case.score} (High).\n"
        f"{case.reason}.\n"
        "http://odoo.test/1\n"
        "\n"
        f"{case.reference}: https://tower.example.com/cases/{case.pk}/\n"
    )


def test_without_recipients_it_goes_to_the_people_of_the_team(
    sending: Sending, mails: MailServer
) -> None:
    with_address("procurement.rtm", "anna@example.com")
    with_address("procurement.chi", "bob@example.com")  # of another site
    sending.wanted(Step(verb=Verb.EMAIL))

    sending.deliver()

    assert [taken["To"] for taken in mails.taken] == ["anna@example.com"]


def test_where_nobody_has_an_address_it_is_withdrawn_and_says_so(
    sending: Sending, mails: MailServer
) -> None:
    sending.wanted(Step(verb=Verb.EMAIL))
    message = sending.deliver()

    words = "Not sent: the step names nobody, and nobody of the team has an e-mail address."
    assert (message.state, message.error, mails.connections) == (OutboxState.WITHDRAWN, words, 0)


def test_a_server_that_is_away_costs_one_message_a_run_and_is_tried_again(
    sending: Sending, mails: MailServer, settings: Settings
) -> None:
    settings.EMAIL_PORT = 9
    sending.wanted(STEP)
    sending.wanted(STEP, record=2)
    message = sending.deliver()

    assert message.state == OutboxState.PENDING
    assert message.error.startswith("The mail server cannot be reached")
    attempts = OutboxMessage.objects.order_by("id").values_list("attempts", flat=True)
    assert list(attempts) == [1, 0]

    settings.EMAIL_PORT = mails.port
    assert sending.deliver(minutes=1).state == OutboxState.CONFIRMED
    assert len(mails.taken) == 2


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_what_the_server_refuses_for_good_has_failed(
    sending: Sending, mails: MailServer, command: str
) -> None:
    mails.answers[command] = "550 no such mailbox"
    sending.wanted(STEP)
    message = sending.deliver()

    words = "The mail server did not take it (reply 550)."
    assert (message.state, message.error, message.sent_at) == (OutboxState.FAILED, words, None)
    assert sending.told() == [f"failed {words}"]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "."])
def test_what_the_server_refuses_for_now_is_tried_again(
    sending: Sending, mails: MailServer, command: str
) -> None:
    mails.answers[command] = "451 later, please"
    sending.wanted(STEP)

    assert sending.deliver().state == OutboxState.PENDING
    mails.answers.clear()
    assert sending.deliver(minutes=1).state == OutboxState.CONFIRMED
    assert len(mails.taken) == 1


def test_a_server_that_hangs_up_after_the_text_leaves_doubt_and_no_second_mail(
    sending: Sending, mails: MailServer
) -> None:
    """It has taken the mail; only its answer was lost."""
    mails.answers["."] = None
    sending.wanted(STEP)
    assert sending.deliver().state == OutboxState.AMBIGUOUS
    mails.answers.clear()

    message = sending.deliver(seconds=LOOK)

    assert (message.state, message.error) == (OutboxState.FAILED, NOBODY_CAN_LOOK)
    assert len(mails.taken) == 1
    assert [told.split()[0] for told in sending.told()] == ["ambiguous", "failed"]


def test_a_sender_that_dies_on_the_way_sends_no_second_mail(
    sending: Sending, mails: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sending.wanted(STEP)
    monkeypatch.setattr(proofs, "confirm", _killed)
    with pytest.raises(KilledError):
        sending.deliver()
    monkeypatch.undo()

    message = sending.deliver(seconds=outbox.LEASE.total_seconds() + 1)

    assert (message.state, message.error) == (OutboxState.FAILED, NOBODY_CAN_LOOK)
    assert len(mails.taken) == 1


def test_a_person_may_have_it_sent_again(sending: Sending, mails: MailServer) -> None:
    """A mailbox knows the copy by its Message-ID."""
    mails.answers["."] = None
    sending.wanted(STEP)
    sending.deliver()
    mails.answers.clear()
    message = sending.deliver(seconds=LOOK)

    proofs.try_again(message.pk, sending.tower.supervisor, at=sending.at)

    assert sending.deliver().state == OutboxState.CONFIRMED
    assert len({taken["Message-ID"] for taken in mails.taken}) == 1
    assert len(mails.taken) == 2


def test_a_title_with_a_line_break_adds_no_header(sending: Sending, mails: MailServer) -> None:
    message = sending.wanted(STEP)
    message.parameters["subject"] = "High: late\r\nBcc: everybody@example.com"
    message.save()

    sending.deliver()

    assert (mails.taken[0]["Subject"], mails.taken[0]["Bcc"]) == (
        "High: late Bcc: everybody@example.com",
        None,
    )


def test_without_a_mail_server_it_says_that_it_was_only_kept(sending: Sending) -> None:
    sending.wanted(STEP)
    message = sending.deliver()

    assert message.after is not None
    assert message.after["handed_to"] == "locmem backend of Django, which is no mail server"
    assert [kept.to for kept in django_mail.outbox] == [list(TO)]


def test_it_does_not_wait_for_odoo(sending: Sending, mails: MailServer) -> None:
    """The connection is switched off, and something for the same record waits."""
    message = sending.wanted(STEP)
    first = OutboxMessage.objects.get(pk=message.pk)
    first.pk, first.key, first.verb, first.target = 0, "earlier", Verb.NOTE, Target.SOURCE
    first.save(force_insert=True)
    sending.tower.connection.enabled = False
    sending.tower.connection.save()

    sending.deliver()

    states = OutboxMessage.objects.order_by("id").values_list("target", "state")
    assert list(states) == [
        (Target.SOURCE, OutboxState.PENDING),
        (Target.MAIL, OutboxState.CONFIRMED),
    ]


def test_the_mail_of_a_case_that_has_ended_is_withdrawn(
    sending: Sending, mails: MailServer
) -> None:
    sending.wanted(STEP)
    from_now = sending.at + timedelta(minutes=1)
    receipt = sending.tower.receipt(at=from_now, open=False)
    intake.take_in([receipt], at=from_now)

    assert sending.deliver(minutes=1).state == OutboxState.WITHDRAWN
    assert mails.taken == []


class KilledError(BaseException):
    """The sender is gone: nothing catches this."""


def _killed(*_args: object, **_kwargs: object) -> None:
    raise KilledError
