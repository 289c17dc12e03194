"""Setting up an Odoo: what is planned, what is made, what is left alone, what is taken away."""

from collections import Counter
from collections.abc import Iterator

import pytest

from integrations import connections
from integrations.inbox import _sources_of
from integrations.odoo import hooked, provision
from integrations.odoo.client import Access, Odoo, Secret
from integrations.odoo.hooked import HOOKED
from integrations.odoo.marks import Doing
from integrations.odoo.provision import Plan
from integrations.odoo.sources import SOURCES
from tests.integrations import linked as linking
from tests.integrations.linked import DATABASE, Linked

MARK = "c0ffee11"
HERE = ("stock.picking", "stock.move", "sale.order", "purchase.order.line", "account.move",
        "stock.quant", "stock.warehouse.orderpoint")  # fmt: skip


@pytest.fixture
def admin(linked: Linked) -> Iterator[Odoo]:
    with Odoo.connect(Access(linked.url, DATABASE, "admin", Secret("sim-admin-key"))) as odoo:
        yield odoo


def planned(linked: Linked, admin: Odoo) -> Plan:
    url = connections.hook_url(linked.row)
    return provision.plan(admin, mark=MARK, url=url, uid=linking.INTEGRATION)


def provisioned(linked: Linked, admin: Odoo) -> None:
    provision.carry_out(admin, planned(linked, admin))


def counted(plan: Plan) -> dict[str, int]:
    return dict(Counter(str(line.doing) for line in plan.lines))


def rows(linked: Linked, model: str) -> list[dict[str, object]]:
    return list(linked.world.tables[model].rows.values())


def test_every_model_that_a_source_reads_is_hooked() -> None:
    """The two lists are told apart, so that each says what it means; neither may forget one."""
    read = {model for source in SOURCES for model in (source.model, source.document_model)}
    assert {each.model for each in HOOKED} == read
    assert all(_sources_of(each.model) for each in HOOKED)


def test_what_names_a_document_is_told(linked: Linked) -> None:
    told = {each.model: set(each.names) for each in HOOKED}
    wanted: dict[str, set[str]] = {each.model: set() for each in HOOKED}
    for source in SOURCES:
        wanted[source.model] |= set(source.document_fields)
    assert {m: names - told[m] for m, names in wanted.items() if names - told[m]} == {}


def test_the_first_plan_makes_two_rules_a_model_and_one_to_try(linked: Linked, admin: Odoo) -> None:
    plan = planned(linked, admin)

    assert [line.model for line in plan.lines] == [
        *(model for model in HERE for _ in "ab"),
        "res.users",
    ]
    assert counted(plan) == {"create": 2 * len(HERE) + 1}
    assert plan.absent == ("quality.check", "quality.alert", "qc.inspection")
    assert rows(linked, "base.automation") == []


def test_a_second_run_changes_nothing(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)
    before = rows(linked, "base.automation"), rows(linked, "ir.actions.server")

    again = planned(linked, admin)
    provision.carry_out(admin, again)

    assert again.settled
    assert counted(again) == {"leave": 15}
    assert (rows(linked, "base.automation"), rows(linked, "ir.actions.server")) == before


def test_each_rule_posts_to_our_address_and_bears_our_mark(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)

    urls = {row["webhook_url"] for row in rows(linked, "ir.actions.server")}
    assert urls == {connections.hook_url(linked.row)}
    marks = {(row["module"], row["res_id"]) for row in rows(linked, "ir.model.data")}
    ids = {row["id"] for row in rows(linked, "base.automation")}
    assert marks == {(f"control_tower_{MARK}", each) for each in ids}
    assert all(MARK in str(row["name"]) for row in rows(linked, "base.automation"))


def test_only_stored_fields_are_watched(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)

    fields = linked.world.tables["ir.model.fields"].rows
    watched = {
        (fields[each]["model"], fields[each]["name"]): fields[each]["store"]
        for row in linked.world.tables["base.automation"].rows.values()
        for each in row.get("trigger_field_ids", ())
    }
    assert ("stock.picking", "scheduled_date") in watched
    assert set(watched.values()) == {True}


def test_a_deletion_tells_no_stamp(linked: Linked) -> None:
    """The record's last change may have been told with the same stamp: it would count as known."""
    stored = {each.model: {*each.watched, *each.names, *hooked.STAMP} for each in HOOKED}
    stored["res.users"] = set(hooked.STAMP)
    rules = hooked.wanted(stored, mark=MARK, url="https://t/", uid=5)
    told = {rule.key: rule.told for rule in rules}
    assert told["stock_picking_deleted"] == {"sale_id", "return_id"}
    assert told["stock_picking_saved"] == {"sale_id", "return_id", "write_date", "write_uid"}


