"""Documents: our mirror of the source's records."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from exceptions.models.site import Connection, Site


class Document(models.Model):
    """One source record as last read, and when time alone could change what a rule says of it.

    A record that is read for two purposes, such as a stock line that is both counted and on hold,
    is two documents: each has facts of its own type, its own sweep and its own cases.
    """

    # Its index is `document_once`, which begins with it.
    connection = models.ForeignKey(Connection, on_delete=models.PROTECT, db_index=False)
    model = models.CharField(max_length=64)
    record_id = models.BigIntegerField()
    site = models.ForeignKey(Site, on_delete=models.PROTECT)
    reference = models.CharField(max_length=120)
    url = models.CharField(max_length=400, blank=True)

    facts_type = models.CharField(max_length=40)
    facts = models.JSONField()
    substance = models.CharField(max_length=64)  # SHA-256 of what the facts say
    links = ArrayField(
        models.TextField(), default=list, db_default=[], help_text="As `links.of` the facts says"
    )
    living = models.BooleanField(
        default=False, db_default=False, help_text="As the facts say: it can hold an exception now"
    )
    read_at = models.DateTimeField()
    written_at = models.DateTimeField()
    first_promised_at = models.DateTimeField(
        null=True, help_text="The first promise ever seen; sources overwrite it"
    )
    gone_at = models.DateTimeField(null=True, help_text="Deleted in the source")
    recheck_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "model", "record_id", "facts_type"], name="document_once"
            ),
            # Pages make a link of it: anything else, such as `javascript:`, would run there.
            models.CheckConstraint(
                condition=models.Q(url="") | models.Q(url__iregex="^https?://"),
                name="document_url_leads_to_the_web",
            ),
        ]
        indexes = [
            # Read by intake.recheck_due: the sweep touches what is due and nothing else.
            models.Index(
                fields=["recheck_at"],
                name="document_due",
                condition=models.Q(recheck_at__isnull=False),
            ),
            # Read by integrations.odoo.reconcile: its cost follows what is living, not the past.
            models.Index(
                fields=["connection", "model", "record_id"],
                name="document_living",
                condition=models.Q(living=True, gone_at=None),
            ),
            # Read by shipments: the record that a carrier names by its reference.
            models.Index(fields=["connection", "reference"], name="document_reference"),
            # Read by queries.connected: the records that share a link.
            GinIndex(fields=["links"], name="document_links"),
            # Read by policies.publish, which makes a kind's documents due.
            models.Index(fields=["facts_type"], name="document_facts_type"),
        ]

    def __str__(self) -> str:
        return self.reference
