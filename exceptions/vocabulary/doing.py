"""What can be decided, and what the outbox does about it, where."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    ASK = "ask", _("request to approve a decision")
    ANSWER = "answer", _("answer to a request to approve")
    EMAIL = "email", _("e-mail")
    N8N_EVENT = "n8n_event", _("event for n8n")
    CHAT = "chat", _("chat message")
    AUTOMATION = "automation", _("automation of Odoo")
    ATTACH = "attach", _("file")
    CANCEL = "cancel", _("cancelled transfer")
    RECOUNT = "recount", _("count thrown away")
    APPLY_COUNT = "apply_count", _("count applied")
    SCRAP = "scrap", _("goods scrapped")
    RELEASE = "release", _("goods released")
    TRANSFER = "transfer", _("transfer between sites")
    PURCHASE = "purchase", _("request for quotation")
    SPLIT = "split", _("transfer split")
    RETURN = "return", _("return of goods")
    HOLD_BILL = "hold_bill", _("payment blocked")
    CREDIT_NOTE = "credit_note", _("draft of a credit note")
    TAKE_BACK = "take_back", _("what was made, cancelled")


class Target(models.TextChoices):
    """Where a verb is done. Messages for one target never wait for those of another."""

    SOURCE = "source", _("the source system")
    MAIL = "mail", _("e-mail")
    N8N = "n8n", _("n8n")
    CHAT = "chat", _("chat")
    AUTOMATION = "automation", _("an automation of Odoo")


# All other verbs: the source.
ELSEWHERE = {
    Verb.EMAIL: Target.MAIL,
    Verb.N8N_EVENT: Target.N8N,
    Verb.CHAT: Target.CHAT,
    Verb.AUTOMATION: Target.AUTOMATION,
}


# Records that the tower itself keeps, and that stand in no source system. Of the verbs, these can
# be done about them all the same: they become a to-do there.
SHIPMENT_MODEL, REPORT_MODEL = "carrier.shipment", "tower.report"
INTEGRATION_MODEL, KPI_MODEL = "tower.integration", "tower.kpi"


OWN_MODELS = frozenset({SHIPMENT_MODEL, REPORT_MODEL, INTEGRATION_MODEL, KPI_MODEL})


IMPORT_PREFIX = "import."  # models of what was imported from files; nothing is sent about these


WITHOUT_RECORD = (
    Verb.ACTIVITY,
    Verb.NOTE,
    Verb.TASK,
    Verb.TICKET,
    Verb.CUSTOMER_DRAFT,
    Verb.APPROVAL,
    Verb.ATTACH,
    Verb.EMAIL,
    Verb.N8N_EVENT,
    Verb.CHAT,
)


class AskType(models.TextChoices):
    """What a decision can ask for. The last four are chosen among what the case's facts name."""

    DATE = "date", _("date and time")
    QUANTITY = "quantity", _("quantity")
    NUMBER = "number", _("whole number")
    TEXT = "text", _("text")
    PARTNER = "partner", _("partner")
    SITE = "site", _("site")
    PRODUCT = "product", _("product")
    LINE = "line", _("line")


CHOSEN = frozenset({AskType.PARTNER, AskType.SITE, AskType.PRODUCT, AskType.LINE})


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
    UNDO = "undo", _("Undo")


class DecisionState(models.TextChoices):
    PROPOSED = "proposed", _("waits for approval")
    APPROVED = "approved", _("approved")
    SENDING = "sending", _("on its way")
    CONFIRMED = "confirmed", _("confirmed")
    FAILED = "failed", _("failed")
    VOID = "void", _("void")
    REJECTED = "rejected", _("rejected")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


# Decisions in these states are what was done about a case; the others came to nothing, or wait.
TAKEN = (DecisionState.APPROVED, DecisionState.SENDING, DecisionState.CONFIRMED)
# Decisions that pay for speed.
EXPEDITES = (DecisionKind.EXPEDITE, DecisionKind.EXPEDITED_PURCHASE)


class OutboxState(models.TextChoices):
    PENDING = "pending", _("waiting")
    SENDING = "sending", _("sending")
    AMBIGUOUS = "ambiguous", _("ambiguous")
    CONFIRMED = "confirmed", _("confirmed")
    FAILED = "failed", _("failed")
    WITHDRAWN = "withdrawn", _("withdrawn")
    GIVEN_UP = "given_up", _("given up")


# Rows in these states still have work to do, and hold back later rows for the same record.
UNFINISHED = (OutboxState.PENDING, OutboxState.SENDING, OutboxState.AMBIGUOUS)
