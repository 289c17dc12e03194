"""What an Odoo shall tell us of by itself: one rule a model for what is saved, one for what is
deleted, and one that only ever serves to try the way.

A rule tells which record, never what is in it: everything is read back. It watches the fields that
the sources read, so that Odoo does not post what nobody wants to know.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

STAMP = ("write_date", "write_uid")
USERS = "res.users"
TRIAL = "trial"


class Trigger(StrEnum):
    """Odoo's own words."""

    SAVED = "on_create_or_write"
    DELETED = "on_unlink"


@dataclass(frozen=True, slots=True)
class Hooked:
    """A model whose changes are worth a hint. `names` tells which document a record belongs to;
    `where` holds for good, as a rule looks at a record only after it was changed.
    """

    model: str
    watched: tuple[str, ...]
    names: tuple[str, ...] = ()
    where: str = ""


HOOKED = (
    Hooked(
        "stock.picking",
        (
            "state",
            "scheduled_date",
            "date_deadline",
            "date_done",
            "priority",
            "user_id",
            "partner_id",
            "picking_type_id",
            "sale_id",
            "return_id",
            "origin",
        ),
        ("sale_id", "return_id"),
    ),
    Hooked(
        "stock.move",
        ("state", "product_uom_qty", "date", "date_deadline", "picking_id"),
        ("picking_id", "purchase_line_id"),
        "[('picking_id', '!=', False)]",
    ),
    Hooked("sale.order", ("commitment_date", "partner_id", "user_id", "currency_id")),
    Hooked(
        "purchase.order.line",
        ("product_qty", "qty_received", "qty_invoiced", "date_planned", "price_unit"),
    ),
    Hooked(
        "account.move",
        (
            "state",
            "payment_state",
            "ref",
            "partner_id",
            "invoice_date",
            "invoice_date_due",
            "amount_total",
            "invoice_user_id",
        ),
        where="[('move_type', '=', 'in_invoice')]",
    ),
    # What is counted. What lies where changes with every transfer, and is read in rounds.
    Hooked(
        "stock.quant",
        ("inventory_quantity", "inventory_quantity_set", "user_id", "location_id", "lot_id"),
        where="[('location_id.usage', 'in', ('internal', 'transit'))]",
    ),
    Hooked(
        "stock.warehouse.orderpoint",
        ("product_min_qty", "product_max_qty", "active", "snoozed_until", "location_id"),
    ),
    Hooked("quality.check", ("quality_state", "control_date", "product_id", "user_id")),
    Hooked("quality.alert", ("stage_id", "product_id", "picking_id", "user_id")),
    Hooked("qc.inspection", ("state", "date", "product_id", "qty", "user")),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it shall stand in Odoo: `key` is our name of it, `watched` and `told` are names of
    fields (nothing watched: every write counts), `where` is Odoo's filter.
    """

    key: str
    name: str
    model: str
    trigger: Trigger
    watched: frozenset[str]
    told: frozenset[str]
    where: str
    url: str


Stored = Mapping[str, Collection[str]]


def models() -> list[str]:
    return [*(each.model for each in HOOKED), USERS]


def wanted(stored: Stored, *, mark: str, url: str, uid: int) -> list[Rule]:
    """The rules for an Odoo whose models store these fields. `mark` stands in each name, `uid` is
    the user that we work as: the trial rule looks at nobody else.
    """
    rules = [rule for each in HOOKED if each.model in stored for rule in _of(each, mark, url)]
    rules.append(_trial(mark, url, uid))
    return [_fitted(rule, stored[rule.model]) for rule in rules]


def _of(hooked: Hooked, mark: str, url: str) -> Iterator[Rule]:
    for trigger, told in ((Trigger.SAVED, STAMP), (Trigger.DELETED, ())):
        saved = trigger is Trigger.SAVED
        yield Rule(
            key=f"{hooked.model.replace('.', '_')}_{trigger.name.lower()}",
            name=_named(mark, f"{hooked.model} {trigger.name.lower()}"),
            model=hooked.model,
            trigger=trigger,
            watched=frozenset(hooked.watched if saved else ()),
            # A deleted record still bears the stamp of its last change, which may have been told.
            told=frozenset({*told, *hooked.names}),
            where=hooked.where,
            url=url,
        )


def _trial(mark: str, url: str, uid: int) -> Rule:
    return Rule(
        key=TRIAL,
        name=_named(mark, TRIAL),
        model=USERS,
        trigger=Trigger.SAVED,
        watched=frozenset(),
        told=frozenset(STAMP),
        where=f"[('id', '=', {uid})]",
        url=url,
    )


def _named(mark: str, what: str) -> str:
    return f"Control Tower {mark}: {what}"


def _fitted(rule: Rule, stored: Collection[str]) -> Rule:
    """Without the fields that this Odoo does not have, or only computes: they never trigger."""
    here = frozenset(stored)
    return replace(rule, watched=rule.watched & here, told=rule.told & here)


def differences(rule: Rule, standing: Rule) -> Sequence[str]:
    """Names of what is not as it shall be; of the same key and model."""
    compared = ("name", "trigger", "watched", "told", "where", "url")
    return [each for each in compared if getattr(rule, each) != getattr(standing, each)]
