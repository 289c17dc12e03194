"""KPIs recomputed in plain Python from the rows that the tower gives out: cases, clocks, event log.

Nothing here knows a table or a statement: it reads the files as an analyst would.
"""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from tests.exceptions.queries.world import nearest_rank

XES = "{http://www.xes-standard.org/}"
ENDED = ("resolved", "closed")
MONTH = timedelta(days=30)
Told = tuple[object, int]  # value and n


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()))


def instant(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Asked:
    """The filters, by the names that the files use. Empty means all."""

    first: date
    last: date
    at: datetime
    sites: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    tiers: frozenset[str] = frozenset()
    teams: frozenset[str] = frozenset()

    def counts(self, row: dict[str, str]) -> bool:
        pairs = ((self.sites, "site"), (self.kinds, "kind"), (self.tiers, "tier"))
        return all(
            not chosen or row[name] in chosen for chosen, name in (*pairs, (self.teams, "team"))
        )

    def within(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass
class Given:
    """What was given out. `zones` are those of the sites, by name."""

    zones: dict[str, ZoneInfo]
    cases: list[dict[str, str]]
    clocks: list[dict[str, str]]
    log: str
    _flips: dict[str, list[tuple[datetime, bool]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for trace in ET.fromstring(self.log).iter(f"{XES}trace"):
            said = {child.get("key"): child.get("value") for child in trace}
            self._flips[str(said["concept:name"]).removeprefix("C-")] = list(_flips(trace))

    def day(self, text: str, row: dict[str, str]) -> date:
        at = instant(text)
        assert at is not None
        return at.astimezone(self.zones[row["site"]]).date()

    def open_at_end_of(self, day: date, row: dict[str, str]) -> bool:
        zone = self.zones[row["site"]]
        is_open = self.day(row["detected_at"], row) <= day
        for at, opens in self._flips[row["id"]]:
            if at.astimezone(zone).date() <= day:
                is_open = opens
        return is_open

    def reopened(self, row: dict[str, str]) -> list[datetime]:
        """Each time it became open again."""
        return [at for at, opens in self._flips[row["id"]] if opens]

    def tell(self, asked: Asked) -> dict[str, dict[str, Told]]:
        """Value and n of each KPI, by its parts; the whole is the part ""."""
        scoped = [row for row in self.cases if asked.counts(row)]
        detected = [r for r in scoped if asked.within(self.day(r["detected_at"], r))]
        standing = [row for row in scoped if row["state"] not in ENDED]
        ended = [
            row
            for row in scoped
            if row["state"] in ENDED
            and asked.within(self.day(row["resolved_at"] or row["closed_at"], row))
        ]
        backlog = sum(self.open_at_end_of(asked.last, row) for row in scoped)
        outcomes = Counter(row["outcome"] for row in ended)
        return {
            "volume": _counts(Counter(row["kind"] for row in detected)),
            "backlog": {"": (backlog, backlog)},
            "aging": _aging(standing, asked.at),
            "old": {"": (sum(_age(row, asked.at) >= 72 for row in standing), len(standing))},
            "first_response": _span(_responses(detected)),
            "resolution": _span(self._resolutions(scoped, asked)),
            "sla_breach": self._breaches(asked),
            "ended": _counts(outcomes),
            "self_healed": {"": _share(outcomes["self_healed"], outcomes.total())},
            "exposed": _exposed(standing),
            "recurrence": self._recurrence(detected),
            "reopened": {"": self._reopen_rate(scoped, asked)},
        }

    def _resolutions(self, scoped: list[dict[str, str]], asked: Asked) -> Iterator[float]:
        for row in scoped:
            worked = row["resolved_at"] and row["outcome"] in ("fixed", "accepted")
            if worked and asked.within(self.day(row["resolved_at"], row)):
                yield _seconds(row["detected_at"], row["resolved_at"])

    def _breaches(self, asked: Asked) -> dict[str, Told]:
        n, breached = Counter[str](), Counter[str]()
        for row in filter(asked.counts, self.clocks):
            end = min(filter(None, (row["stopped_at"], row["due_at"])))
            over = instant(end)
            assert over is not None
            if over <= asked.at and asked.within(self.day(end, row)):
                n[row["clock"]] += 1
                breached[row["clock"]] += row["clock_state"] != "met"
        whole = {"": _share(breached.total(), n.total())}
        return whole | {kind: _share(breached[kind], n[kind]) for kind in n}

    def _recurrence(self, detected: list[dict[str, str]]) -> dict[str, Told]:
        ends: dict[str, list[tuple[str, datetime]]] = {}
        for row in self.cases:
            resolved = instant(row["resolved_at"])
            if resolved and not row["merged_into"]:
                ends.setdefault(row["subject_key"], []).append((row["id"], resolved))
        n, again = Counter[str](), Counter[str]()
        for row in detected:
            if row["merged_into"]:
                continue
            n[row["kind"]] += 1
            found = instant(row["detected_at"])
            assert found is not None
            again[row["kind"]] += any(
                other != row["id"] and found - MONTH <= end < found
                for other, end in ends.get(row["subject_key"], [])
            )
        whole = {"": _share(again.total(), n.total())}
        return whole | {kind: _share(again[kind], n[kind]) for kind in n}

    def _reopen_rate(self, scoped: list[dict[str, str]], asked: Asked) -> Told:
        """A case counts once, when it was reopened last."""
        zone = self.zones
        last = [(row, max(times)) for row in scoped if (times := self.reopened(row))]
        reopened = sum(asked.within(at.astimezone(zone[row["site"]]).date()) for row, at in last)
        resolved = sum(
            bool(row["resolved_at"]) and asked.within(self.day(row["resolved_at"], row))
            for row in scoped
        )
        return _share(reopened, resolved)


def _flips(trace: ET.Element) -> Iterator[tuple[datetime, bool]]:
    """When the case ended, and when it became open again."""
    for event in trace.iter(f"{XES}event"):
        said = {child.get("key"): child.get("value") or "" for child in event}
        before, after = said.get("from_state", ""), said.get("to_state", "")
        at = instant(said["time:timestamp"])
        assert at is not None
        if after and (before in ENDED) != (after in ENDED):
            yield at, after not in ENDED


def _counts(counted: Counter[str]) -> dict[str, Told]:
    whole: dict[str, Told] = {"": (counted.total(), counted.total())}
    return whole | {part: (n, n) for part, n in counted.items() if n}


def _share(part: int, n: int) -> Told:
    return (part / n if n else None, n)


def _age(row: dict[str, str], at: datetime) -> float:
    detected = instant(row["detected_at"])
    assert detected is not None
    return (at - detected) / timedelta(hours=1)


def _aging(standing: list[dict[str, str]], at: datetime) -> dict[str, Told]:
    cuts = (4, 8, 24, 72, 168, 336)
    ages = Counter(sum(_age(row, at) >= cut for cut in cuts) for row in standing)
    tiers = Counter(row["tier"] for row in standing)
    told: dict[str, Told] = {"": (len(standing), len(standing))}
    told |= {f"age_{bucket}": (ages[bucket], ages[bucket]) for bucket in range(7)}
    return told | {t: (tiers[t], tiers[t]) for t in ("critical", "high", "medium", "low")}


def _seconds(start: str, end: str) -> float:
    first, last = instant(start), instant(end)
    assert first is not None
    assert last is not None
    return (last - first).total_seconds()


def _responses(detected: Iterable[dict[str, str]]) -> Iterator[float]:
    for row in detected:
        if row["first_response_at"]:
            yield _seconds(row["detected_at"], row["first_response_at"])


def _span(lengths: Iterable[float]) -> dict[str, Told]:
    told = list(lengths)
    return {
        "": (nearest_rank(told, 50), len(told)),
        "p90": (nearest_rank(told, 90), len(told)),
    }


def _exposed(standing: list[dict[str, str]]) -> dict[str, Told]:
    values: dict[str, list[Decimal]] = {}
    unknown = 0
    for row in standing:
        if row["value_at_risk"] and row["currency"]:
            values.setdefault(row["currency"], []).append(Decimal(row["value_at_risk"]))
        else:
            unknown += 1
    told: dict[str, Told] = {c: (sum(each), len(each)) for c, each in values.items()}
    return told | ({"none": (None, unknown)} if unknown else {})
