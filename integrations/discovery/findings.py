"""Findings: occurrences summed up by kind, and what is proposed because of them. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

from exceptions.kinds import KINDS, kind
from exceptions.vocabulary import KindCode
from integrations.discovery.occurrence import Looked, Occurrence

DAYS = 90
WEEK = timedelta(days=7)
WEEKS = 13  # the oldest of them lacks a day
SHOWN = 5  # sites, and partners or products, of a kind
KEEPS = Decimal("0.9")  # of what is at stake, by a threshold that is proposed
FIRST = 3  # kinds that are proposed to be switched on first
OFTEN = 7  # times in the 90 days, every fortnight, for a kind to be worth beginning with

# The threshold of a kind that decides most, and the values of it that are tried.
LEADING: Mapping[KindCode, tuple[str, tuple[int, ...]]] = {
    KindCode.LATE_INBOUND: ("grace_minutes", (0, 60, 240, 1_440, 2_880, 4_320)),
    KindCode.DELIVERY_DELAY: ("grace_minutes", (0, 60, 240, 1_440, 2_880, 4_320)),
    KindCode.INVENTORY_DISCREPANCY: ("least_value", (10, 50, 100, 250, 500, 1_000, 5_000)),
    KindCode.PARTIAL_RECEIPT: ("least_share_percent", (5, 10, 20, 50)),
}
# Kinds of which finished documents do not tell, and those that no document of Odoo tells of.
NOW_ONLY = (KindCode.BLOCKED_TRANSFER, KindCode.URGENT_REPLENISHMENT, KindCode.CUSTOMS_HOLD)
ELSEWHERE = (KindCode.CARRIER_FAILURE,)
OUR_OWN = (KindCode.INTEGRATION_FAILURE, KindCode.KPI_ALERT)  # no exceptions of the company's


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A site, or a partner or product: how often it occurs, and what that was worth in the main
    currency.
    """

    name: str
    n: int
    value: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """With this value of the leading threshold so many would have been found; `kept` is their
    share (0 to 1) of the value, or of the number where no value is known.
    """

    threshold: Decimal
    n: int
    kept: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One kind. `past` ended within the days looked at, `open` stand now, both by the usual
    policy. `weeks` counts the past ones by week, the oldest first. `values` are by currency, and
    `unknown` had none. `rank` is 1 for what should be switched on first; None: not yet.
    """

    kind: KindCode
    past: int = 0
    open: int = 0
    of: int | None = None
    untold: int = 0
    weeks: tuple[int, ...] = ()
    values: dict[str, Decimal] = field(default_factory=dict)
    unknown: int = 0
    sites: tuple[Share, ...] = ()
    who: tuple[Share, ...] = ()
    threshold: str = ""
    usual: Decimal | None = None
    tried: tuple[Tried, ...] = ()
    proposed: Decimal | None = None
    rank: int | None = None
    absent: tuple[str, ...] = ()
    trouble: str = ""

    @property
    def n(self) -> int:
        return self.past + self.open


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`currency` is the one in which most occurrences are valued: shares and ranks are by it, for
    sums of several currencies mean nothing.
    """

    since: datetime
    until: datetime
    currency: str = ""
    kinds: tuple[Found, ...] = ()

    def of(self, code: str) -> Found | None:
        return next((found for found in self.kinds if found.kind == code), None)


def report(
    occurrences: Iterable[Occurrence],
    looked: Mapping[KindCode, Looked],
    sites: Mapping[int, str],
    *,
    since: datetime,
    until: datetime,
    absent: Mapping[KindCode, Sequence[str]] | None = None,
    trouble: Mapping[KindCode, str] | None = None,
) -> Report:
    """Every kind, those first that are proposed first, then by how often they occur.

    `looked` gives how many documents were looked at, `sites` their names; `absent` the models that
    a kind would be read from and that are not installed, `trouble` why one could not be read.
    """
    by_kind: dict[KindCode, list[Occurrence]] = defaultdict(list)
    for each in occurrences:
        by_kind[each.kind].append(each)
    currency = main_currency(each for several in by_kind.values() for each in several)
    found = [
        _found(
            code,
            by_kind[code],
            looked.get(code, Looked()),
            sites,
            currency,
            until,
            tuple((absent or {}).get(code, ())),
            (trouble or {}).get(code, ""),
        )
        for code in KINDS
        if code not in OUR_OWN
    ]
    return Report(since=since, until=until, currency=currency, kinds=_ranked(found, currency))


def main_currency(occurrences: Iterable[Occurrence]) -> str:
    counted = Counter(o.currency for o in occurrences if o.value is not None and o.currency)
    return min(counted, key=lambda name: (-counted[name], name), default="")


