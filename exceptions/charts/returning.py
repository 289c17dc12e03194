"""The charts of what comes back: figures' rows to charts. Pure.

Every `link` gives the address that lists exactly the rows that one bar or dot counts.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from django.utils.translation import gettext as _

from exceptions.charts.chart import Chart, Point, Series
from exceptions.charts.operations import Link, day_label, percent
from exceptions.queries.recurred import Fixes, Recurrence
from exceptions.queries.subjects import Subject
from exceptions.vocabulary import KindCode


def by_day(rows: Iterable[Recurrence], days: list[date], link: Link) -> Chart:
    """Cases whose subject recurs, and others. `link(day, again)` lists those of one day."""
    n, again = dict.fromkeys(days, 0), dict.fromkeys(days, 0)
    for row in rows:
        n[row.day] += row.n
        again[row.day] += row.recurring
    labels = tuple(day_label(day) for day in days)
    parts = (
        (_("recurring"), "bad", True, [again[day] for day in days]),
        (_("first in 30 days"), "m", False, [n[day] - again[day] for day in days]),
    )
    series = tuple(
        Series(
            name=name,
            colour=colour,
            points=tuple(
                _point(f"{label}, {name}", count, link(day, yes))
                for label, count, day in zip(labels, counts, days, strict=True)
            ),
        )
        for name, colour, yes, counts in parts
    )
    return Chart(shape="columns", head=_("Day"), labels=labels, series=series)


def by_kind(rows: Iterable[Recurrence], link: Link) -> Chart:
    """The share that recurs, most first. `link(kind)` lists the recurring cases."""
    n, again = _sums((row.kind, row.n, row.recurring) for row in rows)
    kinds = sorted(n, key=lambda kind: (-again[kind] / n[kind], kind))
    points = tuple(
        Point(
            value=round(100 * again[kind] / n[kind], 4),
            n=again[kind],
            says=_("%(kind)s: %(part)s of %(n)s cases recur")
            % {"kind": KindCode(kind).label, "part": again[kind], "n": n[kind]},
            href=link(kind) if again[kind] else "",
        )
        for kind in kinds
    )
    ends = tuple(f"{percent(again[k], n[k])}  ({again[k]:,} / {n[k]:,})" for k in kinds)
    labels = tuple(str(KindCode(kind).label) for kind in kinds)
    share = Series(
        name=_("recurring"),
        colour="bad",
        points=points,
        cell=lambda point: ends[points.index(point)],
    )
    return Chart(shape="bars", head=_("Kind"), labels=labels, series=(share,), ends=ends, unit="%")


def subjects(rows: Iterable[Subject], names: Mapping[str, str], link: Link) -> Chart:
    """What recurs most. `link(subject, again)` lists its cases."""
    found = list(rows)
    labels = tuple(subject_label(row.key, names) for row in found)
    parts = (
        (_("recurring"), "bad", True, [row.recurring for row in found]),
        (_("first in 30 days"), "m", False, [row.n - row.recurring for row in found]),
    )
    series = tuple(
        Series(
            name=name,
            colour=colour,
            points=tuple(
                _point(f"{label}, {name}", count, link(row.key, yes))
                for label, count, row in zip(labels, counts, found, strict=True)
            ),
        )
        for name, colour, yes, counts in parts
    )
    ends = tuple(f"{row.n:,}" for row in found)
    return Chart(shape="bars", head=_("Subject"), labels=labels, series=series, ends=ends)


def subject_label(key: str, names: Mapping[str, str]) -> str:
    """`Kempten Metall (RTM), late inbound`; the key where nobody knows better."""
    kind = key.partition(":")[0]
    if key not in names:
        return key
    return f"{names[key]}, {KindCode(kind).label}" if kind in KindCode.values else names[key]


def fixes(rows: Iterable[Fixes], told_until: date, link: Link) -> Chart:
    """What became of fixes, by kind. `link(kind, fate)` lists them; `fate` is one of FATES."""
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        of_kind = counts.setdefault(row.kind, dict.fromkeys(FATES, 0))
        of_kind["held" if row.day <= told_until else "so far"] += row.held
        of_kind["came back"] += row.came_back
    kinds = sorted(counts, key=lambda kind: (-sum(counts[kind].values()), kind))
    labels = tuple(str(KindCode(kind).label) for kind in kinds)
    words = {"held": _("held"), "so far": _("held so far"), "came back": _("came back")}
    series = tuple(
        Series(
            name=words[fate],
            colour=FATES[fate],
            points=tuple(
                _point(f"{label}, {words[fate]}", counts[kind][fate], link(kind, fate))
                for kind, label in zip(kinds, labels, strict=True)
            ),
        )
        for fate in FATES
    )
    ends = tuple(_held(counts[kind]) for kind in kinds)
    return Chart(shape="bars", head=_("Kind"), labels=labels, series=series, ends=ends)


FATES = {"held": "1", "so far": "m", "came back": "bad"}  # with their colours


def _held(of_kind: Mapping[str, int]) -> str:
    n = sum(of_kind.values())
    return percent(n - of_kind["came back"], n)


def _sums(rows: Iterable[tuple[str, int, int]]) -> tuple[dict[str, int], dict[str, int]]:
    n: dict[str, int] = {}
    part: dict[str, int] = {}
    for key, whole, some in rows:
        n[key] = n.get(key, 0) + whole
        part[key] = part.get(key, 0) + some
    return n, part


def _point(says: str, n: int, href: str) -> Point:
    return Point(value=n, n=n, says=f"{says}: {n}", href=href if n else "")
