"""Numbers that the supervisors watch: one that stands, one that is quiet."""

from datetime import datetime
from decimal import Decimal

from exceptions import kpi_alerts
from exceptions.kpi_alerts import Wish
from exceptions.models import Site, User


def watch_numbers(*, at: datetime) -> None:
    marta = User.objects.get(username="marta")
    site = Site.objects.earliest("pk")
    many = Wish(
        name=f"Many new cases, {site.name}",
        kpi="volume",
        part="",
        site=site,
        everywhere=False,
        kinds=(),
        days=7,
        above=True,
        raise_at=Decimal(20),
        clear_at=Decimal(10),
        least_n=1,
    )
    breaches = Wish(
        name=f"SLA breaches, {site.name}",
        kpi="sla_breach",
        part="",
        site=site,
        everywhere=False,
        kinds=(),
        days=7,
        above=True,
        raise_at=Decimal("0.9"),
        clear_at=Decimal("0.8"),
        least_n=20,
    )
    for wish in (many, breaches):
        kpi_alerts.make(wish, by=marta, at=at)
    kpi_alerts.look(at=at)
