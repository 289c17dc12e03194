"""The hashing of passwords that the tests use."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """Django's own: each hash and each check with its million rounds costs a third of a second."""

    iterations = 1_000
