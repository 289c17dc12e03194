"""Service tokens: programs' keys to the API."""

from rest_framework.authentication import BaseAuthentication


class ServiceTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer <token>`."""
