"""Tiles: a KPI as people see it, with its change, its meaning, and what it counts."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.kpis import amounts
from exceptions.kpis.kpi import Kpi, Measure
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, Unit


@dataclass(frozen=True, slots=True)
class Value:
    """A number that is shown, how many rows it counts, and where they are listed."""

    text: str
    n: int
    href: str


@dataclass(frozen=True, slots=True)
class Change:
    """`look`: the class of better, worse or neither."""

    says: str
    look: str


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    values: tuple[Value, ...]
    means: str
    n: str
    change: Change | None = None
    n_href: str = ""  # where the rows of `n` are listed, when they are not those of the value


def tile(kpi: Kpi, now: Counted, before: Counted | None, href: str, n_href: str = "") -> Tile:
    """The KPI's whole. `href` lists what it counts, `n_href` what it is a share of."""
    found = kpi.whole(now)
    value = Value(amounts.written(kpi, found), found.rows, href)
    p90 = next((m for m in kpi.of(now) if m.part == "p90" and m.n), None)
    means = f"{kpi.means} {_('p90 %s.') % amounts.written(kpi, p90)}" if p90 else str(kpi.means)
    changed = change(kpi, found, kpi.whole(before)) if before else None
    return Tile(str(kpi.name), (value,), means, _n(kpi, found), changed, n_href)


def _n(kpi: Kpi, found: Measure) -> str:
    if found.counted is None:
        return f"n = {found.n:,}"
    told = {"part": f"{found.counted:,}", "n": f"{found.n:,}", "what": kpi.counts}
    return _("%(part)s of %(n)s %(what)s") % told


def change(kpi: Kpi, now: Measure, then: Measure) -> Change | None:
    """From `then` to `now`, as the difference of what is shown; without a before there is none."""
    if now.value is None or then.value is None:
        return None
    difference, words = _difference(kpi, float(now.value), float(then.value))
    if difference is None:
        return None
    return _told(difference, words, kpi.better)


def _difference(kpi: Kpi, now: float, then: float) -> tuple[float | None, Callable[[float], str]]:
    """Counts and amounts in percent of before, shares in points, durations in minutes."""
    match kpi.unit:
        case Unit.SHARE:
            points = round(round(100 * now, 1) - round(100 * then, 1), 1)
            return points, lambda p: _("%s points") % f"{p:g}"
        case Unit.DURATION:
            return int(now / 60) - int(then / 60), sla.duration
        case _:
            part = round(100 * (now - then) / then) if then else None
            return part, lambda p: f"{p:g} %"


def _told(difference: float, words: Callable[[float], str], better: Better) -> Change:
    if not difference:
        return Change(_("no change"), "muted")
    up = difference > 0
    said = (_("↑ up %s") if up else _("↓ down %s")) % words(abs(difference))
    if better == Better.NEITHER:
        return Change(said, "soft")
    good = up == (better == Better.MORE)
    return Change(f"{said}, {_('better') if good else _('worse')}", "good" if good else "worse")
