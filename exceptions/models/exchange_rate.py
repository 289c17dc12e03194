"""Exchange rates: what amounts are worth in the currency of the reports, as people say it."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class ExchangeRate(models.Model):
    """One unit of `currency` was worth `rate` of `into` on that day. Rows are only ever added (a
    trigger): of several for a day, the newest counts.
    """

    currency = models.CharField(max_length=3)
    into = models.CharField(max_length=3, help_text="The currency of the reports")
    rate: "models.DecimalField[Decimal, Decimal]" = models.DecimalField(
        max_digits=18, decimal_places=8
    )
    day = models.DateField()
    source = models.CharField(max_length=120, help_text="Who says so, such as a central bank")
    said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    said_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rate__gt=0), name="exchange_rate_positive"),
            models.CheckConstraint(
                condition=~Q(currency=F("into")), name="exchange_rate_of_another"
            ),
        ]
        indexes = [
            # Read by queries.converted: the newest rate of each currency at a day.
            models.Index(fields=["into", "currency", "-day", "-id"], name="exchange_rate_newest"),
        ]
        ordering = ["-day", "-id"]

    def __str__(self) -> str:
        return f"1 {self.currency} = {self.rate.normalize():f} {self.into} ({self.day})"
