"""What programs outside, such as n8n, can be told of as it happens."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Announced(models.TextChoices):
    """The type of an event. What it carries stands in integrations/n8n/schemas/."""

    OPENED = "case.opened", _("a case is classified")
    ASSIGNED = "case.assigned", _("a case has another owner")
    TIER_CHANGED = "case.tier_changed", _("the tier of a case changed")
    ESCALATED = "case.escalated", _("a case is escalated")
    RESOLVED = "case.resolved", _("a case is resolved")
    CLOSED = "case.closed", _("a case is closed or dismissed")
    REOPENED = "case.reopened", _("a case came back")
    APPROVAL_REQUESTED = "approval.requested", _("a decision waits for approval")
    APPROVAL_OVERDUE = "approval.overdue", _("those who are asked have not answered")
    APPROVAL_ENDED = "approval.ended", _("a request for approval has ended")


ALL_ANNOUNCED = "*"  # in N8N_EVENTS: every type
ANNOUNCED_VERSION = 1  # raised when what an event carries changes its meaning
