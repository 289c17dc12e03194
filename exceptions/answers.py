"""A request that is repeated with its key is done once, and gets the first answer again."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from django.db import IntegrityError, transaction

from exceptions.models import GivenAnswer, User

KEPT_FOR = timedelta(days=2)


class KeyUsed(Exception):
    """The key belongs to another request."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A status and a body of JSON types. `again` tells that nothing was done for it this time."""

    status: int
    body: Any
    again: bool = False


def digest(address: str, said: Any) -> str:
    """What makes two requests the same: where they go and what they say."""
    return hashlib.sha256(msgspec.json.encode([address, said], order="deterministic")).hexdigest()


@transaction.atomic
def once(user: User, key: str, request: str, act: Callable[[], Answer], *, at: datetime) -> Answer:
    """What `act` answers, or answered when this request (see `digest`) came first.

    Waits for a request with the same key that is under way. What `act` raises undoes the note, so
    that the request may be tried again. Raises KeyUsed.
    """
    given = _claim(user, key, request, at)
    if given.request != request:
        raise KeyUsed
    if given.status is not None:
        return Answer(given.status, given.body, again=True)
    answer = act()
    given.status, given.body = answer.status, answer.body
    given.save(update_fields=["status", "body"])
    return answer


def forget(*, at: datetime) -> int:
    """Delete answers that are too old to be asked for again; returns how many."""
    return GivenAnswer.objects.filter(at__lt=at - KEPT_FOR).delete()[0]


def _claim(user: User, key: str, request: str, at: datetime) -> GivenAnswer:
    """The row of the key; the unique constraint makes a second comer wait for the first."""
    try:
        with transaction.atomic():
            return GivenAnswer.objects.create(user=user, key=key, request=request, at=at)
    except IntegrityError:
        return GivenAnswer.objects.get(user=user, key=key)
