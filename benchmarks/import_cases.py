"""How fast past cases come in, and whether memory grows with the file.

    python -m benchmarks.import_cases [--few 15000] [--many 150000] [--format csv|xlsx]

Imports a made-up file of either length, each in a fresh process, and prints rows a second, seconds
of the process's own CPU (the database's is not in them), and the peak memory at many rows over that
at few (target: at most 1.2). Imported again, the file must change nothing.
"""

import argparse
import csv
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
from django.utils import timezone

from benchmarks import _peak
from exceptions import policies
from exceptions.actors import Actor
from exceptions.importing import jobs, mapping
from exceptions.models import Connection, ImportJob, Site
from exceptions.vocabulary import ImportState, Via

GROWTH = 1.2  # the target
HEADER = (
    *("id", "kind", "site", "supplier", "title", "detected", "acknowledged", "resolved"),
    *("closed", "owner", "score", "outcome", "value", "currency", "reopened", "sla met", "cause"),
)
COLUMNS = {
    "external_id": "id",
    "kind": "kind",
    "site": "site",
    "subject": "supplier",
    "title": "title",
    "detected_at": "detected",
    "acknowledged_at": "acknowledged",
    "resolved_at": "resolved",
    "closed_at": "closed",
    "owner": "owner",
    "score": "score",
    "outcome": "outcome",
    "value": "value",
    "currency": "currency",
    "reopen_count": "reopened",
    "sla_met": "sla met",
    "root_cause": "cause",
}
KINDS = ("late_inbound", "delivery_delay", "inventory_discrepancy")


@dataclass(frozen=True, slots=True)
class Run:
    rows: int
    seconds: float
    cpu: float
    peak: int  # kB


def rows(n: int, site: str) -> Iterator[tuple[object, ...]]:
    dice = random.Random(7)
    start = datetime(2020, 1, 1, tzinfo=UTC).replace(tzinfo=None)
    for number in range(n):
        detected = start + timedelta(minutes=dice.randrange(3_000_000))
        seen, done = (detected + timedelta(minutes=dice.randrange(1, m)) for m in (600, 20_000))
        done = max(seen, done)
        yield (
            *(f"X-{number}", dice.choice(KINDS), site, f"Supplier {dice.randrange(200)}"),
            *(f"Order {number} is late", detected, seen, done, done + timedelta(days=2)),
            *("somebody", dice.randrange(101), "fixed", dice.randrange(100_000) / 4, "EUR"),
            *(dice.randrange(20) // 18, dice.choice(("yes", "no")), "capacity"),
        )


def write(path: Path, n: int, site: str) -> None:
    if path.suffix == ".csv":
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([HEADER, *rows(n, site)])
        return
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("cases")
    sheet.append(HEADER)
    for row in rows(n, site):
        sheet.append(row)
    book.save(path)


def bring_in(path: Path, source: str) -> ImportJob:
    with path.open("rb") as file:
        job = jobs.receive(
            iter(lambda: file.read(jobs.PART), b""),
            source=source,
            file_name=path.name,
            actor=Actor(name="benchmark", via=Via.COMMAND),
            sites=None,
            at=timezone.now(),
        )
    jobs.set_mapping(job, mapping.Mapping(source=source, columns=COLUMNS, time_zone="UTC"))
    jobs.begin(job.pk, ImportState.IMPORTING, at=timezone.now())
    jobs.work_due(timezone.now)
    job.refresh_from_db()
    return job


def of_fresh_process(path: Path, source: str) -> Run:
    command = [sys.executable, "-m", "benchmarks.import_cases", "--file", str(path), source]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return Run(int(said[0]), float(said[1]), float(said[2]), int(said[3]))


def one(path: Path, source: str) -> None:
    """In this process: rows, seconds, CPU seconds, peak kB."""
    begun = time.perf_counter()
    job = bring_in(path, source)
    assert (job.state, job.wrong) == (ImportState.DONE, 0), (job.failure, job.issues.first())
    seconds = time.perf_counter() - begun
    print(job.position, seconds, time.process_time(), _peak.of_this_process())


def measure(few: int, many: int, form: str) -> float:
    runs = []
    with tempfile.TemporaryDirectory() as folder:
        for n in (few, many):
            code = uuid.uuid4().hex[:8]
            connection = Connection.objects.create(name=f"bench {code}")
            zone = "Europe/Amsterdam"
            Site.objects.create(
                connection=connection, external_id=1, code=code, name=code, time_zone=zone
            )
            path = Path(folder) / f"{n}.{form}"
            write(path, n, code)
            run = of_fresh_process(path, code)
            runs.append(run)
            print(
                f"{n} rows of {form}: {run.seconds:.1f} s = {run.rows / run.seconds:.0f} rows/s,"
                f" {run.cpu:.1f} s of our CPU; peak memory {run.peak / 1024:.1f} MB"
            )
        again = of_fresh_process(path, code)
        print(f"again: {again.seconds:.1f} s = {again.rows / again.seconds:.0f} rows/s unchanged")
    growth = runs[1].peak / runs[0].peak
    print(f"peak at {many} / at {few}: {growth:.2f} (target: at most {GROWTH})")
    return growth


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.import_cases")
    parser.add_argument("--few", type=int, default=15_000)
    parser.add_argument("--many", type=int, default=150_000)
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    parser.add_argument("--file", nargs=2, metavar=("FILE", "SOURCE"), help="of a fresh process")
    options = parser.parse_args(arguments)
    if options.file:
        one(Path(options.file[0]), options.file[1])
        return 0
    policies.publish_defaults(at=timezone.now())
    return int(measure(options.few, options.many, options.format) > GROWTH)


if __name__ == "__main__":
    sys.exit(main())
