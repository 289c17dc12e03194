"""The history of a case in sentences."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from exceptions import sla
from exceptions.models import CaseEvent
from exceptions.vocabulary import (
    ClockKind,
    FactsDate,
    Happening,
    HeldBy,
    Move,
    Outcome,
    Rung,
    Slot,
    Until,
    Via,
    Woke,
)
from exceptions.web import approval_lines, formats, sent_lines

DOUBTS = (
    Happening.AMBIGUOUS,
    Happening.FAILED,
    Happening.CLOCK_BREACHED,
    Happening.PROMISE_BROKEN,
    Happening.REJECTED,
    Happening.APPROVAL_VOID,
    Happening.APPROVAL_EXPIRED,
    Happening.OBJECTED,
)

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One event: `look` says who or what it came from, `says` what happened, `reason` in quotes,
    `because` how routing came to it. `override`: by hand, instead of by the tower itself.
    """

    at: datetime
    look: str
    says: SafeString
    reason: str
    via: str
    because: str = ""
    override: bool = False


def line(event: CaseEvent) -> Line:
    """The event as the page shows it."""
    by_person = event.actor_id is not None
    looks = {
        "person": by_person,
        "doubt": event.happening in DOUBTS,
        "sent": event.happening in sent_lines.TELL or event.move == Move.PROPOSE,
    }
    return Line(
        at=event.at,
        look=" ".join(look for look, on in looks.items() if on),
        says=sentence(event),
        reason=str(event.data.get("reason") or event.data.get("words") or ""),
        via=_("via %s") % Via(event.via).label,
        because=because(event.data),
        override=is_override(event.data),
    )


def is_override(data: Data) -> bool:
    """Whether a person did what the tower does by itself."""
    return data.get("override") is True


def sentence(event: CaseEvent) -> SafeString:
    """Who did what; a machine is named only where that tells something."""
    told = _TELL[event.move or event.happening](event.data)
    if event.actor_id is None:
        return format_html("{}", told)
    return format_html("<b>{}</b> {}", event.actor_name, _lower(told))


def _lower(told: str) -> str:
    """With a name before it the sentence goes on in lower case."""
    return told[:1].lower() + told[1:] if told[1:2].islower() else told


def _classified(data: Data) -> str:
    return _("Classified: severity %(score)s, %(tier)s") % {
        "score": data.get("score", ""),
        "tier": data.get("tier", ""),
    }


def _reclassified(data: Data) -> str:
    before = (data.get("before") or {}).get("score", "?")
    return _("Changed the severity: %(before)s → %(score)s, %(tier)s") % {
        "before": before,
        "score": data.get("score", ""),
        "tier": data.get("tier", ""),
    }


def because(data: Data) -> str:
    """Why routing chose the owner, where it did."""
    return str((data.get("route") or {}).get("because", ""))


def _assigned(data: Data) -> str:
    if data.get("before") and data["before"] != "None":
        return _("Assigned to %(owner)s, before %(before)s") % {
            "owner": data.get("owner"),
            "before": data["before"],
        }
    return _("Assigned to %(owner)s") % {"owner": data.get("owner")}


def _acknowledged(data: Data) -> str:
    if data.get("owner"):
        return _("Acknowledged and took it over from %(before)s") % {"before": data.get("before")}
    return _("Acknowledged")


def _outcome(data: Data) -> str:
    outcome = data.get("outcome", "")
    return str(Outcome(outcome).label) if outcome in Outcome.values else str(outcome)


def _resolved(data: Data) -> str:
    """With what was left out, and why."""
    told = _with_amounts(_("Resolved: %s") % _outcome(data), data)
    if not data.get("missing"):
        return told
    return _("%(resolved)s, without %(files)s: “%(why)s”") % {
        "resolved": told,
        "files": ", ".join(_slot(slot) for slot in data["missing"]),
        "why": data.get("without_evidence", ""),
    }


def _slot(slot: str) -> str:
    return str(Slot(slot).label) if slot in Slot.values else _("nothing particular")


def _filed(data: Data) -> str:
    told = {"name": data.get("name", ""), "slot": _slot(data.get("slot", ""))}
    return _("Filed %(name)s as: %(slot)s") % told


def _closed(data: Data) -> str:
    if data.get("root_cause"):
        told = _("Closed, root cause: %(cause)s") % {"cause": data["root_cause"]}
        return _with_amounts(told, data)
    return _("Closed after the quiet period")


def _breached(data: Data) -> str:
    return _("The %(clock)s clock ran out") % {"clock": _clock(data)}


