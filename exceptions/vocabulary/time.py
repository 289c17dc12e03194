"""Clocks: which run, how they stand, who hears of them, and for whom cases wait."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ClockKind(models.TextChoices):
    """`classify` runs while a person is to say how grave a case is; `claim` until a claim on a
    carrier or a supplier has to be filed.
    """

    CLASSIFY = "classify", _("classify")
    ACKNOWLEDGE = "acknowledge", _("acknowledge")
    RESOLVE = "resolve", _("resolve")
    CLAIM = "claim", _("claim")
    APPROVE = "approve", _("approve")


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


class Until(models.TextChoices):
    """Until when a case is snoozed."""

    DATE = "date", _("a date")
    ETA = "eta", _("a date of the source moves")
    VALUE = "value", _("the value at risk passes an amount")


class Woke(models.TextChoices):
    """Why a snooze ended."""

    BY_HAND = "by_hand", _("woken by hand")
    DATE = "date", _("its date has come")
    ETA = "eta", _("a date of the source moved")
    VALUE = "value", _("the value at risk passed the amount")
    CLOCK = "clock", _("a clock runs out")
    TIER = "tier", _("the case is graver now")
    REASSIGNED = "reassigned", _("the case has another owner")
    MENTIONED = "mentioned", _("its owner was mentioned")
    ENDED = "ended", _("the case ended")


class FactsDate(models.TextChoices):
    """The dates of facts that say when something is to come, by the names of their fields."""

    PROMISED = "promised_at", _("the promised date")
    COMMITTED = "commitment_at", _("the date committed to the customer")
    PLANNED = "planned_at", _("the planned date")
    EXPECTED = "eta_at", _("the expected arrival")


class PromiseState(models.TextChoices):
    """What became of a counterparty's promise."""

    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("broken")
    WITHDRAWN = "withdrawn", _("withdrawn")
