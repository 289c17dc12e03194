"""The sentences in which people are told: on the page of the inbox and in e-mails."""

from collections.abc import Callable

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exceptions.models import Notification
from exceptions.vocabulary import (
    ApprovalState,
    ClockKind,
    DecisionKind,
    FactsDate,
    Notice,
    Outcome,
    Woke,
)

STORM = 4  # as many of the same at once become one line


def sentence(notice: Notification) -> str:
    """What is told, with the case's number: `Marta Visser assigned C-12 to you`."""
    return _ONE[Notice(notice.what)](notice)


def many(what: str, n: int, by_name: str) -> str:
    """The same told many times at once: `37 cases were assigned to you`, by whom."""
    told = _MANY[Notice(what)](n) % {"n": n}
    return _("%(told)s by %(who)s") % {"told": told, "who": by_name} if by_name else told


def _by(notice: Notification, person: str, nobody: str) -> str:
    told = {"who": notice.by_name, "case": notice.reference}
    return (person if notice.by_name else nobody) % told


def _assigned(notice: Notification) -> str:
    return _by(notice, _("%(who)s assigned %(case)s to you"), _("%(case)s was assigned to you"))


def _reassigned(notice: Notification) -> str:
    told = {"case": notice.reference, "owner": notice.data.get("owner", "")}
    return _("%(case)s belongs to %(owner)s now") % told


def _clock(sentence: str, notice: Notification) -> str:
    kind = notice.data.get("clock", "")
    label = str(ClockKind(kind).label) if kind in ClockKind.values else str(kind)
    told = {"case": notice.reference, "clock": label, "share": notice.data.get("share", "")}
    return sentence % told


def _warning(notice: Notification) -> str:
    return _clock(_("%(share)s %% of the time to %(clock)s %(case)s is used up"), notice)


def _breached(notice: Notification) -> str:
    return _clock(_("The time to %(clock)s %(case)s ran out"), notice)


def _promise(notice: Notification) -> str:
    told = {
        "case": notice.reference,
        "who": notice.data.get("by", ""),
        "what": notice.data.get("what", ""),
    }
    return _("A promise on %(case)s is due: %(who)s, “%(what)s”") % told


def _escalated(notice: Notification) -> str:
    """`C-12 is escalated to you: 150 % of the time to resolve it is used up`."""
    told = _("%(case)s is escalated to you: %(share)s %% of the time to %(clock)s it is used up")
    return _clock(told, notice)


def _unowned(notice: Notification) -> str:
    told = {"case": notice.reference, "site": notice.data.get("site", "")}
    return (
        _("Nobody at %(site)s can own %(case)s at present: assign it, or give somebody the work")
        % told
    )


def _missing(notice: Notification) -> str:
    told = {"case": notice.reference, "who": notice.data.get("by", "")}
    return _("No answer on %(case)s from %(who)s, who was to answer by now") % told


def _woke(notice: Notification) -> str:
    """`C-12 is back: its date has come`; of a date of the source, which."""
    why, which = notice.data.get("why", ""), notice.data.get("which", "")
    told = {
        "case": notice.reference,
        "who": notice.by_name,
        "why": Woke(why).label if why in Woke.values else why,
    }
    if which in FactsDate.values:
        told["why"] = _("%s moved") % FactsDate(which).label
    if notice.by_name and why == Woke.BY_HAND:
        return _("%(who)s woke %(case)s") % told
    return _("%(case)s is back: %(why)s") % told


def _said(sentence: str, notice: Notification) -> str:
    words = str(notice.data.get("words", ""))
    told = {"who": notice.by_name, "case": notice.reference, "words": _short(words)}
    return sentence % told


def _mentioned(notice: Notification) -> str:
    return _said(_("%(who)s mentions you on %(case)s: “%(words)s”"), notice)


def _commented(notice: Notification) -> str:
    return _said(_("%(who)s on %(case)s: “%(words)s”"), notice)


def _decision(sentence: str, notice: Notification) -> str:
    kind = notice.data.get("decision", "")
    label = str(DecisionKind(kind).label) if kind in DecisionKind.values else str(kind)
    told = {"case": notice.reference, "what": label, "words": notice.data.get("words", "")}
    if answers := notice.data.get("answers"):
        told["what"] = f"{label} ({answers})"
    return sentence % (told | {"who": notice.data.get("who", "")})


