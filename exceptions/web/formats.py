"""Template filters and tags: how the tower writes times, spans, amounts, and its own words.

Every page has them without loading (TEMPLATES builtins). Times appear in the reader's zone, which
the time-zone middleware has activated, and always say which zone that is.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cache

from django import template
from django.core.serializers.json import DjangoJSONEncoder
from django.templatetags.static import static
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from exceptions import sla, verdicts
from exceptions.kinds import kind as kind_of
from exceptions.models import Case, User
from exceptions.verdicts import Step
from exceptions.vocabulary import KindCode, OutboxState, State, Tier
from exceptions.web import policy_playbook

register = template.Library()

DASH = "\N{EN DASH}"
MINUS = "\N{MINUS SIGN}"
WARNING_SHARE = 0.75  # of a clock's time: from here on it warns

# How browsers and systems are found in a user agent; the first that fits counts.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)

OUTBOX_BADGES = {
    OutboxState.PENDING: ("info", "clock"),
    OutboxState.SENDING: ("info", "send"),
    OutboxState.AMBIGUOUS: ("warn", "alert"),
    OutboxState.CONFIRMED: ("ok", "check"),
    OutboxState.FAILED: ("bad", "x"),
    OutboxState.WITHDRAWN: ("", "x"),
    OutboxState.GIVEN_UP: ("warn", "x"),
}


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """One symbol of static/icons.svg. It is decoration: the words beside it say what it means.
    Where static files lie does not change while a process lives, and a page may show hundreds.
    """
    href = f"{static('icons.svg')}#{name}"
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', href)


@register.filter
def json(value: object) -> str:
    """For a data attribute that a script reads; the template escapes it."""
    return DjangoJSONEncoder().encode(value)


@register.filter
def browser(user_agent: str) -> str:
    """`Firefox on Windows`, of what a browser says of itself; a program's name as it is."""
    name = next((name for mark, name in BROWSERS if mark in user_agent), "")
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    if not name:
        return user_agent.split("/", maxsplit=1)[0][:40]
    return _("%(browser)s on %(system)s") % {"browser": name, "system": system} if system else name


@register.filter
def amount(value: Decimal | None, currency: str = "") -> str:
    """`€48,200`; a dash where the source does not say."""
    return DASH if value is None else verdicts.amount(value, currency or None)


@register.filter
def number(value: int | str | None) -> str:
    """`1,000,000`; nothing of what a piece of a page was not told."""
    return f"{value:,}" if isinstance(value, int) else ""


@register.filter
def span(seconds: float) -> str:
    """`50 min`, `1 h 12`, `2 d 4 h`."""
    return sla.duration(seconds / 60)


@register.filter
def milliseconds(seconds: float) -> str:
    """`1,240`, of seconds."""
    return f"{seconds * 1000:,.0f}"


@register.filter
def until(due: datetime, at: datetime) -> str:
    """`50 min left` before `due`, `1 h 12 over` after it."""
    words = sla.duration((due - at) / timedelta(minutes=1))
    return _("%s left") % words if due >= at else _("%s over") % words


@register.filter
def ago(then: datetime, at: datetime) -> str:
    """`9 s ago`, `4 min ago`, `2 d ago`."""
    seconds = max((at - then).total_seconds(), 0)
    return _("%s ago") % (f"{seconds:.0f} s" if seconds < 60 else sla.duration(seconds / 60))


@register.filter
def when(value: datetime) -> str:
    """`Tue 17 Nov 14:20 CET`, with the year when it is not this one."""
    local = timezone.localtime(value)
    return f"{day_and_time(value)} {local.tzname()}"


def instant_in_words(text: str) -> str:
    """An instant as histories keep it, in the reader's zone."""
    value = parse_datetime(text)
    return when(value) if value else text


@register.filter
def day_and_time(value: datetime) -> str:
    """As `when` without the zone, for lists whose head says it once."""
    local = timezone.localtime(value)
    year = "" if local.year == timezone.localtime().year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


