"""Who sends events about parcels: carriers, services that speak for many, own programs."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exceptions.models import Connection, Site, User
from exceptions.vocabulary import Transport, Trouble


class EventSource(models.Model):
    """A sender with an address and secrets of its own. Both are stored encrypted (see `vault`).

    `sealed_former` is the secret before, which holds as well until it is retired, so that sender
    and tower need not change at the same instant. Without a secret nobody is believed.
    """

    name = models.CharField(max_length=80, unique=True)
    adapter = models.CharField(max_length=40, help_text="A key of `carriers.ADAPTERS`")
    connection = models.ForeignKey(
        Connection, on_delete=models.PROTECT, related_name="event_sources"
    )
    site = models.ForeignKey(
        Site, on_delete=models.PROTECT, related_name="+", help_text="Where no transfer says another"
    )
    rules = models.JSONField(default=list, help_text="Own rules of matching: see `matching.Rule`")
    dropped = models.JSONField(default=list, help_text="Words and codes that are not taken in")
    per_minute = models.PositiveIntegerField(help_text="Deliveries that are accepted")
    expects_every = models.PositiveIntegerField(
        null=True, help_text="Minutes of working time without news that are no alarm yet"
    )
    path_digest = models.CharField(max_length=64, unique=True)
    sealed_path = models.TextField()
    sealed_secret = models.TextField(blank=True)
    secret_at = models.DateTimeField(null=True)
    sealed_former = models.TextField(blank=True)
    former_at = models.DateTimeField(null=True, help_text="When the secret before was made")
    enabled = models.BooleanField(default=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TurnedAway(models.TextChoices):
    """Why the door did not let a delivery in."""

    SIGNATURE = "signature", _("not signed by who it says")
    NO_SECRET = "no_secret", _("no secret is set")
    OFF = "off", _("switched off")
    TOO_LARGE = "too_large", _("too large")
    CUT_OFF = "cut_off", _("cut off")
    ENCODING = "encoding", _("encoded in another way")
    TOO_MANY = "too_many", _("too many in a minute")


class Refusal(models.Model):
    """How often a source was turned away on a day (UTC) for a reason. Bodies are not kept."""

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="refusals")
    day = models.DateField()
    reason = models.CharField(max_length=12, choices=TurnedAway.choices)
    count = models.PositiveIntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "day", "reason"], name="refusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}, {self.day}: {self.count} {self.reason}"


class CarrierWord(models.Model):
    """A word of a source that no table has: listed until a person says what it means.

    `status` and `trouble` are empty where it says nothing of the way. Nothing is believed before
    `given_at`.
    """

    source = models.ForeignKey(EventSource, on_delete=models.CASCADE, related_name="words")
    code = models.CharField(max_length=120)
    said = models.CharField(max_length=300, blank=True, help_text="As it came first")
    first_at = models.DateTimeField()
    status = models.CharField(max_length=24, choices=Transport.choices, blank=True)
    trouble = models.CharField(max_length=16, choices=Trouble.choices, blank=True)
    given_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "code"], name="carrier_word_once"),
        ]

    def __str__(self) -> str:
        return self.code
