"""What was decided is done in Odoo once others have said yes, and is proved there."""

from typing import Any

from exceptions import voting
from exceptions.actors import person
from exceptions.models import Case, Decision, Membership, User
from exceptions.vocabulary import DecisionState, Role, State
from tests.integrations.linked import ADMIN, Linked
from tests.integrations.odoo.sources.test_goods_on_hold import location, put
from tests.integrations.sending import propose

ROLES = (Role.SUPERVISOR, Role.APPROVER, Role.EXECUTIVE)


def opened(linked: Linked, model: str, record: int, kind: str) -> Case:
    """The case of a record, with all that its playbook sends sent."""
    linked.sync()
    linked.deliver()
    document = {"document__model": model, "document__record_id": record}
    return Case.objects.get(kind=kind, **document)


def decided(linked: Linked, case: Case, decision: str, **data: Any) -> Decision:
    """Proposed, approved at every level by people of their own, and sent."""
    found = propose(linked, case, decision, **data)
    assert found.state == DecisionState.PROPOSED
    assert not found.outbox.exists()
    for number in range(found.approval.levels.count()):
        user, _ = User.objects.get_or_create(username=f"voter{number}")
        for role in ROLES:
            Membership.objects.get_or_create(user=user, role=role)
        request = found.approval
        voting.vote(request.pk, "yes", person(user), digest=request.digest, at=linked.at)
    linked.deliver()
    found.refresh_from_db()
    return found


def states(decision: Decision) -> list[tuple[str, str]]:
    return list(decision.outbox.order_by("pk").values_list("verb", "state"))


def test_a_receipt_that_is_not_wanted_is_cancelled(linked: Linked) -> None:
    transfer = linked.receipt()
    case = opened(linked, "stock.picking", transfer, "late_inbound")
    decision = decided(linked, case, "cancel")

    assert states(decision) == [("cancel", "confirmed"), ("note", "confirmed")]
    assert linked.picking(transfer)["state"] == "cancel"
    assert [level.voters for level in decision.approval.levels.all()] == ["second"]
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, "fixed")


def test_a_transfer_that_is_not_to_go_is_cancelled(linked: Linked) -> None:
    transfer = linked.delivery(days=0, quantity=100_000.0)
    linked.later(hours=1)
    case = opened(linked, "stock.picking", transfer, "blocked_transfer")
    decision = decided(linked, case, "cancel")

    assert states(decision) == [("cancel", "confirmed"), ("note", "confirmed")]
    assert linked.picking(transfer)["state"] == "cancel"


def test_a_count_that_is_right_is_applied(linked: Linked) -> None:
    quant = linked.miscount()
    before = linked.world.tables["stock.quant"].rows[quant]["quantity"]
    _may_apply_counts(linked)
    case = opened(linked, "stock.quant", quant, "inventory_discrepancy")
    decision = decided(linked, case, "write_off")

    assert states(decision) == [("apply_count", "confirmed"), ("note", "confirmed")]
    assert linked.world.tables["stock.quant"].rows[quant]["quantity"] == before - 10
    case.refresh_from_db()
    assert (case.state, case.outcome) == (State.RESOLVED, "fixed")


def _may_apply_counts(linked: Linked) -> None:
    """Before Odoo 19 that takes an Inventory / Administrator."""
    for index, login in enumerate(linked.world.logins):
        groups = login.groups | {"stock.group_stock_manager"}
        linked.world.logins[index] = type(login)(
            login.uid, login.login, login.key, login.password, groups
        )


def test_a_count_that_was_changed_meanwhile_is_not_applied(linked: Linked) -> None:
    quant = linked.miscount()
    _may_apply_counts(linked)
    case = opened(linked, "stock.quant", quant, "inventory_discrepancy")
    found = propose(linked, case, "write_off")
    with linked.world.transaction(ADMIN) as tx:
        tx.write("stock.quant", quant, {"inventory_quantity": 3.0})
    linked.later(minutes=1)
    linked.sync()
    found.refresh_from_db()

    assert (found.state, states(found)) == (DecisionState.VOID, [])


def test_goods_that_are_lost_are_scrapped(linked: Linked) -> None:
    quant = put(linked, location(linked, "Quality Hold"), 10.0)
    linked.later(hours=4, seconds=1)
    case = opened(linked, "stock.quant", quant, "quality_hold")
    decision = decided(linked, case, "scrap", cost="0", parameters={"quantity": "4"})

    assert states(decision) == [("scrap", "confirmed"), ("note", "confirmed")]
    assert linked.world.tables["stock.quant"].rows[quant]["quantity"] == 6.0
