"""Who may do what: groups, the models they open, and Odoo's words when they do not.

The table is the measured one: a system administrator without application groups can provision but
not read a single transfer; the integration user reads and writes what its verbs need.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from integrations.simulator import errors

USER, STOCK, STOCK_MANAGER = (
    "base.group_user",
    "stock.group_stock_user",
    "stock.group_stock_manager",
)
PURCHASE, SALE = "purchase.group_purchase_user", "sales_team.group_sale_salesman_all_leads"
ACCOUNT, PROJECT = "account.group_account_readonly", "project.group_project_user"
SYSTEM, RIGHTS = "base.group_system", "base.group_erp_manager"
INVOICE, TIME_OFF = "account.group_account_invoice", "hr_holidays.group_hr_holidays_user"
TITLES = {
    USER: "Role / User",
    STOCK: "Inventory / User",
    STOCK_MANAGER: "Inventory / Administrator",
    PURCHASE: "Purchase / User",
    SALE: "Sales / User: All Documents",
    ACCOUNT: "Accounting / Read-only",
    INVOICE: "Accounting / Invoicing",
    PROJECT: "Project / User",
    SYSTEM: "Role / Administrator",
    RIGHTS: "Administration / Access Rights",
    TIME_OFF: "Time Off / Officer: Manage all requests",
}
_STOCK_OR_SALE = (STOCK, PURCHASE, SALE)
READERS: dict[str, tuple[str, ...]] = {
    "stock.picking": _STOCK_OR_SALE,
    "stock.move": _STOCK_OR_SALE,
    "stock.warehouse.orderpoint": (STOCK, PURCHASE),
    "stock.scrap": (STOCK,),
    "purchase.order": (STOCK, PURCHASE),
    "purchase.order.line": (STOCK, PURCHASE),
    "sale.order": (STOCK, SALE),
    "sale.order.line": (STOCK, SALE),
    "account.move": (ACCOUNT, INVOICE),
    "account.move.line": (ACCOUNT, INVOICE),
    "account.move.reversal": (INVOICE,),
    "stock.return.picking": (STOCK,),
    "stock.return.picking.line": (STOCK,),
    "delivery.carrier": (STOCK, SALE, SYSTEM),
    "hr.leave": (TIME_OFF,),  # stricter than Odoo, which shows others their own
    "ir.model": (RIGHTS, SYSTEM),
    "ir.model.fields": (RIGHTS, SYSTEM),
    "ir.model.fields.selection": (RIGHTS, SYSTEM),
    "ir.model.data": (RIGHTS,),
    "ir.model.access": (RIGHTS, SYSTEM),
    "res.groups": (RIGHTS, SYSTEM),
    "ir.actions.server": (SYSTEM,),
    "base.automation": (SYSTEM,),
    "ir.cron": (SYSTEM,),
    "ir.module.module": (SYSTEM,),
}
WRITERS: dict[str, tuple[str, ...]] = {
    "stock.picking": (STOCK,),
    "stock.move": (STOCK,),
    "stock.move.line": (STOCK,),
    "stock.quant": (STOCK,),
    "stock.scrap": (STOCK,),
    "stock.warehouse.orderpoint": (STOCK_MANAGER,),
    "stock.warehouse": (STOCK_MANAGER,),
    "stock.location": (STOCK_MANAGER,),
    "stock.picking.type": (STOCK_MANAGER,),
    "purchase.order": (PURCHASE,),
    "purchase.order.line": (PURCHASE,),
    "sale.order": (STOCK, SALE),
    "sale.order.line": (STOCK, SALE),
    "account.move": (INVOICE, PURCHASE),
    "account.move.line": (INVOICE, PURCHASE),
    "account.move.reversal": (INVOICE,),
    "stock.return.picking": (STOCK,),
    "stock.return.picking.line": (STOCK,),
    "product.product": (STOCK_MANAGER,),
    "project.task": (PROJECT,),
    "project.project": (PROJECT,),
    "res.partner": (PURCHASE, SALE, STOCK_MANAGER, SYSTEM),
    "res.users": (RIGHTS, SYSTEM),
    "ir.model.fields": (RIGHTS, SYSTEM),
    "ir.model.data": (RIGHTS,),
    "ir.model": (SYSTEM,),
    "ir.actions.server": (SYSTEM,),
    "base.automation": (SYSTEM,),
    "ir.cron": (SYSTEM,),
    "ir.module.module": (SYSTEM,),
    "ir.model.access": (RIGHTS, SYSTEM),
    "res.groups": (RIGHTS, SYSTEM),
    "res.company": (SYSTEM,),
    "delivery.carrier": (STOCK_MANAGER,),
}
# What all may change of their own user, whatever their groups.
OWN = frozenset({"signature", "action_id", "company_id", "email", "name", "lang", "tz"})
VERBS = {"read": "access", "write": "modify", "create": "create", "unlink": "delete"}


@dataclass(frozen=True, slots=True)
class Login:
    """One way to sign in: the key is an API key, the password works for ``/jsonrpc`` only.

    ``granted`` is what groups of the database open beside the table, as (model, operation).
    """

    uid: int
    login: str
    key: str
    password: str
    groups: frozenset[str]
    granted: frozenset[tuple[str, str]] = frozenset()


def allowed(login: Login, model: str, operation: str) -> bool:
    opened = _groups(model, operation)
    if (model, operation) in login.granted:
        return True
    return not opened or not login.groups.isdisjoint(opened)


def own(login: Login, model: str, ids: Sequence[int], names: Iterable[str]) -> bool:
    """Whether it is the caller's own user, and nothing of it that others decide."""
    return model == "res.users" and list(ids) == [login.uid] and OWN.issuperset(names)


def check(login: Login, model: str, title: str, operation: str) -> None:
    if allowed(login, model, operation):
        return
    names = "\n".join(f"\t- {TITLES[each]}" for each in _groups(model, operation))
    raise errors.access(
        f"You are not allowed to {VERBS[operation]} '{title}' ({model}) records.\n\n"
        f"This operation is allowed for the following groups:\n{names}\n\n"
        "Contact your administrator to request access if necessary."
    )


def check_field(login: Login, model: str, title: str, name: str, group: str) -> None:
    if not group or group in login.groups:
        return
    raise errors.access(
        f'You do not have enough rights to access the field "{name}" on {title} ({model}). '
        "Please contact your system administrator.\n\nOperation: read"
    )


def _groups(model: str, operation: str) -> tuple[str, ...]:
    return (READERS if operation == "read" else WRITERS).get(model, ())
