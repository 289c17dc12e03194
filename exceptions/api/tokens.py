"""Service tokens over HTTP. DRF loads this with its settings: import no views here."""

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from exceptions import tokens
from exceptions.models import ServiceToken, User

MALFORMED = "Send the token as 'Authorization: Bearer ct_…'."


class ServiceTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer ct_…`. Other headers are left to whoever asks next."""

    def authenticate(self, request: Request) -> tuple[User, ServiceToken] | None:
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != b"bearer":
            return None
        if len(words) != 2:
            raise AuthenticationFailed(MALFORMED)
        try:
            token = tokens.find(words[1].decode("latin-1"), at=timezone.now())
        except tokens.Invalid as invalid:
            raise AuthenticationFailed(str(invalid)) from None
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - as DRF asks
        return 'Bearer realm="control tower"'
