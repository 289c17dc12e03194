"""What people are told, the e-mails that carry it, and how each of them wants to be told."""

from datetime import time

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.case import Case
from exceptions.models.invitation import Invitation
from exceptions.models.reporting import ReportSubscription
from exceptions.vocabulary import MAIL_UNDER_WAY, MailKind, MailState, Notice, Reach


class NoticeSettings(models.Model):
    """How a person wants to be told. Times are of the day in their own zone."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_settings"
    )
    choices = models.JSONField(default=dict, help_text="Notice: Reach, where it is not the usual")
    digest_time = models.TimeField(default=time(8))
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    critical_passes = models.BooleanField(
        default=False, help_text="News of critical cases is sent in quiet hours, too"
    )
    digested_at = models.DateTimeField(
        null=True, help_text="The instant of the latest digest that was made, or had nothing to say"
    )

    def __str__(self) -> str:
        return str(self.person)


class NoticeMail(models.Model):
    """An e-mail to one person with all that waited for them. At most one goes out.

    `handed_at` is written before the mail server gets it: one that was handed over and never
    answered for may have arrived, and is not sent again.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_mails"
    )
    kind = models.CharField(max_length=10, choices=MailKind.choices, default=MailKind.NEWS)
    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, null=True, related_name="mails"
    )
    digest_for = models.DateTimeField(null=True, help_text="The instant of the digest that it is")
    subscription = models.ForeignKey(
        ReportSubscription, on_delete=models.CASCADE, null=True, related_name="mails"
    )
    report_for = models.DateTimeField(
        null=True, help_text="When the report was due; empty: somebody asked for one"
    )
    state = models.CharField(max_length=10, choices=MailState.choices, default=MailState.PENDING)
    made_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    handed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="notice_mail_state_known"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=MailKind.values), name="notice_mail_kind_known"
            ),
            models.UniqueConstraint(fields=["person", "digest_for"], name="notice_digest_once"),
            models.UniqueConstraint(fields=["subscription", "report_for"], name="report_mail_once"),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(state=MailState.HELD, digest_for=None),
                name="notice_mail_one_held",
            ),
        ]
        indexes = [
            # Read by bundling.claim.
            models.Index(
                fields=["next_attempt_at"],
                name="notice_mail_due",
                condition=Q(state__in=MAIL_UNDER_WAY),
            ),
            # Read by the page of deliveries.
            models.Index(fields=["-made_at"], name="notice_mail_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.subject or 'e-mail'} to {self.person}"


class Notification(models.Model):
    """One thing that one person is told, once: `key` is unique among theirs. Without `case` it is
    about the tower itself, and for the person whatever sites they see.

    `reach` was chosen when it was written; without `mail` it still waits for an e-mail if it wants
    one. `tier` is that of the case at that time.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications"
    )
    case = models.ForeignKey(
        Case, on_delete=models.PROTECT, null=True, related_name="notifications"
    )
    what = models.CharField(max_length=20, choices=Notice.choices)
    key = models.CharField(max_length=120)
    at = models.DateTimeField()
    by_name = models.CharField(max_length=120, blank=True, help_text="The person who did it")
    tier = models.CharField(max_length=10, blank=True)
    data = models.JSONField(default=dict)
    read_at = models.DateTimeField(null=True)
    reach = models.CharField(max_length=10, choices=Reach.choices)
    mail = models.ForeignKey(
        NoticeMail, on_delete=models.SET_NULL, null=True, related_name="notifications"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key"], name="notification_once"),
            models.CheckConstraint(
                condition=Q(what__in=Notice.values), name="notification_what_known"
            ),
        ]
        indexes = [
            # Read by the inbox.
            models.Index(fields=["person", "-at", "-id"], name="notification_of_person"),
            # Read by the shell of every page: how many are unread.
            models.Index(fields=["person"], name="notification_unread", condition=Q(read_at=None)),
            # Read by forgetting.forget_notices: what was read longest ago, and what never was.
            models.Index(
                fields=["read_at"], name="notification_read", condition=Q(read_at__isnull=False)
            ),
            models.Index(fields=["at"], name="notification_never_read", condition=Q(read_at=None)),
            # Read by bundling.gather: what waits for an e-mail.
            models.Index(
                fields=["reach", "person", "at"],
                name="notification_to_mail",
                condition=Q(mail=None, reach__in=[Reach.DIGEST, Reach.MAIL]),
            ),
        ]

    @property
    def reference(self) -> str:
        return self.case.reference if self.case else ""

    def __str__(self) -> str:
        return f"{self.what} {self.key} for {self.person}"