@register.filter
def near(value: datetime) -> str:
    """`Tue 14:20` within six days of now, else as `day_and_time`; for narrow places."""
    local = timezone.localtime(value)
    if abs(timezone.now() - value) < timedelta(days=6):
        return f"{local:%a %H:%M}"
    return day_and_time(value)


@register.filter
def clock_time(value: datetime) -> str:
    """`09:31:02`."""
    return f"{timezone.localtime(value):%H:%M:%S}"


@register.filter
def iso(value: datetime) -> str:
    return value.isoformat()


@register.filter
def signed(points: int) -> str:
    """`+24`, `0`, and minus two with a real minus sign."""
    return f"+{points}" if points > 0 else str(points).replace("-", MINUS)


@register.simple_tag
def time(value: datetime) -> SafeString:
    """A <time> with zone, machine-readable beside it."""
    return format_html('<time datetime="{}">{}</time>', value.isoformat(), when(value))


@register.simple_tag
def tier_badge(tier: str, score: int | None) -> SafeString:
    """Severity: shape, number and word. A case that is not classified yet says so."""
    if not tier:
        return format_html('<span class="badge">{}</span>', _("no score yet"))
    if score is None:  # imported: its file knew the tier alone
        return format_html('<span class="tier {}">{}</span>', tier, Tier(tier).label)
    return format_html('<span class="tier {}"><b>{}</b> {}</span>', tier, score, Tier(tier).label)


@register.simple_tag
def state_badge(state: str) -> SafeString:
    return format_html('<span class="state {}">{}</span>', state, State(state).label)


@register.simple_tag
def kind_badge(code: str) -> SafeString:
    return format_html(
        '<span class="kind">{}{}</span>', icon(kind_of(code).icon), KindCode(code).label
    )


@register.simple_tag
def clock_badge(share: float, due_at: datetime | None, at: datetime) -> SafeString:
    """A running clock: time left, a warning from three quarters on, or time over."""
    if due_at is None:
        return format_html('<span class="muted">{}</span>', DASH)
    look, symbol = clock_look(share, due_at, at)
    return format_html('<span class="clock {}">{}{}</span>', look, icon(symbol), until(due_at, at))


def clock_look(share: float, due_at: datetime, at: datetime) -> tuple[str, str]:
    """Class and icon of a clock that has not been stopped, of whose time `share` is used up."""
    if at > due_at:
        return "breached", "alert"
    if share >= WARNING_SHARE:
        return "warning", "alert"
    return "running", "clock"


@register.simple_tag
def outbox_badge(state: str) -> SafeString:
    look, symbol = OUTBOX_BADGES[OutboxState(state)]
    return format_html(
        '<span class="badge {}">{}{}</span>', look, icon(symbol), OutboxState(state).label
    )


@register.filter
def step_in_words(step: Step) -> str:
    """One step of a playbook: `activity: Ask the supplier, due in 1 d`."""
    return policy_playbook.in_words(step)


@register.simple_tag
def avatar(person: object) -> SafeString:
    initials = getattr(person, "initials", "")
    return format_html('<span class="avatar" aria-hidden="true">{}</span>', initials)


@register.filter
def short_name(person: User) -> str:
    """`Jonas W.`, for narrow columns; the whole name stands in the title."""
    if person.first_name and person.last_name:
        return f"{person.first_name} {person.last_name.split()[-1][0]}."
    return str(person)


@register.filter
def age(case: Case, at: datetime) -> str:
    """How long the case has been, or was, open."""
    return span(case.age_until(at))


@register.filter
def day_of(value: date | None) -> str:
    """`2026-11-17` for date inputs; of an instant, the reader's day."""
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d}"
    return value.isoformat() if value else ""


@register.filter
def item(values: Mapping[str, object], name: str) -> object:
    """The value under a name that a variable holds."""
    return values.get(name, "")


@register.filter
def step_trouble(step: Step) -> str:
    return policy_playbook.trouble(step)
