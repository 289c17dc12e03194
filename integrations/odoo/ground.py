"""The ground that records stand on: warehouses, companies, partners, as far as a run needs them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from exceptions.facts import Partner
from exceptions.models import Connection, Site
from integrations.models import OdooAccess
from integrations.odoo import holds, paging
from integrations.odoo.client import Odoo
from integrations.odoo.holds import Hold

TIER = re.compile(r"\btier\s*([ABC])\b", re.IGNORECASE)
zones = cache(available_timezones)  # each call would walk the system's folders of zones
WAREHOUSE_FIELDS = (
    "company_id",
    "partner_id",
    "lot_stock_id",
    "wh_input_stock_loc_id",
    "wh_qc_stock_loc_id",
)


def many2one(value: Any) -> int | None:
    """The id in `[id, name]`; None for Odoo's `false`."""
    return value[0] if value else None


class Ground:
    """Read lazily and kept for one run. Sites are made for warehouses that are new.

    Reading it touches our database only in `sites()` and `holds()`; call these before handing it to
    another thread.
    """

    def __init__(
        self, odoo: Odoo, connection: Connection, base_url: str, *, read_at: datetime
    ) -> None:
        self.odoo = odoo
        self.connection = connection
        self.base_url = base_url.rstrip("/")
        self.read_at = read_at
        self._sites: dict[int, int] | None = None
        self._zones: dict[int, str] = {}
        self._types: dict[int, tuple[int, str]] | None = None
        self._locations: dict[int, dict[str, Any]] | None = None
        self._warehouses: dict[int, dict[str, Any]] | None = None
        self._holds: Mapping[int, Hold] | None = None
        self._fields: dict[str, frozenset[str]] = {}
        self._currencies: dict[int, str] | None = None
        self._partners: dict[int, Partner] = {}
        self._tiers: dict[int, str] = {}

    def sites(self) -> Mapping[int, int]:
        """Our site for each warehouse."""
        if self._sites is None:
            self._sites = _sites(self.odoo, self.connection)
            zones = Site.objects.filter(pk__in=self._sites.values())
            self._zones = dict(zones.values_list("pk", "time_zone"))
        return self._sites

    def zone_of(self, site: int) -> ZoneInfo:
        """Where a site's days begin and end."""
        return ZoneInfo(self._zones.get(site, "UTC"))

    def site_of_type(self, picking_type: int | None) -> int | None:
        """Our site of an operation type; None where it belongs to no warehouse."""
        return self.sites().get(self.warehouse_of_type(picking_type) or 0)

    def warehouse_of_type(self, picking_type: int | None) -> int | None:
        return self._type(picking_type)[0] or None

    def code_of_type(self, picking_type: int | None) -> str:
        """ "incoming", "outgoing", "internal" or "mrp_operation"."""
        return self._type(picking_type)[1]

    def _type(self, picking_type: int | None) -> tuple[int, str]:
        if self._types is None:
            rows = self._all("stock.picking.type", ["warehouse_id", "code"])
            self._types = {r["id"]: (many2one(r["warehouse_id"]) or 0, r["code"]) for r in rows}
        return self._types.get(picking_type or 0, (0, ""))

    def site_of_location(self, location: int | None) -> int | None:
        return self.sites().get(self._location(location).get("warehouse", 0))

    def site_of_company(self, company: int | None) -> int | None:
        """Our site of a company's first warehouse, for records that name no place at all."""
        own = (i for i, w in self.warehouses().items() if many2one(w["company_id"]) == company)
        return self.sites().get(min(own, default=0))

    def warehouses(self) -> Mapping[int, dict[str, Any]]:
        """By id, with their company, address and the locations of their steps."""
        if self._warehouses is None:
            rows = self._all("stock.warehouse", list(WAREHOUSE_FIELDS))
            self._warehouses = {row["id"]: row for row in rows}
        return self._warehouses

    def warehouse_of_location(self, location: int | None) -> int | None:
        return self._location(location).get("warehouse") or None

    def is_inside(self, location: int | None, outer: int | None) -> bool:
        """Whether a location is that one, or lies below it."""
        return outer is not None and outer in self._upwards(location)

    def holds(self) -> Mapping[int, Hold]:
        """The connection's hold locations by id, those that were chosen for it included."""
        if self._holds is None:
            rows = OdooAccess.objects.filter(connection=self.connection)
            chosen = rows.values_list("hold_locations", flat=True).first()
            self._holds = holds.find(self.odoo, chosen or [])
        return self._holds

    def hold_of(self, location: int | None) -> Hold | None:
        """The hold location that a location is, or lies below."""
        found = self.holds()
        return next((found[each] for each in self._upwards(location) if each in found), None)

    def _upwards(self, location: int | None) -> Iterator[int]:
        """The location and those around it, from the inside out."""
        seen: set[int] = set()
        while location and location not in seen:
            seen.add(location)
            yield location
            location = self._location(location).get("parent")

    def has_field(self, model: str, field: str) -> bool:
        """Whether a module that brings the field is installed."""
        if model not in self._fields:
            self._fields[model] = frozenset(self.odoo.fields_get(model, ["type"]))
        return field in self._fields[model]

    def location_name(self, location: int | None) -> str:
        return str(self._location(location).get("name", ""))

    def _location(self, location: int | None) -> dict[str, Any]:
        if self._locations is None:
            fields = ["complete_name", "warehouse_id", "location_id"]
            rows = self._all("stock.location", fields)
            self._locations = {
                r["id"]: {
                    "name": r["complete_name"],
                    "warehouse": r["warehouse_id"][0] if r["warehouse_id"] else 0,
                    "parent": many2one(r["location_id"]),
                }
                for r in rows
            }
        return self._locations.get(location or 0, {})

    def _all(self, model: str, fields: list[str]) -> list[dict[str, Any]]:
        """Archived ones too: a transfer stays open when its operation type is archived."""
        archived = {"active_test": False}
        pages = paging.all_by_id(self.odoo, model, [], fields, context=archived)
        return [record for page in pages for record in page]

    def currency_of_company(self, company: int | None) -> str | None:
        if self._currencies is None:
            pages = paging.all_by_id(self.odoo, "res.company", [], ["currency_id"])
            self._currencies = {r["id"]: r["currency_id"][1] for rows in pages for r in rows}
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
    pages = paging.all_by_id(odoo, "stock.warehouse", [], fields)
    for row in [row for rows in pages for row in rows if row["id"] not in known]:
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
