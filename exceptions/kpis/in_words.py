"""What a reading counts, and how it has changed, as people say it. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.kpis.kpi import Kpi, Measure
from exceptions.vocabulary import Better, Unit

TENFOLD = 1000  # percent: of so little before, how many times as much says nothing


@dataclass(frozen=True, slots=True)
class Change:
    """`look`: the class of better, worse or neither."""

    says: str
    look: str


def n_of(kpi: Kpi, found: Measure) -> str:
    """How many rows: `n = 251`, `50 of 698 clocks`."""
    if found.counted is None:
        return f"n = {found.n:,}"
    told = {"part": f"{found.counted:,}", "n": f"{found.n:,}", "what": kpi.counts}
    return _("%(part)s of %(n)s %(what)s") % told


def _float(found: Measure) -> float:
    return float(found.value or 0)


def change(kpi: Kpi, now: Measure, then: Measure) -> Change | None:
    """From `then` to `now`, as the difference of what is shown; without a before there is none."""
    if now.value is None or then.value is None:
        return None
    difference, words = _difference(kpi, _float(now), _float(then))
    return None if difference is None else _told(difference, words, kpi.better)


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
            return part, lambda p: f"{p:g} %" if p < TENFOLD else _("more than tenfold")


def _told(difference: float, words: Callable[[float], str], better: Better) -> Change:
    if not difference:
        return Change(_("no change"), "muted")
    up = difference > 0
    said = (_("↑ up %s") if up else _("↓ down %s")) % words(abs(difference))
    if better == Better.NEITHER:
        return Change(said, "soft")
    good = up == (better == Better.MORE)
    return Change(f"{said}, {_('better') if good else _('worse')}", "good" if good else "worse")
