"""Files of the source that were looked at."""

from django.db import models

from exceptions.models import Case


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
