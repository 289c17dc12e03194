"""What the history of a case tells of approvals, in sentences."""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions.vocabulary import Ballot, DecisionKind, Happening
from exceptions.web import formats

Data = Mapping[str, Any]


def label(data: Data) -> str:
    decision = data.get("decision", "")
    return str(DecisionKind(decision).label) if decision in DecisionKind.values else str(decision)


def proposed(data: Data) -> str:
    what = label(data) + _answered(data)
    if data.get("asked"):
        return _("Proposed: %(decision)s; asked to approve: %(who)s") % {
            "decision": what,
            "who": _(", then ").join(str(level) for level in data["asked"]),
        }
    return _("Proposed: %(decision)s") % {"decision": what}


def _answered(data: Data) -> str:
    """` (Quantity: 5; New date: …)`, of what the decision asked for."""
    told = [
        f"{each['label']}: {each.get('said') or formats.instant_in_words(each['at'])}"
        for each in data.get("said", ())
    ]
    return f" ({'; '.join(told)})" if told else ""


def _voted(data: Data) -> str:
    told = {"what": label(data), "ballot": data.get("ballot", ""), "whom": data.get("for", "")}
    if told["ballot"] in Ballot.values:
        told["ballot"] = Ballot(told["ballot"]).label
    if data.get("outside"):
        told |= {"when": _instant(data.get("given_at")), "file": data.get("file", "")}
        return _("Recorded that %(whom)s said yes outside, %(when)s: %(what)s; see %(file)s") % told
    if told["whom"]:
        return _("Voted %(ballot)s for %(whom)s: %(what)s") % told
    return _("Voted %(ballot)s: %(what)s") % told


def _instant(said: object) -> str:
    at = parse_datetime(said) if isinstance(said, str) else None
    return formats.when(at) if at else ""


def _elsewhere(data: Data) -> str:
    told = {"what": label(data), "ballot": data.get("ballot", ""), "says": data.get("says", "")}
    return _("Answered %(ballot)s in the source, without a vote: %(what)s. %(says)s") % told


TELL: dict[str, Callable[[Data], str]] = {
    Happening.VOTED: _voted,
    Happening.OBJECTED: lambda data: _("Objected to the approval of: %s") % label(data),
    Happening.ANSWERED_ELSEWHERE: _elsewhere,
    Happening.APPROVED: lambda data: _("Approved: %s") % label(data),
    Happening.REJECTED: lambda data: _("Rejected: %s") % label(data),
    Happening.APPROVAL_VOID: lambda data: _("Approval void: %s") % label(data),
    Happening.APPROVAL_EXPIRED: lambda data: _("Approval expired: %s") % label(data),
    Happening.APPROVAL_WITHDRAWN: lambda data: _("Proposal taken back: %s") % label(data),
}
