"""The executive report of the demo: what it assumes, and who gets it by e-mail."""

from datetime import datetime, time
from decimal import Decimal

from exceptions.actors import person
from exceptions.models import Site, User
from exceptions.report import assumptions, subscribing
from exceptions.report.subscribing import Said
from exceptions.vocabulary import Cadence

ASSUMED = {
    "minutes_saved": Decimal(25),
    "cost_per_hour": Decimal(42),
    "expedite_cost": Decimal(650),
    "failure_cost": Decimal(900),
    "sla_target": Decimal(90),
}


def subscribe(*, at: datetime) -> None:
    """Esther has stated what a case costs, and reads every Monday; Marta reads of one site."""
    esther, marta = (User.objects.get(username=name) for name in ("esther", "marta"))
    said = assumptions.Said(
        values=dict(ASSUMED), currency="EUR", because="Controlling, third quarter; to be reviewed."
    )
    assumptions.set_(said, person(esther), at)
    every_monday = Said(every=Cadence.WEEKLY, day=1, hour=time(7))
    subscribing.subscribe(esther, every_monday, by=person(esther), at=at)
    rotterdam = tuple(Site.objects.filter(code="RTM").values_list("id", flat=True))
    monthly = Said(every=Cadence.MONTHLY, day=1, hour=time(8), sites=rotterdam)
    found = subscribing.subscribe(marta, monthly, by=person(marta), at=at)
    subscribing.send_now(found, at=at)
