"""What was set up in an Odoo."""

from django.db import models

from integrations.models.access import OdooAccess


class OdooRules(models.Model):
    """What was set up in an Odoo so that it tells us of changes by itself, and whether it does."""

    access = models.OneToOneField(OdooAccess, on_delete=models.CASCADE, related_name="rules")
    mark = models.CharField(max_length=16, unique=True, help_text="Stands on each of our rules")
    standing = models.JSONField(default=list, help_text="[model, trigger] of each rule")
    provisioned_at = models.DateTimeField(null=True, help_text="None: nothing of ours is there")
    asked_at = models.DateTimeField(null=True, help_text="When the last trial event was asked for")
    answered_at = models.DateTimeField(null=True, help_text="When Odoo had carried it out")
    arrived_at = models.DateTimeField(null=True, help_text="When it came in at our door")

    class Meta:
        verbose_name_plural = "Odoo rules"

    def __str__(self) -> str:
        return f"{self.access}: {len(self.standing)} rules"
