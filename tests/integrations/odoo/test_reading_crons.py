"""The group that may read scheduled actions: offered, made once, put right, taken away whole."""

from collections.abc import Iterator

import pytest

from integrations import connections, provisioning, rounds
from integrations.models import ScheduledAction
from integrations.odoo import errors, provision, reading_crons
from integrations.odoo.client import Access, Odoo, Secret
from integrations.odoo.provision import Plan
from tests.integrations.linked import BUYER, DATABASE, INTEGRATION, Linked

MARK, NAME = "c0ffee11", "Control Tower c0ffee11: read scheduled actions"


@pytest.fixture
def admin(linked: Linked) -> Iterator[Odoo]:
    with Odoo.connect(Access(linked.url, DATABASE, "admin", Secret("sim-admin-key"))) as odoo:
        yield odoo


def planned(linked: Linked, admin: Odoo, *, granting: bool = False) -> Plan:
    url = connections.hook_url(linked.row)
    return provision.plan(admin, mark=MARK, url=url, uid=INTEGRATION, granting=granting)


def granted(linked: Linked, admin: Odoo) -> None:
    provision.carry_out(admin, planned(linked, admin, granting=True))


def ours(linked: Linked, model: str) -> list[int]:
    rows = linked.world.tables[model].rows.values()
    return [int(row["id"]) for row in rows if row["name"] == NAME]


def users(version: int) -> str:
    return "users" if version < 19 else "user_ids"


def group_line(plan: Plan) -> list[tuple[str, tuple[str, ...]]]:
    lines = (line for line in plan.all if line.key == "scheduled_actions")
    return [(line.doing.value, line.differs) for line in lines]


def readable(linked: Linked, operation: str = "read") -> bool:
    with linked.client() as odoo:
        try:
            if operation == "read":
                return bool(odoo.search("ir.cron", [], order="id"))
            odoo.write("ir.cron", [1], {"active": False})
        except errors.AccessRefused:
            return False
        return True


def test_nothing_is_given_that_was_not_asked_for(linked: Linked, admin: Odoo) -> None:
    plan = planned(linked, admin)
    provision.carry_out(admin, plan)

    assert group_line(plan) == []
    assert (ours(linked, "res.groups"), ours(linked, "ir.model.access")) == ([], [])
    assert readable(linked) is False


def test_our_user_may_read_them_and_nothing_else(linked: Linked, admin: Odoo, version: int) -> None:
    assert group_line(planned(linked, admin, granting=True)) == [("create", ())]
    granted(linked, admin)

    (group,), (access,) = ours(linked, "res.groups"), ours(linked, "ir.model.access")
    assert linked.world.tables["res.groups"].rows[group][users(version)] == [INTEGRATION]
    row = linked.world.tables["ir.model.access"].rows[access]
    assert {name: row.get(name) or False for name in reading_crons.PERMISSIONS} == {
        "perm_read": True,
        "perm_write": False,
        "perm_create": False,
        "perm_unlink": False,
    }
    assert (readable(linked), readable(linked, "write")) == (True, False)


def test_it_bears_our_mark(linked: Linked, admin: Odoo) -> None:
    granted(linked, admin)
    rows = linked.world.tables["ir.model.data"].rows.values()
    assert {
        (r["module"], r["model"], r["res_id"]) for r in rows if r["model"] != "base.automation"
    } == {
        ("control_tower_c0ffee11", "res.groups", ours(linked, "res.groups")[0]),
        ("control_tower_c0ffee11", "ir.model.access", ours(linked, "ir.model.access")[0]),
    }


@pytest.mark.parametrize("granting", [True, False])
def test_a_second_run_leaves_it_asked_for_or_not(
    linked: Linked, admin: Odoo, granting: bool
) -> None:
    granted(linked, admin)
    again = planned(linked, admin, granting=granting)
    provision.carry_out(admin, again)

    assert (group_line(again), again.settled) == ([("leave", ())], True)
    assert len(ours(linked, "res.groups")) == len(ours(linked, "ir.model.access")) == 1


