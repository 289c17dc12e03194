"""Clocks: which run, how they stand, who hears of them, and for whom cases wait."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class PromiseState(models.TextChoices):
    """What became of a counterparty's promise."""

    OPEN = "open", _("open")
    KEPT = "kept", _("kept")
    BROKEN = "broken", _("broken")
    WITHDRAWN = "withdrawn", _("withdrawn")
