"""What a re-check costs when it changes nothing: documents a second, by how many are due.

    python -m benchmarks.verdicts [--few 1000] [--many 100000] [--repeat 3]

Every document's time has come at once, as after a policy was published, and the rules still find
nothing. Prints documents re-checked a second of wall time, database included, by one process
(target: at least 5,000), and what one document costs at the larger size against the smaller
(target: at most 1.2): the sweep costs what is due, whatever else there is. Batches of 500.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from benchmarks import detect
from exceptions import intake, policies
from exceptions.models import Case, Document

BATCH = 500
FASTEST = 5_000  # documents a second: the target
GROWTH = 1.2  # the target


@dataclass(frozen=True, slots=True)
class Cost:
    """The fastest of several sweeps over that many documents, in seconds."""

    documents: int
    seconds: float

    @property
    def each(self) -> float:
        return self.seconds / self.documents

    @property
    def a_second(self) -> float:
        return self.documents / self.seconds


def cost(due: int, repeat: int, at: datetime) -> Cost:
    """Of re-checking `due` documents of those that there are, several times over."""
    return Cost(due, min(_swept(due, at) for _ in range(repeat)))


def _swept(due: int, at: datetime) -> float:
    make_due(due, at)
    begun = time.perf_counter()
    seen = BATCH
    looked_at = 0
    while seen == BATCH:
        seen, changes = intake.recheck_due(at=at, limit=BATCH)
        looked_at += seen
        assert not changes
    seconds = time.perf_counter() - begun
    assert looked_at == due
    return seconds


def make_due(due: int, at: datetime) -> None:
    """The time of the `due` latest documents has come. What that leaves behind is cleaned up, so
    that the sweep is measured and not PostgreSQL's housekeeping.
    """
    latest = Document.objects.order_by("-id").values("pk")[:due]
    Document.objects.filter(pk__in=latest).update(recheck_at=at)
    if not connection.in_atomic_block:  # as it is in the tests
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE exceptions_document")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    at = timezone.now()
    policies.publish_defaults(at=at)
    at += timedelta(minutes=1)
    assert not Document.objects.exists(), "run it on an empty database"
    detect.fill(options.few, at)
    few = cost(options.few, options.repeat, at)
    detect.fill(options.many - options.few, at)
    many = cost(options.many, options.repeat, at)
    assert not Case.objects.exists()
    return tell(few, many)


def tell(few: Cost, many: Cost) -> int:
    """Print both; 0 when the targets are met."""
    for each in (few, many):
        print(
            f"{each.documents} documents due: {1e6 * each.each:.0f} µs each,"
            f" {each.a_second:,.0f} a second"
        )
    grown = many.each / few.each
    print(f"one document, many / few: {grown:.2f} (target: at most {GROWTH})")
    print(f"re-checked a second: {many.a_second:,.0f} (target: at least {FASTEST:,})")
    return int(grown > GROWTH or many.a_second < FASTEST)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.verdicts")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
