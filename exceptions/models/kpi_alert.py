"""Alerts on KPIs: somebody wants a case when a number is beyond a threshold."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exceptions.models.site import Site


class KpiAlert(models.Model):
    """Watches one KPI, or a part of it, over the last days until now.

    Two thresholds, so that a number which wavers is one case: it is raised beyond `raise_at` and
    over beyond `clear_at`, which lies on the other side. Both are in the KPI's unit (a share from 0
    to 1, seconds). The second part is how it stands.
    """

    name = models.CharField(max_length=100)
    kpi = models.CharField(max_length=40, help_text=_("Its key"))
    part = models.CharField(max_length=160, blank=True, help_text=_("Empty: the whole"))
    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="kpi_alerts")
    everywhere = models.BooleanField(
        default=False,
        help_text=_("Counted over all sites; the case stands at the site all the same"),
    )
    kinds = models.JSONField(default=list, blank=True, help_text=_("Empty: all"))
    days = models.PositiveSmallIntegerField(default=7)
    above = models.BooleanField(default=True, help_text=_("Raised above; else below"))
    raise_at = models.DecimalField(max_digits=18, decimal_places=6)
    clear_at = models.DecimalField(max_digits=18, decimal_places=6)
    least_n = models.PositiveIntegerField(
        default=1, help_text=_("Of fewer rows nothing is concluded")
    )
    enabled = models.BooleanField(default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField()

    standing = models.BooleanField(default=False)
    since = models.DateTimeField(null=True, help_text="When it was raised last")
    said = models.CharField(max_length=200, blank=True, help_text="What it said then")
    excess = models.DecimalField(max_digits=12, decimal_places=4, null=True)
    value = models.DecimalField(max_digits=24, decimal_places=6, null=True)
    n = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(above=True, clear_at__lte=F("raise_at"))
                | Q(above=False, clear_at__gte=F("raise_at")),
                name="kpi_alert_clears_on_the_other_side",
            ),
            models.CheckConstraint(
                condition=Q(days__gte=1, days__lte=366), name="kpi_alert_days_in_a_year"
            ),
            models.CheckConstraint(
                condition=Q(standing=False) | Q(since__isnull=False),
                name="kpi_alert_standing_since",
            ),
        ]
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
