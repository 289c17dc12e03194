"""DATA_DIR: whose it is, where the servers' files go, and what is removed with it."""

import os
from pathlib import Path

import pytest

from controltower.launcher import data, unprivileged
from controltower.launcher.data import DataDir
from controltower.launcher.trouble import Trouble

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="only root has an account to drop to")


@pytest.fixture
def shelter(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files go that have to lie outside a closed home."""
    monkeypatch.setattr(data, "SHELTERS", (folder / "missing" / "lib", folder))
    return folder / "controltower"


def closed(folder: Path) -> Path:
    path = folder / "home"
    path.mkdir(mode=0o700)
    return path


def test_a_second_launcher_is_told_who_uses_the_folder(folder: Path) -> None:
    first, second = DataDir(folder / "data"), DataDir(folder / "data")
    first.open()
    with pytest.raises(Trouble, match=f"Already running: process {os.getpid()} uses"):
        second.open()
    first.close()
    second.open()
    second.close()


def test_a_folder_with_other_files_is_left_alone(folder: Path) -> None:
    (folder / "thesis.odt").touch()
    with pytest.raises(Trouble) as refused:
        DataDir(folder).open()
    assert str(refused.value) == (
        f"{folder} has other files in it; DATA_DIR must be a new or an empty folder."
    )
    assert [path.name for path in folder.iterdir()] == ["thesis.odt"]


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    (folder / "file").touch()
    with pytest.raises(Trouble) as refused:
        DataDir(folder / "file" / "data").open()
    assert str(refused.value).splitlines()[0] == (
        f"Cannot write to {folder}/file/data: Not a directory."
    )


def test_ports_are_remembered_one_by_one_and_nonsense_is_forgotten(folder: Path) -> None:
    kept = DataDir(folder)
    kept.remember_ports({"postgres": 5001})
    kept.remember_ports({"valkey": 5002})
    assert kept.ports() == {"postgres": 5001, "valkey": 5002}
    (folder / "ports.json").write_text("[1")
    assert kept.ports() == {}


def test_an_ordinary_user_keeps_everything_in_the_folder(folder: Path) -> None:
    assert DataDir(folder).servers(None) == folder / "servers"
    assert oct((folder / "servers").stat().st_mode & 0o777) == "0o700"


@root_only
def test_root_gives_the_servers_a_folder_that_only_they_can_read(folder: Path) -> None:
    who = unprivileged.account()
    assert who is not None
    place = DataDir(folder).servers(who)
    found = place.stat()
    assert (place, found.st_uid, oct(found.st_mode & 0o777)) == (
        folder / "servers",
        who.uid,
        "0o700",
    )


@root_only
def test_in_a_closed_home_the_servers_files_go_elsewhere_and_are_found_again(
    folder: Path, shelter: Path
) -> None:
    home, who = closed(folder), unprivileged.account()
    place = DataDir(home).servers(who)
    assert (place.parent, DataDir(home).servers(who)) == (shelter, place)
    assert unprivileged.reaches(who, place, "w")
    assert oct(home.stat().st_mode & 0o777) == "0o700"


@root_only
def test_removing_the_folder_removes_what_had_to_go_elsewhere(folder: Path, shelter: Path) -> None:
    kept = DataDir(closed(folder))
    kept.servers(unprivileged.account())
    kept.remove()
    assert (kept.path.exists(), list(shelter.iterdir())) == (False, [])


@root_only
def test_a_link_to_somewhere_else_is_not_followed_when_removing(folder: Path) -> None:
    precious = folder / "precious"
    precious.mkdir()
    kept = DataDir(folder / "data")
    kept.open()
    (kept.path / "servers").symlink_to(precious)
    kept.remove()
    assert (kept.path.exists(), precious.is_dir()) == (False, True)


@root_only
def test_a_shelter_that_others_could_write_to_is_not_used(folder: Path, shelter: Path) -> None:
    shelter.mkdir()
    shelter.chmod(0o777)
    who = unprivileged.account()
    assert who is not None
    with pytest.raises(Trouble, match="no other place could be made"):
        data.shelter(who)