def _found(
    code: KindCode,
    all_sizes: Sequence[Occurrence],
    looked: Looked,
    sites: Mapping[int, str],
    currency: str,
    until: datetime,
    absent: tuple[str, ...],
    trouble: str,
) -> Found:
    name, _values = LEADING.get(code, ("", ()))
    usual = kind(code).default_policy.thresholds.get(name)
    counted = [o for o in all_sizes if usual is None or passes(o, usual)]
    past = [o for o in counted if not o.open]
    tried = _tried(code, all_sizes, currency)
    return Found(
        kind=code,
        past=len(past),
        open=len(counted) - len(past),
        of=looked.of,
        untold=looked.untold,
        weeks=by_week(past, until),
        values=_values_of(counted),
        unknown=sum(1 for o in counted if o.value is None),
        sites=_shares(counted, currency, lambda o: sites.get(o.site_id, "")),
        who=_shares(counted, currency, lambda o: o.who),
        threshold=name,
        usual=usual,
        tried=tried,
        proposed=proposed(tried, usual),
        absent=absent,
        trouble=trouble,
    )


def passes(occurrence: Occurrence, threshold: Decimal) -> bool:
    """Whether it would be found under the threshold; what has no size is found under any."""
    return occurrence.size is None or occurrence.size >= threshold


def by_week(past: Iterable[Occurrence], until: datetime) -> tuple[int, ...]:
    """How many came about in each of the last weeks; the last one ends with `until`. What came
    about before them and ended in them is counted in the oldest.
    """
    weeks = [0] * WEEKS
    for each in past:
        ago = min(max((until - each.at) // WEEK, 0), WEEKS - 1)
        weeks[WEEKS - 1 - ago] += 1
    return tuple(weeks)


def _values_of(occurrences: Iterable[Occurrence]) -> dict[str, Decimal]:
    values: dict[str, Decimal] = defaultdict(Decimal)
    for each in occurrences:
        if each.value is not None:
            values[each.currency or ""] += each.value
    return dict(sorted(values.items(), key=lambda pair: (-pair[1], pair[0])))


def _worth(occurrences: Iterable[Occurrence], currency: str) -> Decimal | None:
    """What they were worth in that currency; None where nothing is known."""
    known = [o.value for o in occurrences if o.value is not None and o.currency == currency]
    return sum(known, Decimal(0)) if known else None


def _shares(
    occurrences: Iterable[Occurrence], currency: str, name_of: Callable[[Occurrence], str]
) -> tuple[Share, ...]:
    """The largest, by value and then by number; what has no name is left out."""
    groups: dict[str, list[Occurrence]] = defaultdict(list)
    for each in occurrences:
        if name := name_of(each):
            groups[name].append(each)
    shares = [
        Share(name=name, n=len(several), value=_worth(several, currency))
        for name, several in groups.items()
    ]
    shares.sort(key=lambda s: (-(s.value or 0), -s.n, s.name))
    return tuple(shares[:SHOWN])


def _tried(code: KindCode, occurrences: Sequence[Occurrence], currency: str) -> tuple[Tried, ...]:
    name, values = LEADING.get(code, ("", ()))
    usual = kind(code).default_policy.thresholds.get(name)
    if usual is None or not occurrences:
        return ()
    base = [o for o in occurrences if passes(o, usual)]
    candidates = sorted({Decimal(value) for value in values} | {usual})
    return tuple(_try(value, occurrences, base, currency) for value in candidates)


def _try(
    threshold: Decimal,
    occurrences: Sequence[Occurrence],
    base: Sequence[Occurrence],
    currency: str,
) -> Tried:
    passing = [o for o in occurrences if passes(o, threshold)]
    whole, part = _worth(base, currency), _worth(passing, currency) or Decimal(0)
    if not whole:
        whole, part = Decimal(len(base)), Decimal(len(passing))
    return Tried(threshold=threshold, n=len(passing), kept=part / whole if whole else Decimal(0))


def proposed(tried: Sequence[Tried], usual: Decimal | None) -> Decimal | None:
    """The highest value that still finds nine tenths of what the usual one finds."""
    good = [each.threshold for each in tried if each.kept >= KEEPS]
    return max(good, default=usual)


def _ranked(found: Sequence[Found], currency: str) -> tuple[Found, ...]:
    """By value, those that occur often enough: the first few of them get a rank."""
    often = [f for f in found if f.n >= OFTEN]
    often.sort(key=lambda f: (-f.values.get(currency, Decimal(0)), -f.n))
    first = {f.kind: rank for rank, f in enumerate(often[:FIRST], 1)}
    ranked = [replace(f, rank=first.get(f.kind)) for f in found]
    ranked.sort(key=lambda f: (f.rank or FIRST + 1, -f.n))
    return tuple(ranked)
