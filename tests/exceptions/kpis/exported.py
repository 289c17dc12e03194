"""KPIs of cases and clocks, recomputed in plain Python from the rows that the tower gives out.

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

from tests.exceptions.kpis.reckoning import (
    Parts,
    Row,
    Told,
    at_of,
    counts,
    instant,
    seconds,
    share,
    shares,
    span,
)

XES = "{http://www.xes-standard.org/}"
ENDED = ("resolved", "closed")
MONTH = timedelta(days=30)
REAL = ("fixed", "self_healed", "accepted")


def rows_of(text: str) -> list[Row]:
    return list(csv.DictReader(text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()))


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

    def counts(self, row: Row) -> bool:
        pairs = ((self.sites, "site"), (self.kinds, "kind"), (self.tiers, "tier"))
        return all(
            not chosen or row[name] in chosen for chosen, name in (*pairs, (self.teams, "team"))
        )

    def within(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass
class Given:
    """What was given out: files of rows by name, and the log. Each row of a case begins with it."""

    files: dict[str, list[Row]]
    log: str
    zones: dict[str, ZoneInfo] = field(default_factory=dict)
    events: dict[str, list[Row]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.zones = {row["site"]: ZoneInfo(row["zone"]) for row in self.files["hours"]}
        for trace in ET.fromstring(self.log).iter(f"{XES}trace"):
            said = {child.get("key"): child.get("value") for child in trace}
            events = [_said(event) for event in trace.iter(f"{XES}event")]
            self.events[str(said["concept:name"]).removeprefix("C-")] = events

    @property
    def cases(self) -> list[Row]:
        return self.files["cases"]

    def rows(self, file: str, asked: Asked, *times: str) -> list[Row]:
        """Those of the file that the filter counts; with `times`, that lie in its range by the
        first of these columns that says when.
        """
        found = [row for row in self.files[file] if asked.counts(row)]
        if not times:
            return found
        told = [(row, next((row[t] for t in times if row[t]), "")) for row in found]
        return [row for row, at in told if at and asked.within(self.day(at, row))]

    def ended(self, asked: Asked) -> list[Row]:
        """Cases."""
        found = self.rows("cases", asked, "resolved_at", "closed_at")
        return [row for row in found if row["state"] in ENDED]

    def day(self, text: str, row: Row) -> date:
        return at_of(text).astimezone(self.zones[row["site"]]).date()

    def open_at_end_of(self, day: date, row: Row) -> bool:
        zone = self.zones[row["site"]]
        is_open = self.day(row["detected_at"], row) <= day
        for at, opens in _flips(self.events[row["id"]]):
            if at.astimezone(zone).date() <= day:
                is_open = opens
        return is_open

    def reopened(self, row: Row) -> list[datetime]:
        """Each time it became open again."""
        return [at for at, opens in _flips(self.events[row["id"]]) if opens]

    def tell(self, asked: Asked) -> dict[str, Parts]:
        """Each KPI by its parts."""
        scoped = self.rows("cases", asked)
        detected = self.rows("cases", asked, "detected_at")
        standing = [row for row in scoped if row["state"] not in ENDED]
        ended = self.ended(asked)
        backlog = sum(self.open_at_end_of(asked.last, row) for row in scoped)
        outcomes = Counter(row["outcome"] for row in ended)
        n, breached = self._clocks(asked)
        return {
            "volume": counts(Counter(row["kind"] for row in detected)),
            "backlog": {"": (backlog, backlog)},
            "aging": _aging(standing, asked.at),
            "old": {"": (sum(_age(row, asked.at) >= 72 for row in standing), len(standing))},
            "first_response": span(_responses(detected)),
            "resolution": span(self._resolutions(scoped, asked)),
            "sla_breach": shares(breached, n),
            "sla_met": shares(n - breached, n),
            "ended": counts(outcomes),
            "self_healed": {"": share(outcomes["self_healed"], outcomes.total())},
            "exposed": _exposed(standing),
            "avoided": _said_amounts(ended, "avoided"),
            "lost": _said_amounts(ended, "lost"),
            "amounts_unsaid": {"": _unsaid(ended)},
            "recurrence": self._recurrence(detected),
            "recurring_subjects": {"": self._subjects(detected)},
            "fixes_held": self._held(asked),
            "reopened": {"": self._reopen_rate(scoped, asked)},
        }

    def _resolutions(self, scoped: list[Row], asked: Asked) -> Iterator[float]:
        for row in scoped:
            worked = row["resolved_at"] and row["outcome"] in ("fixed", "accepted")
            if worked and asked.within(self.day(row["resolved_at"], row)):
                yield seconds(row["detected_at"], row["resolved_at"])

    def _clocks(self, asked: Asked) -> tuple[Counter[str], Counter[str]]:
        """By kind, how many clocks ended, and how many of them breached."""
        n, breached = Counter[str](), Counter[str]()
        for row in self.rows("clocks", asked):
            end = min(filter(None, (row["stopped_at"], row["due_at"])))
            if at_of(end) <= asked.at and asked.within(self.day(end, row)):
                n[row["clock"]] += 1
                breached[row["clock"]] += row["clock_state"] != "met"
        return n, breached

    def _recurring(self, detected: list[Row]) -> Iterator[tuple[Row, bool]]:
        """Each that counts, and whether it recurs."""
        ends: dict[str, list[tuple[str, datetime]]] = {}
        for row in self.cases:
            resolved = instant(row["resolved_at"])
            if resolved and not row["merged_into"]:
                ends.setdefault(row["subject_key"], []).append((row["id"], resolved))
        for row in detected:
            found = at_of(row["detected_at"])
            if not row["merged_into"]:
                yield (
                    row,
                    any(
                        other != row["id"] and found - MONTH <= end < found
                        for other, end in ends.get(row["subject_key"], [])
                    ),
                )

    def _recurrence(self, detected: list[Row]) -> Parts:
        n, again = Counter[str](), Counter[str]()
        for row, recurs in self._recurring(detected):
            n[row["kind"]] += 1
            again[row["kind"]] += recurs
        return shares(again, n)

    def _subjects(self, detected: list[Row]) -> Told:
        found: dict[str, bool] = {}
        for row, recurs in self._recurring(detected):
            found[row["subject_key"]] = found.get(row["subject_key"], False) or recurs
        return sum(found.values()), len(found)

    def _held(self, asked: Asked) -> Parts:
        starts: dict[str, list[tuple[str, datetime]]] = {}
        for row in self.cases:
            if not row["merged_into"]:
                found = (row["id"], at_of(row["detected_at"]))
                starts.setdefault(row["subject_key"], []).append(found)
        n, held = Counter[str](), Counter[str]()
        for row in self.rows("cases", asked, "resolved_at"):
            if row["outcome"] == "fixed":
                end = at_of(row["resolved_at"])
                n[row["kind"]] += 1
                held[row["kind"]] += not any(
                    other != row["id"] and end < start <= end + MONTH
                    for other, start in starts.get(row["subject_key"], [])
                )
        return shares(held, n)

    def _reopen_rate(self, scoped: list[Row], asked: Asked) -> Told:
        """A case counts once, when it was reopened last."""
        zone = self.zones
        last = [(row, max(times)) for row in scoped if (times := self.reopened(row))]
        reopened = sum(asked.within(at.astimezone(zone[row["site"]]).date()) for row, at in last)
        resolved = sum(
            bool(row["resolved_at"]) and asked.within(self.day(row["resolved_at"], row))
            for row in scoped
        )
        return share(reopened, resolved)


def _said(event: ET.Element) -> Row:
    return {str(child.get("key")): child.get("value") or "" for child in event}


def _flips(events: list[Row]) -> Iterator[tuple[datetime, bool]]:
    """When the case ended, and when it became open again."""
    for said in events:
        before, after = said.get("from_state", ""), said.get("to_state", "")
        if after and (before in ENDED) != (after in ENDED):
            yield at_of(said["time:timestamp"]), after not in ENDED


def _age(row: Row, at: datetime) -> float:
    return (at - at_of(row["detected_at"])) / timedelta(hours=1)


def _aging(standing: list[Row], at: datetime) -> dict[str, Told]:
    cuts = (4, 8, 24, 72, 168, 336)
    ages = Counter(sum(_age(row, at) >= cut for cut in cuts) for row in standing)
    tiers = Counter(row["tier"] for row in standing)
    told: dict[str, Told] = {"": (len(standing), len(standing))}
    told |= {f"age_{bucket}": (ages[bucket], ages[bucket]) for bucket in range(7)}
    return told | {t: (tiers[t], tiers[t]) for t in ("critical", "high", "medium", "low")}


def _responses(detected: Iterable[Row]) -> Iterator[float]:
    for row in detected:
        if row["first_response_at"]:
            yield seconds(row["detected_at"], row["first_response_at"])


def _exposed(standing: list[Row]) -> dict[str, Told]:
    values: dict[str, list[Decimal]] = {}
    unknown = 0
    for row in standing:
        if row["value_at_risk"] and row["currency"]:
            values.setdefault(row["currency"], []).append(Decimal(row["value_at_risk"]))
        else:
            unknown += 1
    told: dict[str, Told] = {c: (sum(each), len(each)) for c, each in values.items()}
    return told | ({"none": (None, unknown)} if unknown else {})


def _said_amounts(ended: list[Row], which: str) -> Parts:
    """By currency."""
    values: dict[str, list[Decimal]] = {}
    for row in ended:
        if row[which]:
            values.setdefault(row["amounts_currency"], []).append(Decimal(row[which]))
    return {currency: (sum(each), len(each)) for currency, each in values.items()}


def _unsaid(ended: list[Row]) -> Told:
    real = [row for row in ended if row["outcome"] in REAL]
    return share(sum(not row["avoided"] and not row["lost"] for row in real), len(real))
