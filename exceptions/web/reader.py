"""Who reads a page, and the numbers that their address or form names."""

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from exceptions import actors
from exceptions.actors import READING_ROLES, Actor
from exceptions.models import User


def reader_of(request: HttpRequest) -> User:
    """The person who is signed in; LoginRequiredMiddleware lets nobody else come this far."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def reader_of_policies(request: HttpRequest) -> Actor:
    """Who reads; PermissionDenied for roles that read no cases."""
    actor = actors.person(reader_of(request))
    if not {grant.role for grant in actor.grants} & READING_ROLES:
        raise PermissionDenied
    return actor


def ids(values: Iterable[str]) -> list[int]:
    """Those of the values that can be an id."""
    return [int(v) for v in values if v.isascii() and v.isdigit() and len(v) < 19]
