"""How much a site does: what the rate of exceptions is measured by."""

from django.db import models

from exceptions.models.site import Site


class Throughput(models.Model):
    """How many transfers a site completed on one of its days, as its source counted them then."""

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="throughput")
    day = models.DateField(help_text="In the site's zone")
    n = models.PositiveIntegerField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints = [
            # Read by queries.rate: the days of a range.
            models.UniqueConstraint(fields=["site", "day"], name="throughput_once"),
        ]

    def __str__(self) -> str:
        return f"{self.site} {self.day}: {self.n}"
