"""What goes wrong, and what keeps a finding from becoming a case."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    INTEGRATION_FAILURE = "integration_failure", _("Integration failure")
    KPI_ALERT = "kpi_alert", _("KPI alert")


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


class Fault(models.TextChoices):
    """What is wrong with something that the tower reads from, is told by, or sends to."""

    UNREACHABLE = "unreachable", _("does not answer")
    NOT_READ = "not_read", _("cannot be read")
    KEY_ENDS = "key_ends", _("its API key ends")
    UNHEARD = "unheard", _("its events do not arrive")
    CANARY = "canary", _("its canary does not come back")
    INBOX = "inbox", _("what it sent cannot be understood")
    OUTBOX = "outbox", _("messages to it were refused")
    GAPS = "gaps", _("gaps cannot be repaired")
    ACTIONS = "actions", _("its own scheduled actions do not run")
    SILENT = "silent", _("silent for too long")
    TURNED_AWAY = "turned_away", _("everything it sends is turned away")


class Matched(models.TextChoices):
    """By what it is known which transfer a parcel carries."""

    TRACKING = "tracking", _("tracking number")
    NAMED = "named", _("named by the carrier")
    RULE = "rule", _("own rule")
    HAND = "hand", _("by hand")


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
