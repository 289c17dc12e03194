"""Look over every connection again and say what works; exits with 1 if one is not usable."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integrations import connections
from integrations.management.tables import print_table
from integrations.models import OdooAccess
from integrations.odoo import connecting, errors


class Command(BaseCommand):
    help = __doc__

    def handle(self, **_options: Any) -> None:
        rows = OdooAccess.objects.select_related("connection").order_by("connection__name")
        if not rows:
            self.stdout.write("There is no connection yet: manage.py odoo_connect makes one.")
        usable = [self._check(row) for row in rows]
        if not all(usable):
            sys.exit(1)

    def _check(self, row: OdooAccess) -> bool:
        self.stdout.write(f"{row.connection} ({row.url}, {row.database})")
        try:
            access = connecting.access_of(row)
            report = connections.look(access, at=timezone.now(), holds=row.hold_locations)
        except errors.OdooError as error:
            self.stdout.write(f"  {error.user_message}")
            return False
        connections.renew(row, report)
        print_table(self.stdout, report.rows())
        return report.usable
