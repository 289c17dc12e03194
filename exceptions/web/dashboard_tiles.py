"""The tiles of the operations dashboard: a number, its change, its meaning, what it counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exceptions import sla
from exceptions.charts.operations import DASH, day_label, percent
from exceptions.queries import aging, backlog, breach, ended, exposed, spans, volume
from exceptions.queries.aging import Aged
from exceptions.queries.backlog import DayBacklog
from exceptions.queries.breach import Breaches
from exceptions.queries.exposed import Exposed
from exceptions.queries.scope import Scope
from exceptions.queries.spans import Spans
from exceptions.queries.volume import DayVolume, KindVolume
from exceptions.vocabulary import Outcome
from exceptions.web.dashboard_links import OLD_BUCKET, Links
from exceptions.web.formats import amount


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that one scope says."""

    volume: list[DayVolume]
    kinds: list[KindVolume]
    backlog: list[DayBacklog]
    first_response: Spans
    resolution: Spans
    breaches: list[Breaches]
    ended: dict[str, int]


@dataclass(frozen=True, slots=True)
class Now:
    """What is open now, whatever the range."""

    aging: list[Aged]
    exposed: list[Exposed]

    @property
    def open(self) -> int:
        return sum(row.n for row in self.aging)


def figures(scope: Scope) -> Figures:
    return Figures(
        volume=volume.by_day(scope),
        kinds=volume.by_kind(scope),
        backlog=backlog.by_day(scope),
        first_response=spans.first_response(scope),
        resolution=spans.resolution(scope),
        breaches=breach.by_clock(scope),
        ended=ended.by_outcome(scope),
    )


def now(scope: Scope) -> Now:
    return Now(aging=aging.by_bucket(scope), exposed=exposed.by_currency(scope))


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


@dataclass(frozen=True, slots=True)
class Board:
    """What the tiles are made from: this range, the one before, what is open, and the links."""

    figures: Figures
    before: Figures
    now: Now
    links: Links


def tiles(board: Board) -> list[Tile]:
    return [
        _volume(board),
        _backlog(board),
        _span(
            board.figures.first_response,
            board.before.first_response,
            _("First response"),
            _("Detection to first move by a person, median."),
            board.links.responded(),
        ),
        _span(
            board.figures.resolution,
            board.before.resolution,
            _("Resolution time"),
            _("Detection to resolved, median, of what people worked on."),
            board.links.resolved(),
        ),
        _breach(board),
        _self_healed(board),
        _old(board),
        _exposed(board),
    ]


def _volume(board: Board) -> Tile:
    n, then = _sum(board.figures.volume), _sum(board.before.volume)
    return Tile(
        _("Volume"),
        (Value(f"{n:,}", n, board.links.detected()),),
        _("Cases detected in the range."),
        _n(n),
        _relative(n, then),
    )


def _sum(rows: Sequence[DayVolume]) -> int:
    return sum(row.n for row in rows)


def _backlog(board: Board) -> Tile:
    start = board.before.backlog[-1]
    return Tile(
        _("Backlog"),
        (Value(f"{board.now.open:,}", board.now.open, board.links.open_now()),),
        _("Open now: not resolved, not closed. Compared with the end of %(day)s.")
        % {"day": day_label(start.day)},
        _n(board.now.open),
        _change(board.now.open - start.n, str, less_is_better=True),
    )


def _span(found: Spans, before: Spans, name: str, means: str, href: str) -> Tile:
    span = found.whole
    if span.median is None or span.p90 is None:
        return Tile(name, (Value(DASH, 0, href),), means, _n(0))
    change = None
    if before.whole.median is not None:
        minutes = _minutes(span.median) - _minutes(before.whole.median)
        change = _change(minutes, sla.duration, less_is_better=True)
    means = f"{means} {_('p90 %s.') % sla.duration(span.p90 / 60)}"
    value = Value(sla.duration(span.median / 60), span.n, href)
    return Tile(name, (value,), means, _n(span.n), change)


def _minutes(seconds: float) -> int:
    """As it is shown, so that the change is the difference of what one sees."""
    return int(seconds / 60)


