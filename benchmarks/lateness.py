"""How well the rule of lateness foresees, on a public table of real shipments.

    python -m benchmarks.lateness [--file scms_delivery_history.csv]

The table is not part of the product: `SCMS_FILE` or `--file` says where it lies. Split by time and
never at random: what the rule's half-lives and M were chosen on ends with June 2014, and what is
reported here comes after. Each shipment is foreseen on the day for which it is promised, and again
a month ahead. Beside it learns what a model (gradient boosting on `lateness.features`) makes of the
same past: the rule stays unless the model is better beyond chance; `--rule-only` leaves it out.
Prints MISSED where a target is missed, and ends with 2 where there is no table.
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
from random import Random

from sklearn.ensemble import HistGradientBoostingClassifier

from exceptions.facts.transit import Transit
from exceptions.lateness import features, measures
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


def by_model(
    learned: Sequence[Transit], some: Sequence[Transit], everything: Sequence[Transit]
) -> Foreseen:
    """Gradient boosting that has seen `learned`, each by what was known on its promised day."""
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=40, random_state=1
    )
    rows, late = _features(learned, everything)
    model.fit(rows, late)
    rows, late = _features(some, everything)
    shares = (float(share) for share in model.predict_proba(rows)[:, 1])
    return Foreseen("test, gradient boosting", list(zip(shares, late, strict=True)))


def _features(
    some: Sequence[Transit], everything: Sequence[Transit]
) -> tuple[list[tuple[float, ...]], list[bool]]:
    rows, late = [], []
    for promised_on, of_day in groupby(some, key=_promise):
        past = _past(promised_on, everything)
        for one in of_day:
            if values := features.of(one, past):
                rows.append(values)
                late.append(was_late(one))
    return rows, late


def gain(rule: Sequence[Pair], model: Sequence[Pair], *, draws: int = 1_000) -> tuple[float, float]:
    """How much lower the model's Brier score is: the 5th and 95th percentile of draws of chance."""
    both = [
        (share - late) ** 2 - (other - late) ** 2
        for (share, late), (other, _) in zip(rule, model, strict=True)
    ]
    lots = Random(1)
    means = sorted(sum(lots.choices(both, k=len(both))) / len(both) for _ in range(draws))
    return means[draws // 20], means[-(draws // 20)]


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


def compare(rule: Foreseen, model: Foreseen) -> None:
    least, most = gain(rule.pairs, model.pairs)
    print(f"{model.name}: AUC {model.auc:.4f}, Brier {model.brier:.4f}")
    print(
        f"its Brier is lower than the rule's by {least:+.4f} to {most:+.4f}:"
        f" {'a model may take over' if least > 0 else 'the rule stays'}"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    options = _options(arguments)
    file = Path(options.file)
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
    code = tell(parts, held)
    if not options.rule_only:
        learned = [one for one in transits if one.promised_on < TEST]
        compare(held, by_model(learned, test, transits))
    return code


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lateness")
    parser.add_argument("--file", default=os.environ.get("SCMS_FILE", str(USUAL)))
    parser.add_argument("--rule-only", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
