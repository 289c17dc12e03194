"""How decisions are approved: requests, their levels, and votes."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ApprovalState(models.TextChoices):
    """Where a request stands."""

    PENDING = "pending", _("waits for approval")
    APPROVED = "approved", _("approved")
    REJECTED = "rejected", _("rejected")
    VOID = "void", _("void")
    EXPIRED = "expired", _("expired")
    WITHDRAWN = "withdrawn", _("withdrawn")


class LevelState(models.TextChoices):
    """Where one level of a request stands."""

    WAITING = "waiting", _("not asked yet")
    OPEN = "open", _("asked")
    PASSED = "passed", _("said yes")
    REFUSED = "refused", _("said no")
    ENDED = "ended", _("not needed any more")


class Ballot(models.TextChoices):
    YES = "yes", _("yes")
    NO = "no", _("no")


class Voters(models.TextChoices):
    """Who is asked at a level: a role at the case's site, its lead, a named group, or just anybody
    else who decides there.
    """

    APPROVER = "approver", _("approvers")
    SUPERVISOR = "supervisor", _("supervisors")
    EXECUTIVE = "executive", _("executives")
    LEAD = "lead", _("the site's lead")
    GROUP = "group", _("a group of people")
    SECOND = "second", _("a second person")


class Need(models.TextChoices):
    """How many of those who are asked have to say yes."""

    ANY = "any", _("any one")
    SOME = "some", _("some")
    ALL = "all", _("all")
