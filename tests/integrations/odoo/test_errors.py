"""What each error says, and what may be done after it."""

import pickle

import pytest

from integrations.odoo import answers, errors
from integrations.odoo.transport import Answer

FACTS = {"model": "stock.picking", "method": "write", "host": "odoo.test", "database": "tower"}

NAMES = {
    "odoo.exceptions.AccessDenied": errors.Unauthorised,
    "odoo.exceptions.LockError": errors.RetryLater,
    "odoo.exceptions.RedirectWarning": errors.UserRefused,
    "psycopg2.errors.SerializationFailure": errors.RetryLater,
    "psycopg2.errors.DeadlockDetected": errors.RetryLater,
    "psycopg2.OperationalError": errors.RetryLater,
    "psycopg2.InterfaceError": errors.AmbiguousOutcome,
    "psycopg2.errors.NumericValueOutOfRange": errors.CallerMistake,
    "psycopg2.errors.InvalidTextRepresentation": errors.CallerMistake,
    "builtins.TypeError": errors.CallerMistake,
    "builtins.KeyError": errors.ServerFault,
    "odoo.addons.some_module.models.Oops": errors.ServerFault,
    "": errors.ServerFault,
}


@pytest.mark.parametrize("name", NAMES)
def test_the_name_decides_whatever_the_status_was(name):
    assert type(answers.by_name(name, "words", **FACTS)) is NAMES[name]


EVERY = [
    errors.BadAddress,
    errors.Unauthorised,
    errors.AccessRefused,
    errors.WrongDatabase,
    errors.MissingRecord,
    errors.UnknownModel,
    errors.UnknownMethod,
    errors.UserRefused,
    errors.CallerMistake,
    errors.ServerFault,
    errors.RetryLater,
    errors.Unreachable,
    errors.AmbiguousOutcome,
    errors.Unanswered,
    errors.BadAnswer,
    errors.TurnedAway,
    errors.UnsupportedVersion,
]


def test_what_may_be_repeated_and_what_must_be_looked_up_first():
    assert {kind.word for kind in EVERY if kind.retry_safe} == {
        "retry_later",
        "unreachable",
        "unanswered",
    }
    assert {kind.word for kind in EVERY if kind.ambiguous} == {"ambiguous", "bad_answer"}
    assert [kind for kind in EVERY if kind.retry_safe and kind.ambiguous] == []


@pytest.mark.parametrize("kind", EVERY)
def test_every_error_says_a_whole_sentence_with_and_without_its_facts(kind):
    assert kind("words", **FACTS, reason="it is empty").user_message.count("%(") == 0
    assert kind().user_message[-1:] in {".", " "}


@pytest.mark.parametrize("kind", EVERY)
def test_every_error_survives_being_passed_between_processes(kind):
    error = kind("Odoo's words", **FACTS)
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), again.user_message, again.odoo_words) == (
        kind,
        error.user_message,
        "Odoo's words",
    )


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("No.\n\nContact\tyour administrator.", "No. Contact your administrator."),
        ("Oops Traceback (most recent call last):\n  File x", "Oops"),
        ("<html><style>a{}</style><body><h1>502</h1> nginx</body></html>", "502 nginx"),
        ("Quantity < 5 and > 2", "Quantity < 5 and > 2"),
        ("bell\x07 and \u202eright-to-left", "bell and right-to-left"),
        ("x" * 2000, "x" * 999 + "…"),
    ],
)
def test_odoos_words_are_fit_to_be_shown(words, shown):
    assert errors.UserRefused(words).odoo_words == shown


def test_a_percent_sign_in_odoos_words_is_only_that():
    assert errors.UserRefused("10% (of %(model)s)").user_message == (
        "Odoo did not accept this: 10% (of %(model)s)"
    )


def test_a_busy_server_may_name_its_wait_in_seconds():
    busy = answers.by_status(Answer(429, b"", retry_after=30.0), **FACTS)
    assert (type(busy), busy.wait_seconds) == (errors.RetryLater, 30.0)
