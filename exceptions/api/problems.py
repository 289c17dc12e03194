"""Errors of the API, as RFC 9457 problems. No stack trace reaches a caller."""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import serializers
from rest_framework.exceptions import APIException, ErrorDetail, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = "10"  # seconds
SAID = {
    "invalid": "Some of what was sent cannot be used; `errors` says which.",
    "not_found": "There is nothing here that you may see.",
}


class TooLarge(APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body is larger than any request needs."
    default_code = "too_large"


class MoveRefused(APIException):
    """The case cannot be moved so, now or by this caller."""

    status_code = HTTPStatus.CONFLICT
    default_code = "refused"


class KeyUsedBefore(APIException):
    status_code = HTTPStatus.UNPROCESSABLE_ENTITY
    default_detail = "This Idempotency-Key was used for another request: take a new one."
    default_code = "key_used"


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Name of the field, header or parameter")
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """A problem as RFC 9457 describes it."""

    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    # The name is the standard's; the declared field hides no property, DRF takes it off the class.
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment] # see above


def as_problem(error: Exception, context: dict[str, Any]) -> Response:
    """DRF's exception handler: every error becomes a problem, unforeseen ones are logged."""
    answer = exception_handler(error, context)
    if answer is None:
        return _unforeseen(error)
    headers = {k: v for k, v in answer.headers.items() if k in ("WWW-Authenticate", "Retry-After")}
    return _problem(_said(error, answer.status_code), answer.status_code, headers)


def _said(error: Exception, status: int) -> dict[str, Any]:
    if isinstance(error, ValidationError):
        errors = [{"field": f, "detail": d} for f, d in _errors(error.detail)]
        return {"detail": SAID["invalid"], "errors": errors}
    if isinstance(error, Http404):
        return {"detail": SAID["not_found"]}
    if isinstance(error, APIException):
        return {"detail": str(error.detail)}
    if isinstance(error, PermissionDenied):
        return {"detail": str(error) or "You may not do this."}
    return {"detail": HTTPStatus(status).description}


def _errors(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """(field, sentence) for every error of a nested detail; fields are written `a.b`."""
    if isinstance(detail, dict):
        for name, inner in detail.items():
            known = "" if name == "non_field_errors" else str(name)
            yield from _errors(inner, ".".join(part for part in (path, known) if part))
    elif isinstance(detail, list):
        for inner in detail:
            yield from _errors(inner, path)
    elif isinstance(detail, ErrorDetail | str):
        yield path or "body", str(detail)


def _unforeseen(error: Exception) -> Response:
    if isinstance(error, OperationalError | InterfaceError):
        logger.error("No database: %s", error)
        away = "The database is away. It is tried again as soon as it is back."
        return _problem({"detail": away}, 503, {"Retry-After": RETRY_AFTER})
    logger.error("The API failed", exc_info=error)
    return _problem({"detail": "Something failed here; it was logged."}, 500, {})


def _problem(said: dict[str, Any], status: int, headers: dict[str, str]) -> Response:
    titles = {409: "The move was refused", 422: "The key was used before"}
    title = titles.get(status, HTTPStatus(status).phrase)
    body = {"title": title, "status": status} | said
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)
