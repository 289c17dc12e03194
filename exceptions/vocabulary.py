"""The words of the control tower: the closed lists that code, screens and API share."""

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
    SENT = "sent", _("sent to the source system")
    CONFIRMED = "confirmed", _("confirmed in the source system")
    AMBIGUOUS = "ambiguous", _("no clear answer from the source system")
    FAILED = "failed", _("refused by the source system")
    WITHDRAWN = "withdrawn", _("not sent after all")
    NOTED = "noted", _("note")
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


# Roads by which facts come in; by the same road comes the news that they are over.
FACT_ROADS = (Via.ODOO, Via.CARRIER, Via.N8N, Via.API)


class Role(models.TextChoices):
    EXECUTIVE = "executive", _("executive")
    OPERATOR = "operator", _("operator")
    SUPERVISOR = "supervisor", _("supervisor")
    APPROVER = "approver", _("approver")
    POLICY_ADMIN = "policy_admin", _("policy admin")
    INTEGRATION_ADMIN = "integration_admin", _("integration admin")
    AUDITOR = "auditor", _("auditor")


# Roles that work on cases, and so may own them.
WORKING_ROLES = (Role.OPERATOR, Role.SUPERVISOR)


class KindCode(models.TextChoices):
    LATE_INBOUND = "late_inbound", _("Late inbound")
    INVENTORY_DISCREPANCY = "inventory_discrepancy", _("Inventory discrepancy")
    DELIVERY_DELAY = "delivery_delay", _("Delivery delay")
    PARTIAL_RECEIPT = "partial_receipt", _("Partial receipt")
    QUALITY_HOLD = "quality_hold", _("Quality hold")
    URGENT_REPLENISHMENT = "urgent_replenishment", _("Urgent replenishment")
    BLOCKED_TRANSFER = "blocked_transfer", _("Blocked transfer")
    INVOICE_MISMATCH = "invoice_mismatch", _("Invoice mismatch")
    CARRIER_FAILURE = "carrier_failure", _("Carrier failure")
    CUSTOMS_HOLD = "customs_hold", _("Customs hold")
    POD_DISPUTE = "pod_dispute", _("Proof-of-delivery dispute")


class TeamCode(models.TextChoices):
    PROCUREMENT = "procurement", _("Procurement")
    WAREHOUSE = "warehouse", _("Warehouse operations")
    CUSTOMER_SERVICE = "customer_service", _("Customer service")
    QUALITY = "quality", _("Quality management")
    PLANNING = "planning", _("Supply chain planning")
    ACCOUNTING = "accounting", _("Accounting")
    LOGISTICS = "logistics", _("Logistics")
    TRADE_COMPLIANCE = "trade_compliance", _("Trade compliance")


class Transport(models.TextChoices):
    """What a carrier says of a parcel, in the words of all carriers."""

    PRE_TRANSIT = "pre_transit", _("announced")
    IN_TRANSIT = "in_transit", _("in transit")
    OUT_FOR_DELIVERY = "out_for_delivery", _("out for delivery")
    AVAILABLE_FOR_PICKUP = "available_for_pickup", _("waits for pick-up")
    DELIVERED = "delivered", _("delivered")
    EXCEPTION = "exception", _("exception")


class Trouble(models.TextChoices):
    """Why a parcel does not arrive as planned."""

    LOST = "lost", _("lost")
    DAMAGED = "damaged", _("damaged")
    CUSTOMS = "customs", _("held at customs")
    RETURNED = "returned", _("on its way back")
    REFUSED = "refused", _("refused")
    ADDRESS = "address", _("wrong address")
    FAILED_ATTEMPT = "failed_attempt", _("failed attempt")
    WEATHER = "weather", _("weather")
    DELAYED = "delayed", _("delayed")
    SILENT = "silent", _("no scan")
    OTHER = "other", _("other")


class ClockKind(models.TextChoices):
    ACKNOWLEDGE = "acknowledge", _("acknowledge")
    RESOLVE = "resolve", _("resolve")


