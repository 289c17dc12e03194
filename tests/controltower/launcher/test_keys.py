"""The installation's own secrets."""

from pathlib import Path

from cryptography.fernet import Fernet

from controltower.launcher import keys


def test_secrets_are_made_once_and_kept(tmp_path: Path) -> None:
    first = keys.load(tmp_path)
    assert keys.load(tmp_path) == first
    assert set(first) == set(keys.MAKERS)
    assert len(set(first.values())) == len(first)


def test_only_the_owner_can_read_them(tmp_path: Path) -> None:
    keys.load(tmp_path)
    assert oct((tmp_path / keys.FILE).stat().st_mode & 0o777) == "0o600"
    assert [path.name for path in tmp_path.iterdir()] == [keys.FILE]


def test_a_secret_that_a_newer_version_needs_is_added_to_the_others(tmp_path: Path) -> None:
    (tmp_path / keys.FILE).write_text("SECRET_KEY=kept=as-it-is\n\n")
    assert keys.load(tmp_path)["SECRET_KEY"] == "kept=as-it-is"
    assert keys.load(tmp_path) == keys.load(tmp_path)


def test_the_encryption_key_is_one_that_fernet_takes(tmp_path: Path) -> None:
    key = Fernet(keys.load(tmp_path)["TOWER_ENCRYPTION_KEYS"])
    assert key.decrypt(key.encrypt(b"odoo")) == b"odoo"
