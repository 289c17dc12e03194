"""What governs, and so keeps a history of its own: settings, roles, secrets; and what left."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Governed(models.TextChoices):
    """Which settings a line of the settings history is about."""

    POLICY = "policy", _("policies")
    ROUTING = "routing", _("rules of routing")
    MATRIX = "matrix", _("approval matrix")
    CALENDAR = "calendar", _("calendars")
    BLACKOUT = "blackout", _("blackouts")
    ACCESS = "access", _("roles and access")
    SECRET = "secret", _("keys and secrets")
    CONNECTION = "connection", _("connections")
    RATE = "rate", _("exchange rates")
    SWITCH = "switch", _("kill switches")
    ALERT = "alert", _("KPI alerts")
    ADVICE = "advice", _("AI advice")
    EXPORT = "export", _("exports")
    REPORT = "report", _("executive report")