class ClockState(models.TextChoices):
    RUNNING = "running", _("running")
    MET = "met", _("met")
    BREACHED = "breached", _("breached")
    PAUSED = "paused", _("paused")
    CANCELLED = "cancelled", _("cancelled")


class Rung(models.TextChoices):
    """To whom a case is escalated, at its site."""

    TEAM = "team", _("its team")
    LEAD = "lead", _("the site's lead")
    SUPERVISORS = "supervisors", _("the supervisors")
    EXECUTIVES = "executives", _("the executives")


class Waiting(models.TextChoices):
    """For whom a case can wait while its clock stands still."""

    SUPPLIER = "supplier", _("supplier")
    CARRIER = "carrier", _("carrier")
    CUSTOMER = "customer", _("customer")
    AUTHORITY = "authority", _("customs or another authority")
    OTHER = "other", _("somebody else outside")


class Factor(models.TextChoices):
    """What severity is made of (design: Severity)."""

    VALUE_AT_RISK = "value_at_risk", _("Value at risk")
    CUSTOMER_TIER = "customer_tier", _("Customer tier")
    NEED_DATE = "need_date", _("Hours to the need date")
    STOCK_COVER = "stock_cover", _("Stock cover")
    QUALITY_STATUS = "quality_status", _("Quality status")
    MILESTONE = "milestone", _("Transport milestone")
    RECURRENCE = "recurrence", _("Recurrence")
    SUBSTITUTE = "substitute", _("Substitute available")
    JUDGEMENT = "judgement", _("Supervisor's judgement")


class Rollout(models.TextChoices):
    """How far a kind is introduced at a site."""

    OFF = "off", _("off")
    OBSERVING = "observing", _("observing")
    ON = "on", _("on")


class HeldBy(models.TextChoices):
    """Why a finding opened no case, in the order in which it is asked."""

    OBSERVING = "observing", _("being tried out")
    BLACKOUT = "blackout", _("blackout")
    NOISE = "noise", _("below the noise floor")
    HOLD = "hold", _("has to last first")


class Verb(models.TextChoices):
    """What the outbox can do in a source system. The adapter has one method a verb."""

    ACTIVITY = "activity", _("activity")
    NOTE = "note", _("note")
    PRIORITY = "priority", _("priority flag")
    NEW_DATE = "new_date", _("new date")
    TASK = "task", _("task")
    TICKET = "ticket", _("help-desk ticket")
    CUSTOMER_DRAFT = "customer_draft", _("draft for the customer")
    HOLD = "hold", _("hold on the goods")
    APPROVAL = "approval", _("approval request")
    EMAIL = "email", _("e-mail")
    N8N_EVENT = "n8n_event", _("event for n8n")
    CHAT = "chat", _("chat message")


class Target(models.TextChoices):
    """Where a verb is done. Messages for one target never wait for those of another."""

    SOURCE = "source", _("the source system")
    MAIL = "mail", _("e-mail")
    N8N = "n8n", _("n8n")
    CHAT = "chat", _("chat")


# All other verbs: the source.
ELSEWHERE = {Verb.EMAIL: Target.MAIL, Verb.N8N_EVENT: Target.N8N, Verb.CHAT: Target.CHAT}


# Records that the tower itself keeps, and that stand in no source system. Of the verbs, these can
# be done about them all the same: they become a to-do there.
SHIPMENT_MODEL, REPORT_MODEL = "carrier.shipment", "tower.report"
OWN_MODELS = frozenset({SHIPMENT_MODEL, REPORT_MODEL})
IMPORT_PREFIX = "import."  # models of what was imported from files; nothing is sent about these
WITHOUT_RECORD = (
    Verb.ACTIVITY,
    Verb.NOTE,
    Verb.TASK,
    Verb.TICKET,
    Verb.CUSTOMER_DRAFT,
    Verb.APPROVAL,
    *ELSEWHERE,
)


