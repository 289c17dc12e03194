"""The company itself, its employees, and the users that programs sign in as."""

from integrations.simulator import rights
from integrations.simulator.company import names
from integrations.simulator.transactions import Transaction

ADMIN, INTEGRATION, OWNER, STOREKEEPER = 2, 5, 6, 7
OPERATING = frozenset({
    rights.USER, rights.STOCK, rights.PURCHASE, rights.SALE, rights.ACCOUNT, rights.PROJECT
})  # fmt: skip
LOGINS = (
    rights.Login(
        ADMIN, "admin", "sim-admin-key", "sim-admin-password",
        frozenset({rights.USER, rights.SYSTEM, rights.RIGHTS}),
    ),
    rights.Login(
        INTEGRATION, "control.tower", "sim-integration-key", "sim-integration-password", OPERATING
    ),
    rights.Login(OWNER, "owner", "sim-owner-key", "sim-owner-password", frozenset(rights.TITLES)),
    rights.Login(
        STOREKEEPER, "storekeeper", "sim-storekeeper-key", "sim-storekeeper-password",
        frozenset({rights.USER, rights.STOCK}),
    ),
)  # fmt: skip
PEOPLE = {
    1: ("OdooBot", "__system__"),
    ADMIN: ("Odoo Administrator", "admin"),
    3: ("Public user", "public"),
    4: ("Default User Template", "default"),
    INTEGRATION: ("Control Tower integration", "control.tower"),
    OWNER: ("Marit Hoekstra", "owner"),
    STOREKEEPER: ("Koen Peeters", "storekeeper"),
}


def build(tx: Transaction) -> None:
    """The company, its users with their keys, and their partners."""
    company_partner = tx.create("res.partner", partner_values(names.COMPANY, 1, is_company=True))
    company = tx.create(
        "res.company",
        {"name": names.COMPANY, "currency_id": 1, "partner_id": company_partner, "active": True},
    )
    for uid, (name, login) in PEOPLE.items():
        _user(tx, uid, name, login, company)
    for employee in names.EMPLOYEES:
        uid = tx.tables["res.users"].last_id + 1
        _user(tx, uid, employee.name, employee.login, company)
    for each in LOGINS:
        values = {"name": "control tower", "user_id": each.uid, "scope": "rpc"}
        tx.create("res.users.apikeys", values)


def _user(tx: Transaction, uid: int, name: str, login: str, company: int) -> None:
    email = f"{login.strip('_')}@meridian-components.example"
    zone = _zones().get(login, "UTC")
    partner = tx.create("res.partner", {**partner_values(name, 1), "email": email})
    made = tx.create(
        "res.users",
        {
            "name": name,
            "login": login,
            "email": email,
            "partner_id": partner,
            "active": uid not in {1, 3, 4},
            "share": uid == 3,
            "company_id": company,
            "company_ids": [company],
            "tz": zone,
            "lang": "en_US",
            "notification_type": "email",
        },
    )
    if made != uid:
        raise AssertionError(f"user {login} got id {made}, not {uid}")


def _zones() -> dict[str, str]:
    """Time zones by login: everyone's own site."""
    sites = {site.code: site.zone for site in names.SITES}
    return {each.login: sites[each.site] for each in names.EMPLOYEES if each.site}


def partner_values(name: str, country: int, *, is_company: bool = False) -> dict[str, object]:
    return {
        "name": name,
        "is_company": is_company,
        "country_id": country,
        "lang": "en_US",
        "active": True,
        "customer_rank": 0,
        "supplier_rank": 0,
    }
