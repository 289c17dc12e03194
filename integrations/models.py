"""The adapters' own tables: how to reach a source, what came from it, how each call went."""

from django.db import models
from django.db.models import Q

from exceptions.models import Case, Connection


class OdooAccess(models.Model):
    """How to reach one Odoo. The key is stored encrypted (see `vault`) and never shown again."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="odoo")
    url = models.URLField(max_length=200)
    database = models.CharField(max_length=80)
    login = models.CharField(max_length=120)
    sealed_key = models.TextField()
    hook_digest = models.CharField(
        max_length=64, unique=True, help_text="SHA-256 of the secret in the hook's path"
    )
    sealed_hook_secret = models.TextField()
    version = models.CharField(max_length=20, blank=True)
    hold_locations = models.JSONField(
        default=list, help_text="Ids of locations where goods lie that nobody may use"
    )
    approval_category = models.BigIntegerField(
        null=True, help_text="Of Odoo's Approvals; without one the first that fits"
    )
    user_id = models.BigIntegerField(null=True, help_text="Our own user: its writes are echoes")
    probe = models.JSONField(default=list, help_text="Rows of the last probe")
    probed_at = models.DateTimeField(null=True)
    key_expires_at = models.DateTimeField(null=True)
    silences = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often in a row Odoo did not answer"
    )
    rest_until = models.DateTimeField(null=True, help_text="Left alone until then: see `resting`")

    class Meta:
        verbose_name_plural = "Odoo accesses"

    def __str__(self) -> str:
        return f"{self.connection}: {self.url} ({self.database})"


class SyncCursor(models.Model):
    """How far one source of one connection has been read.

    `written_at` and `record_id` are the keyset position inside the round that is under way: a run
    that is killed continues from the last page it stored. `round_started_at` and `deep_started_at`
    are by the source's own clock; from them follows where the next round, and the next deep one,
    begin.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cursors")
    source = models.CharField(max_length=40)
    written_at = models.DateTimeField(null=True)
    record_id = models.BigIntegerField(default=0)
    round_started_at = models.DateTimeField(null=True)
    round_is_deep = models.BooleanField(default=True)
    deep_started_at = models.DateTimeField(null=True)
    under_way = models.BooleanField(default=False)
    finished_at = models.DateTimeField(null=True, help_text="When the last whole round ended")
    rows_in_round = models.PositiveIntegerField(default=0)
    error = models.CharField(max_length=500, blank=True)
    failed_at = models.DateTimeField(null=True)
    absent = models.BooleanField(default=False, help_text="This Odoo does not have the model")
    note = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="What is no error"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "source"], name="cursor_once"),
        ]

    def __str__(self) -> str:
        return f"{self.connection}: {self.source}"


class DeliveryState(models.TextChoices):
    WAITING = "waiting", "waiting"
    DONE = "done", "done"
    SET_ASIDE = "set_aside", "set aside"


class InboxDelivery(models.Model):
    """One webhook delivery, stored before anything is thought about it. Kept for some weeks after
    it is done; one that waits or was set aside is kept for ever.

    `key` tells the same news sent twice: a second arrival only counts up `duplicates`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=120)
    received_at = models.DateTimeField()
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    failures = models.PositiveIntegerField(
        default=0, db_default=0, help_text="Of the attempts, those that waiting will not cure"
    )
    duplicates = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "key"], name="delivery_once"),
        ]
        indexes = [
            # Read by inbox.work: what waits and is due.
            models.Index(
                fields=["next_attempt_at"],
                name="delivery_due",
                condition=Q(state=DeliveryState.WAITING),
            ),
            models.Index(fields=["connection", "-received_at"], name="delivery_recent"),
            # Read by health.inbox: what needs a person.
            models.Index(
                fields=["-received_at"],
                name="delivery_aside",
                condition=Q(state=DeliveryState.SET_ASIDE),
            ),
            # Read by inbox.forget_done: what is old enough to be removed.
            models.Index(
                fields=["done_at"], name="delivery_done", condition=Q(state=DeliveryState.DONE)
            ),
        ]
        verbose_name_plural = "inbox deliveries"

    def __str__(self) -> str:
        return self.key


class OdooCall(models.Model):
    """One call of a source: how long it took and how it ended. Kept for some days."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="calls")
    at = models.DateTimeField()
    model = models.CharField(max_length=64)
    method = models.CharField(max_length=64)
    seconds = models.FloatField()
    outcome = models.CharField(max_length=40)
    rows = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [
            # Read by health.calls, and by housekeeping.
            models.Index(fields=["connection", "at"], name="call_recent"),
        ]

    def __str__(self) -> str:
        return f"{self.model}.{self.method} {self.outcome}"


class MirroredFile(models.Model):
    """An attachment in Odoo that was looked at for a case, and what became of it."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="+")
    attachment_id = models.BigIntegerField(help_text="In Odoo")
    checksum = models.CharField(max_length=64, help_text="Of its content, as Odoo keeps it")
    at = models.DateTimeField()
    said = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "attachment_id", "checksum"], name="mirrored_file_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.attachment_id}: {self.said}"
