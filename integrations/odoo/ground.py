"""The ground that records stand on: warehouses, companies, partners, as far as a run needs them."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from exceptions.facts import Partner
from exceptions.models import Connection, Site
from integrations.odoo.client import Odoo

TIER = re.compile(r"\btier\s*([ABC])\b", re.IGNORECASE)
PAGE = 5_000
LOCATIONS = 50_000
zones = cache(available_timezones)  # each call would walk the system's folders of zones


class Ground:
    """Read lazily and kept for one run. Sites are made for warehouses that are new.

    Reading it touches our database only in `sites()`; call that before handing it to another
    thread.
    """

    def __init__(
        self, odoo: Odoo, connection: Connection, base_url: str, *, read_at: datetime
    ) -> None:
        self.odoo = odoo
        self.connection = connection
        self.base_url = base_url.rstrip("/")
        self.read_at = read_at
        self._sites: dict[int, int] | None = None
        self._types: dict[int, int] | None = None
        self._locations: dict[int, dict[str, Any]] | None = None
        self._currencies: dict[int, str] | None = None
        self._partners: dict[int, Partner] = {}
        self._tiers: dict[int, str] = {}

    def sites(self) -> Mapping[int, int]:
        """Our site for each warehouse."""
        if self._sites is None:
            self._sites = _sites(self.odoo, self.connection)
        return self._sites

    def site_of_type(self, picking_type: int | None) -> int | None:
        """Our site of an operation type; None where it belongs to no warehouse."""
        if self._types is None:
            fields = ["warehouse_id"]
            rows = self._all("stock.picking.type", fields)
            self._types = {r["id"]: r["warehouse_id"][0] for r in rows if r["warehouse_id"]}
        return self.sites().get(self._types.get(picking_type or 0, 0))

    def site_of_location(self, location: int | None) -> int | None:
        return self.sites().get(self._location(location).get("warehouse", 0))

    def location_name(self, location: int | None) -> str:
        return str(self._location(location).get("name", ""))

    def _location(self, location: int | None) -> dict[str, Any]:
        if self._locations is None:
            fields = ["complete_name", "warehouse_id"]
            rows = self._all("stock.location", fields)
            self._locations = {
                r["id"]: {
                    "name": r["complete_name"],
                    "warehouse": r["warehouse_id"][0] if r["warehouse_id"] else 0,
                }
                for r in rows
            }
        return self._locations.get(location or 0, {})

    def _all(self, model: str, fields: list[str]) -> list[dict[str, Any]]:
        """Archived ones too: a transfer stays open when its operation type is archived."""
        archived = {"active_test": False}
        return self.odoo.search_read(
            model, [], fields, order="id", limit=LOCATIONS, context=archived
        )

    def currency_of_company(self, company: int | None) -> str | None:
        if self._currencies is None:
            fields = ["currency_id"]
            rows = self.odoo.search_read("res.company", [], fields, order="id", limit=PAGE)
            self._currencies = {r["id"]: r["currency_id"][1] for r in rows}
        return self._currencies.get(company or 0)

    def partners(self, ids: Iterable[int]) -> Mapping[int, Partner]:
        """The commercial partner behind each contact, with its tier ("Tier A" among its tags)."""
        missing = sorted({i for i in ids if i} - self._partners.keys())
        if missing:
            self._read_partners(missing)
        return self._partners

    def _read_partners(self, ids: list[int]) -> None:
        fields = ["name", "commercial_partner_id", "category_id"]
        contacts = self.odoo.read("res.partner", ids, ["commercial_partner_id"])
        firm_of = {c["id"]: (c["commercial_partner_id"] or [c["id"]])[0] for c in contacts}
        firms = {
            f["id"]: f for f in self.odoo.read("res.partner", sorted(set(firm_of.values())), fields)
        }
        self._read_tiers({tag for firm in firms.values() for tag in firm["category_id"]})
        for contact, firm_id in firm_of.items():
            if firm_id in firms:
                self._partners[contact] = self._partner(firms[firm_id])

    def _partner(self, firm: Mapping[str, Any]) -> Partner:
        tiers = sorted(self._tiers[tag] for tag in firm["category_id"] if tag in self._tiers)
        return Partner(id=firm["id"], name=firm["name"] or "", tier=tiers[0] if tiers else None)

    def _read_tiers(self, tags: set[int]) -> None:
        missing = sorted(tags - self._tiers.keys())
        if not missing:
            return
        for tag in self.odoo.read("res.partner.category", missing, ["name"]):
            if match := TIER.search(tag["name"] or ""):
                self._tiers[tag["id"]] = match[1].upper()

    def link(self, model: str, record: int) -> str:
        """The record's page in Odoo; this form of address works in all versions."""
        return f"{self.base_url}/web#id={record}&model={model}&view_type=form"


def _sites(odoo: Odoo, connection: Connection) -> dict[int, int]:
    known = dict(Site.objects.filter(connection=connection).values_list("external_id", "id"))
    fields = ["name", "code", "partner_id"]
    rows = odoo.search_read("stock.warehouse", [], fields, order="id", limit=PAGE)
    new = [row for row in rows if row["id"] not in known]
    for row in new:
        site, _ = Site.objects.get_or_create(
            connection=connection,
            external_id=row["id"],
            defaults={
                "code": row["code"][:20],
                "name": row["name"][:80],
                "time_zone": _zone(odoo, row["partner_id"]),
            },
        )
        known[row["id"]] = site.pk
    return known


def _zone(odoo: Odoo, partner: Any) -> str:
    """The warehouse address's time zone, where Odoo knows one; an admin can correct it."""
    rows = odoo.read("res.partner", [partner[0]], ["tz"]) if partner else []
    zone = rows[0]["tz"] if rows else ""
    return zone if zone in zones() else "UTC"
