"""What AI advice is about, how it may be used, and what people said of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Advice(models.TextChoices):
    """What kind of suggestion it is."""

    MESSAGE_LABEL = "message_label", _("what a message is about")
    ROOT_CAUSE = "root_cause", _("likely root cause")
    NEXT_ACTION = "next_action", _("next action")
    SUMMARY = "summary", _("summary")
    DRAFT = "draft", _("draft")
    LATENESS = "lateness", _("risk of lateness")


class AdviceUse(models.TextChoices):
    """How far suggestions of a kind may go. None of these acts by itself."""

    OFF = "off", _("off")
    SHOWN = "shown", _("shown")
    PREFILLED = "prefilled", _("shown and filled in")


# From the least to the most: who wants more of it needs a second person.
BOLDER = (AdviceUse.OFF, AdviceUse.SHOWN, AdviceUse.PREFILLED)


class Said(models.TextChoices):
    """What a person said of a suggestion."""

    ACCEPTED = "accepted", _("accepted")
    EDITED = "edited", _("accepted with changes")
    REJECTED = "rejected", _("rejected")
