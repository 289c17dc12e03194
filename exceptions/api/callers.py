"""Who calls the API, and what their token lets them do."""

from dataclasses import replace
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.views import APIView

from exceptions.actors import Actor, person, within
from exceptions.api.tokens import ServiceTokenAuthentication
from exceptions.models import ServiceToken, User
from exceptions.vocabulary import Via


class ServiceTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call] # untyped
    """How OpenAPI tells of service tokens; found by being imported."""

    target_class = ServiceTokenAuthentication
    name = "serviceToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        return {"type": "http", "scheme": "bearer", "description": "A service token, `ct_…`"}


class HasScope(IsAuthenticated):
    """People who are signed in have every scope; a token has those it was given.

    The view names them: `scopes = {"GET": "cases:read"}`.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        scopes: dict[str, str] = getattr(view, "scopes", {})
        # HEAD and OPTIONS tell something, too: for them any scope that the view has is asked.
        scope = scopes.get(request.method or "") or next(iter(scopes.values()), "")
        need(request, scope)
        return True


def need(request: Request, scope: str) -> None:
    """Raises PermissionDenied for a token without the scope."""
    token = request.auth
    if isinstance(token, ServiceToken) and scope not in token.scopes:
        raise PermissionDenied(f"The token '{token.name}' lacks the scope {scope}.")


def actor_of(request: Request) -> Actor:
    """Who acts. A token acts as its user, at its sites; the history names both."""
    assert isinstance(request.user, User)
    actor, token = person(request.user, Via.API), request.auth
    if not isinstance(token, ServiceToken):
        return actor
    named = replace(actor, name=f"{actor.name} ({token.name})")
    return named if token.sites is None else within(named, token.sites)
