"""Makers of facts and people for the tests, in the domain's words."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from exceptions import intake
from exceptions.actors import Actor, person
from exceptions.facts import Count, Delivery, Handover, Partner, Product, Receipt, Shipment
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
