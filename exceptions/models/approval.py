"""Approvals: the matrix, requests by it, their levels, and the votes."""

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import Q

from exceptions.models.case import Case
from exceptions.models.decision import Decision
from exceptions.models.site import Site
from exceptions.models.versioned import Versioned, version_when_published
from exceptions.vocabulary import ApprovalState, Ballot, LevelState, Need, Voters

PEOPLE = settings.AUTH_USER_MODEL


class MatrixVersion(Versioned):
    """One version of the approval matrix. `settings` are a matrix.Matrix as JSON."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version"], name="matrix_version_once"),
            models.UniqueConstraint(
                models.Value(1),
                condition=Q(version=None, discarded_at=None),
                name="matrix_one_draft",
            ),
            version_when_published("matrix_version_when_published"),
        ]
        ordering = ["-version"]

    def __str__(self) -> str:
        return f"approval matrix v{self.version}" if self.version else "approval matrix draft"


class ApprovalRequest(models.Model):
    """People are asked to allow a decision.

    `digest` is that of the decision and the facts it rests on (see `approvals.digest_of`): votes
    are for exactly that. `cell` is the matrix's, as it was then; its levels are rows.
    """

    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="approval")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="approvals")
    matrix = models.ForeignKey(
        MatrixVersion, on_delete=models.PROTECT, null=True, help_text="None: the standard one"
    )
    cell = models.JSONField()
    digest = models.CharField(max_length=64)
    state = models.CharField(
        max_length=12, choices=ApprovalState.choices, default=ApprovalState.PENDING
    )
    proposed_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    why_ended = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state=ApprovalState.PENDING),
                name="approval_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ApprovalState.values), name="approval_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ApprovalState.PENDING, ended_at=None)
                | (~Q(state=ApprovalState.PENDING) & Q(ended_at__isnull=False)),
                name="approval_ends_once",
            ),
        ]
        indexes = [
            # Read by whoever looks what waits, and by the tick that lets requests expire.
            models.Index(
                fields=["expires_at"],
                name="approval_pending",
                condition=Q(state=ApprovalState.PENDING),
            ),
            # Read by the page of approvals: what I proposed.
            models.Index(fields=["proposed_by", "-asked_at"], name="approval_by_proposer"),
            # Read by the lists behind the numbers of approvals: what ended in a range.
            models.Index(
                fields=["ended_at"],
                name="approval_ended",
                condition=~Q(state=ApprovalState.PENDING),
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"approval of {self.decision}"


class ApprovalLevel(models.Model):
    """One level of a request. Levels are asked in the order of their numbers.

    `reach` counts how far it has gone up for want of an answer: with 1, those of the next role are
    asked, too. `opened_at` to `first_seen_at` is what was waited, from there to the end is what it
    took people.
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="levels")
    number = models.PositiveSmallIntegerField()
    voters = models.CharField(max_length=12, choices=Voters.choices)
    group = models.CharField(max_length=60, blank=True)
    members = models.JSONField(default=list, help_text="Ids of the group's people, as it was then")
    need = models.CharField(max_length=8, choices=Need.choices)
    count = models.PositiveSmallIntegerField(default=1, help_text="How many, where some are needed")
    reach = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=8, choices=LevelState.choices, default=LevelState.WAITING)
    opened_at = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True, help_text="When they are reminded, or others asked")
    reminded = models.PositiveSmallIntegerField(default=0, help_text="Of those asked now")
    first_seen_at = models.DateTimeField(null=True, help_text="By somebody who may vote")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="approval_level_once"),
            models.CheckConstraint(
                condition=Q(state__in=LevelState.values), name="approval_level_state_known"
            ),
        ]
        indexes = [
            # Read by reminding.remind: what is due, and nothing else.
            models.Index(
                fields=["remind_at"], name="approval_remind", condition=Q(state=LevelState.OPEN)
            ),
            # Read by the lists behind the numbers of approvals: what was answered in a range.
            models.Index(
                fields=["ended_at"],
                name="approval_level_answered",
                condition=Q(state__in=[LevelState.PASSED, LevelState.REFUSED]),
            ),
        ]
        ordering = ["request_id", "number"]

    def __str__(self) -> str:
        return f"level {self.number} of {self.request_id}"


