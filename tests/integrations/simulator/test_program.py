"""The program itself: started, killed, started again; and fast enough to be measured against."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from integrations.simulator import SimulatedOdoo, World, instants
from integrations.simulator.company import watch
from integrations.simulator.journal import Journal
from tests.integrations.simulator import small, speaking
from tests.integrations.simulator.speaking import ADMIN, call

ROOT = Path(__file__).resolve().parents[3]


@contextmanager
def program(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The program on a free port; yields it with its address once it says that it is ready."""
    command = [sys.executable, "-m", "integrations.simulator", "--port", "0", *arguments]
    bare = {"PATH": os.environ["PATH"], "PYTHONUNBUFFERED": "1"}  # no settings, no Django
    process = subprocess.Popen(command, cwd=ROOT, env=bare, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert "is ready at" in line
        yield process, line.split()[-1]
    finally:
        if process.poll() is None:
            process.terminate()
        process.wait(10)


def note(url: str, body: str) -> None:
    picking = call(url, "stock.picking", "search", domain=[], limit=1, order="id")
    call(url, "stock.picking", "message_post", ids=picking, body=body)


def notes(url: str) -> list[str]:
    domain = [["body", "like", "note"]]
    found = call(url, "mail.message", "search_read", domain=domain, fields=["body"], order="id")
    return [each["body"] for each in found]


def test_a_killed_program_goes_on_where_it_was(tmp_path: Path) -> None:
    options = ("--no-live", "--data-dir", str(tmp_path))
    with program(*options) as (process, url):
        note(url, "note one")
        first = speaking.ask(url, "GET", "/simulator/state").body["records"]
        process.send_signal(signal.SIGKILL)
        process.wait(10)
    with program(*options) as (process, url):
        assert notes(url) == ["<p>note one</p>"]
        assert speaking.ask(url, "GET", "/simulator/state").body["records"] == first
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def test_life_is_seen_over_the_wire() -> None:
    with program("--speed", "3600", "--version", "17", "--databases", "tower17") as (_, url):
        before = speaking.ask(url, "GET", "/simulator/state").body
        time.sleep(3)
        after = speaking.ask(url, "GET", "/simulator/state").body
        assert before["databases"] == ["tower17"]
        assert after["now"] > before["now"]
        assert after["records"]["stock.picking"] > before["records"]["stock.picking"]


def test_a_port_in_use_is_said_plainly() -> None:
    with SimulatedOdoo(World.bare(speaking.NOW)).running() as url:
        port = str(urlsplit(url).port)
        command = [sys.executable, "-m", "integrations.simulator", "--no-live", "--port", port]
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)
        said = f"The simulator cannot listen on port {port}: Address already in use\n"
        assert (ended.returncode, ended.stdout, ended.stderr) == (1, said, "")


def test_a_journal_brings_back_every_row_and_custom_field(tmp_path: Path) -> None:
    world = small.world()
    journal = Journal.of(tmp_path, 19)
    journal.keep(world)
    with SimulatedOdoo(world).running() as url:
        note(url, "note two")
        values = {"name": "x_flag", "model_id": 1, "ttype": "boolean"}
        call(url, "ir.model.fields", "create", key=ADMIN, vals_list=[values])
        call(url, "stock.picking", "unlink", ids=[world.late_receipts(speaking.NOW)[0]])
    journal.close()
    again = Journal.of(tmp_path, 19).load(19, instants.SteppedClock(speaking.NOW))
    assert again is not None
    for model, table in world.tables.items():
        assert again.tables[model].rows == table.rows, model
        assert set(again.models[model].fields) == set(world.models[model].fields), model
    assert watch.open_exceptions(again, speaking.NOW) == watch.open_exceptions(world, speaking.NOW)


def test_a_new_journal_holds_no_world(tmp_path: Path) -> None:
    assert Journal.of(tmp_path, 19).load(19, instants.RealClock()) is None


# Speed ----------------------------------------------------------------------------------------

PAGE = 2000
COLUMNS = [
    "name", "state", "origin", "partner_id", "picking_type_id", "picking_type_code",
    "scheduled_date", "date_deadline", "date_done", "has_deadline_issue", "priority", "user_id",
    "backorder_id", "return_id", "purchase_id", "sale_id", "carrier_id", "carrier_tracking_ref",
    "company_id", "write_date",
]  # fmt: skip


@pytest.mark.slow
def test_keyset_pages_are_complete() -> None:
    world = World.build(speaking.NOW)
    world.add_bulk_transfers(3_000)
    with SimulatedOdoo(world).running() as url:
        seen = walk(url)
    assert seen == set(world.tables["stock.picking"].rows)


def walk(url: str) -> set[int]:
    connection = http.client.HTTPConnection(urlsplit(url).netloc)
    headers = {"Authorization": f"bearer {speaking.INTEGRATION}"}
    seen: set[int] = set()
    since = "2000-01-01 00:00:00"
    while True:
        body = {"domain": [["write_date", ">=", since]], "fields": COLUMNS, "limit": PAGE,
                "order": "write_date, id"}  # fmt: skip
        connection.request("POST", "/json/2/stock.picking/search_read", json.dumps(body), headers)
        rows = json.loads(connection.getresponse().read())
        seen.update(row["id"] for row in rows)
        if len(rows) < PAGE:
            connection.close()
            return seen
        since = rows[-1]["write_date"]


@pytest.mark.slow
def test_the_demo_company_is_built_in_moments() -> None:
    started = time.process_time()
    World.build(speaking.NOW)
    assert time.process_time() - started < 2.0


def test_it_knows_nothing_of_the_project() -> None:
    code = (
        "import sys, integrations.simulator.__main__;"
        "print(sorted({n.split('.')[0] for n in sys.modules} & {'django', 'exceptions',"
        " 'controltower'}), sorted(n for n in sys.modules if n.startswith('integrations.')"
        " and not n.startswith('integrations.simulator')))"
    )
    bare = {"PATH": os.environ["PATH"]}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=bare, capture_output=True, text=True, timeout=30
    )
    assert ended.stdout == "[] []\n"
