"""Duty: why people are away, and what is changed of a roster."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AbsenceReason(models.TextChoices):
    LEAVE = "leave", _("leave")
    SICK = "sick", _("sick")
    TRAINING = "training", _("training")
    TRAVEL = "travel", _("business trip")
    OTHER = "other", _("something else")


class RosterAct(models.TextChoices):
    """What may be changed of a roster."""

    SHIFT_ADDED = "shift_added", _("shift added")
    SHIFT_CHANGED = "shift_changed", _("shift changed")
    SHIFT_ENDED = "shift_ended", _("shift ended")
    ABSENCE_RECORDED = "absence_recorded", _("absence recorded")
    ABSENCE_CHANGED = "absence_changed", _("absence changed")
    ABSENCE_ENDED = "absence_ended", _("absence ended")