def _confirmed(notice: Notification) -> str:
    return _decision(_("Confirmed on %(case)s: %(what)s"), notice)


def _failed(notice: Notification) -> str:
    return _decision(_("Not carried out on %(case)s: %(what)s. %(words)s"), notice)


def _approval_asked(notice: Notification) -> str:
    """`Jonas Weber asks for your approval on C-12: Expedite freight`."""
    said = _("%(who)s asks for your approval on %(case)s: %(what)s")
    if notice.data.get("again"):
        said = _("%(case)s still waits for your approval: %(what)s, proposed by %(who)s")
    return _decision(said, notice)


def _approval_decided(notice: Notification) -> str:
    if notice.data.get("how") == ApprovalState.APPROVED:
        return _decision(_("Approved on %(case)s: %(what)s"), notice)
    return _decision(_("Rejected on %(case)s: %(what)s. %(words)s"), notice)


def _approval_ended(notice: Notification) -> str:
    how = str(notice.data.get("how", ""))
    sentences: dict[str, str] = {
        ApprovalState.VOID: _("Approval void on %(case)s: %(what)s. %(words)s"),
        ApprovalState.EXPIRED: _("Approval expired on %(case)s: %(what)s. %(words)s"),
    }
    taken_back = _("Taken back on %(case)s: %(what)s. %(words)s")
    return _decision(sentences.get(how, taken_back), notice).strip()


def _voted_for_me(notice: Notification) -> str:
    said = _("A yes of yours was recorded on %(case)s: %(what)s. If you did not give it, say so")
    return _decision(said, notice)


def _objected(notice: Notification) -> str:
    if notice.data.get("stopped"):
        said = _("Objected to an approval on %(case)s, so it is void: %(what)s. %(words)s")
        return _decision(said, notice)
    said = _("Objected to an approval on %(case)s after it was sent: %(what)s. %(words)s")
    return _decision(said, notice)


def _coverage(notice: Notification) -> str:
    """`Nobody can answer in Rotterdam on Tue 1 Dec: Expedite freight: any one of the approvers`."""
    day = parse_date(str(notice.data.get("day", "")))
    told = {
        "site": notice.data.get("site", ""),
        "says": notice.data.get("says", ""),
        "day": f"{day:%a %-d %b}" if day else "",
    }
    return _("Nobody can answer in %(site)s on %(day)s: %(says)s") % told


def _resolved(notice: Notification) -> str:
    outcome = notice.data.get("outcome", "")
    told = {
        "who": notice.by_name,
        "case": notice.reference,
        "how": Outcome(outcome).label if outcome in Outcome.values else outcome,
    }
    if notice.by_name:
        return _("%(who)s resolved %(case)s: %(how)s") % told
    return _("%(case)s is resolved: %(how)s") % told


def _dismissed(notice: Notification) -> str:
    return _by(notice, _("%(who)s dismissed %(case)s"), _("%(case)s was dismissed"))


def _reopened(notice: Notification) -> str:
    return _by(notice, _("%(who)s reopened %(case)s"), _("%(case)s came back"))


def _closed(notice: Notification) -> str:
    return _by(notice, _("%(who)s closed %(case)s"), _("%(case)s is closed"))


