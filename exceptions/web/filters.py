"""The filters of the queue as people see them: chips for what is asked, a menu for what may be."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from django.http import QueryDict
from django.urls import get_script_prefix, reverse
from django.utils.dates import WEEKDAYS
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions.actors import Actor, visible_sites
from exceptions.models import Team, User
from exceptions.queries.case_conditions import (
    ALL,
    AVOIDED,
    AWAKE,
    BREACHED,
    ENDED,
    LOST,
    ME,
    NO_TEAM,
    NOBODY,
    NONE,
    OPEN,
    SNOOZED,
    SNOOZED_OR_NOT,
    TODAY,
    UNACKNOWLEDGED,
)
from exceptions.queries.case_filter import PARAMETERS, CaseFilter, write
from exceptions.queries.process import LETTERS
from exceptions.queries.walk_conditions import IMPORTED_WAY
from exceptions.vocabulary import (
    ClockKind,
    ClockState,
    DecisionKind,
    KindCode,
    Outcome,
    Role,
    State,
    Tier,
)
from exceptions.web import formats

WORDS = {
    OPEN: gettext_lazy("open"),
    UNACKNOWLEDGED: gettext_lazy("not acknowledged"),
    ENDED: gettext_lazy("ended"),
    ALL: gettext_lazy("open and ended"),
    ME: gettext_lazy("me"),
    NOBODY: gettext_lazy("nobody"),
    NONE: gettext_lazy("unknown"),
    BREACHED: gettext_lazy("over"),
    TODAY: gettext_lazy("over, or due today"),
}

RESTS = {
    SNOOZED: gettext_lazy("only those"),
    SNOOZED_OR_NOT: gettext_lazy("these too"),
    AWAKE: gettext_lazy("left out"),
}


AMOUNTS = {
    AVOIDED: gettext_lazy("how much was avoided is known"),
    LOST: gettext_lazy("how much was lost is known"),
    NONE: gettext_lazy("nobody has said"),
}


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    name: str
    says: str
    remove_url: str


@dataclass(frozen=True, slots=True)
class Option:
    """A filter that could be set; `on` when it is, and then `url` takes it away."""

    says: str
    url: str
    on: bool


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    options: list[Option]


def address(asked: CaseFilter, **said: Any) -> str:
    """Where the queue shows it, with the fields that are `said` to be different."""
    query = asked.to_query(**said)
    queue = _queue(get_script_prefix())
    return f"{queue}?{query}" if query else queue


@cache
def _queue(prefix: str) -> str:  # noqa: ARG001  # what `reverse` puts first
    return reverse("queue")


class Names:
    """What sites, teams and people are called, looked up once a page."""

    def __init__(self, actor: Actor) -> None:
        self.sites = {str(s.pk): s.name for s in visible_sites(actor)}
        self.teams = {str(t.pk): t.name for t in Team.objects.order_by("name")}
        self.teams[str(NO_TEAM)] = _("no team")
        works = User.objects.filter(memberships__role__in=[Role.OPERATOR, Role.SUPERVISOR])
        here = works.filter(memberships__site__in=[int(pk) for pk in self.sites])
        everywhere = works.filter(memberships__site=None)
        people = (here | everywhere).distinct().order_by("first_name", "username")
        self.people = {str(user.pk): str(user) for user in people}

    def of(self, value: object) -> str:
        """The words for a value that is not an id."""
        return str(WORDS.get(str(value), value))


def chips(asked: CaseFilter, names: Names) -> list[Chip]:
    """One for every filter that is set; the state is always said."""
    said = [Chip(_("state"), _state(asked), address(_any_state(asked)))]
    said += [
        Chip(str(name), words, address(asked.without(*fields)))
        for name, fields, tell in _CHIPS
        if (words := tell(asked, names, fields))
    ]
    return said


def menu(asked: CaseFilter, names: Names) -> list[Group]:
    """What could be asked besides; each option adds itself to what is asked, or goes."""
    states = {word: str(WORDS[word]) for word in (OPEN, UNACKNOWLEDGED, ENDED, ALL)}
    owners = {ME: _("me"), NOBODY: _("nobody")} | names.people
    return [
        Group(_("state"), [_single(asked, "states", (w,), says) for w, says in states.items()]),
        Group(_("tier"), _many(asked, "tiers", _labels(Tier))),
        Group(_("kind"), _many(asked, "kinds", _labels(KindCode))),
        Group(_("clock"), [_single(asked, "due", w, str(WORDS[w])) for w in (BREACHED, TODAY)]),
        Group(_("snoozed"), [_single(asked, "snoozed", w, str(s)) for w, s in RESTS.items()]),
        Group(_("site"), _many(asked, "sites", names.sites)),
        Group(_("team"), _many(asked, "teams", names.teams)),
        Group(_("owner"), _many(asked, "owners", owners)),
        Group(_("outcome"), _many(asked, "outcomes", _labels(Outcome))),
        Group(_("how it was found"), [_single(asked, "missed", True, _("missed by webhook"))]),
    ]


def _labels(choices: type[Any]) -> dict[str, str]:
    return {str(choice): str(choice.label) for choice in choices}


def _many(asked: CaseFilter, field: str, words: dict[str, str]) -> list[Option]:
    """Their addresses are put together from parameters: there may be hundreds."""
    chosen = [write(value) for value in getattr(asked, field)]
    (name,) = [p.name for p in PARAMETERS if p.field == field]
    before, after = _around(asked, name)

    def url(values: list[str]) -> str:
        own = urlencode([(name, value) for value in values])
        query = "&".join(filter(None, (before, own, after)))
        return f"{reverse('queue')}?{query}" if query else reverse("queue")

    return [
        Option(says, url(_toggled(chosen, value)), value in chosen) for value, says in words.items()
    ]


def _around(asked: CaseFilter, name: str) -> tuple[str, str]:
    """What the address says before and after the parameter."""
    order = [parameter.name for parameter in PARAMETERS]
    said = QueryDict(asked.to_query()).lists()
    pairs = [(order.index(n), (n, value)) for n, values in said for value in values]
    here = order.index(name)
    before = [pair for place, pair in pairs if place < here]
    return urlencode(before), urlencode([pair for place, pair in pairs if place > here])


def _toggled(chosen: list[str], value: str) -> list[str]:
    return [c for c in chosen if c != value] if value in chosen else [*chosen, value]


def _single(asked: CaseFilter, field: str, value: object, says: str) -> Option:
    on = getattr(asked, field) == value
    other = asked.without(field) if on else asked.changed(**{field: value})
    return Option(says, address(other), on)


def _state(asked: CaseFilter) -> str:
    return ", ".join(str(WORDS[s]) if s in WORDS else str(State(s).label) for s in asked.states)


def _any_state(asked: CaseFilter) -> CaseFilter:
    """What is left without the state: open cases are the default, so taking that away means all."""
    return asked.changed(states=(ALL,)) if asked.states == (OPEN,) else asked.without("states")


Tell = Callable[[CaseFilter, Names, Sequence[str]], str]


def _of(words: Callable[[Names], dict[str, str]]) -> Tell:
    """Tells the values of one field by their names."""

    def tell(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:
        values: Iterable[object] = getattr(asked, fields[0])
        known = words(names)
        return ", ".join(known.get(str(v)) or names.of(v) for v in values)

    return tell


def _labelled(choices: type[Any]) -> Tell:
    labels = {str(choice): str(choice.label) for choice in choices}
    return _of(lambda _names: labels)


def _plain(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:
    value = getattr(asked, fields[0])
    return names.of(_moment(value)) if value else ""


def _subject(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    """`late_inbound:1:partner:7` is read as `partner 7`."""
    return " ".join(asked.subject.split(":")[2:]) or asked.subject


def _case(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    number = getattr(asked, fields[0])
    return "" if number is None else f"C-{number}"


def _before(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:
    said = _plain(asked, names, fields)
    return _("before %s") % said if said else ""


def _flag(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    value = getattr(asked, fields[0])
    return "" if value is None else _("yes") if value else _("no")


def _range(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    first, last = (getattr(asked, field) for field in fields)
    if first and last and first == last:
        return _moment(first)
    if first and last:
        return f"{_moment(first)} {formats.DASH} {_moment(last)}"
    if first:
        return _("from %s") % _moment(first)
    return _("until %s") % _moment(last) if last else ""


def _hours(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    least, below = (getattr(asked, field) for field in fields)
    said = [_("%s or more") % formats.span(least * 3600)] if least else []
    said += [_("less than %s") % formats.span(below * 3600)] if below is not None else []
    return ", ".join(said)


def _clock(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:
    kind, state, *between = fields
    said = [str(ClockKind(asked.clock).label)] if getattr(asked, kind) else []
    standing = getattr(asked, state)
    if standing in ClockState.values:
        said.append(str(ClockState(standing).label))
    elif standing:
        said.append(str(WORDS[standing]))
    return " ".join([*said, _range(asked, names, between)]).strip()


def _entered(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:
    state, *between = fields
    said = str(State(asked.entered).label) if getattr(asked, state) else ""
    return f"{said} {_range(asked, names, between)}".strip() if said else ""


def _hour(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    if asked.hour is None:
        return ""
    day, hour = divmod(asked.hour, 24)
    return f"{WEEKDAYS[day]}, {hour}:00\N{EN DASH}{hour}:59"


def _amounts(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    return str(AMOUNTS.get(asked.amounts, ""))


def _ways(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    ways: Sequence[str] = getattr(asked, fields[0])
    if fields[0] == "ways_not":
        return _("none of %s") % len(ways) if ways else ""
    return ", ".join(_way(letters) for letters in ways)


def _way(letters: str) -> str:
    """`detected → assigned → resolved`."""
    if letters == IMPORTED_WAY:
        return _("imported")
    return " → ".join(str(LETTERS[letter].label) for letter in letters)


def _number(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    value = getattr(asked, fields[0])
    return "" if value is None else str(value)


def _rests(asked: CaseFilter, names: Names, fields: Sequence[str]) -> str:  # noqa: ARG001
    return str(RESTS.get(asked.snoozed, ""))


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return formats.when(value)
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    return str(value)


_CHIPS: tuple[tuple[Any, tuple[str, ...], Tell], ...] = (
    (gettext_lazy("text"), ("text",), _plain),
    (gettext_lazy("kind"), ("kinds",), _labelled(KindCode)),
    (gettext_lazy("site"), ("sites",), _of(lambda names: names.sites)),
    (gettext_lazy("tier"), ("tiers",), _labelled(Tier)),
    (gettext_lazy("team"), ("teams",), _of(lambda names: names.teams)),
    (gettext_lazy("owner"), ("owners",), _of(lambda names: names.people)),
    (gettext_lazy("outcome"), ("outcomes",), _labelled(Outcome)),
    (gettext_lazy("currency"), ("currencies",), _of(lambda _names: {})),
    (gettext_lazy("decided"), ("decisions",), _labelled(DecisionKind)),
    (gettext_lazy("decided on"), ("decided_from", "decided_to"), _range),
    (gettext_lazy("avoided and lost"), ("amounts",), _amounts),
    (gettext_lazy("currency of these"), ("amount_currencies",), _of(lambda _names: {})),
    (gettext_lazy("same subject"), ("subject",), _subject),
    (gettext_lazy("recurring with"), ("recurs_with",), _case),
    (gettext_lazy("part of"), ("part_of",), _case),
    (gettext_lazy("snoozed"), ("snoozed",), _rests),
    (gettext_lazy("next clock"), ("due",), _plain),
    (gettext_lazy("next clock"), ("due_before",), _before),
    (gettext_lazy("answered by a person"), ("responded",), _flag),
    (gettext_lazy("owned by nobody who may"), ("unowned",), _flag),
    (gettext_lazy("reopened"), ("reopened",), _flag),
    (gettext_lazy("missed by webhook"), ("missed",), _flag),
    (gettext_lazy("recurring"), ("recurs",), _plain),
    (gettext_lazy("came back after its end"), ("came_back",), _flag),
    (gettext_lazy("entered"), ("entered", "entered_from", "entered_to"), _entered),
    (gettext_lazy("reopened"), ("reopened_from", "reopened_to"), _range),
    (gettext_lazy("detected on"), ("hour",), _hour),
    (gettext_lazy("detected"), ("detected_from", "detected_to"), _range),
    (gettext_lazy("resolved"), ("resolved_from", "resolved_to"), _range),
    (gettext_lazy("ended"), ("ended_from", "ended_to"), _range),
    (gettext_lazy("open at the end of"), ("open_on",), _plain),
    (gettext_lazy("age"), ("age_min_hours", "age_max_hours"), _hours),
    (gettext_lazy("clock"), ("clock", "clock_state", "clock_from", "clock_to"), _clock),
    (gettext_lazy("way"), ("ways",), _ways),
    (gettext_lazy("way"), ("ways_not",), _ways),
    (gettext_lazy("people who moved it"), ("movers",), _number),
    (gettext_lazy("times given to another owner"), ("reassigned",), _number),
    (gettext_lazy("import"), ("imports",), _of(lambda _names: {})),
)