def _clock(data: Data) -> str:
    kind = data.get("clock", "")
    return str(ClockKind(kind).label) if kind in ClockKind.values else str(kind)


def _warned(data: Data) -> str:
    return _("%(percent)s %% of the time to %(clock)s is used up") % {
        "percent": data.get("percent", ""),
        "clock": _clock(data),
    }


def _escalated(data: Data) -> str:
    to = data.get("to", "")
    people = ", ".join(str(name) for name in data.get("people", []))
    return _("Escalated at %(percent)s %% of the time to %(clock)s: %(to)s (%(people)s)") % {
        "percent": data.get("percent", ""),
        "clock": _clock(data),
        "to": Rung(to).label if to in Rung.values else to,
        "people": people or _("nobody"),
    }


def _paused(data: Data) -> str:
    if data.get("with"):
        return _("Paused with %(parent)s: waits for %(who)s") % {
            "parent": data["with"],
            "who": data.get("for", ""),
        }
    return _("Paused: waits for %s") % str(data.get("for", ""))


def _resumed(data: Data) -> str:
    return _("Goes on: no longer waits for %s") % str(data.get("for", ""))


def _rebased(data: Data) -> str:
    return _("Corrected when the case is to be done: to %s") % _clock(data)


def _snoozed(data: Data) -> str:
    until = data.get("until", "")
    told = {
        "by": formats.when(by) if (by := parse_datetime(str(data.get("until_at", "")))) else "",
        "amount": f"{data.get('value', '')} {data.get('currency', '')}".strip(),
    }
    if until == Until.ETA:
        return _("Snoozed until a date of the source moves, at the latest %(by)s") % told
    if until == Until.VALUE:
        return _("Snoozed until more than %(amount)s is at risk, at the latest %(by)s") % told
    return _("Snoozed until %(by)s") % told


def _woke(data: Data) -> str:
    why, which = data.get("why", ""), data.get("which", "")
    if why == Woke.BY_HAND:
        return _("Woke it")
    if which in FactsDate.values:
        days = [_day(data.get(name)) for name in ("before", "now")]
        return _("Back in the queue: %(which)s moved from %(before)s to %(now)s") % {
            "which": FactsDate(which).label,
            "before": days[0],
            "now": days[1],
        }
    return _("Back in the queue: %s") % (Woke(why).label if why in Woke.values else why)


def _day(told: object) -> str:
    at = parse_datetime(told) if isinstance(told, str) else None
    return formats.when(at) if at else _("unknown")


def _held(data: Data) -> str:
    by = data.get("held_by", "")
    return _("Held back for %(span)s before: %(why)s") % {
        "span": sla.duration(float(data.get("minutes", 0))),
        "why": HeldBy(by).label if by in HeldBy.values else by,
    }


def _imported(data: Data) -> str:
    told = {"file": data.get("file", ""), "row": data.get("row", "")}
    if data.get("changed"):
        return _("Imported again from %(file)s, row %(row)s: changed") % told
    return _("Imported from %(file)s, row %(row)s") % told


def _amounts_said(data: Data) -> str:
    if data.get("amounts_before"):
        return _("Corrected the amounts: %s") % _amounts(data)
    return _("Said the amounts: %s") % _amounts(data)


def _amounts(data: Data) -> str:
    """What it avoided and what was lost; empty where the event tells of neither."""
    said = data.get("amounts")
    if said is None:
        return ""
    named = {"avoided": _("avoided %s"), "lost": _("lost %s")}
    parts = [
        words % formats.amount(Decimal(said[name]), said.get("currency", ""))
        for name, words in named.items()
        if said.get(name) is not None
    ]
    return ", ".join(parts) or _("unknown")


def _with_amounts(told: str, data: Data) -> str:
    return f"{told}; {amounts}" if (amounts := _amounts(data)) else told


def _dismissed(data: Data) -> str:
    if data.get("merged_into"):
        return _("Dismissed: merged into %s as a duplicate") % str(data["merged_into"])
    return _with_amounts(_("Dismissed: %s") % _outcome(data), data)


def _reopened(data: Data) -> str:
    if data.get("taken_out_of"):
        return _("Reopened: no duplicate of %s after all") % str(data["taken_out_of"])
    return _("Reopened")


def _attached(data: Data) -> str:
    if data.get("parent"):
        return _("Made it part of %s") % str(data["parent"])
    return _("Made %s part of it") % str(data.get("child", ""))