def _breach(board: Board) -> Tile:
    breached, n = _breached(board.figures.breaches)
    return Tile(
        _("SLA breach rate"),
        (Value(percent(breached, n), breached, board.links.breached()),),
        _("Of the clocks that ended, the share breached. Running past due counts."),
        _("%(part)s of %(n)s clocks") % {"part": breached, "n": n},
        _points(breached, n, *_breached(board.before.breaches), judged=True),
        board.links.clocks(),
    )


def _breached(rows: Sequence[Breaches]) -> tuple[int, int]:
    return sum(row.breached for row in rows), sum(row.n for row in rows)


def _self_healed(board: Board) -> Tile:
    healed, n = _healed(board.figures.ended)
    return Tile(
        _("Self-healed"),
        (Value(percent(healed, n), healed, board.links.ended(Outcome.SELF_HEALED)),),
        _("Of the cases that ended, the share whose source recovered before anyone decided."),
        _("%(part)s of %(n)s cases") % {"part": healed, "n": n},
        _points(healed, n, *_healed(board.before.ended), judged=False),
        board.links.ended(),
    )


def _healed(counts: dict[str, int]) -> tuple[int, int]:
    return counts.get(Outcome.SELF_HEALED, 0), sum(counts.values())


def _old(board: Board) -> Tile:
    n = sum(row.n for row in board.now.aging if row.bucket >= OLD_BUCKET)
    return Tile(
        _("Open for 3 days or more"),
        (Value(f"{n:,}", n, board.links.old()),),
        _("Open cases by elapsed time since detection."),
        _("%(part)s of %(n)s open") % {"part": n, "n": board.now.open},
        None,
        board.links.open_now(),
    )


def _exposed(board: Board) -> Tile:
    known = [row for row in board.now.exposed if row.currency]
    unknown = sum(row.n for row in board.now.exposed if not row.currency)
    values = tuple(
        Value(amount(row.value, row.currency or ""), row.n, board.links.exposed(row.currency))
        for row in known
    )
    told = _n(sum(row.n for row in known))
    if unknown:
        without = ngettext("%s without an amount", "%s without an amount", unknown) % unknown
        told = f"{told}, {without}"
    return Tile(
        _("Exposed"),
        values or (Value(DASH, 0, board.links.exposed(None)),),
        _("Open value at risk. Currencies are never added up."),
        told,
        None,
        board.links.exposed(None) if unknown else "",
    )


def _n(n: int) -> str:
    return f"n = {n:,}"


def _relative(n: int, then: int) -> Change | None:
    """In percent of before; without a before there is nothing to compare."""
    if not then:
        return None
    return _change(round(100 * (n - then) / then), lambda p: f"{p:g} %", less_is_better=True)


def _points(part: int, n: int, part_then: int, n_then: int, *, judged: bool) -> Change | None:
    if not n or not n_then:
        return None
    points = round(100 * part / n, 1) - round(100 * part_then / n_then, 1)
    better = True if judged else None
    return _change(round(points, 1), lambda p: _("%s points") % f"{p:g}", less_is_better=better)


def _change(
    difference: float, words: Callable[[float], str], *, less_is_better: bool | None
) -> Change:
    """`less_is_better` None: the change is told, not judged."""
    if not difference:
        return Change(_("no change"), "muted")
    up = difference > 0
    said = (_("↑ up %s") if up else _("↓ down %s")) % words(abs(difference))
    if less_is_better is None:
        return Change(said, "soft")
    better = up != less_is_better
    return Change(f"{said}, {_('better') if better else _('worse')}", "good" if better else "worse")


def range_label(first: date, last: date) -> str:
    """Both days counted, months and years said once where they are the same."""
    if first == last:
        return f"{day_label(last)} {last.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}{DASH}{day_label(last)} {last.year}"
    year = "" if first.year == last.year else f" {first.year}"
    return f"{day_label(first)}{year} {DASH} {day_label(last)} {last.year}"


def fresh_at(at: datetime) -> datetime:
    """Whole seconds, so that addresses made from it are readable and say what was counted."""
    return at.replace(microsecond=0)
