"""What people are told of, and how it reaches them."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Notice(models.TextChoices):
    """What a person is told of. Who is told what, `notices` and its callers say."""

    ASSIGNED = "assigned", _("a case is assigned to me")
    REASSIGNED = "reassigned", _("a case of mine goes to somebody else")
    CLOCK_WARNING = "clock_warning", _("a clock of my case runs down")
    CLOCK_BREACHED = "clock_breached", _("a clock of my case ran out")
    ESCALATED = "escalated", _("a case is escalated to me")
    UNOWNED = "unowned", _("a case of my site has nobody who may work on it")
    PROMISE_DUE = "promise_due", _("a promise on my case falls due")
    ANSWER_MISSING = "answer_missing", _("an answer that my case waits for has not come")
    SNOOZE_ENDED = "snooze_ended", _("a snoozed case of mine is back")
    MENTIONED = "mentioned", _("somebody mentions me")
    COMMENTED = "commented", _("a comment on a case that I own or watch")
    APPROVAL_ASKED = "approval_asked", _("a decision waits for my approval")
    APPROVAL_DECIDED = "approval_decided", _("a decision of mine is approved or rejected")
    APPROVAL_ENDED = "approval_ended", _("a request for approval ends without an answer")
    VOTED_FOR_ME = "voted_for_me", _("somebody records that I approved outside the tower")
    OBJECTED = "objected", _("somebody objects to an approval that was recorded for them")
    COVERAGE = "coverage", _("a decision at my site would have nobody who can answer")
    DECISION_CONFIRMED = "decision_confirmed", _("a decision is confirmed in the source system")
    DECISION_FAILED = "decision_failed", _("a decision could not be carried out")
    REOPENED = "reopened", _("a case that I own or watch came back")
    RESOLVED = "resolved", _("a case that I own or watch is resolved")
    DISMISSED = "dismissed", _("a case that I own or watch is dismissed")
    CLOSED = "closed", _("a case that I watch is closed")


class Reach(models.TextChoices):
    """How a person wants to be told. Whatever comes by e-mail lies in the inbox, too."""

    NONE = "none", _("not at all")
    INBOX = "inbox", _("inbox")
    DIGEST = "digest", _("inbox and digest")
    MAIL = "mail", _("inbox and e-mail at once")


class MailKind(models.TextChoices):
    """What an e-mail to a person is for."""

    NEWS = "news", _("news of cases")
    INVITATION = "invitation", _("invitation")
    PASSWORD = "password", _("new password")
    REPORT = "report", _("executive report")


class Cadence(models.TextChoices):
    """How often the report is sent to somebody."""

    WEEKLY = "weekly", _("every week")
    MONTHLY = "monthly", _("every month")


class MailState(models.TextChoices):
    """Where an e-mail to a person stands."""

    PENDING = "pending", _("waiting")
    HELD = "held", _("held for quiet hours")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


MAIL_UNDER_WAY = (MailState.PENDING, MailState.HELD, MailState.SENDING)
