"""The vault: credentials sealed with Fernet before they reach the database."""

import hashlib
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class SealedWithAnotherKey(Exception):
    """None of TOWER_ENCRYPTION_KEYS opens this: the key that sealed it is missing."""


def seal(text: str) -> str:
    """`text`, encrypted with the newest key."""
    return _fernet().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again. Raises SealedWithAnotherKey."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealedWithAnotherKey from None


def new_secret() -> str:
    """256 random bits for a path or a header."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret that is only ever compared."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.TOWER_ENCRYPTION_KEYS])
