"""Transits: what was promised and when it came, and the risk that was foreseen."""

from django.db import models

from exceptions.models.site import Connection, Site
from exceptions.vocabulary import Direction


class KeptTransit(models.Model):
    """One transfer from a partner or to one, as `facts.Transit` says it, kept after it is done.

    `promised_on` is the promise as it was first seen and never changes; a transfer that was first
    seen when it was done (`seen_open` is false) has the one that stood in the source by then. One
    that is not open and never came was cancelled, and counts nowhere.
    """

    # Its index is `transit_once`, which begins with it.
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, db_index=False)
    model = models.CharField(max_length=64)
    record_id = models.BigIntegerField()
    about_model = models.CharField(max_length=64, help_text="Of the document it belongs to")
    about_id = models.BigIntegerField(help_text="Of the document it belongs to")
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="transits")
    reference = models.CharField(max_length=120)
    url = models.CharField(max_length=400, blank=True)

    direction = models.CharField(max_length=8, choices=Direction)
    by = models.CharField(max_length=200, help_text="Who brings it")
    lane = models.CharField(max_length=200)
    promised_on = models.DateField(help_text="In the site's zone; the first promise seen")
    seen_open = models.BooleanField(help_text="Whether it was open when it was first seen")
    first_seen_at = models.DateTimeField()
    open = models.BooleanField()
    done_on = models.DateField(null=True, help_text="In the site's zone")

    share = models.FloatField(null=True, help_text="How likely it is late, as last reckoned")
    risk = models.JSONField(null=True, help_text="All of `lateness.rule.Risk`")
    reckoned_on = models.DateField(null=True, help_text="The site's day by which it was foreseen")
    first_share = models.FloatField(null=True, help_text="As foreseen for the first time")
    first_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "model", "record_id"], name="transit_once"
            ),
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__iregex="^https?://"),
                name="transit_url_leads_to_the_web",
            ),
            models.CheckConstraint(
                condition=~models.Q(open=True, done_on__isnull=False),
                name="transit_open_or_done",
            ),
        ]
        indexes = [
            # Read by lateness.reckoning: the promises of a year.
            models.Index(fields=["connection", "promised_on"], name="transit_promised"),
            # Read by lateness.reckoning and the page of what is at risk.
            models.Index(
                fields=["site", "share"], name="transit_open", condition=models.Q(open=True)
            ),
            # Read by the panel of a case: the transfers of its document.
            models.Index(
                fields=["connection", "about_model", "about_id"], name="transit_of_document"
            ),
        ]

    def __str__(self) -> str:
        return self.reference
