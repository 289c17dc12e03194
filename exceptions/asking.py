"""What decisions ask for: read from what was typed or sent, and told in words. Pure.

Kept are instants as ISO in UTC, quantities as strings, and what was chosen with its id and its
name, so that it can be told whatever becomes of it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions.facts import Facts
from exceptions.kinds import Ask
from exceptions.vocabulary import CHOSEN, AskType

FURTHEST = timedelta(days=730)
LONGEST = 200
MOST = Decimal(10) ** 9


@dataclass(frozen=True, slots=True)
class Option:
    """Something that can be chosen: its id in the source, and its name."""

    id: int
    name: str


Options = Mapping[str, Sequence[Option]]  # by the name of the ask
Answers = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What answers are held against. `zone` is that of dates that are given without one; without
    it, such dates are refused.
    """

    facts: Facts
    at: datetime
    options: Options = field(default_factory=dict)
    zone: tzinfo | None = None


class Unanswered(Exception):
    """Something is missing or cannot be used: a sentence for each, by the name of what was asked,
    or of what nobody asked for.
    """

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(" ".join(problems.values()))
        self.problems = dict(problems)


class _Wrong(Exception):
    """Why an answer cannot be used."""


def answers(asks: Sequence[Ask], given: Mapping[str, object], known: Known) -> Answers:
    """What was answered, as it is kept; raises Unanswered."""
    found: Answers = {}
    names = {ask.name for ask in asks}
    problems = {name: _("“%s” is not asked for.") % name for name in given if name not in names}
    for ask in asks:
        try:
            answer = _answer(ask, given.get(ask.name), known)
        except _Wrong as wrong:
            problems[ask.name] = str(wrong)
        else:
            found |= {} if answer is None else {ask.name: answer}
    if problems:
        raise Unanswered(problems)
    return found


def _answer(ask: Ask, given: object, known: Known) -> Any:
    if isinstance(given, str):
        given = given.replace("\x00", "").strip()
    if given is None or given == "":
        if ask.required:
            raise _Wrong(_missing(ask))
        return None
    return _READ[ask.type](ask, given, known)


def _missing(ask: Ask) -> str:
    if ask.type == AskType.DATE:
        return _("%s: give a date and a time.") % ask.label
    if ask.type in CHOSEN:
        return _("%s: choose one.") % ask.label
    return _("%s: this is needed.") % ask.label


def _date(ask: Ask, given: object, known: Known) -> str:
    date = _parsed(given)
    if isinstance(date, datetime) and date.tzinfo is None and known.zone:
        date = date.replace(tzinfo=known.zone)
    if not isinstance(date, datetime) or date.tzinfo is None:
        raise _Wrong(_missing(ask))
    try:
        soon_enough = known.at < date < known.at + FURTHEST
        kept = date.astimezone(UTC).isoformat()
    except OverflowError:
        soon_enough, kept = False, ""
    if not soon_enough:
        raise _Wrong(_("%s: it must lie in the next two years.") % ask.label)
    return kept


def _parsed(given: object) -> object:
    try:
        return parse_datetime(given) if isinstance(given, str) else given
    except ValueError:  # well formed, but no such day
        return None


def _quantity(ask: Ask, given: object, known: Known) -> str:
    """Without the zeros that somebody typed behind it."""
    number = _number(ask, given, known)
    if number != number.quantize(Decimal("0.001")):
        raise _Wrong(_("%s: three digits behind the point at most.") % ask.label)
    return f"{number.normalize():f}"


def _whole(ask: Ask, given: object, known: Known) -> int:
    number = _number(ask, given, known)
    if number != int(number):
        raise _Wrong(_("%s: give a whole number.") % ask.label)
    return int(number)


def _number(ask: Ask, given: object, known: Known) -> Decimal:
    try:
        number = Decimal("" if isinstance(given, bool) else str(given))
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or number < 0 or (number == 0 and not ask.from_zero):
        least = _("of 0 or more") if ask.from_zero else _("above 0")
        raise _Wrong(_("%(what)s: give a number %(least)s.") % {"what": ask.label, "least": least})
    most = ask.most(known.facts)
    if number > (MOST if most is None else most):
        limit = f"{(MOST if most is None else most).normalize():f}"
        raise _Wrong(_("%(what)s: %(n)s at most.") % {"what": ask.label, "n": limit})
    return number


def _text(ask: Ask, given: object, known: Known) -> str:  # noqa: ARG001 - read by one table
    if not isinstance(given, str):
        raise _Wrong(_("%s: give a text.") % ask.label)
    if len(given) > LONGEST:
        words = {"what": ask.label, "n": LONGEST}
        raise _Wrong(_("%(what)s: %(n)s characters at most.") % words)
    return " ".join(given.split())


def _chosen(ask: Ask, given: object, known: Known) -> Answers:
    for option in known.options.get(ask.name, ()):
        if not isinstance(given, bool) and str(option.id) == str(given):
            return {"id": option.id, "name": option.name}
    raise _Wrong(_("%s: choose one of those that are shown.") % ask.label)


_READ: dict[AskType, Callable[[Ask, object, Known], Any]] = {
    AskType.DATE: _date,
    AskType.QUANTITY: _quantity,
    AskType.NUMBER: _whole,
    AskType.TEXT: _text,
    **dict.fromkeys(CHOSEN, _chosen),
}


def told(asks: Sequence[Ask], kept: Answers) -> list[dict[str, str]]:
    """For the history: label and answer, an instant (`at`) by itself, as readers have zones."""
    return [
        {"label": label, ("at" if ask.type == AskType.DATE else "said"): said}
        for ask in asks
        for label, said in in_words([ask], kept, datetime.isoformat)
    ]


def in_words(
    asks: Sequence[Ask], kept: Mapping[str, Any], instant: Callable[[datetime], str]
) -> list[tuple[str, str]]:
    """Label and answer of what was answered, in the order in which it was asked."""
    return [(str(a.label), _said(kept[a.name], a, instant)) for a in asks if a.name in kept]


def _said(kept: Any, ask: Ask, instant: Callable[[datetime], str]) -> str:
    if ask.type == AskType.DATE:
        return instant(datetime.fromisoformat(kept))
    return str(kept["name"]) if isinstance(kept, dict) else str(kept)
