"""How to reach an Odoo."""

from django.db import models

from exceptions.models import Connection


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
    sealed_automation = models.TextField(
        blank=True, default="", db_default="", help_text="Id of the webhook of Odoo that is called"
    )
    user_id = models.BigIntegerField(null=True, help_text="Our own user: its writes are echoes")
    probe = models.JSONField(default=list, help_text="Rows of the last probe")
    probed_at = models.DateTimeField(null=True)
    key_expires_at = models.DateTimeField(null=True)
    key_stored_at = models.DateTimeField(
        null=True, help_text="Since when this very key is used; unknown of keys from before"
    )
    actions_read_at = models.DateTimeField(
        null=True, help_text="When Odoo's scheduled actions were last asked for"
    )
    actions_note = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="Why none are told"
    )
    silences = models.PositiveIntegerField(
        default=0, db_default=0, help_text="How often in a row Odoo did not answer"
    )
    rest_until = models.DateTimeField(null=True, help_text="Left alone until then: see `resting`")

    class Meta:
        verbose_name_plural = "Odoo accesses"

    def __str__(self) -> str:
        return f"{self.connection}: {self.url} ({self.database})"
