"""Fill an empty tower with made-up cases, as many as are asked for, to see how it fares with them.

A million takes some minutes. Refused where there are cases already: it would bury them.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from exceptions.models import Case
from exceptions.rollups import keeping
from integrations.demo.scale import company, copying


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--cases", type=int, default=1_000_000)
        parser.add_argument("--days", type=int, default=730, help="of history (730)")
        parser.add_argument("--seed", type=int, default=1)

    def handle(self, *, cases: int, days: int, seed: int, **options: Any) -> None:  # noqa: ARG002
        if cases < 1 or days < 1:
            raise CommandError("Ask for at least one case, and one day of history.")
        if Case.objects.exists():
            raise CommandError("There are cases here already: give it an empty database.")
        at = timezone.now()
        for done in copying.fill(company.found(at), cases, days, at, seed):
            self.stdout.write(f"{done:,} of {cases:,} cases")
        self._tidy("ANALYZE")
        self.stdout.write("Adding up what dashboards count …")
        keeping.rebuild(at)
        self._tidy("VACUUM ANALYZE")
        self.stdout.write(self.style.SUCCESS(f"{Case.objects.count():,} cases over {days} days."))

    def _tidy(self, statement: str) -> None:
        """What PostgreSQL would do by itself in a while."""
        if not connection.in_atomic_block:  # as it is in the tests
            with connection.cursor() as cursor:
                cursor.execute(statement)
