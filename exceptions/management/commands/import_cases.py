"""Import past cases from a CSV or XLSX file; docs/importing.md says how.

Rows that are wrong are left out and told, the others come in. Importing the same file again changes
nothing. Exits with 1 when rows were wrong, and with 2 when the file or the mapping cannot be used.
"""

import csv
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from exceptions.actors import Actor, person
from exceptions.importing import jobs
from exceptions.importing import mapping as mappings
from exceptions.importing.mapping import WrongMapping
from exceptions.importing.tables import UnreadableFile
from exceptions.models import ImportJob, User
from exceptions.vocabulary import ImportState, Via

SHOWN = 50
COLUMNS = ("row", "column", "value", "says", "is_error")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="CSV or XLSX")
        parser.add_argument("--mapping", type=Path, required=True, help="TOML")
        parser.add_argument("--dry-run", action="store_true", help="Look, but store no case")
        parser.add_argument("--errors", type=Path, help="Write what is wrong to this CSV file")
        parser.add_argument("--by", help="Login of the person who imports, for the history")

    def handle(self, **options: Any) -> None:
        try:
            job = self._received(options)
        except (UnreadableFile, WrongMapping, OSError, UnicodeDecodeError) as problem:
            raise CommandError(str(problem), returncode=2) from None
        phase = ImportState.CHECKING if options["dry_run"] else ImportState.IMPORTING
        jobs.begin(job.pk, phase, at=timezone.now())
        if not jobs.work_due(timezone.now, self._progress):
            self.stdout.write("Another import is under way; this one waits its turn.")
            return
        job.refresh_from_db()
        self._tell(job, options)

    def _received(self, options: dict[str, Any]) -> ImportJob:
        mapping = mappings.from_toml(options["mapping"].read_text())
        with options["file"].open("rb") as file:
            job = jobs.receive(
                iter(lambda: file.read(jobs.PART), b""),
                source=mapping.source,
                file_name=options["file"].name,
                actor=self._actor(options["by"]),
                sites=None,
                at=timezone.now(),
            )
        try:
            jobs.set_mapping(job, mapping)
        except (UnreadableFile, WrongMapping):
            job.delete()
            raise
        return job

    def _actor(self, login: str | None) -> Actor:
        if login is None:
            return Actor(name=str(Via.COMMAND.label), via=Via.COMMAND)
        try:
            return person(User.objects.get(username=login), Via.COMMAND)
        except User.DoesNotExist:
            raise CommandError(f"Nobody signs in as {login}.") from None

    def _progress(self, job: ImportJob) -> None:
        line = f"{job.position:,} rows: {job.good:,} good, {job.wrong:,} wrong"
        if self.stdout.isatty():
            self.stdout.write(f"\r{line}", ending="")
            self.stdout.flush()
        elif job.position % (20 * jobs.BATCH) == 0:
            self.stdout.write(line)

    def _tell(self, job: ImportJob, options: dict[str, Any]) -> None:
        if job.state == ImportState.FAILED:
            raise CommandError(job.failure, returncode=2)
        would = "would be " if options["dry_run"] else ""
        self.stdout.write(
            f"{job.position:,} rows: {job.inserted:,} {would}new, {job.updated:,} {would}changed,"
            f" {job.unchanged:,} unchanged, {job.wrong:,} left out; {job.notices:,} notices."
        )
        for issue in job.issues.order_by("-is_error", "id")[:SHOWN]:
            kind = "error" if issue.is_error else "notice"
            said = f"“{issue.value}”: " if issue.value else ""
            self.stdout.write(f"{kind}, row {issue.row}, {issue.column}: {said}{issue.says}")
        if job.issues.count() > SHOWN:
            self.stdout.write(f"… the first {SHOWN}; --errors FILE writes all that are kept.")
        if options["errors"]:
            with options["errors"].open("w", newline="") as file:
                csv.writer(file).writerows([COLUMNS, *_rows(job)])
        if options["dry_run"]:
            job.delete()
        if job.wrong:
            sys.exit(1)


def _rows(job: ImportJob) -> Iterator[tuple[Any, ...]]:
    yield from job.issues.values_list(*COLUMNS).iterator()
