"""Requests that may be repeated: the same key with the same body is done once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from exceptions import answers
from exceptions.answers import Answer, KeyUsed
from exceptions.api.problems import KeyUsedBefore
from exceptions.models import User

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
PARAMETER = OpenApiParameter(
    HEADER,
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The same key with the same body is done once, and answered the same.",
)


def answer(request: Request, act: Callable[[], Answer], *, at: datetime) -> Answer:
    """What `act` answers, or answered to this request before. Raises KeyUsedBefore, or
    ValidationError for what is no key.
    """
    key = key_of(request)
    return act() if key is None else once(request, key, request.data, act, at=at)


def once(
    request: Request, key: str, body: Any, act: Callable[[], Answer], *, at: datetime
) -> Answer:
    """What `act` answers to this body under this key of the caller's, now or before. Raises
    KeyUsedBefore.
    """
    assert isinstance(request.user, User)
    said = answers.digest(request.path, body)
    try:
        return answers.once(request.user, key, said, act, at=at)
    except KeyUsed:
        raise KeyUsedBefore from None


def headers(answer: Answer) -> dict[str, str]:
    return {REPLAYED: "true"} if answer.again else {}


def key_of(request: Request) -> str | None:
    """The key that was sent, if any. Raises ValidationError for what is no key."""
    key = request.headers.get(HEADER)
    if key is not None and not (0 < len(key) <= 255 and key.isascii() and key.isprintable()):
        raise ValidationError({HEADER: ["1 to 255 printable ASCII characters."]})
    return key
