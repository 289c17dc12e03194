"""The life of a case: states and moves, what its history tells, how grave it is, how it ends."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """Where a case stands. The order is the order of its life."""

    DETECTED = "detected", _("detected")
    CLASSIFIED = "classified", _("classified")
    ASSIGNED = "assigned", _("assigned")
    ACKNOWLEDGED = "acknowledged", _("acknowledged")
    RESOLVED = "resolved", _("resolved")
    CLOSED = "closed", _("closed")


OPEN_STATES = (State.DETECTED, State.CLASSIFIED, State.ASSIGNED, State.ACKNOWLEDGED)


ENDED_STATES = (State.RESOLVED, State.CLOSED)


class Move(models.TextChoices):
    """A named edge of the life."""

    CLASSIFY = "classify", _("Classify")
    RECLASSIFY = "reclassify", _("Reclassify")
    ASSIGN = "assign", _("Assign")
    ACKNOWLEDGE = "acknowledge", _("Acknowledge")
    PROPOSE = "propose", _("Propose a decision")
    RESOLVE = "resolve", _("Resolve")
    CLOSE = "close", _("Close")
    REOPEN = "reopen", _("Reopen")
    DISMISS = "dismiss", _("Dismiss")


class Happening(models.TextChoices):
    """What an event of the history tells that is not a move."""

    DETECTED = "detected", _("detected")
    FACTS_CHANGED = "facts_changed", _("facts changed")
    RESCORED = "rescored", _("severity changed")
    CLOCK_WARNED = "clock_warned", _("clock running out")
    CLOCK_BREACHED = "clock_breached", _("clock breached")
    ESCALATED = "escalated", _("escalated")
    PAUSED = "paused", _("clock paused")
    RESUMED = "resumed", _("clock goes on")
    REBASED = "rebased", _("due time corrected")
    CLAIM_FILED = "claim_filed", _("claim filed")
    CLAIM_WAIVED = "claim_waived", _("no claim")
    SNOOZED = "snoozed", _("snoozed")
    SNOOZE_ENDED = "snooze_ended", _("snooze ended")
    SENT = "sent", _("sent to the source system")
    CONFIRMED = "confirmed", _("confirmed in the source system")
    AMBIGUOUS = "ambiguous", _("no clear answer from the source system")
    FAILED = "failed", _("refused by the source system")
    WITHDRAWN = "withdrawn", _("not sent after all")
    GIVEN_UP = "given_up", _("given up by hand")
    MARKED_DELIVERED = "marked_delivered", _("marked delivered by hand")
    NOTED = "noted", _("note")
    VOTED = "voted", _("voted")
    ANSWERED_ELSEWHERE = "answered_elsewhere", _("answered elsewhere")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    APPROVAL_VOID = "approval_void", _("approval void")
    APPROVAL_EXPIRED = "approval_expired", _("approval expired")
    APPROVAL_WITHDRAWN = "approval_withdrawn", _("proposal withdrawn")
    OBJECTED = "objected", _("objected to an approval recorded for them")
    HELD = "held", _("was held back")
    IMPORTED = "imported", _("imported")
    ATTACHED = "attached", _("became part of a disruption")
    DETACHED = "detached", _("taken out of a disruption")
    MERGED = "merged", _("a duplicate was merged into it")
    UNMERGED = "unmerged", _("a duplicate was taken out again")
    COMMENTED = "commented", _("comment")
    COMMENT_EDITED = "comment_edited", _("comment edited")
    COMMENT_WITHDRAWN = "comment_withdrawn", _("comment withdrawn")
    PROMISED = "promised", _("promise recorded")
    PROMISE_DUE = "promise_due", _("promise fell due")
    PROMISE_KEPT = "promise_kept", _("promise kept")
    PROMISE_BROKEN = "promise_broken", _("promise broken")
    PROMISE_WITHDRAWN = "promise_withdrawn", _("promise withdrawn")
    EVIDENCE_ADDED = "evidence_added", _("file added")
    EVIDENCE_WITHDRAWN = "evidence_withdrawn", _("file withdrawn")
    EVIDENCE_FILED = "evidence_filed", _("file put in its place")
    EVIDENCE_HELD = "evidence_held", _("legal hold set")
    EVIDENCE_RELEASED = "evidence_released", _("legal hold lifted")
    EVIDENCE_ERASED = "evidence_erased", _("file erased by the retention")
    LINK_MADE = "link_made", _("upload link made")
    LINK_REVOKED = "link_revoked", _("upload link revoked")
    PACK_MADE = "pack_made", _("sealed pack made")
    AMOUNTS_SAID = "amounts_said", _("avoided and lost said")


class Tier(models.TextChoices):
    CRITICAL = "critical", _("Critical")
    HIGH = "high", _("High")
    MEDIUM = "medium", _("Medium")
    LOW = "low", _("Low")


class Outcome(models.TextChoices):
    FIXED = "fixed", _("fixed")
    SELF_HEALED = "self_healed", _("self-healed")
    ACCEPTED = "accepted", _("accepted risk")
    FALSE_POSITIVE = "false_positive", _("false positive")
    DUPLICATE = "duplicate", _("duplicate")


# Outcomes a supervisor may give when dismissing; the others come from work or from the source.
DISMISSALS = (Outcome.FALSE_POSITIVE, Outcome.DUPLICATE, Outcome.ACCEPTED)
# Ends of what was an exception, and of its own: these may have avoided or lost something.
REAL_ENDS = (Outcome.FIXED, Outcome.SELF_HEALED, Outcome.ACCEPTED)


class Via(models.TextChoices):
    """By what road an actor came."""

    WEB = "web", _("web")
    API = "api", _("API")
    COMMAND = "command", _("command line")
    IMPORT = "import", _("import")
    ODOO = "odoo", _("Odoo")
    CARRIER = "carrier", _("carrier")
    N8N = "n8n", _("n8n")
    CLOCK = "clock", _("clock")
    POLICY = "policy", _("policy")
    AI = "ai", _("AI advice")
    LINK = "link", _("upload link")
    MAIL = "mail", _("e-mail link")
    WATCH = "watch", _("watch over integrations")


# Roads by which facts come in; by the same road comes the news that they are over.
FACT_ROADS = (Via.ODOO, Via.CARRIER, Via.N8N, Via.API, Via.WATCH)


class Factor(models.TextChoices):
    """What severity is made of (design: Severity)."""

    VALUE_AT_RISK = "value_at_risk", _("Value at risk")
    CUSTOMER_TIER = "customer_tier", _("Customer tier")
    NEED_DATE = "need_date", _("Hours to the need date")
    STOCK_COVER = "stock_cover", _("Stock cover")
    QUALITY_STATUS = "quality_status", _("Quality status")
    MILESTONE = "milestone", _("Transport milestone")
    INTEGRATION = "integration", _("State of an integration")
    KPI = "kpi", _("How far a number is beyond its threshold")
    RECURRENCE = "recurrence", _("Recurrence")
    SUBSTITUTE = "substitute", _("Substitute available")
    JUDGEMENT = "judgement", _("Supervisor's judgement")


class ImportState(models.TextChoices):
    """Where an import of past cases stands."""

    UPLOADED = "uploaded", _("waits for its columns")
    CHECKING = "checking", _("dry run under way")
    CHECKED = "checked", _("dry run done")
    IMPORTING = "importing", _("import under way")
    DONE = "done", _("imported")
    FAILED = "failed", _("could not be read")
