"""Which Odoo group gives which right: measured on 17 and 19 with one user per group."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Group:
    """`name` as the user form of Odoo shows it, `xml_id` as its code does."""

    name: str
    xml_id: str

    def __str__(self) -> str:
        return f"{self.name} ({self.xml_id})"


INTERNAL = Group("Internal User", "base.group_user")
SETTINGS = Group("Administration / Settings", "base.group_system")
INVENTORY = Group("Inventory / User", "stock.group_stock_user")
INVENTORY_ADMINISTRATOR = Group("Inventory / Administrator", "stock.group_stock_manager")
PURCHASE = Group("Purchase / User", "purchase.group_purchase_user")
SALES = Group("Sales / User: All Documents", "sales_team.group_sale_salesman_all_leads")
ACCOUNTING = Group("Accounting / Read-only", "account.group_account_readonly")
INVOICING = Group("Accounting / Invoicing", "account.group_account_invoice")
PROJECT = Group("Project / User", "project.group_project_user")
QUALITY = Group("Quality / User", "quality.group_quality_user")  # of Enterprise; not measured
INSPECTIONS = Group(  # of OCA; not measured
    "Quality Control / User", "quality_control_oca.group_quality_control_user"
)
MANUFACTURING = Group("Manufacturing / User", "mrp.group_mrp_user")

# The least group that is enough to read; the first prefix that fits counts.
READERS = (
    ("stock.", INVENTORY),
    ("delivery.", INVENTORY),
    ("purchase.", INVENTORY),
    ("sale.", INVENTORY),
    ("mrp.", INVENTORY),
    ("quality.", QUALITY),
    ("qc.", INSPECTIONS),
    ("account.", ACCOUNTING),
    ("ir.attachment", INTERNAL),
    ("ir.", SETTINGS),
    ("base.automation", SETTINGS),
    ("mail.", INTERNAL),
    ("res.", INTERNAL),
    ("product.", INTERNAL),
    ("uom.", INTERNAL),
    ("project.", INTERNAL),
)

# Who buys may edit the bills of suppliers, too.
WRITERS = (
    ("account.move.reversal", INVOICING),
    ("account.move", PURCHASE),
    ("stock.", INVENTORY),
    ("purchase.", PURCHASE),
    ("sale.", SALES),
    ("project.", PROJECT),
    ("mrp.", MANUFACTURING),
    ("quality.", QUALITY),
    ("qc.", INSPECTIONS),
    ("mail.", INTERNAL),
    ("ir.attachment", INVENTORY),
    ("ir.", SETTINGS),
    ("base.automation", SETTINGS),
)


def group_for(model: str, operation: str) -> Group | None:
    """The group to ask for so that `operation` (read, write, create, unlink) is allowed."""
    table = READERS if operation == "read" else WRITERS
    return next((group for prefix, group in table if model.startswith(prefix)), None)
