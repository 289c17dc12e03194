"""What verbs change in the source, in words: values before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from exceptions.vocabulary import HARMLESS, Verb
from exceptions.web import formats


@dataclass(frozen=True, slots=True)
class Change:
    """A value in the source before and after; `before` is empty if it was not set, or the same."""

    what: str
    before: str
    after: str


def changes(verb: str, before: object, after: object) -> list[Change]:
    """What a verb changes, value by value; nothing of one that only tells people."""
    if verb in HARMLESS and not isinstance(before, dict):
        return []
    before = before if isinstance(before, dict) else {}
    if not isinstance(after, dict) or (verb in INSTEAD and is_asked(after)):
        return []
    if verb == Verb.HOLD and (is_asked(after) or "set_apart" in after):
        return []
    tell = _TELL.get(verb, _word)
    return [
        Change(
            str(_NAMES.get(what, what)),
            "" if before.get(what) == value else tell(before.get(what)),
            tell(value),
        )
        for what, value in after.items()
        if tell(value) or before.get(what)
    ]


# Names that verbs use for what is no record of the source, and so has no name there.
_NAMES: dict[str, str | Promise] = {
    "booked": _lazy("booked"),
    "counted": _lazy("counted"),
    "inventory_date": _lazy("to be counted on"),
    "date_planned": _lazy("promised for"),
    "reference": _lazy("reference"),
    "scrap": _lazy("scrap order"),
    "order": _lazy("order"),
    "amount": _lazy("amount"),
    "supplier": _lazy("supplier"),
    "product": _lazy("product"),
    "quantity": _lazy("quantity"),
    "transfer": _lazy("transfer"),
    "from": _lazy("from"),
    "to": _lazy("to"),
    "state": _lazy("state"),
    "backorder": _lazy("backorder"),
    "return": _lazy("return"),
    "to_check": _lazy("marked to be checked"),
    "payment_state": _lazy("payment"),
}
_STATES: dict[str, str | Promise] = {
    "draft": _lazy("draft"),
    "waiting": _lazy("waits for another"),
    "confirmed": _lazy("waits for goods"),
    "partially_available": _lazy("partly reserved"),
    "assigned": _lazy("ready"),
    "done": _lazy("done"),
    "posted": _lazy("posted"),
    "cancel": _lazy("cancelled"),
}


# Where the source cannot do these, a person is asked in its stead.
INSTEAD = frozenset({Verb.SPLIT, Verb.HOLD_BILL, Verb.CREDIT_NOTE})
_PAYMENTS: dict[str, str | Promise] = {
    "True": _lazy("yes"),
    "False": _lazy("no"),
    "blocked": _lazy("blocked"),
    "not_paid": _lazy("not paid yet"),
    "in_payment": _lazy("in payment"),
    "partial": _lazy("partly paid"),
    "paid": _lazy("paid"),
}


def _note(value: object) -> str:
    return _quantity(value) if isinstance(value, int | float) else _state(value)


def _payment(value: object) -> str:
    return str(_PAYMENTS.get(str(value), _word(value)))


def _state(value: object) -> str:
    return str(_STATES.get(str(value), _word(value)))


def _quantity(value: object) -> str:
    """Numbers as people write them, whatever else as it is."""
    return f"{value:g}" if isinstance(value, int | float) and value is not False else _word(value)


def set_apart(after: dict[str, Any]) -> str:
    """Where goods would be moved to."""
    places = (f"{place} ({n:g})" for place, n in after["set_apart"].items())
    return _("What lies free is moved to %s.") % ", ".join(places)


def held(after: dict[str, Any]) -> str:
    """Nothing where it merely let go: the change says it."""
    if "set_apart" not in after:
        said = _("Odoo could not do it by itself, so a person was asked to.")
        return said if is_asked(after) else ""
    moved = _("Moved to %(places)s with %(transfer)s.") % {
        "places": ", ".join(f"{place} ({n:g})" for place, n in after["set_apart"].items()),
        "transfer": after["transfer"],
    }
    return f"{moved} {_('For the rest a person was asked.')}" if is_asked(after) else moved


def is_asked(after: dict[str, Any]) -> bool:
    """Whether this is an activity, a to-do or a message, as sources tell of them."""
    return not {"user_id", "user_ids", "author_id"}.isdisjoint(after)


def _urgency(value: object) -> str:
    """The words that the facts use for it. Sources write it as a number, or as its digits."""
    return _("flagged urgent") if str(value) not in ("0", "", "None", "False") else _("not flagged")


def _reserved(value: object) -> str:
    return "" if value is None else _("%s reserved") % f"{float(str(value)):g}"


def _word(value: object) -> str:
    """A value as the source wrote it; instants, which it writes in UTC, in the reader's zone."""
    if value in (None, False):
        return ""
    instant = _instant(str(value))
    return formats.when(instant) if instant else str(value)


_TELL: dict[str, Callable[[object], str]] = {
    Verb.PRIORITY: _urgency,
    Verb.HOLD: _reserved,
    Verb.CANCEL: _state,
    Verb.RECOUNT: _quantity,
    Verb.APPLY_COUNT: _quantity,
    Verb.SCRAP: _quantity,
    Verb.RELEASE: _quantity,
    Verb.TRANSFER: _quantity,
    Verb.PURCHASE: _quantity,
    Verb.TAKE_BACK: _state,
    Verb.SPLIT: _quantity,
    Verb.RETURN: _quantity,
    Verb.HOLD_BILL: _payment,
    Verb.CREDIT_NOTE: _note,
}


def _instant(text: str) -> datetime | None:
    """Only what has a time of day: a number of eight digits would pass for a day."""
    try:
        found = parse_datetime(text) if ":" in text else None
    except ValueError:
        return None
    return timezone.make_aware(found, UTC) if found and timezone.is_naive(found) else found
