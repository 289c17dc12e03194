"""odoo_connect: what works is stored; what does not is a sentence and exit code 1."""

import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from exceptions.models import Connection
from integrations.models import OdooAccess
from integrations.simulator import rights
from tests.integrations import linked as linking
from tests.integrations.linked import KEY, Linked

NEW = "Second plant"


@pytest.fixture
def key_file(tmp_path: Path) -> Path:
    """As an editor leaves it: with a line break at its end."""
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    return file


def arguments(linked: Linked, key_file: Path, **other: str) -> list[str]:
    given = {
        "name": NEW,
        "url": linked.url,
        "database": linking.DATABASE,
        "login": linking.LOGIN,
        "api-key-file": str(key_file),
        **other,
    }
    return [f"--{name}={value}" for name, value in given.items()]


def connect(linked: Linked, key_file: Path, *flags: str, **other: str) -> str:
    printed = StringIO()
    try:
        call_command("odoo_connect", *arguments(linked, key_file, **other), *flags, stdout=printed)
    except CommandError as error:
        printed.write(str(error))
    return printed.getvalue()


def stored() -> bool:
    return Connection.objects.filter(name=NEW).exists()


def test_it_prints_what_works_and_stores_the_connection(
    linked: Linked, key_file: Path, version: int
) -> None:
    printed = connect(linked, key_file)

    row = OdooAccess.objects.get(connection__name=NEW)
    protocol = "JSON-2" if version == 19 else "JSON-RPC"
    assert f"Odoo {version}.0, spoken to over {protocol}." in printed
    assert "The key is valid (user id 5)." in printed
    assert f"Connected as {NEW}." in printed
    assert row.connection.enabled is True
    assert KEY not in printed


def test_the_category_of_approvals_is_stored_and_kept(linked: Linked, key_file: Path) -> None:
    connect(linked, key_file)
    row = OdooAccess.objects.get(connection__name=NEW)
    assert row.approval_category is None

    connect(linked, key_file, "--approval-category=7")
    connect(linked, key_file)
    row.refresh_from_db()
    assert row.approval_category == 7


def test_hold_locations_are_checked_stored_and_kept(linked: Linked, key_file: Path) -> None:
    shelf = linked.world.tables["stock.location"].where("name", "Shelf A")[0]
    printed = connect(linked, key_file, f"--hold-location={shelf}", "--hold-location=9999")
    row = OdooAccess.objects.get(connection__name=NEW)
    assert "No location has the id 9999." in printed
    assert row.hold_locations == [shelf, 9999]

    printed = connect(linked, key_file, f"--hold-location={shelf}")
    row.refresh_from_db()
    assert "RTM/Stock/Shelf A" in printed
    assert row.hold_locations == [shelf]

    connect(linked, key_file)
    row.refresh_from_db()
    assert row.hold_locations == [shelf]


def test_a_dry_run_stores_nothing(linked: Linked, key_file: Path) -> None:
    printed = connect(linked, key_file, "--dry-run")

    assert ("Usable. Nothing was stored (--dry-run)." in printed, stored()) == (True, False)


WRONG = {
    "the key": (
        {"api-key-file": "{wrong key}"},
        "did not accept the login or the API key",
    ),
    "the database": ({"database": "elsewhere"}, "has no database named “elsewhere”"),
    "the port": ({"url": "http://127.0.0.1:9"}, "cannot be reached: it takes no connection"),
    "the host": (
        {"url": "https://odoo.invalid"},
        "cannot be reached: its name is not known",
    ),
    "the address": ({"url": "odoo.example.com"}, "must begin with https:// (or http://)"),
    "the file": ({"api-key-file": "/nowhere/key"}, "could not be read from /nowhere/key"),
    "a folder": ({"api-key-file": "/"}, "could not be read from /"),
    "the name": ({"name": "N" * 81}, "--name must have 1 to 80 characters."),
    "no name": ({"name": " "}, "--name must have 1 to 80 characters."),
    "a long address": ({"url": "https://" + "o" * 300}, "--url must have 1 to 200 characters."),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_is_said_and_nothing_is_stored(
    linked: Linked, key_file: Path, what: str, tmp_path: Path
) -> None:
    given, words = WRONG[what]
    (tmp_path / "wrong").write_text("not-the-key-4711")
    given = {k: v.replace("{wrong key}", str(tmp_path / "wrong")) for k, v in given.items()}

    printed = connect(linked, key_file, **given)

    assert words in printed
    assert not stored()
    assert not any(secret in printed for secret in (KEY, "not-the-key-4711", "Traceback"))


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"", b"\n", "schlüssel".encode()])
def test_a_file_that_holds_no_key_is_said_so(
    linked: Linked, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "key"
    file.write_bytes(content)

    printed = connect(linked, file)

    assert "Not connected" in printed or "API key" in printed
    assert not stored()


def test_rights_that_are_missing_are_named_with_the_group_that_gives_them(
    linked: Linked, key_file: Path
) -> None:
    (index,) = [i for i, each in enumerate(linked.world.logins) if each.key == KEY]
    few = frozenset({rights.USER, rights.SALE})
    linked.world.logins[index] = rights.Login(5, linking.LOGIN, KEY, "", few)

    printed = connect(linked, key_file)

    assert "stock.picking: write" in printed
    assert "Add the integration user to the group" in printed
    assert stored()  # it can read sales; what it lacks stands in the table


def test_a_module_that_is_missing_is_named_with_what_needs_it(
    linked: Linked, key_file: Path
) -> None:
    linked.world.models.pop("project.task")

    printed = connect(linked, key_file)

    lines = [each for each in printed.splitlines() if each.startswith("project.task (")]
    (line,) = [each for each in lines if "to-dos about counts" in each]
    assert "This Odoo has no project.task. Install the module that brings it" in line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"url": "http://127.0.0.1:9"}, "Not connected: put right what failed above"),
        ({"api-key-file": "/nowhere/key"}, "The API key could not be read from /nowhere/key."),
    ],
)
def test_from_the_command_line_it_exits_with_one_and_no_traceback(
    linked: Linked, key_file: Path, other: dict[str, str], words: str
) -> None:
    manage = str(Path(settings.BASE_DIR) / "manage.py")
    command = [sys.executable, manage, "odoo_connect", *arguments(linked, key_file, **other)]

    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)

    assert (ended.returncode, words in ended.stderr) == (1, True)
    assert not any(bad in ended.stderr + ended.stdout for bad in ("Traceback", KEY))
