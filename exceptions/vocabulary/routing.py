"""How cases find their owners."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Counting(models.TextChoices):
    """How much a person has."""

    CASES = "cases", _("every open case counts one")
    SEVERITY = "severity", _("critical counts 4, high 3, medium 2, low 1")


class Stop(models.TextChoices):
    """Where an owner is looked for, in this order (see `candidates`)."""

    NAMED = "named", _("the person whom the rule names")
    DEPUTY = "deputy", _("that person's deputy")
    ON_DUTY = "on_duty", _("the team on duty")
    STAND_INS = "stand_ins", _("deputies of the team")
    OFF_DUTY = "off_duty", _("the team off duty")
    LEAD = "lead", _("the site's lead")
    LEADS_DEPUTY = "leads_deputy", _("the lead's deputy")
    SUPERVISORS = "supervisors", _("a supervisor of the site")
    OVER_LIMIT = "over_limit", _("the team, over the limit")


class Lack(models.TextChoices):
    """Why nobody was found at a stop."""

    AWAY = "away", _("away")
    FULL = "full", _("at the limit")
    NOBODY = "nobody", _("nobody works there")
    OFF = "off", _("nobody is on duty")