_ONE: dict[Notice, Callable[[Notification], str]] = {
    Notice.ASSIGNED: _assigned,
    Notice.REASSIGNED: _reassigned,
    Notice.CLOCK_WARNING: _warning,
    Notice.CLOCK_BREACHED: _breached,
    Notice.PROMISE_DUE: _promise,
    Notice.ESCALATED: _escalated,
    Notice.UNOWNED: _unowned,
    Notice.ANSWER_MISSING: _missing,
    Notice.SNOOZE_ENDED: _woke,
    Notice.MENTIONED: _mentioned,
    Notice.COMMENTED: _commented,
    Notice.APPROVAL_ASKED: _approval_asked,
    Notice.APPROVAL_DECIDED: _approval_decided,
    Notice.APPROVAL_ENDED: _approval_ended,
    Notice.VOTED_FOR_ME: _voted_for_me,
    Notice.OBJECTED: _objected,
    Notice.COVERAGE: _coverage,
    Notice.DECISION_CONFIRMED: _confirmed,
    Notice.DECISION_FAILED: _failed,
    Notice.RESOLVED: _resolved,
    Notice.DISMISSED: _dismissed,
    Notice.REOPENED: _reopened,
    Notice.CLOSED: _closed,
}
_MANY: dict[Notice, Callable[[int], str]] = {
    Notice.ASSIGNED: lambda n: ngettext(
        "%(n)s case was assigned to you", "%(n)s cases were assigned to you", n
    ),
    Notice.REASSIGNED: lambda n: ngettext(
        "%(n)s case of yours was given to others", "%(n)s cases of yours were given to others", n
    ),
    Notice.CLOCK_WARNING: lambda n: ngettext(
        "%(n)s clock of your cases runs down", "%(n)s clocks of your cases run down", n
    ),
    Notice.CLOCK_BREACHED: lambda n: ngettext(
        "%(n)s clock of your cases ran out", "%(n)s clocks of your cases ran out", n
    ),
    Notice.PROMISE_DUE: lambda n: ngettext(
        "%(n)s promise on your cases is due", "%(n)s promises on your cases are due", n
    ),
    Notice.ESCALATED: lambda n: ngettext(
        "%(n)s case was escalated to you", "%(n)s cases were escalated to you", n
    ),
    Notice.UNOWNED: lambda n: ngettext(
        "%(n)s case has nobody who may work on it",
        "%(n)s cases have nobody who may work on them",
        n,
    ),
    Notice.ANSWER_MISSING: lambda n: ngettext(
        "%(n)s answer that your cases wait for has not come",
        "%(n)s answers that your cases wait for have not come",
        n,
    ),
    Notice.SNOOZE_ENDED: lambda n: ngettext(
        "%(n)s snoozed case is back", "%(n)s snoozed cases are back", n
    ),
    Notice.MENTIONED: lambda n: ngettext(
        "You were mentioned %(n)s time", "You were mentioned %(n)s times", n
    ),
    Notice.COMMENTED: lambda n: ngettext("%(n)s comment", "%(n)s comments", n),
    Notice.APPROVAL_ASKED: lambda n: ngettext(
        "%(n)s decision waits for your approval", "%(n)s decisions wait for your approval", n
    ),
    Notice.APPROVAL_DECIDED: lambda n: ngettext(
        "%(n)s decision was approved or rejected", "%(n)s decisions were approved or rejected", n
    ),
    Notice.APPROVAL_ENDED: lambda n: ngettext(
        "%(n)s request for approval came to nothing",
        "%(n)s requests for approval came to nothing",
        n,
    ),
    Notice.VOTED_FOR_ME: lambda n: ngettext(
        "%(n)s yes of yours was recorded", "%(n)s yeses of yours were recorded", n
    ),
    Notice.OBJECTED: lambda n: ngettext("%(n)s objection", "%(n)s objections", n),
    Notice.COVERAGE: lambda n: ngettext(
        "%(n)s cell of the approval matrix has nobody who can answer",
        "%(n)s cells of the approval matrix have nobody who can answer",
        n,
    ),
    Notice.DECISION_CONFIRMED: lambda n: ngettext(
        "%(n)s decision was confirmed", "%(n)s decisions were confirmed", n
    ),
    Notice.DECISION_FAILED: lambda n: ngettext(
        "%(n)s decision could not be carried out", "%(n)s decisions could not be carried out", n
    ),
    Notice.RESOLVED: lambda n: ngettext("%(n)s case was resolved", "%(n)s cases were resolved", n),
    Notice.DISMISSED: lambda n: ngettext(
        "%(n)s case was dismissed", "%(n)s cases were dismissed", n
    ),
    Notice.REOPENED: lambda n: ngettext("%(n)s case came back", "%(n)s cases came back", n),
    Notice.CLOSED: lambda n: ngettext("%(n)s case was closed", "%(n)s cases were closed", n),
}
assert set(_ONE) == set(_MANY) == set(Notice)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 160 else f"{line[:159]}…"
