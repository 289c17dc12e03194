"""AI advice: messages that came in, suggestions, what people said of them, and the models."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from exceptions.models.case import Case
from exceptions.models.site import Site
from exceptions.vocabulary import Advice, AdviceUse, Said, Via


class InboundMessage(models.Model):
    """What a carrier or supplier wrote to a site. The same words from the same writer are one
    message. It is done once a case came of it, it was filed with one, or it was set aside.
    """

    site = models.ForeignKey(Site, on_delete=models.PROTECT, related_name="+")
    sender = models.CharField(max_length=300, blank=True)
    subject = models.CharField(max_length=300, blank=True)
    text = models.TextField()
    sha256 = models.CharField(max_length=64, help_text="Of writer, subject and text")
    via = models.CharField(max_length=10, choices=Via.choices)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    received_at = models.DateTimeField()

    kind = models.CharField(max_length=30, blank=True, help_text="What a person said that it is")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="messages")
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["site", "sha256"], name="message_once"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None, case=None, kind="")
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(kind="")),
                name="message_done_by_somebody",
            ),
        ]
        indexes = [
            # Read by the page of messages: what waits, the newest first.
            models.Index(
                fields=["site", "-received_at"], name="message_waits", condition=Q(done_at=None)
            ),
            # Read by triage.learning: what people have said since.
            models.Index(fields=["done_at"], name="message_done"),
        ]
        ordering = ["-received_at", "-id"]

    def __str__(self) -> str:
        return self.subject or self.text[:60]


class AdviceModel(models.Model):
    """A model as data (see `triage.messages.model`), and what it was worth when it was made."""

    advice = models.CharField(max_length=20, choices=Advice.choices)
    version = models.PositiveIntegerField()
    content = models.BinaryField()
    figures = models.JSONField(help_text="On what was held out while it learned")
    made_at = models.DateTimeField()
    in_use_since = models.DateTimeField(null=True)
    in_use_until = models.DateTimeField(null=True)
    put_in_use_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="Empty for the first, which there was nothing to choose from",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["advice", "version"], name="advice_model_version"),
            models.UniqueConstraint(
                fields=["advice"],
                condition=Q(in_use_since__isnull=False, in_use_until=None),
                name="advice_model_one_in_use",
            ),
        ]
        ordering = ["advice", "-version"]

    def __str__(self) -> str:
        return f"{self.advice} {self.version}"


class Suggestion(models.Model):
    """What AI advised, why, and what a person said of it. Only the answer is ever added (a
    trigger), once. `proposed` is false where it abstained: it is kept all the same, to be measured.
    """

    advice = models.CharField(max_length=20, choices=Advice.choices)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, related_name="suggestions")
    message = models.ForeignKey(
        InboundMessage, on_delete=models.PROTECT, null=True, related_name="suggestions"
    )
    content = models.JSONField(help_text="What is suggested, by the kind of advice")
    confidence = models.FloatField(null=True, help_text="A calibrated probability")
    threshold = models.FloatField(null=True, help_text="Below it nothing is proposed")
    proposed = models.BooleanField()
    reasons = models.JSONField(default=list)
    sources = models.JSONField(
        default=list, help_text="What it rests on: events, documents, files, messages"
    )
    model = models.CharField(max_length=40, help_text="Name and version: `message_label 3`")
    made_at = models.DateTimeField()

    answer = models.CharField(max_length=10, choices=Said.choices, blank=True)
    answered_with = models.JSONField(null=True, help_text="What the person made of it")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)
    edit_distance = models.PositiveIntegerField(null=True, help_text="Letters that were changed")
    proved_right = models.BooleanField(null=True, help_text="What came out later")
    proved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(case__isnull=False) | Q(message__isnull=False),
                name="suggestion_about_something",
            ),
            models.CheckConstraint(
                condition=Q(confidence=None) | Q(confidence__gte=0, confidence__lte=1),
                name="suggestion_confidence_is_a_share",
            ),
            models.CheckConstraint(
                condition=Q(answer="", answered_at=None, answered_by=None)
                | Q(
                    answer__in=Said.values, answered_at__gte=F("made_at"), answered_by__isnull=False
                ),
                name="suggestion_answered_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["message", "advice", "model"], name="suggestion_once_a_model"
            ),
        ]
        indexes = [
            # Read by triage.scorecard: how advice of a kind was answered.
            models.Index(fields=["advice", "made_at"], name="suggestion_of_advice"),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.advice} {self.pk}"


class AdviceSwitch(models.Model):
    """How far suggestions of a kind may go, and who would let them go further."""

    advice = models.CharField(max_length=20, choices=Advice.choices, unique=True)
    use = models.CharField(max_length=10, choices=AdviceUse.choices)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    asked = models.CharField(max_length=10, choices=AdviceUse.choices, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(asked="", asked_by=None) | (Q(asked_by__isnull=False) & ~Q(asked="")),
                name="advice_asked_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.advice}: {self.use}"
