"""Connections to source systems, and the sites that they know."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Connection(models.Model):
    """A source system: facts come from it, decisions go to it. How to reach it is the adapter's."""

    name = models.CharField(max_length=80, unique=True)
    enabled = models.BooleanField(
        default=True, help_text=_("Off: nothing is read and nothing sent")
    )
    read_at = models.DateTimeField(null=True, help_text=_("When all of it was last read through"))
    asks_there = models.BooleanField(
        default=False, help_text=_("On: who approves may answer in the source, too")
    )
    sending = models.BooleanField(default=True, help_text=_("Off: decisions wait in the outbox"))
    automated = models.BooleanField(
        default=False, db_default=False, help_text=_("On: an automation of the source is called")
    )
    tells = models.JSONField(
        default=list, db_default=[], help_text=_("Of which events its automation is told")
    )

    def __str__(self) -> str:
        return self.name


class Site(models.Model):
    """A warehouse. Its zone decides what "today" means, its lead owns what nobody else does,
    as long as they work there: leading gives no role.
    """

    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, related_name="sites")
    external_id = models.BigIntegerField(help_text=_("The warehouse's id in the source system"))
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    time_zone = models.CharField(max_length=64, default="UTC")
    calendar = models.ForeignKey(
        "exceptions.Calendar",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="sites",
        help_text=_("When it is at work; empty: around the clock"),
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="sites_led",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="site_once"),
        ]
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
