"""Learning anew from what people said: the first model is used at once, later ones are challengers
that a person puts in use.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from exceptions.models import AdviceModel, InboundMessage
from exceptions.triage.messages import certainty, reading, seeds, training
from exceptions.triage.messages import model as models
from exceptions.triage.messages.certainty import Held
from exceptions.triage.messages.model import Example, Model
from exceptions.vocabulary import Advice

EVERY = timedelta(days=7)
ENOUGH_NEWS = 20  # messages that people dealt with since the last model
LATEST = 20_000


@transaction.atomic
def learn(*, at: datetime) -> AdviceModel | None:
    """A model of messages, where there is none, or enough was said since the last one."""
    last = AdviceModel.objects.filter(advice=Advice.MESSAGE_LABEL).defer("content").first()
    if last is not None and (at < last.made_at + EVERY or _news(last) < ENOUGH_NEWS):
        return None
    own = confirmed()
    trained = training.train([*seeds.examples(), *own], seeds.OTHER)
    return AdviceModel.objects.create(
        advice=Advice.MESSAGE_LABEL,
        version=last.version + 1 if last else 1,
        content=models.to_bytes(trained.model),
        figures=figures(trained.held, trained.model) | {"own": len(own)},
        made_at=at,
        in_use_since=None if last else at,
    )


def _news(last: AdviceModel) -> int:
    return InboundMessage.objects.filter(done_at__gt=last.made_at).count()


def confirmed() -> list[Example]:
    """What people said that messages are, the newest last; of kinds that messages tell of."""
    labels = [*seeds.LABELS, seeds.OTHER]
    rows = InboundMessage.objects.filter(kind__in=labels).exclude(done_at=None)
    latest = rows.order_by("-done_at", "-pk")[:LATEST]
    return [
        # What is shown of it again is the case, to those who see that; never its text.
        Example(row.kind, reading.plain(row.subject, row.text), row.case_id or 0)
        for row in reversed(latest)
    ]


def figures(held: Sequence[Held], model: Model) -> dict[str, Any]:
    """What it was worth on what was held out: coverage, precision, calibration."""
    daring = [e for e in held if e.probability >= model.thresholds.get(e.taken_for, 2)]
    bins = certainty.reliability(
        [e.probability for e in held], [e.taken_for == e.label for e in held]
    )
    return {
        "n": len(held),
        "right": sum(e.taken_for == e.label for e in held),
        "proposed": len(daring),
        "proposed_right": sum(e.taken_for == e.label for e in daring),
        "calibration_error": certainty.calibration_error(bins),
        "reliability": [[b.told, b.true, b.n] for b in bins],
    }
