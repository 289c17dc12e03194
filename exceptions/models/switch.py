"""Kill switches: what is not sent, where, for as long as somebody says so."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.site import Site
from exceptions.vocabulary import Verb


class KillSwitch(models.Model):
    """While it has no `released_at`, nothing of the verb (empty: of any) is sent for the site
    (empty: for any). What waits is sent when it is released.
    """

    verb = models.CharField(max_length=30, choices=Verb.choices, blank=True)
    site = models.ForeignKey(Site, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300)
    engaged_at = models.DateTimeField()
    engaged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    released_because = models.CharField(max_length=300, blank=True)
    release_asked_at = models.DateTimeField(null=True)
    release_asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Who would let it go on; somebody else confirms it, where there is somebody",
    )
    alone = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Released without a second person: there was none",
    )

    class Meta:
        constraints = [
            # Read by integrations.outbox.claim and by every page: those that are engaged.
            models.UniqueConstraint(
                fields=["verb", "site"],
                condition=Q(released_at=None),
                nulls_distinct=False,
                name="kill_switch_engaged_once",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(released_by__isnull=False),
                name="kill_switch_released_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(released_at=None)
                | Q(release_asked_by=None)
                | Q(alone=True)
                | ~Q(released_by=models.F("release_asked_by")),
                name="kill_switch_released_by_a_second",
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"kill switch {self.verb or 'of everything'}"