class Vote(models.Model):
    """What a person said. Rows are only ever added (a trigger).

    `voter` is whose vote it is; `cast_by` is who gave it, somebody else only by delegation. Nobody
    is either of them twice on one request, and its proposer never is (a trigger).
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="votes")
    level = models.ForeignKey(ApprovalLevel, on_delete=models.PROTECT, related_name="votes")
    voter = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")
    cast_by = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="+")
    ballot = models.CharField(max_length=3, choices=Ballot.choices)
    reason = models.CharField(max_length=500, blank=True)
    digest = models.CharField(max_length=64, help_text="Of what it was given for")
    via = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "voter"], name="vote_once_a_person"),
            models.UniqueConstraint(fields=["request", "cast_by"], name="vote_cast_once"),
            models.CheckConstraint(condition=Q(ballot__in=Ballot.values), name="vote_known"),
        ]
        indexes = [
            # Read by the page of approvals: my last votes.
            models.Index(fields=["cast_by", "-at"], name="vote_by_person"),
            # Read by the list behind the times of voters: the votes of a range.
            models.Index(fields=["at"], name="vote_at"),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.voter}: {self.ballot}"


class HeardAnswer(models.Model):
    """What somebody answered to a request in the source system, heard once: `key` is its answer's
    there. Without `vote` it counts for nothing, and `says` why.
    """

    request = models.ForeignKey(ApprovalRequest, on_delete=models.PROTECT, related_name="heard")
    key = models.CharField(max_length=80)
    name = models.CharField(max_length=120, help_text="As they are called there")
    ballot = models.CharField(max_length=3, choices=Ballot.choices)
    says = models.CharField(max_length=300, blank=True)
    vote = models.OneToOneField(Vote, on_delete=models.PROTECT, null=True, related_name="heard")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "key"], name="heard_once"),
            models.CheckConstraint(condition=Q(ballot__in=Ballot.values), name="heard_known"),
            models.CheckConstraint(
                condition=Q(vote=None) | Q(says=""), name="heard_counts_or_says_why"
            ),
        ]
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.name}: {self.ballot}"


class CoverageHole(models.Model):
    """Levels of the matrix in force that nobody can answer at a site on a day to come, from when it
    was found until there was somebody again. People are told once for each row.
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="coverage_holes")
    says = models.CharField(max_length=300, help_text="The row of the matrix, and who is asked")
    first_day = models.DateField(help_text="The first day without, by the site's wall clock")
    found_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["site", "says"], condition=Q(closed_at=None), name="coverage_hole_once"
            ),
        ]
        ordering = ["first_day", "site_id", "says"]

    def __str__(self) -> str:
        return f"{self.site}: {self.says}"


class Delegation(models.Model):
    """Somebody votes for somebody else for a while, up to an amount, at some sites (none: all).

    It gives no right of its own: the delegate may vote where `from_person` may. It is not handed
    on, and says nothing about what the delegate proposed.
    """

    from_person = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="delegations")
    to_person = models.ForeignKey(PEOPLE, on_delete=models.PROTECT, related_name="votes_for")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    most: "models.DecimalField[Decimal | None, Decimal | None]" = models.DecimalField(
        max_digits=14, decimal_places=2, null=True, help_text="At stake; empty: any amount"
    )
    currency = models.CharField(max_length=3, blank=True)
    sites = models.ManyToManyField(Site, blank=True, related_name="+")
    reason = models.CharField(max_length=200, blank=True)
    made_at = models.DateTimeField()
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(from_person=models.F("to_person")), name="delegation_to_another"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("starts_at")), name="delegation_lasts"
            ),
            models.CheckConstraint(
                condition=Q(most=None) | ~Q(currency=""), name="delegation_cap_has_a_currency"
            ),
        ]
        indexes = [
            # Read by electorate: for whom somebody may vote today.
            models.Index(fields=["to_person", "ends_at"], name="delegation_to"),
        ]
        ordering = ["-starts_at", "-id"]

    def __str__(self) -> str:
        return f"{self.to_person} for {self.from_person}"
