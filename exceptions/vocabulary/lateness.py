"""Whether what is promised comes late."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Direction(models.TextChoices):
    """Which way goods go, seen from our site."""

    INBOUND = "inbound", _("inbound")
    OUTBOUND = "outbound", _("outbound")


class Among(models.TextChoices):
    """Whose past a risk of lateness is drawn from, the narrowest first."""

    BY_ON_LANE = "by_on_lane", _("the same, on this lane")
    BY = "by", _("who brings it")
    LANE = "lane", _("this lane")
    ALL = "all", _("all of this direction")
