"""Secrets of second factors, sealed like every other credential before they reach the database."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from exceptions.models import User
from exceptions.web import second_factor
from integrations import vault


class SealedSecrets(DefaultMFAAdapter):  # type: ignore[misc] # allauth has no types
    """What allauth asks about second factors. Encrypted with TOWER_ENCRYPTION_KEYS."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "incorrect_code": _("That did not match. Codes change every 30 seconds: try the next one."),
        "cannot_delete_authenticator": _(
            "Your role needs a second factor. Set up another one first, then remove this one."
        ),
    }

    def encrypt(self, text: str) -> str:
        return vault.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        return vault.unseal(encrypted_text)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Not the last one of somebody who needs one."""
        return second_factor.may_lose(authenticator.user, authenticator.pk)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002
        """`Passkey`, `Passkey 2`: what stands in the field before a better name is given."""
        n = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey") if n == 1 else gettext("Passkey %s") % n