def test_a_new_secret_changes_every_rule(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)

    plan = provision.plan(admin, mark=MARK, url="https://tower/new/", uid=linking.INTEGRATION)
    assert {line.differs for line in plan.lines} == {("url",)}
    provision.carry_out(admin, plan)

    assert {row["webhook_url"] for row in rows(linked, "ir.actions.server")} == {
        "https://tower/new/"
    }
    assert len(rows(linked, "ir.actions.server")) == len(plan.lines)


@pytest.mark.parametrize(
    ("changed", "differs"),
    [
        ({"active": False}, ("odd",)),
        ({"name": "Renamed"}, ("name",)),
        ({"filter_domain": "[('id', '=', 1)]"}, ("where",)),
        ({"trigger_field_ids": []}, ("watched",)),
        ({"trigger": "on_write"}, ("trigger",)),
    ],
)
def test_what_somebody_changed_is_put_right(
    linked: Linked, admin: Odoo, changed: dict[str, object], differs: tuple[str, ...]
) -> None:
    provisioned(linked, admin)
    linked.tell("base.automation", 1, **changed)  # type: ignore[arg-type]

    plan = planned(linked, admin)
    assert [(line.key, line.differs) for line in plan.having(Doing.CHANGE)] == [
        ("stock_picking_saved", differs)
    ]
    provision.carry_out(admin, plan)
    assert planned(linked, admin).settled


def test_a_rule_that_was_deleted_is_made_again(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)
    admin.call("base.automation", "unlink", ids=[3])

    plan = planned(linked, admin)
    assert counted(plan) == {"leave": 14, "create": 1}
    provision.carry_out(admin, plan)
    assert planned(linked, admin).settled


def test_what_was_made_but_not_marked_is_found_by_its_name(linked: Linked, admin: Odoo) -> None:
    """The line may break between the two calls."""
    provisioned(linked, admin)
    admin.call("ir.model.data", "unlink", ids=[1, 2])

    plan = planned(linked, admin)
    assert [line.differs for line in plan.having(Doing.CHANGE)] == [("mark",), ("mark",)]
    provision.carry_out(admin, plan)
    assert planned(linked, admin).settled


def test_an_external_id_without_its_rule_is_dropped(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)
    with linked.world.transaction(linking.ADMIN) as tx:
        tx.unlink("base.automation", 1)

    plan = planned(linked, admin)
    assert (plan.loose, plan.settled) == ((1,), False)
    provision.carry_out(admin, plan)
    assert planned(linked, admin).settled


def own_rule(admin: Odoo, name: str) -> int:
    (model,) = admin.search("ir.model", [["model", "=", "stock.picking"]], order="id")
    hook = {"name": "x", "model_id": model, "state": "webhook", "webhook_url": "https://else/"}
    rule = {"name": name, "model_id": model, "trigger": "on_write"}
    return admin.create("base.automation", [{**rule, "action_server_ids": [[0, 0, hook]]}])[0]


def test_removing_leaves_nothing_of_ours_and_all_of_theirs(linked: Linked, admin: Odoo) -> None:
    theirs = own_rule(admin, "Control Tower of somebody else")
    provisioned(linked, admin)
    url = connections.hook_url(linked.row)
    assert provision.leftovers(admin, mark=MARK, url=url) == 30

    provision.carry_out(admin, provision.plan_removal(admin, mark=MARK))

    assert [row["id"] for row in rows(linked, "base.automation")] == [theirs]
    assert len(rows(linked, "ir.actions.server")) == 1
    assert rows(linked, "ir.model.data") == []
    assert provision.leftovers(admin, mark=MARK, url=url) == 0
    assert provision.plan_removal(admin, mark=MARK).settled


def test_two_towers_do_not_touch_each_other(linked: Linked, admin: Odoo) -> None:
    provisioned(linked, admin)
    other = provision.plan(admin, mark="0ther000", url="https://other/", uid=linking.INTEGRATION)
    assert counted(other) == {"create": 15}
    provision.carry_out(admin, other)

    provision.carry_out(admin, provision.plan_removal(admin, mark="0ther000"))

    assert planned(linked, admin).settled


def test_who_may_not_is_told_the_group(linked: Linked) -> None:
    with linked.client() as ours, pytest.raises(provision.NotAllowed) as refused:
        provision.check(ours)
    assert str(refused.value) == (
        "control.tower may not read base.automation. Use the key of a user in "
        "Administration / Settings (base.group_system)."
    )


def test_without_automation_rules_it_is_only_read(linked: Linked, admin: Odoo) -> None:
    del linked.world.models["base.automation"], linked.world.tables["base.automation"]
    with pytest.raises(provision.NoWebhooks) as missing:
        provision.check(admin)
    assert missing.value.installable


def test_16_has_no_webhooks(linked: Linked, admin: Odoo) -> None:
    old = Odoo.resume(admin.access, (16, 0), linking.ADMIN)
    with pytest.raises(provision.NoWebhooks) as missing:
        provision.check(old)
    assert not missing.value.installable
