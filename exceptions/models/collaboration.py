"""What people say to each other about a case, who follows it, and what others promised."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.case import Case
from exceptions.vocabulary import PromiseState


class Comment(models.Model):
    """A comment as it reads now. Every earlier wording stands in the history of the case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="comments"
    )
    text = models.CharField(max_length=2000)
    mentions = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="mentioned_in")
    written_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.author} on {self.case}"


class Watch(models.Model):
    """Somebody follows a case: they are told its result, and what is said about it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="watches")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="watches"
    )
    since = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="watch_once"),
        ]
        ordering = ["since", "id"]

    def __str__(self) -> str:
        return f"{self.person} watches {self.case}"


class Promise(models.Model):
    """A counterparty said that something will be so by an instant: "it ships Tuesday".

    It reminds the owner of the case once, when it falls due while it is open.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="promises")
    promised_by = models.CharField(max_length=120, help_text="The counterparty, in words")
    what = models.CharField(max_length=300)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, help_text="When the case was told that it is due")
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PromiseState.values), name="promise_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=PromiseState.OPEN, settled_at=None)
                | ~Q(state=PromiseState.OPEN) & Q(settled_at__isnull=False),
                name="promise_settled_has_instant",
            ),
        ]
        indexes = [
            # Read by promises.remind_of_due.
            models.Index(
                fields=["due_at"],
                name="promise_to_remind",
                condition=Q(state=PromiseState.OPEN, reminded_at=None),
            ),
        ]
        ordering = ["due_at", "id"]

    def __str__(self) -> str:
        return f"{self.promised_by}: {self.what}"
