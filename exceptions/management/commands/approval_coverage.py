"""Say which cells of the approval matrix nobody can answer today; exits with 1 if there are any."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from exceptions import coverage, matrices


class Command(BaseCommand):
    help = __doc__

    def handle(self, **options: Any) -> None:  # noqa: ARG002
        matrix = matrices.of(matrices.newest())
        found = coverage.holes(matrix, matrices.known())
        for hole in found:
            self.stdout.write(f"{hole.site}: {hole.says}: nobody can answer today")
        if found:
            sys.exit(1)
        self.stdout.write("Every cell of the approval matrix has somebody who can answer.")
