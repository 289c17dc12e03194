"""Write the histories of cases as an event log for process mining: XES, or OCEL 2.0 as JSON.

The cases are those that were detected in the range, each with all of its history. The log is
written to the standard output, or into a file.
"""

import sys
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand
from django.utils import timezone

from exceptions.models import Case
from exceptions.process_logs import ocel, xes
from exceptions.queries.case_conditions import ALL
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.snapshot import snapshot
from exceptions.vocabulary import KindCode

FORMS = {"xes": xes.pieces, "ocel": ocel.pieces}


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=FORMS, required=True)
        parser.add_argument("--from", type=date.fromisoformat, dest="first", help="A day")
        parser.add_argument("--to", type=date.fromisoformat, dest="last", help="A day, counted")
        parser.add_argument("--kind", choices=KindCode.values, action="append", default=[])
        parser.add_argument("--site", type=int, action="append", default=[], help="Id of a site")
        parser.add_argument("--output", type=Path, help="A file; without, the standard output")

    def handle(self, **options: Any) -> None:
        asked = CaseFilter(
            states=(ALL,),
            kinds=tuple(options["kind"]),
            sites=tuple(options["site"]),
            detected_from=options["first"],
            detected_to=options["last"],
        )
        cases = asked.apply(Case.objects.all(), at=timezone.now())
        if options["output"]:
            with options["output"].open("wb") as file:
                self._write(file, FORMS[options["format"]], cases)
        else:
            self._write(sys.stdout.buffer, FORMS[options["format"]], cases)

    def _write(self, file: BinaryIO, pieces: Any, cases: Any) -> None:
        with snapshot():
            file.writelines(pieces(cases))