class DecisionKind(models.TextChoices):
    """What can be decided about a case. Each kind of case offers some of them."""

    NEW_DATE = "new_date", _("New date")
    EXPEDITE = "expedite", _("Expedite freight")
    PRIORITISE = "prioritise", _("Prioritise in the warehouse")
    CHASE = "chase", _("Chase the partner")
    RECOUNT = "recount", _("Recount")
    INVESTIGATE = "investigate", _("Investigate")
    WRITE_OFF = "write_off", _("Write off")
    ACCEPT_SHORT = "accept_short", _("Accept short")
    SUBSTITUTE = "substitute", _("Substitute supplier or product")
    SPLIT = "split", _("Split the delivery")
    CANCEL = "cancel", _("Cancel")
    RELEASE = "release", _("Release the goods")
    REWORK = "rework", _("Rework")
    RETURN_TO_SUPPLIER = "return_to_supplier", _("Return to the supplier")
    SCRAP = "scrap", _("Scrap")
    EXPEDITED_PURCHASE = "expedited_purchase", _("Expedited purchase")
    SITE_TRANSFER = "site_transfer", _("Transfer between sites")
    REALLOCATE = "reallocate", _("Re-allocate stock")
    REPLENISH = "replenish", _("Replenish")
    HOLD_BILL = "hold_bill", _("Hold the bill")
    CREDIT_NOTE = "credit_note", _("Ask for a credit note")
    ACCEPT = "accept", _("Accept the difference")
    RESHIP = "reship", _("Ship again")
    REROUTE = "reroute", _("Re-route")
    CLAIM = "claim", _("Claim on the carrier")
    DOCUMENTS = "documents", _("Provide documents")
    BROKER = "broker", _("Call in the broker")
    CREDIT = "credit", _("Credit the customer")


class DecisionState(models.TextChoices):
    APPROVED = "approved", _("approved")
    SENDING = "sending", _("on its way")
    CONFIRMED = "confirmed", _("confirmed")
    FAILED = "failed", _("failed")
    VOID = "void", _("void")


class OutboxState(models.TextChoices):
    PENDING = "pending", _("waiting")
    SENDING = "sending", _("sending")
    AMBIGUOUS = "ambiguous", _("ambiguous")
    CONFIRMED = "confirmed", _("confirmed")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Rows in these states still have work to do, and hold back later rows for the same record.
UNFINISHED = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.AMBIGUOUS)


class PromiseState(models.TextChoices):
    """What became of a counterparty's promise."""

    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("broken")
    WITHDRAWN = "withdrawn", _("withdrawn")


class Notice(models.TextChoices):
    """What a person is told of. Who is told what, `notices` and its callers say."""

    ASSIGNED = "assigned", _("a case is assigned to me")
    REASSIGNED = "reassigned", _("a case of mine goes to somebody else")
    CLOCK_WARNING = "clock_warning", _("a clock of my case runs down")
    CLOCK_BREACHED = "clock_breached", _("a clock of my case ran out")
    ESCALATED = "escalated", _("a case is escalated to me")
    PROMISE_DUE = "promise_due", _("a promise on my case falls due")
    ANSWER_MISSING = "answer_missing", _("an answer that my case waits for has not come")
    MENTIONED = "mentioned", _("somebody mentions me")
    COMMENTED = "commented", _("a comment on a case that I own or watch")
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


class MailState(models.TextChoices):
    """Where an e-mail to a person stands."""

    PENDING = "pending", _("waiting")
    HELD = "held", _("held for quiet hours")
    SENDING = "sending", _("sending")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")


MAIL_UNDER_WAY = (MailState.PENDING, MailState.HELD, MailState.SENDING)


class ImportState(models.TextChoices):
    """Where an import of past cases stands."""

    UPLOADED = "uploaded", _("waits for its columns")
    CHECKING = "checking", _("dry run under way")
    CHECKED = "checked", _("dry run done")
    IMPORTING = "importing", _("import under way")
    DONE = "done", _("imported")
    FAILED = "failed", _("could not be read")