@pytest.mark.parametrize(
    ("model", "changed", "differs"),
    [
        ("ir.model.access", {"perm_write": True}, ("access",)),
        ("ir.model.access", {"active": False}, ("access",)),
        ("res.groups", {"users": []}, ("member",)),
    ],
)
def test_what_somebody_changed_is_put_right(
    linked: Linked,
    admin: Odoo,
    version: int,
    model: str,
    changed: dict[str, object],
    differs: tuple[str, ...],
) -> None:
    granted(linked, admin)
    values = {users(version) if k == "users" else k: v for k, v in changed.items()}
    (record,) = ours(linked, model)
    linked.tell(model, record, **values)  # type: ignore[arg-type]

    plan = planned(linked, admin)
    assert group_line(plan) == [("change", differs)]
    provision.carry_out(admin, plan)
    assert (planned(linked, admin).settled, readable(linked)) == (True, True)


def test_whoever_else_is_in_the_group_stays(linked: Linked, admin: Odoo, version: int) -> None:
    granted(linked, admin)
    (group,) = ours(linked, "res.groups")
    linked.tell("res.groups", group, **{users(version): [BUYER]})  # type: ignore[arg-type]

    provision.carry_out(admin, planned(linked, admin))
    row = linked.world.tables["res.groups"].rows[group]
    assert row[users(version)] == [BUYER, INTEGRATION]


@pytest.mark.parametrize("broken", ["res.groups", "ir.model.access"])
def test_what_a_broken_line_left_undone_is_finished(
    linked: Linked, admin: Odoo, broken: str
) -> None:
    """The group alone, or both without their marks: nothing is made a second time."""
    linked.odoo.faults.add("lost_reply", model=broken, method="create", times=1)
    with pytest.raises(errors.OdooError):
        granted(linked, admin)

    plan = planned(linked, admin)
    assert [doing for doing, _ in group_line(plan)] == ["change"]
    provision.carry_out(admin, plan)
    assert (len(ours(linked, "res.groups")), len(ours(linked, "ir.model.access"))) == (1, 1)
    assert planned(linked, admin).settled


def test_removing_leaves_nothing_behind(linked: Linked, admin: Odoo) -> None:
    url = connections.hook_url(linked.row)
    granted(linked, admin)
    assert provision.leftovers(admin, mark=MARK, url=url) > 0

    plan = provision.plan_removal(admin, mark=MARK)
    assert group_line(plan) == [("remove", ())]
    provision.carry_out(admin, plan)

    assert provision.leftovers(admin, mark=MARK, url=url) == 0
    assert linked.world.tables["ir.model.data"].rows == {}
    assert readable(linked) is False


def test_another_towers_group_is_left_alone(linked: Linked, admin: Odoo) -> None:
    granted(linked, admin)
    provision.carry_out(admin, provision.plan_removal(admin, mark="0ther000"))
    assert len(ours(linked, "res.groups")) == 1


def test_they_are_read_in_the_next_round_not_when_they_are_due(linked: Linked) -> None:
    assert (rounds.read_actions(linked.now), ScheduledAction.objects.count()) == (1, 0)
    with provisioning.administering(linked.row, "admin", Secret("sim-admin-key")) as admin:
        plan = provisioning.plan(linked.row, admin, granting=True)
        by = connections.FROM_COMMAND
        provisioning.carry_out(linked.row, admin, plan, by=by, at=linked.at)

    assert rounds.read_actions(linked.now) == 1
    linked.row.refresh_from_db()
    assert (ScheduledAction.objects.count(), linked.row.actions_note) == (5, "")


def test_odoo_keeps_a_group_that_access_rights_name(
    linked: Linked, admin: Odoo, version: int
) -> None:
    granted(linked, admin)
    with pytest.raises(errors.UserRefused, match=r"ir\.model\.access"):
        admin.call("res.groups", "unlink", ids=ours(linked, "res.groups"))
