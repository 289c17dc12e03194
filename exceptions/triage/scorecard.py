"""How advice fared: what people said of it, by kind of advice and version of the model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from exceptions import actors
from exceptions.actors import Actor
from exceptions.models import Suggestion
from exceptions.triage.messages import certainty
from exceptions.vocabulary import Advice, Said


@dataclass(frozen=True, slots=True)
class Score:
    """Of `made` suggestions, how many were proposed rather than abstained from, and what was said
    of the proposed ones.
    """

    advice: Advice
    model: str
    made: int
    proposed: int
    accepted: int
    edited: int
    rejected: int

    @property
    def answered(self) -> int:
        return self.accepted + self.edited + self.rejected

    @property
    def right(self) -> float | None:
        """The share of answered proposals that stood as they were."""
        return self.accepted / self.answered if self.answered else None

    @property
    def at_least(self) -> float:
        return certainty.at_least(self.accepted, self.answered)

    @property
    def coverage(self) -> float:
        return self.proposed / self.made if self.made else 0.0

    @property
    def percent(self) -> dict[str, int]:
        """Of coverage, agreement and its lower bound, as pages show them."""
        shares = {"coverage": self.coverage, "right": self.right or 0.0, "least": self.at_least}
        return {name: round(share * 100) for name, share in shares.items()}


def visible(actor: Actor) -> QuerySet[Suggestion]:
    """About the cases and messages of the sites whose cases the actor sees."""
    sites = actors.site_ids(actor)
    if sites is None:
        return Suggestion.objects.all()
    return Suggestion.objects.filter(Q(case__site__in=sites) | Q(message__site__in=sites))


def scores(actor: Actor) -> list[Score]:
    rows = visible(actor).order_by("advice", "model").values("advice", "model")
    told = rows.annotate(
        made=Count("pk"),
        in_all=Count("pk", filter=Q(proposed=True)),
        **{str(said): Count("pk", filter=Q(proposed=True, answer=said)) for said in Said},
    )
    return [_score(row) for row in told]


def _score(row: Mapping[str, Any]) -> Score:
    return Score(
        advice=Advice(row["advice"]),
        model=row["model"],
        made=row["made"],
        proposed=row["in_all"],
        accepted=row["accepted"],
        edited=row["edited"],
        rejected=row["rejected"],
    )


def of_label(label: str, actor: Actor) -> tuple[int, int]:
    """Of the proposals of this label that people answered: how many stood, and of how many."""
    told = (
        visible(actor)
        .filter(advice=Advice.MESSAGE_LABEL, proposed=True, content__label=label)
        .exclude(answer="")
    )
    counts = told.aggregate(n=Count("pk"), right=Count("pk", filter=Q(answer=Said.ACCEPTED)))
    return counts["right"], counts["n"]
