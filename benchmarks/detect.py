"""What the sweep costs when nothing is due, and what one due document costs, by open documents.

    python -m benchmarks.detect [--few 1000] [--many 100000] [--repeat 1000]

Prints the time of `intake.recheck_due` at both sizes and its ratio (target: at most 1.2), the same
for one document that is due, and how PostgreSQL finds what is due: by the partial index.
"""

import argparse
import sys
import time
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from exceptions import facts as facts_module
from exceptions import intake, policies
from exceptions.facts import Receipt
from exceptions.models import Connection, Document, Site

GROWTH = 1.2  # the target
INDEX = "document_due"
LATER = timedelta(days=30)  # when the documents are to be looked at again


@dataclass(frozen=True, slots=True)
class Costs:
    """The fastest of many, in seconds, with that many open documents.

    What else the machine does only ever adds to a time, so the fastest is the sweep's own.
    """

    documents: int
    nothing_due: float
    one_due: float


def fill(documents: int, at: datetime) -> None:
    """That many more open receipts which are due for a re-check in a month, by COPY."""
    site = _site()
    columns = ", ".join(_row(_receipt(site, 0, at), at))
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY exceptions_document ({columns}) FROM STDIN") as copy:
            for number in range(documents):
                copy.write_row(list(_row(_receipt(site, number, at), at).values()))
        cursor.execute("ANALYZE exceptions_document")


def _site() -> Site:
    source = Connection.objects.create(name=f"bench {uuid.uuid4().hex[:8]}")
    return Site.objects.create(connection=source, external_id=1, code="BENCH", name="Bench")


def _receipt(site: Site, number: int, at: datetime) -> Receipt:
    return Receipt(
        connection_id=site.connection_id,
        site_id=site.pk,
        model="stock.picking",
        record_id=number,
        reference=f"IN/{number:06}",
        url=f"https://odoo.example.com/web#id={number}",
        read_at=at,
        written_at=at,
        company="Bench",
        open=True,
        promised_at=at + LATER,
        planned_at=at + LATER,
        value=Decimal(1_000),
        currency="EUR",
    )


def _row(receipt: Receipt, at: datetime) -> dict[str, object]:
    """The columns of a document, as the mirror would have stored it."""
    return {
        "connection_id": receipt.connection_id,
        "model": receipt.model,
        "record_id": receipt.record_id,
        "site_id": receipt.site_id,
        "reference": receipt.reference,
        "url": receipt.url,
        "facts_type": "Receipt",
        "facts": facts_module.dump(receipt).decode(),
        "substance": facts_module.substance(receipt),
        "read_at": receipt.read_at,
        "written_at": receipt.written_at,
        "first_promised_at": receipt.promised_at,
        "gone_at": None,
        "recheck_at": at + LATER,
    }


def costs(repeat: int, at: datetime) -> Costs:
    """Of the sweep, at the present number of documents."""
    return Costs(
        documents=Document.objects.count(),
        nothing_due=_fastest(lambda: _sweep(at, 0), repeat),
        one_due=_fastest(lambda: _one_due(at), repeat),
    )


def _sweep(at: datetime, due: int) -> float:
    begun = time.perf_counter()
    seen, _ = intake.recheck_due(at=at)
    seconds = time.perf_counter() - begun
    assert seen == due
    return seconds


def _one_due(at: datetime) -> float:
    """One document's time has come; the rule finds nothing new."""
    document = Document.objects.order_by("-id").values_list("pk", flat=True)[0]
    Document.objects.filter(pk=document).update(recheck_at=at)
    return _sweep(at, 1)


def _fastest(measure: Callable[[], float], repeat: int) -> float:
    measure()
    return min(measure() for _ in range(repeat))


def plan(at: datetime) -> list[str]:
    """How PostgreSQL finds what is due, as it explains it."""
    due = Document.objects.filter(recheck_at__lte=at).order_by("recheck_at")[:500]
    with transaction.atomic():
        explained = due.select_for_update(skip_locked=True).explain(analyze=True, costs=False)
    return explained.splitlines()


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    at = timezone.now()
    policies.publish_defaults(at=at)
    at += timedelta(minutes=1)
    assert not Document.objects.exists(), "run it on an empty database"
    fill(options.few, at)
    few = costs(options.repeat, at)
    fill(options.many - options.few, at)
    many = costs(options.repeat, at)
    lines = plan(at)
    print("\n".join(lines))
    grown = tell(few, many)
    return int(grown > GROWTH or not any(INDEX in line for line in lines))


def tell(few: Costs, many: Costs) -> float:
    """Print both; returns how much more the sweep costs with many when nothing is due."""
    for each in (few, many):
        print(
            f"{each.documents} open documents: nothing due {1000 * each.nothing_due:.2f} ms,"
            f" one due {1000 * each.one_due:.2f} ms"
        )
    grown = many.nothing_due / few.nothing_due
    print(f"nothing due, many / few: {grown:.2f} (target: at most {GROWTH})")
    print(f"one due, many / few: {many.one_due / few.one_due:.2f}")
    return grown


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detect")
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=1_000)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
