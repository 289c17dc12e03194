"""Credentials are sealed before they are stored; keys rotate."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from integrations import vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_opens_again_and_shows_nothing(settings: Settings) -> None:
    settings.TOWER_ENCRYPTION_KEYS = [NEW]
    sealed = vault.seal("a key of Odoo")

    assert vault.unseal(sealed) == "a key of Odoo"
    assert "a key of Odoo" not in sealed
    assert vault.seal("a key of Odoo") != sealed


def test_what_an_older_key_has_sealed_still_opens(settings: Settings) -> None:
    settings.TOWER_ENCRYPTION_KEYS = [OLD]
    sealed = vault.seal("a key of Odoo")
    settings.TOWER_ENCRYPTION_KEYS = [NEW, OLD]

    assert vault.unseal(sealed) == "a key of Odoo"
    assert Fernet(NEW).decrypt(vault.seal("fresh").encode()) == b"fresh"


@pytest.mark.parametrize("sealed", ["", "garbage", "gAAAAAB" + "A" * 90])
def test_what_no_key_opens_says_so_without_the_text(settings: Settings, sealed: str) -> None:
    settings.TOWER_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(vault.SealedWithAnotherKey) as raised:
        vault.unseal(sealed)
    assert str(raised.value) == ""


def test_a_lost_key_opens_nothing(settings: Settings) -> None:
    settings.TOWER_ENCRYPTION_KEYS = [OLD]
    sealed = vault.seal("a key of Odoo")
    settings.TOWER_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(vault.SealedWithAnotherKey):
        vault.unseal(sealed)


def test_secrets_are_long_and_new_each_time() -> None:
    made = {vault.new_secret() for _ in range(100)}

    assert (len(made), min(len(secret) for secret in made)) == (100, 43)


def test_a_digest_is_sha_256_in_hexadecimal() -> None:
    assert vault.digest("secret") == (
        "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"
    )
