"""Decisions: what shall be done in the source system, as data."""

from decimal import Decimal

from django.conf import settings
from django.db import models

from exceptions.models.case import Case
from exceptions.vocabulary import EXPEDITES, TAKEN, DecisionKind, DecisionState


class Decision(models.Model):
    """A decision on a case, with what it costs and on which facts it rests.

    `substance` is that of the document as its proposer saw it, `written_at` the document's when it
    was proposed. If the facts have moved by the time it is to be sent, the decision is void.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=30, choices=DecisionKind.choices)
    state = models.CharField(max_length=12, choices=DecisionState.choices)
    parameters = models.JSONField(default=dict)
    reason = models.CharField(max_length=500)
    cost: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=14, decimal_places=2, null=True
    )
    currency = models.CharField(max_length=3, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.CharField(
        max_length=120, blank=True, help_text="Names of people, or 'policy'; empty: not approved"
    )
    approved_at = models.DateTimeField(null=True)
    undoes = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="undone_by", help_text="If any"
    )
    for_good = models.BooleanField(
        default=False,
        db_default=False,
        help_text="It cannot be undone: nothing of it is sent before a second person has said yes",
    )
    foreseen = models.JSONField(
        null=True, help_text="What it would have changed when it was proposed, where it was asked"
    )
    substance = models.CharField(max_length=64)
    written_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=DecisionState.values), name="decision_state_known"
            ),
            models.UniqueConstraint(
                fields=["undoes"],
                condition=models.Q(state__in=["proposed", "approved", "sending", "confirmed"]),
                name="decision_undone_once",
            ),
            models.CheckConstraint(
                condition=models.Q(undoes=None) | models.Q(kind=DecisionKind.UNDO),
                name="decision_undoes_as_such",
            ),
        ]
        indexes = [
            # Read by queries.expedited.
            models.Index(
                fields=["proposed_at"],
                name="decision_expedited",
                condition=models.Q(kind__in=EXPEDITES, state__in=TAKEN),
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.case}"