def _detached(data: Data) -> str:
    if data.get("parent"):
        return _("Took it out of %s") % str(data["parent"])
    return _("Took %s out of it") % str(data.get("child", ""))


def _noted(data: Data) -> str:
    """What a program noted is its own sentence; what people wrote is quoted behind it."""
    if data.get("about"):
        return _("Noted on all cases of %s") % str(data["about"])
    return str(data.get("text", "")) or _("Noted")


def _commented(data: Data) -> str:
    if data.get("about"):
        return _("Commented on all cases of %s") % str(data["about"])
    return _("Commented")


def _promised(data: Data) -> str:
    told = {"who": data.get("by", ""), "due": formats.instant_in_words(str(data.get("due_at", "")))}
    return _("Recorded a promise of %(who)s until %(due)s") % told


_TELL: dict[str, Callable[[Data], str]] = {
    Move.CLASSIFY: _classified,
    Move.RECLASSIFY: _reclassified,
    Move.ASSIGN: _assigned,
    Move.ACKNOWLEDGE: _acknowledged,
    Move.PROPOSE: approval_lines.proposed,
    Move.RESOLVE: _resolved,
    Move.CLOSE: _closed,
    Move.REOPEN: _reopened,
    Move.DISMISS: _dismissed,
    Happening.DETECTED: lambda data: _("Detected: %s") % data.get("title", ""),
    Happening.FACTS_CHANGED: lambda data: _("The facts changed: %s") % data.get("title", ""),
    Happening.RESCORED: lambda data: _("Severity changed"),  # noqa: ARG005
    Happening.CLOCK_WARNED: _warned,
    Happening.CLOCK_BREACHED: _breached,
    Happening.ESCALATED: _escalated,
    Happening.PAUSED: _paused,
    Happening.RESUMED: _resumed,
    Happening.REBASED: _rebased,
    **sent_lines.TELL,
    Happening.CLAIM_FILED: lambda data: _("Filed the claim: %s") % data.get("reference", ""),
    Happening.CLAIM_WAIVED: lambda data: _("Saw that there is nothing to claim"),  # noqa: ARG005
    Happening.AMOUNTS_SAID: _amounts_said,
    Happening.SNOOZED: _snoozed,
    Happening.SNOOZE_ENDED: _woke,
    **approval_lines.TELL,
    Happening.HELD: _held,
    Happening.IMPORTED: _imported,
    Happening.NOTED: _noted,
    Happening.COMMENTED: _commented,
    Happening.COMMENT_EDITED: lambda data: _("Changed a comment"),  # noqa: ARG005
    Happening.COMMENT_WITHDRAWN: lambda data: _("Withdrew a comment"),  # noqa: ARG005
    Happening.PROMISED: _promised,
    Happening.PROMISE_DUE: lambda data: _("The promise of %s fell due") % data.get("by", ""),
    Happening.PROMISE_KEPT: lambda data: _("Saw the promise of %s kept") % data.get("by", ""),
    Happening.PROMISE_BROKEN: lambda data: _("Saw the promise of %s broken") % data.get("by", ""),
    Happening.PROMISE_WITHDRAWN: lambda data: _("Withdrew the promise of %s") % data.get("by", ""),
    Happening.EVIDENCE_ADDED: lambda data: _("Added the file %s") % data.get("name", ""),
    Happening.EVIDENCE_FILED: _filed,
    Happening.LINK_MADE: lambda data: _("Made an upload link for %s") % data.get("to", ""),
    Happening.LINK_REVOKED: lambda data: _("Revoked the upload link for %s") % data.get("to", ""),
    Happening.EVIDENCE_HELD: lambda data: _("Put its files on legal hold"),  # noqa: ARG005
    Happening.EVIDENCE_RELEASED: lambda data: _("Lifted the legal hold"),  # noqa: ARG005
    Happening.EVIDENCE_ERASED: lambda data: _("Erased by the retention: %s") % data.get("name", ""),
    Happening.PACK_MADE: lambda data: _("Made a sealed pack, seal %s") % data.get("seal", "")[:16],
    Happening.EVIDENCE_WITHDRAWN: lambda data: _("Withdrew the file %s") % data.get("name", ""),
    Happening.ATTACHED: _attached,
    Happening.DETACHED: _detached,
    Happening.MERGED: lambda data: _("%s was merged into it as a duplicate") % data.get("case", ""),
    Happening.UNMERGED: lambda data: _("%s is no duplicate after all") % data.get("case", ""),
}
assert set(_TELL) == {*Move, *Happening}
