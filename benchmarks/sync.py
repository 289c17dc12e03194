"""How fast and how lean a first sync is, against a bare loop that only asks the same of Odoo.

    python -m benchmarks.sync [--documents 20000] [--repeat 3]
    python -m benchmarks.sync --url https://odoo.example.com --database d --login l --key-file k

Prints documents mirrored a second, their ratio to the bare loop (target: at least 0.8), what the
cases add that a first sync opens, and, with the simulator, the peak memory at all documents over
that at a tenth (target: at most 1.2).

The simulator answers five times as fast as a real Odoo, and no client that stores what it reads
keeps up with that on two cores. So both loops wait as a real Odoo lets them wait (--pace).
"""

import argparse
import statistics
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils import timezone

from benchmarks import _odoo, _peak
from exceptions import policies
from exceptions.kinds import KINDS
from exceptions.models import Case, Document
from integrations import connections
from integrations.models import OdooAccess
from integrations.odoo import connecting, errors, sync
from integrations.odoo.access import Access
from integrations.odoo.client import Odoo
from integrations.odoo.probe import ProbeReport

RATIO, GROWTH = 0.8, 1.2  # the targets
PACE = 4_300  # records a second, as measured on a real Odoo 19 with two workers
# Nothing is an exception: what is measured is the mirror.
PATIENT = {t.name: t.most for kind in KINDS.values() for t in kind.thresholds}


@dataclass(frozen=True, slots=True)
class Asked:
    """One call that the sync made."""

    model: str
    method: str
    ids: Sequence[int] | None
    context: Mapping[str, Any] | None
    arguments: Mapping[str, Any]


class Witness(Odoo):
    """The client itself, which also remembers what it was asked, and is no faster than `pace`."""

    asked: list[Asked]
    pace: int  # records a second; 0: as fast as the server is

    def call(
        self,
        model: str,
        method: str,
        /,
        *,
        ids: Sequence[int] | None = None,
        context: Mapping[str, Any] | None = None,
        **arguments: Any,
    ) -> Any:
        self.asked.append(Asked(model, method, ids, context, arguments))
        begun = time.perf_counter()
        found = super().call(model, method, ids=ids, context=context, **arguments)
        if self.pace and isinstance(found, list):
            time.sleep(max(0.0, len(found) / self.pace - (time.perf_counter() - begun)))
        return found


@dataclass(frozen=True, slots=True)
class Run:
    """One sync into a fresh connection, and the bare loop right after it."""

    documents: int
    cases: int
    calls: int
    seconds: float
    bare_seconds: float

    @property
    def ratio(self) -> float:
        return self.bare_seconds / self.seconds


def run(access: Access, report: ProbeReport, pace: int) -> Run:
    row = connections.connect(f"bench {uuid.uuid4().hex[:8]}", access, report).row
    with opened(row, pace) as odoo:
        begun = time.perf_counter()
        reads = sync.sync(row, odoo, now=timezone.now)
        seconds = time.perf_counter() - begun
        assert [read.error for read in reads if read.error] == []
        asked = tuple(odoo.asked)
        begun = time.perf_counter()
        for each in asked:
            ask(odoo, each)
        bare_seconds = time.perf_counter() - begun
    documents = Document.objects.filter(connection=row.connection).count()
    cases = Case.objects.filter(document__connection=row.connection).count()
    return Run(documents, cases, len(asked), seconds, bare_seconds)


@contextmanager
def opened(row: OdooAccess, pace: int) -> Iterator[Witness]:
    assert row.user_id is not None
    version = connecting.version_of(row.version)
    with Witness.resume(connecting.access_of(row), version, row.user_id) as odoo:
        odoo.asked, odoo.pace = [], pace
        yield odoo


def ask(odoo: Odoo, each: Asked) -> None:
    with suppress(errors.UnknownModel):  # of a module that is not there: asked by the sync too
        odoo.call(each.model, each.method, ids=each.ids, context=each.context, **each.arguments)


def measure(access: Access, repeat: int, pace: int = 0) -> float:
    """Print each run; returns the median ratio of those in which nothing is late."""
    report = connections.look(access, at=timezone.now())
    runs = []
    publish(PATIENT)
    for number in range(1, repeat + 1):
        runs.append(run(access, report, pace))
        tell(f"run {number}", runs[-1])
    ratio = statistics.median(each.ratio for each in runs)
    print(f"sync / bare loop, median of {repeat}: {ratio:.2f} (target: at least {RATIO})")
    publish({})
    late = run(access, report, pace)
    tell("with cases", late)
    more = late.seconds - statistics.median(each.seconds for each in runs)
    print(f"a case that is opened adds {1000 * more / max(late.cases, 1):.0f} ms, once")
    return ratio


def publish(thresholds: Mapping[str, Decimal]) -> None:
    """The kinds' default policies, but with these thresholds where they have such."""
    for code, kind in KINDS.items():
        default = kind.default_policy
        known = {name: thresholds.get(name, value) for name, value in default.thresholds.items()}
        policies.publish(code, replace(default, thresholds=known), at=timezone.now())


def tell(name: str, each: Run) -> None:
    print(
        f"{name}: {each.documents} documents and {each.cases} cases in {each.seconds:.2f} s"
        f" = {each.documents / each.seconds:.0f} documents/s;"
        f" the same {each.calls} calls alone {each.bare_seconds:.2f} s"
        f" = {each.documents / each.bare_seconds:.0f}/s; ratio {each.ratio:.2f}"
    )


def measure_memory(documents: int) -> float:
    """Print the peaks; returns how much larger it is for all documents than for a tenth."""
    peaks = {amount: _peak.of_fresh_process(amount) for amount in (documents // 10, documents)}
    for amount, peak in peaks.items():
        print(f"peak memory at {amount} documents: {peak / 1024:.1f} MB")
    few, many = peaks.values()
    print(
        f"peak at {documents} / at {documents // 10}: {many / few:.2f} (target: at most {GROWTH})"
    )
    return many / few


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    if options.url:
        key_file = Path(options.key_file)
        access = _odoo.real(options.url, options.database, options.login, key_file)
        return int(measure(access, options.repeat) < RATIO)
    with _odoo.simulated(2 * options.documents) as access:  # every second one is a receipt
        ratio = measure(access, options.repeat, options.pace)
    growth = measure_memory(options.documents)
    return int(ratio < RATIO or growth > GROWTH)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sync")
    parser.add_argument("--documents", type=int, default=20_000, help="with the simulator")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--pace", type=int, default=PACE, help="records/s; 0: the simulator's own")
    parser.add_argument("--url", help="a real Odoo instead of the simulator")
    parser.add_argument("--database")
    parser.add_argument("--login")
    parser.add_argument("--key-file")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
