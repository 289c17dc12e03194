"""How well the rule of lateness foresees, on a public table of real shipments.

    python -m benchmarks.lateness [--file scms_delivery_history.csv]

The table is not part of the product: `SCMS_FILE` or `--file` says where it lies. Split by time and
never at random: what the rule's half-lives and M were chosen on ends with June 2014, and what is
reported here comes after. Each shipment is foreseen on the day for which it is promised, and again
a month ahead. Prints MISSED where a target is missed, and ends with 2 where there is no table.
"""

import argparse
import csv
import io
import os
import sys
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from pathlib import Path

from exceptions.facts.transit import Transit
from exceptions.lateness import measures
from exceptions.lateness.measures import Pair
from exceptions.lateness.past import WINDOW, Past, was_late
from exceptions.lateness.rule import foresee
from exceptions.vocabulary import Among, Direction

VALIDATION, TEST = date(2013, 7, 1), date(2014, 7, 1)
LEAST_AUC, MOST_BRIER = 0.83, 0.090
AHEAD = timedelta(days=30)
USUAL = Path(__file__).parents[2] / "shared" / "triage" / "scms_delivery_history.csv"


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What was foreseen of a part of the table, and how that agrees with what came."""

    name: str
    pairs: Sequence[Pair]

    @property
    def auc(self) -> float:
        return measures.auc(self.pairs) or 0.0

    @property
    def brier(self) -> float:
        return measures.brier(self.pairs) or 0.0


def read(text: str) -> list[Transit]:
    """The shipments by the day of their promise. Lines end with CR, dates come in two ways."""
    lines = io.StringIO(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n"))
    rows = [_transit(row) for row in csv.DictReader(lines)]
    return sorted(rows, key=lambda one: one.promised_on)


def _transit(row: dict[str, str]) -> Transit:
    return Transit(
        direction=Direction.INBOUND,
        by=row["Vendor"],
        lane=row["Country"],
        promised_on=day(row["Scheduled Delivery Date"]),
        done_on=day(row["Delivered to Client Date"]),
    )


def day(text: str) -> date:
    form = "%m/%d/%y" if "/" in text else "%d-%b-%y"
    return datetime.strptime(text, form).date()  # noqa: DTZ007  the table knows days, no instants


def by_rule(
    name: str, some: Sequence[Transit], everything: Sequence[Transit], ahead: timedelta
) -> Foreseen:
    """Each of `some` foreseen `ahead` of its promise, by what was known then."""
    pairs = []
    for promised_on, of_day in groupby(some, key=_promise):
        past = _past(promised_on - ahead, everything)
        risks = ((foresee(one, past), was_late(one)) for one in of_day)
        pairs += [(risk.share, late) for risk, late in risks if risk]
    return Foreseen(name, pairs)


def _past(on: date, everything: Sequence[Transit]) -> Past:
    """`everything` is in the order of its promises: only the window is looked at."""
    begins, ends = (bisect_left(everything, day, key=_promise) for day in (on - WINDOW, on))
    return Past.before(on, everything[begins:ends])


def _promise(one: Transit) -> date:
    return one.promised_on


def by_partner_alone(some: Sequence[Transit], everything: Sequence[Transit]) -> Foreseen:
    """The baseline: the plain share of the past year of who brings it, else that of all."""
    pairs = []
    for one in some:
        groups = _past(one.promised_on, everything).of(one)
        by, every = groups[Among.BY], groups[Among.ALL]
        share = by.late / by.n if by.n else every.late / max(every.n, 1)
        pairs.append((share, was_late(one)))
    return Foreseen("share of the past year alone", pairs)


def tell(parts: Sequence[Foreseen], held: Foreseen) -> int:
    """Print all; 0 when `held` meets the targets."""
    for part in parts:
        n, late = len(part.pairs), sum(was for _, was in part.pairs)
        print(f"{part.name}: n {n}, late {late}, AUC {part.auc:.4f}, Brier {part.brier:.4f}")
    for band in measures.reliability(held.pairs):
        print(f"  foreseen {band.foreseen:.0%}: came {band.came:.0%} of {band.n}")
    missed = [
        f"MISSED: {what}"
        for what, is_missed in [
            (f"AUC {held.auc:.4f}, target at least {LEAST_AUC}", held.auc < LEAST_AUC),
            (f"Brier {held.brier:.4f}, target at most {MOST_BRIER}", held.brier > MOST_BRIER),
        ]
        if is_missed
    ]
    print("\n".join(missed) or "targets met")
    return int(bool(missed))


def main(arguments: Sequence[str] | None = None) -> int:
    file = _file(arguments)
    if not file.is_file():
        print(f"There is no {file.name}: say with --file or SCMS_FILE where the table lies.")
        return 2
    transits = read(file.read_text(encoding="utf-8"))
    test = [one for one in transits if one.promised_on >= TEST]
    validation = [one for one in transits if VALIDATION <= one.promised_on < TEST]
    held = by_rule("test, on the day", test, transits, timedelta())
    parts = [
        by_rule("validation, on the day", validation, transits, timedelta()),
        by_partner_alone(test, transits),
        held,
        by_rule("test, a month ahead", test, transits, AHEAD),
    ]
    return tell(parts, held)


def _file(arguments: Sequence[str] | None) -> Path:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lateness")
    parser.add_argument("--file", default=os.environ.get("SCMS_FILE", str(USUAL)))
    return Path(parser.parse_args(arguments).file)


if __name__ == "__main__":
    sys.exit(main())
