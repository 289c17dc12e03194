"""Setting up, as real servers were asked for it: the simulator is asked the same, in the same
order, and answers in the same shape or refuses in the same words."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import Any

import pytest

from integrations.odoo import errors, provision
from integrations.odoo.client import Access, Odoo, Secret
from integrations.odoo.provision import Plan
from tests.integrations.linked import DATABASE, INTEGRATION, Linked
from tests.integrations.odoo.test_recorded_verbs import FOLDER, _listen, _same

MARK, URL = "c0ffee11", "http://127.0.0.1:8313/hooks/odoo/test/"
SCENES = (
    "refused_before",
    "check",
    "set_up",
    "again",
    "allowed_after",
    "write_refused",
    "group_in_use",
    "put_right",
    "remove",
    "left_over",
)


@pytest.fixture
def admin(linked: Linked) -> Iterator[Odoo]:
    with Odoo.connect(Access(linked.url, DATABASE, "admin", Secret("sim-admin-key"))) as odoo:
        yield odoo


def planned(admin: Odoo, *, granting: bool) -> Plan:
    return provision.plan(admin, mark=MARK, url=URL, uid=INTEGRATION, granting=granting)


def scenes(admin: Odoo, ours: Odoo) -> Mapping[str, Callable[[], object]]:
    """One after the other, each upon what the one before it left."""

    def group_in_use() -> None:
        (group,) = admin.search("res.groups", [["name", "like", MARK]], order="id")
        heard_from_here.clear()
        admin.call("res.groups", "unlink", ids=[group])

    def put_right() -> None:
        (access,) = admin.search("ir.model.access", [["name", "like", MARK]], order="id")
        heard_from_here.clear()
        admin.write("ir.model.access", [access], {"perm_write": True})
        provision.carry_out(admin, planned(admin, granting=False))

    return {
        "refused_before": lambda: ours.search("ir.cron", [], order="id", limit=1),
        "check": lambda: provision.check(admin, granting=True),
        "set_up": lambda: provision.carry_out(admin, planned(admin, granting=True)),
        "again": lambda: provision.carry_out(admin, planned(admin, granting=True)),
        "allowed_after": lambda: ours.search("ir.cron", [], order="id", limit=1),
        "write_refused": lambda: ours.write("ir.cron", [1], {"interval_number": 1}),
        "group_in_use": group_in_use,
        "put_right": put_right,
        "remove": lambda: provision.carry_out(admin, provision.plan_removal(admin, mark=MARK)),
        "left_over": lambda: provision.leftovers(admin, mark=MARK, url=URL),
    }


heard_from_here: list[tuple[str, str, Any]] = []


def recorded(version: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FOLDER / f"provision-{version}.json").read_text())["scenes"]
    return found


def test_the_simulator_is_set_up_as_the_real_server(
    linked: Linked, admin: Odoo, version: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = recorded(version)
    assert tuple(real) == SCENES
    heard = _listen(monkeypatch)
    monkeypatch.setattr(f"{__name__}.heard_from_here", heard)
    with linked.client() as ours:
        told = scenes(admin, ours)
        for name in SCENES:
            heard.clear()
            with suppress(errors.OdooError):
                told[name]()
            calls = real[name]["calls"]
            assert [call[:2] for call in heard] == [(c["model"], c["method"]) for c in calls], name
            different = [
                (name, c["method"], h[2], c["answer"])
                for h, c in zip(heard, calls, strict=True)
                if c["method"] != "fields_get" and not _alike(h[2], c["answer"])
            ]
            assert different == []


def _alike(simulated: Any, real: Any) -> bool:
    """As of verbs; but whose right is missing is told by titles of groups, which differ."""
    if isinstance(real, dict) and real.get("error") == "odoo.exceptions.AccessError":
        return bool(simulated["error"] == real["error"])
    return _same(simulated, real)
