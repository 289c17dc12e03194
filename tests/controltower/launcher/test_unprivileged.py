"""Whom root drops to, and what that account can reach."""

import os
import pwd
from pathlib import Path

import pytest

from controltower.launcher import unprivileged
from controltower.launcher.trouble import Trouble

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to drop to")


@pytest.mark.skipif(os.geteuid() == 0, reason="root drops to another account")
def test_an_ordinary_user_stays_who_they_are() -> None:
    assert unprivileged.account() is None


@root_only
def test_root_drops_to_nobody() -> None:
    account = unprivileged.account()
    assert account is not None
    assert (account.name, account.uid) == ("nobody", pwd.getpwnam("nobody").pw_uid)


@root_only
@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("nosuchuser", "There is no user 'nosuchuser' on this machine"),
        ("root", "TOWER_SERVER_USER=root is root; PostgreSQL does not run as root."),
    ],
)
def test_an_account_that_will_not_do_is_named(
    name: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(unprivileged.VARIABLE, name)
    with pytest.raises(Trouble) as refused:
        unprivileged.account()
    assert str(refused.value).startswith(words)


@root_only
def test_the_account_is_kept_out_by_any_folder_on_the_way(folder: Path) -> None:
    who = unprivileged.account()
    inside = folder / "home" / "project"
    inside.mkdir(parents=True)
    (folder / "home").chmod(0o755)
    assert unprivileged.reaches(who, inside, "x") is True
    (folder / "home").chmod(0o700)
    assert unprivileged.reaches(who, inside, "x") is False
    assert unprivileged.reaches(None, inside, "x") is True
