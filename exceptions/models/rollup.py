"""What the dashboards count, added up as cases change (see `exceptions.rollups`)."""

from django.db import models

from exceptions.vocabulary import Grain


class Rollup(models.Model):
    """How much of one figure fell on one day or month of its sites.

    `whole`: kinds, tiers and teams together (those columns are empty); without it, apart. `what`
    and `place` tell apart within a figure: an outcome, a kind of clock; a class of duration, an
    hour of the week.
    """

    whole = models.BooleanField()
    grain = models.CharField(max_length=1, choices=Grain.choices)
    figure = models.CharField(max_length=12, help_text="One of vocabulary.Figure")
    start = models.DateField(help_text="The day, or the first of the month, in the site's zone")
    site_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    tier = models.CharField(max_length=10)
    team_id = models.BigIntegerField(help_text="0: no team")
    what = models.CharField(max_length=160)
    place = models.IntegerField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [
            # Read by every rolled figure, in this order: some days of one figure at one grain,
            # of some kinds (of all, where they are not told apart: then it is empty).
            models.UniqueConstraint(
                fields=[
                    "whole",
                    "grain",
                    "figure",
                    "kind",
                    "start",
                    "site_id",
                    "tier",
                    "team_id",
                    "what",
                    "place",
                ],
                include=["n"],
                name="rollup_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.figure} {self.grain}{self.start} {self.what} {self.place}: {self.n}"


class CaseShare(models.Model):
    """What one case has added to the rollups, so that it can be taken out again.

    No foreign key: whoever counts must never wait for somebody who works on a case.
    """

    case_id = models.BigIntegerField(primary_key=True)
    site_id = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    tier = models.CharField(max_length=10)
    team_id = models.BigIntegerField()
    shares = models.JSONField(help_text="Of each figure: figure, day, what, place, n")

    def __str__(self) -> str:
        return f"C-{self.case_id}"


class StaleCase(models.Model):
    """A case that has changed since it was counted. Triggers write these, whoever changed it; the
    same case may stand here many times.

    Where it is new, or its start, its end, its subject or what it is a duplicate of changed,
    `subject_key`, `detected_at` and `resolved_at` say which earlier and later cases recur with it,
    or did.
    """

    case_id = models.BigIntegerField()
    subject_key = models.CharField(max_length=160, blank=True)
    detected_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"C-{self.case_id}"


class RollupState(models.Model):
    """One row: which figures are kept, and until when all that had changed was counted."""

    version = models.PositiveSmallIntegerField(default=0, help_text="0: being built")
    fresh_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="rollup_state_one"),
        ]

    def __str__(self) -> str:
        return f"figures {self.version}, fresh {self.fresh_at}"
