"""Rosters: who is on duty at a site and when, who is away, and who changed what of it.

What has begun is ended, what has not begun is deleted; either way `RosterChange` keeps it.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exceptions.models.people import Team, User
from exceptions.models.site import Connection, Site
from exceptions.vocabulary import AbsenceReason, RosterAct

WEEK = [1, 2, 3, 4, 5, 6, 7]  # ISO: Monday is 1


def _whose_word(name: str) -> models.CheckConstraint:
    """A row of a source is known by its key there; ours has neither."""
    ours = Q(connection__isnull=True, external_id="")
    theirs = Q(connection__isnull=False) & ~Q(external_id="")
    return models.CheckConstraint(condition=ours | theirs, name=name)


def _once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["connection", "external_id"], condition=~Q(external_id=""), name=name
    )


class Shift(models.Model):
    """Hours of a week in which a person is on duty at a site.

    From `starts` until `ends` by the site's wall clock, on `weekdays` from `first_day` to
    `last_day` (empty: without end). One that ends no later than it starts ends on the next day. A
    single dated shift has one day. Without a team it is for whatever the person does there.
    """

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="shifts")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="shifts")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField(), help_text=_("Monday is 1"))
    starts = models.TimeField()
    ends = models.TimeField()
    first_day = models.DateField()
    last_day = models.DateField(null=True, blank=True)
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, related_name="+"
    )
    external_id = models.CharField(max_length=120, blank=True, help_text=_("Its key in the source"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__isnull=True) | Q(last_day__gte=F("first_day")),
                name="shift_ends_no_sooner_than_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=WEEK) & Q(weekdays__len__gte=1),
                name="shift_has_weekdays",
            ),
            _whose_word("shift_of_a_source_has_its_key"),
            _once("shift_once_per_key"),
        ]
        indexes = [
            # Read by rosters.present and rosters.gaps.
            models.Index(fields=["site", "team"], name="shift_at_site"),
        ]
        ordering = ["starts", "person_id", "id"]

    def __str__(self) -> str:
        return f"{self.person}: {self.starts:%H:%M} to {self.ends:%H:%M}"


class Absence(models.Model):
    """A time in which a person is away, wherever they work; `deputy` stands in for them."""

    person = models.ForeignKey(User, on_delete=models.CASCADE, related_name="absences")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=12, choices=AbsenceReason.choices)
    deputy = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="stands_in"
    )
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, null=True, related_name="+"
    )
    external_id = models.CharField(max_length=120, blank=True, help_text=_("Its key in the source"))

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="absence_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("person")),
                name="absence_deputy_is_somebody_else",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=AbsenceReason.values), name="absence_reason_known"
            ),
            _whose_word("absence_of_a_source_has_its_key"),
            _once("absence_once_per_key"),
        ]
        indexes = [
            # Read by rosters.present and rosters.gaps.
            models.Index(fields=["ends_at"], name="absence_ends"),
        ]
        ordering = ["starts_at", "id"]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_reason_display()}"


class RosterChange(models.Model):
    """What was changed of somebody's shifts or absences, by whom. Only ever added (a trigger)."""

    person = models.ForeignKey(User, on_delete=models.PROTECT, related_name="roster_changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150, help_text=_("As they were called then"))
    at = models.DateTimeField()
    what = models.CharField(max_length=20, choices=RosterAct.choices)
    about = models.CharField(max_length=250, blank=True, help_text=_("Such as its hours"))
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Of a shift; empty: an absence, which is wherever they work"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(what__in=RosterAct.values), name="roster_change_known"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.person}: {self.what} {self.about}".strip()
