"""Makers of facts and people for the tests, in the domain's words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exceptions import intake
from exceptions.actors import Actor, person
from exceptions.facts import (
    Bill,
    BillLine,
    Count,
    Delivery,
    Handover,
    Inspection,
    Integration,
    KpiReading,
    OrderLine,
    Partner,
    Product,
    Receipt,
    ReorderRule,
    Shipment,
    Transfer,
    TransferLine,
)
from exceptions.models import Case, Connection, Site, User
from exceptions.vocabulary import Via


@dataclass
class Tower:
    """A small tower to act on."""

    connection: Connection
    site: Site
    other_site: Site

    def receipt(self, record_id: int = 1, *, at: datetime, **said: Any) -> Receipt:
        """A receipt of 10,000 EUR that was promised two days before `at`, read at `at`."""
        base = Receipt(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="stock.picking",
            record_id=record_id,
            reference=f"RTM/IN/{record_id:05}",
            url=f"http://odoo.test/{record_id}",
            read_at=at,
            written_at=at - timedelta(minutes=5),
            company="Meridian",
            open=True,
            promised_at=at - timedelta(days=2),
            planned_at=at - timedelta(days=2),
            supplier=Partner(id=7, name="Kempten Bearings"),
            order_reference=f"P{record_id:05}",
            value=Decimal(10_000),
            currency="EUR",
        )
        return replace(base, **said)

    def delivery(self, record_id: int = 1, *, at: datetime, **said: Any) -> Delivery:
        """A delivery of 5,000 EUR to a customer of tier A, promised three hours before `at`."""
        base = Delivery(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="sale.order",
            record_id=record_id,
            reference=f"S{record_id:05}",
            url=f"http://odoo.test/s/{record_id}",
            read_at=at,
            written_at=at - timedelta(minutes=5),
            company="Meridian",
            open=True,
            promised_at=at - timedelta(hours=3),
            planned_at=at - timedelta(hours=3),
            customer=Partner(id=70, name="Vantage Turbines", tier="A"),
            transfers=(f"RTM/OUT/{record_id:05}",),
            value=Decimal(5_000),
            currency="EUR",
        )
        return replace(base, **said)

    def count(self, record_id: int = 1, *, at: datetime, **said: Any) -> Count:
        """A count of 112 where the books say 160, at 240 EUR a piece."""
        base = Count(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="stock.quant",
            record_id=record_id,
            reference=f"RTM/Stock {record_id}",
            url=f"http://odoo.test/q/{record_id}",
            read_at=at,
            written_at=at - timedelta(minutes=5),
            company="Meridian",
            product=Product(id=9, name="Linear guide LG-35"),
            location="RTM/Stock",
            counted=True,
            booked_quantity=Decimal(160),
            counted_quantity=Decimal(112),
            unit_cost=Decimal(240),
            currency="EUR",
        )
        return replace(base, **said)

    def order_line(self, record_id: int = 1, *, at: datetime, **said: Any) -> OrderLine:
        """A line of 100 at 14.50 EUR of which 60 came; the rest was promised two days ago."""
        base = OrderLine(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="purchase.order.line",
            record_id=record_id,
            reference=f"P{record_id:05} · Bearing 6204",
            url=f"http://odoo.test/p/{record_id}",
            read_at=at,
            written_at=at - timedelta(minutes=5),
            company="Meridian",
            open=True,
            product=Product(id=9, name="Bearing 6204"),
            ordered_quantity=Decimal(100),
            received_quantity=Decimal(60),
            expected_quantity=Decimal(40),
            unit="Units",
            promised_at=at - timedelta(days=2),
            supplier=Partner(id=7, name="Kempten Bearings"),
            order_reference=f"P{record_id:05}",
            order_id=record_id,
            unit_price=Decimal("14.50"),
            currency="EUR",
        )
        return replace(base, **said)

    def bill(self, record_id: int = 1, *, at: datetime, **said: Any) -> Bill:
        """A bill for 100 at 15.90 EUR, ordered at 14.50, of which 60 came; entered twice."""
        line = BillLine(
            label="Bearing",
            product=Product(id=9, name="Bearing 6204"),
            billed_quantity=Decimal(100),
            over_quantity=Decimal(40),
            billed_price=Decimal("15.90"),
            ordered_price=Decimal("14.50"),
        )
        base = Bill(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="account.move",
            record_id=record_id,
            reference=f"BILL/{record_id:04}",
            url=f"http://odoo.test/b/{record_id}",
            read_at=at,
            written_at=at - timedelta(minutes=5),
            company="Meridian",
            open=True,
            supplier=Partner(id=7, name="Kempten Bearings"),
            supplier_reference="INV-9912",
            order_references=(f"P{record_id:05}",),
            lines=(line,),
            duplicates=("BILL/0004",),
            billed_at=at - timedelta(days=1),
            due_at=at + timedelta(days=1),
            total=Decimal("1828.50"),
            currency="EUR",
        )
        return replace(base, **said)

    def _record(self, model: str, record_id: int, at: datetime) -> dict[str, Any]:
        """What every record has."""
        return {
            "connection_id": self.connection.pk,
            "site_id": self.site.pk,
            "model": model,
            "record_id": record_id,
            "url": f"http://odoo.test/{model}/{record_id}",
            "read_at": at,
            "written_at": at - timedelta(minutes=5),
            "company": "Meridian",
        }

    def transfer(self, record_id: int = 1, *, at: datetime, **said: Any) -> Transfer:
        """A delivery of 30 pieces, planned for `at`, of which 5 are reserved."""
        line = TransferLine(
            product=Product(id=9, name="Linear guide LG-35"),
            demanded=Decimal(30),
            reserved=Decimal(5),
            unit="Units",
        )
        base = Transfer(
            **self._record("stock.picking", record_id, at),
            reference=f"RTM/OUT/{record_id:05}",
            open=True,
            outgoing=True,
            planned_at=at,
            promised_at=at,
            partner=Partner(id=70, name="Vantage Turbines", tier="A"),
            lines=(line,),
            value=Decimal(6_000),
            currency="EUR",
        )
        return replace(base, **said)

    def shipment(self, record_id: int = 1, *, at: datetime, **said: Any) -> Shipment:
        """A parcel of DHL that is lost, with goods of 750 EUR for a customer of tier A."""
        base = Shipment(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="carrier.shipment",
            record_id=record_id,
            reference=f"RTM/OUT/{record_id:05}",
            url="",
            read_at=at,
            written_at=at,
            company="Meridian",
            tracking=f"1Z{record_id:05}",
            carrier=Partner(id=5, name="DHL"),
            status="exception",
            trouble="lost",
            said="Not found in the depot",
            last_event_at=at,
            customer=Partner(id=70, name="Vantage Turbines", tier="A"),
            transfer=f"RTM/OUT/{record_id:05}",
            value=Decimal(750),
            currency="EUR",
        )
        return replace(base, **said)

    def reorder_rule(self, record_id: int = 1, *, at: datetime, **said: Any) -> ReorderRule:
        """4 days of cover left, below the minimum, and twice the usual demand."""
        base = ReorderRule(
            **self._record("stock.warehouse.orderpoint", record_id, at),
            reference=f"OP/{record_id:05}",
            active=True,
            product=Product(id=9, name="Linear guide LG-35"),
            location="RTM/Stock",
            minimum=Decimal(100),
            maximum=Decimal(200),
            on_hand=Decimal(40),
            incoming=Decimal(10),
            usual_per_day=Decimal(10),
            recent_per_day=Decimal(20),
            unit="Units",
            unit_cost=Decimal(240),
            currency="EUR",
        )
        return replace(base, **said)

    def integration(self, record_id: int = 1, *, at: datetime, **said: Any) -> Integration:
        """A connection that has not answered for an hour before `at`."""
        base = Integration(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="tower.integration",
            record_id=record_id,
            reference="Odoo",
            url="http://tower.test/integrations/",
            read_at=at,
            written_at=at - timedelta(hours=1),
            company="",
            fault="unreachable",
            thing=f"connection:{self.connection.pk}",
            since=at - timedelta(hours=1),
            said="Odoo did not answer.",
        )
        return replace(base, **said)

    def kpi_reading(self, record_id: int = 1, *, at: datetime, **said: Any) -> KpiReading:
        """The breach rate at 30 % where 20 % were allowed, since an hour before `at`."""
        base = KpiReading(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="tower.kpi",
            record_id=record_id,
            reference="Breaches in Rotterdam",
            url="http://tower.test/dashboards/",
            read_at=at,
            written_at=at - timedelta(hours=1),
            company="",
            kpi="sla_breach",
            since=at - timedelta(hours=1),
            said="30.0 % (n = 40 clocks)",
            limit="SLA breach rate: above 20.0 %",
            back_at="15.0 %",
            excess=Decimal("0.5"),
        )
        return replace(base, **said)

    def handover(self, record_id: int = 1, *, at: datetime, **said: Any) -> Handover:
        """A delivery of 750 EUR to a customer of tier A, made a day before `at`; it comes back."""
        base = Handover(
            connection_id=self.connection.pk,
            site_id=self.site.pk,
            model="stock.picking",
            record_id=record_id,
            reference=f"RTM/OUT/{record_id:05}",
            url=f"http://odoo.test/{record_id}",
            read_at=at,
            written_at=at - timedelta(minutes=5),
            company="Meridian",
            delivered_at=at - timedelta(days=1),
            customer=Partner(id=70, name="Vantage Turbines", tier="A"),
            order_reference=f"S{record_id:05}",
            has_proof=False,
            returns=(f"RTM/IN/{record_id:05}",),
            open_returns=(f"RTM/IN/{record_id:05}",),
            value=Decimal(750),
            currency="EUR",
        )
        return replace(base, **said)

    def inspection(self, record_id: int = 1, *, at: datetime, **said: Any) -> Inspection:
        """Four pieces on hold since yesterday."""
        base = Inspection(
            **self._record("stock.quant", record_id, at),
            reference=f"RTM/Stock/Quality Hold {record_id}",
            what="hold",
            failed=True,
            decided=False,
            product=Product(id=9, name="Linear guide LG-35"),
            quantity=Decimal(4),
            unit_cost=Decimal(240),
            currency="EUR",
            location="RTM/Stock/Quality Hold",
            since=at - timedelta(days=1),
        )
        return replace(base, **said)

    def late_case(self, record_id: int = 1, *, at: datetime, **said: Any) -> Case:
        """A case that is assigned, from a late receipt."""
        intake.take_in([self.receipt(record_id, at=at, **said)], at=at)
        return Case.objects.get(document__record_id=record_id, document__model="stock.picking")

    def actor(self, username: str, via: Via = Via.WEB) -> Actor:
        return person(User.objects.get(username=username), via)

    @property
    def supervisor(self) -> Actor:
        return self.actor("lead.rtm")

    def owner_of(self, case: Case) -> Actor:
        assert case.owner is not None
        return person(User.objects.get(pk=case.owner.pk))
