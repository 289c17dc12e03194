"""What each verb must be allowed in Odoo: declared beside it, true to what it asks of Odoo, and
told before anybody decides."""

from collections.abc import Callable

import pytest

from integrations import connections
from integrations.odoo import push, rights
from integrations.odoo.access import Access, Secret
from integrations.odoo.rights import Right
from integrations.odoo.sources import SOURCES
from integrations.simulator import rights as simulated
from tests.integrations.linked import DATABASE, KEY, LOGIN, Linked
from tests.integrations.odoo.doing import MANAGER, Doing, belongs_to
from tests.integrations.odoo.test_verbs_of_odoo import every

OPERATIONS = {"create": "create", "write": "write", "unlink": "unlink",
              "read": "read", "search": "read", "search_read": "read"}  # fmt: skip
ASKING = {"fields_get", "has_access", "check_access_rights", "has_group", "context_get"}
NEEDED = {
    (need.model, operation)
    for source in SOURCES
    for need in source.needed
    for operation in need.operations
}


def told(linked: Linked) -> dict[str, tuple[str, str]]:
    """What a look over the connection says of decisions."""
    access = Access(linked.url, DATABASE, LOGIN, Secret(KEY))
    report = connections.look(access, at=linked.at)
    said = {s.name: (s.outcome.value, s.sentence) for s in report.steps}
    return {
        name.removesuffix(" (decisions)"): each
        for name, each in said.items()
        if name.endswith(" (decisions)")
    }


def test_every_verb_of_odoo_declares_its_rights() -> None:
    declared = push.rights_of_verbs()
    assert len(declared) == len(push.PUSHERS)
    assert [name for name, found in declared.items() if not found] == []


def test_of_every_right_we_know_who_gives_it() -> None:
    """But for modules that were never at hand."""
    unknown = {
        right.model
        for found in push.rights_of_verbs().values()
        for right in found
        if right.giver is None
    }
    assert unknown == {"approval.request", "helpdesk.ticket"}


@every
def test_what_a_verb_asks_of_odoo_it_has_declared(
    linked: Linked, scene: Callable[[Linked], Doing]
) -> None:
    """Reading is declared by the sources, too; nobody needs a right to their own user."""
    doing = scene(linked)
    assert doing.deliver() == "confirmed"

    asked = {
        (request.model, OPERATIONS.get(request.method, "write"))
        for request in linked.seen.requests
        if request.method not in ASKING
    }
    declared = {(right.model, right.operation) for right in doing.pusher.rights}
    assert asked - declared - NEEDED == set()


def test_every_missing_right_is_told_before_it_is_missed(linked: Linked) -> None:
    """Of a user who may nothing but sign in, everything fails that no person can be asked for."""
    groups = next(each.groups for each in linked.world.logins if each.login == LOGIN)
    belongs_to(linked, fewer=tuple(groups - {simulated.USER}))

    said = " ".join(sentence for outcome, sentence in told(linked).values() if outcome != "ok")
    assert [name for name in push.rights_of_verbs() if name not in said] == []


def test_the_group_that_gives_it_is_named(linked: Linked) -> None:
    belongs_to(linked, fewer=(simulated.PURCHASE,))

    assert told(linked)["purchase.order: create"] == (
        "missing",
        (
            "Not allowed, so Odoo refuses: request for quotation."
            " The group Purchase / User (purchase.group_purchase_user) gives the right."
        ),
    )
    assert told(linked)["account.move.reversal: create"] == (
        "by hand",
        (
            "Without the right people are asked to do: draft of a credit note."
            " The group Accounting / Invoicing (account.group_account_invoice) gives the right."
        ),
    )


def test_applying_a_count_takes_more_before_19(linked: Linked, version: int) -> None:
    there = told(linked)
    if version == 19:
        assert "stock.quant: action_apply_inventory" not in there
        return
    assert there["stock.quant: action_apply_inventory"] == (
        "missing",
        (
            "Not allowed, so Odoo refuses: count applied."
            " The group Inventory / Administrator (stock.group_stock_manager) gives the right."
        ),
    )
    belongs_to(linked, more=(MANAGER,))
    assert told(linked)["stock.quant: action_apply_inventory"][0] == "ok"


def test_what_is_not_installed_is_not_missing(linked: Linked) -> None:
    assert told(linked)["helpdesk.ticket: create"] == (
        "ok",
        "Not installed here; nothing is written to it.",
    )


def test_a_right_that_several_verbs_need_is_asked_for_once(linked: Linked) -> None:
    told(linked)
    asked = [
        (r.model, r.kwargs["operation"])
        for r in linked.seen.requests
        if r.method in ("has_access", "check_access_rights") and r.model == "stock.scrap"
    ]
    assert asked == [("stock.scrap", each) for each in ("create", "read", "write")]


@pytest.mark.parametrize(("version", "counted"), [((18, 0), True), ((19, 0), False)])
def test_a_right_counts_until_its_version(version: tuple[int, int], counted: bool) -> None:
    right = Right("stock.quant", "write", until=(19, 0))
    assert bool(rights.merged({"count applied": [right]}, version)) is counted


@pytest.mark.parametrize("asks", [False, True])
def test_what_fails_and_what_is_done_by_hand_are_told_apart(asks: bool) -> None:
    (found,) = rights.merged(
        {
            "goods released": [Right("stock.picking", "create")],
            "hold": [Right("stock.picking", "create", by_hand=asks)],
        },
        (19, 0),
    )
    refused = ["goods released"] if asks else ["goods released", "hold"]
    assert (found.refused, found.by_hand) == (refused, ["hold"] if asks else [])
