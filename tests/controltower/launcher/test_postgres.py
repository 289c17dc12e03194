"""The embedded database: real files, a real server, real kills."""

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from controltower.launcher import keys
from controltower.launcher.trouble import Trouble
from tests.controltower.launcher.launching import Servers, new_folder, pids, servers

pytestmark = pytest.mark.slow
BROKER = "redis://elsewhere/0"


def connect(started: Servers) -> psycopg.Connection:
    return psycopg.connect(started.environment["DATABASE_URL"], autocommit=True)


def answers(started: Servers) -> bool:
    try:
        connect(started).close()
    except psycopg.OperationalError:
        return False
    return True


@pytest.fixture(scope="module")
def database() -> Iterator[Servers]:
    """One for all tests that only look; with what another PostgreSQL may have left around."""
    with pytest.MonkeyPatch.context() as patch, new_folder() as path:
        patch.setenv("PGDATA", "/nowhere")
        patch.setenv("PGPORT", "1")
        with servers(path / "data", REDIS_URL=BROKER) as started:
            yield started


def test_it_is_postgresql_18_with_the_built_in_locale(database: Servers) -> None:
    with connect(database) as connection:
        (version,) = connection.execute("SHOW server_version_num").fetchall()
        (locale,) = connection.execute(
            "SELECT datlocprovider, datlocale, pg_encoding_to_char(encoding)"
            " FROM pg_database WHERE datname = current_database()"
        ).fetchall()
    assert (int(version[0]) // 10000, locale) == (18, ("b", "C.UTF-8", "UTF8"))


def test_the_application_is_no_superuser(database: Servers) -> None:
    with connect(database) as connection:
        rights = connection.execute(
            "SELECT rolsuper, rolcreaterole, rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user"
        ).fetchall()
    assert rights == [(False, False, False)]


def test_it_listens_on_the_loopback_only(database: Servers) -> None:
    with connect(database) as connection:
        assert connection.execute("SHOW listen_addresses").fetchall() == [("127.0.0.1",)]


@pytest.mark.parametrize("password", ["", "wrong"])
def test_nobody_gets_in_without_the_password(database: Servers, password: str) -> None:
    port = database.data.ports()["postgres"]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(
            host="127.0.0.1", port=port, user="postgres", password=password, dbname="postgres"
        )


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user's servers run as that user")
def test_root_s_database_runs_as_nobody(database: Servers) -> None:
    status = Path(f"/proc/{pids(database.data.path)['postgres']}").stat()
    assert (status.st_uid, status.st_uid == os.geteuid()) == (65534, False)


def test_rows_survive_a_kill_and_the_server_comes_back_by_itself(folder: Path) -> None:
    with servers(folder / "data", throwaway=False, REDIS_URL=BROKER) as started:
        with connect(started) as connection:
            connection.execute("CREATE TABLE kept (n int)")
            connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
        os.kill(pids(started.data.path)["postgres"], signal.SIGKILL)
        assert started.go_on_until(lambda: not answers(started))
        assert started.go_on_until(lambda: answers(started))
        with connect(started) as connection:
            assert connection.execute("SELECT count(*) FROM kept").fetchall() == [(1000,)]


def test_a_second_start_finds_the_data_of_the_first(folder: Path) -> None:
    for expected in ([], [("first",)]):
        with servers(folder / "data", REDIS_URL=BROKER) as started, connect(started) as connection:
            connection.execute("CREATE TABLE IF NOT EXISTS runs (name text)")
            assert connection.execute("SELECT name FROM runs").fetchall() == expected
            connection.execute("INSERT INTO runs VALUES ('first')")


def test_a_cluster_that_was_only_half_made_is_made_anew(folder: Path) -> None:
    """As a kill in the middle of initdb leaves it."""
    half = folder / "data" / "servers" / "postgres.draft"
    with servers(folder / "data", DATABASE_URL="elsewhere", REDIS_URL=BROKER):
        (folder / "data" / "servers").mkdir()
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    if os.geteuid() == 0:
        subprocess.run(["chown", "-R", "nobody", str(half.parent)], check=True)
    with servers(folder / "data", REDIS_URL=BROKER) as started:
        assert (answers(started), half.exists()) == (True, False)


def test_lost_secrets_are_a_clear_message(folder: Path) -> None:
    with servers(folder / "data", REDIS_URL=BROKER):
        pass
    (folder / "data" / keys.FILE).unlink()
    with pytest.raises(Trouble) as failed, servers(folder / "data", REDIS_URL=BROKER):
        pass
    assert str(failed.value) == (
        f"The database in {folder}/data/servers/postgres does not know the password in "
        "secrets.env. Put the right secrets.env back, or start anew with `make clean-data`."
    )


def test_a_port_that_was_taken_since_the_last_run_is_replaced(folder: Path) -> None:
    with servers(folder / "data", REDIS_URL=BROKER) as first:
        taken = first.data.ports()["postgres"]
        (folder / "other").mkdir()
        (folder / "other" / "launcher.lock").touch()
        (folder / "other" / "ports.json").write_text(f'{{"postgres": {taken}}}')
        with servers(folder / "other", REDIS_URL=BROKER) as second:
            assert second.data.ports()["postgres"] != taken
            assert answers(second)


def test_a_deep_folder_is_no_trouble(folder: Path) -> None:
    """The path of a socket is limited to about 100 bytes; then there is none."""
    with servers(folder / ("deep/" * 25) / "data", REDIS_URL=BROKER) as started:
        assert (answers(started), list(started.data.path.rglob(".s.PGSQL*"))) == (True, [])
