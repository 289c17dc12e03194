"""What may come late in the demo world: read and foreseen at once, where the ticks would take
their time.
"""

from datetime import datetime

from exceptions.lateness import reckoning
from integrations.models import OdooAccess
from integrations.odoo import connecting, transits

DAYS = 400  # of promises that are looked back on


def foresee(row: OdooAccess, *, at: datetime) -> None:
    """Also judges the rule by what has come in the ninety days of the demo."""
    with connecting.opened(row) as odoo:
        while transits.due(row, at=at):
            transits.read(row, odoo, at=at)
    reckoning.reckon_due(at=at)
    reckoning.look_back(at=at, days=DAYS)
