"""People: who works in the tower, where, and in which role."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from exceptions.models.site import Site
from exceptions.vocabulary import Role, TeamCode


class Team(models.Model):
    """A desk that owns kinds of exceptions, such as Procurement."""

    code = models.CharField(max_length=40, unique=True, choices=TeamCode.choices)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class User(AbstractUser):
    """Someone who signs in. What they may do comes from their memberships alone."""

    time_zone = models.CharField(max_length=64, blank=True, help_text=_("IANA name; empty = UTC"))

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def initials(self) -> str:
        words = str(self).split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if words[1:] else words)).upper()


class Membership(models.Model):
    """One role of one person, at one site or (without a site) everywhere, in one team or none."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=20, choices=Role.choices)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, null=True, blank=True)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "role", "site", "team"],
                nulls_distinct=False,
                name="membership_once",
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="membership_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.role}"


class Access(models.TextChoices):
    """What may be changed of somebody's access."""

    PROPOSED = "proposed", _("proposed, waits for a second admin")
    NOT_GIVEN = "not_given", _("not given")
    GRANTED = "granted", _("role given")
    WITHDRAWN = "withdrawn", _("role taken away")
    DEACTIVATED = "deactivated", _("deactivated")
    ACTIVATED = "activated", _("activated again")
    INVITED = "invited", _("invited")
    UNINVITED = "uninvited", _("invitation withdrawn")
    JOINED = "joined", _("invitation accepted")
    PASSWORD_SET = "password_set", _("password set anew by e-mail")
    TOKEN_MADE = "token_made", _("token made")
    TOKEN_REVOKED = "token_revoked", _("token revoked")
    VOTED_BY_LINK = "voted_by_link", _("decided by e-mail link")


class AccessChange(models.Model):
    """What was changed of somebody's access, by whom. Rows are only ever added (a trigger)."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="access_changes")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_name = models.CharField(max_length=150, help_text=_("As they were called then"))
    at = models.DateTimeField()
    what = models.CharField(max_length=20, choices=Access.choices)
    about = models.CharField(max_length=250, blank=True, help_text=_("Such as the role and site"))
    site = models.ForeignKey(
        Site,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text=_("Whose readers may know; empty: whoever sees the person"),
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(what__in=Access.values), name="access_change_known"
            ),
        ]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user}: {self.what} {self.about}".strip()


class ServiceToken(models.Model):
    """A program's key to the API. Only its SHA-256 is kept; the key itself is shown once.

    It acts as `user`, within `scopes` ("cases:read", "cases:move", "cases:raise", "facts:write").
    """

    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="service_tokens")
    scopes = models.JSONField(default=list)
    sites = models.JSONField(
        null=True, help_text="Ids: it opens nothing elsewhere; empty: wherever its person may"
    )
    made_by = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, related_name="+", help_text="Who saw the key"
    )
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
