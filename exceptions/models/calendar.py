"""Calendars: when a site or a partner is at work. What a clock started under stays as it was."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exceptions.models.people import User
from exceptions.models.site import Connection


class Calendar(models.Model):
    """A named calendar. Its newest version is in force."""

    name = models.CharField(max_length=80, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class CalendarVersion(models.Model):
    """What a calendar said from one day on; never changed. Clocks point to the one they run by.

    `settings` is what people entered (`calendars.CalendarSettings`), `hours` what follows from it
    with every public holiday named (`business_time.Hours`): a newer list of holidays in a library
    must not move what is due.
    """

    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    settings = models.JSONField()
    hours = models.JSONField()
    known_until = models.DateField(help_text=_("Public holidays are known until the end of it"))
    author = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["calendar", "number"], name="calendar_version_once"),
        ]
        ordering = ["calendar_id", "-number"]

    def __str__(self) -> str:
        return f"{self.calendar} v{self.number}"


class PartnerCalendar(models.Model):
    """The working hours of a partner for whom cases wait. `partner_id` is the source's."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    partner_id = models.BigIntegerField()
    name = models.CharField(max_length=120)
    calendar = models.ForeignKey(Calendar, on_delete=models.PROTECT, related_name="partners")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "partner_id"], name="partner_calendar_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.calendar}"
