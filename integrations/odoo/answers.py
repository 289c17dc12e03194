"""From an HTTP answer to a result or the right error. Odoo's status codes lie; its names do not."""

import json
import re
from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext_noop as _

from integrations.odoo import errors
from integrations.odoo.transport import Answer

BY_NAME: dict[str, type[errors.OdooError]] = {
    "odoo.exceptions.AccessDenied": errors.Unauthorised,
    "odoo.http.SessionExpiredException": errors.Unauthorised,
    "werkzeug.exceptions.Unauthorized": errors.Unauthorised,
    "odoo.exceptions.AccessError": errors.AccessRefused,
    "werkzeug.exceptions.Forbidden": errors.AccessRefused,
    "odoo.exceptions.MissingError": errors.MissingRecord,
    "odoo.exceptions.UserError": errors.UserRefused,
    "odoo.exceptions.ValidationError": errors.UserRefused,
    "odoo.exceptions.RedirectWarning": errors.UserRefused,
    "odoo.exceptions.LockError": errors.RetryLater,
    "odoo.exceptions.ConcurrencyError": errors.RetryLater,
    "odoo.sql_db.PoolError": errors.RetryLater,
    "werkzeug.exceptions.TooManyRequests": errors.RetryLater,
    "werkzeug.exceptions.ServiceUnavailable": errors.RetryLater,
    "werkzeug.exceptions.BadRequest": errors.CallerMistake,
    "werkzeug.exceptions.UnprocessableEntity": errors.CallerMistake,
    "werkzeug.exceptions.RequestEntityTooLarge": errors.CallerMistake,
    "builtins.ValueError": errors.CallerMistake,
    "builtins.TypeError": errors.CallerMistake,
}

# PostgreSQL refused the value itself: the same call can never succeed.
HOPELESS = re.compile(r"psycopg2\.(DataError|errors\.(\w*OutOfRange|Invalid\w+|\w*Overflow))")
NO_MODEL = re.compile(r"the model '.*' does not exist|Object \S+ doesn't exist")
NO_METHOD = re.compile(r"[Tt]he method '.*' does not exist|object has no attribute")
NO_DATABASE = re.compile(r"database \".*\" does not exist")
NO_DATABASE_PAGE = "No database is selected"  # the page of a server that knows no such database


def loaded(answer: Answer, **facts: str) -> Any:
    """The JSON of an answer. Raises BadAnswer; nothing of the JSON's shape is checked here."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        pass
    raise errors.BadAnswer(text(answer)[:300], reason=_reason(answer), **facts)


def text(answer: Answer) -> str:
    return answer.body[:20_000].decode("utf-8", "replace")


def by_name(name: str, words: str, **facts: str) -> errors.OdooError:
    """The error for what Odoo calls it (`odoo.exceptions.UserError`, `psycopg2.errors.…`)."""
    found = _by_words(name, words) or BY_NAME.get(name) or _by_module(name)
    return found(words, **facts)


def by_status(answer: Answer, **facts: str) -> errors.OdooError:
    """For an answer that is not Odoo's own JSON: a proxy's page, or Odoo without a database."""
    match answer.status:
        case HTTPStatus.NOT_FOUND if NO_DATABASE_PAGE in text(answer):
            return errors.WrongDatabase(**facts)
        case HTTPStatus.TOO_MANY_REQUESTS | HTTPStatus.SERVICE_UNAVAILABLE:
            return _patient(errors.RetryLater(**facts), answer)
        case HTTPStatus.BAD_GATEWAY | HTTPStatus.GATEWAY_TIMEOUT:
            # The proxy lost patience or the worker died; Odoo may well have finished the work.
            return errors.AmbiguousOutcome(reason=_("the proxy lost the answer"), **facts)
        case _:
            turned_away = answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
            failure = errors.TurnedAway if turned_away else errors.BadAnswer
            return failure(text(answer)[:2000], reason=_reason(answer), **facts)


def _patient(error: errors.OdooError, answer: Answer) -> errors.OdooError:
    error.wait_seconds = answer.retry_after
    return error


def _by_words(name: str, words: str) -> type[errors.OdooError] | None:
    """The few cases where one name stands for several things."""
    if name in {"werkzeug.exceptions.NotFound", "odoo.exceptions.UserError"}:
        if NO_MODEL.match(words):
            return errors.UnknownModel
        if NO_METHOD.match(words):
            return errors.UnknownMethod
    if name == "builtins.AttributeError" and NO_METHOD.search(words):
        return errors.UnknownMethod
    if name == "psycopg2.OperationalError" and NO_DATABASE.search(words):
        return errors.WrongDatabase
    return None


def _by_module(name: str) -> type[errors.OdooError]:
    if HOPELESS.match(name):
        return errors.CallerMistake
    if name == "psycopg2.InterfaceError":
        return errors.AmbiguousOutcome
    return errors.RetryLater if name.startswith("psycopg2.") else errors.ServerFault


def _reason(answer: Answer) -> str:
    if 300 <= answer.status < 400:
        return _("it sends us to another address, and the key is not taken there")
    if not answer.body.strip():
        return _("it is empty")
    if "html" in answer.content_type or answer.body.lstrip()[:1] == b"<":
        return _("it is a web page")
    return _("it is not in the expected form")
