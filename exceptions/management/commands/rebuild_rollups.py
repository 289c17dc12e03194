"""Compare the rollups of the dashboards with the cases, then build them anew; exits with 1 if they
differed.
"""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from exceptions.rollups import keeping

TOLD = 20  # differences that are written out


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare only, change nothing")

    def handle(self, *, check: bool, **options: Any) -> None:  # noqa: ARG002
        keeping.freshen(timezone.now(), batches=10_000)
        differ = self._compare()
        if not check:
            counted = keeping.rebuild(timezone.now())
            self.stdout.write(f"Built anew from {counted:,} cases.")
            differ |= self._compare()
        if differ:
            sys.exit(1)

    def _compare(self) -> bool:
        found = list(keeping.faults())
        for fault in found[:TOLD]:
            self.stdout.write(f"  {fault.where}: kept {fault.kept}, should be {fault.true}")
        self.stdout.write(f"{len(found):,} differences between the rollups and the cases.")
        return bool(found)
