"""“Will it be late?” on the page of a case: what is on its way, how likely it is late, and why."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from exceptions import actors
from exceptions.actors import Actor
from exceptions.lateness import reckoning
from exceptions.lateness.rule import Risk
from exceptions.models import Case, KeptTransit
from exceptions.queries import at_risk
from exceptions.web import risk_words

MOST = 3  # of an order that goes out in many transfers


@dataclass(frozen=True, slots=True)
class Line:
    """One transfer. `past_by`: days that it is past its promise, or came after it; 0 else."""

    transit: KeptTransit
    says: str
    rows: list[risk_words.Row]
    parts: list[str]
    age: str
    days: str
    past_by: int


def lines(case: Case, actor: Actor, at: datetime) -> list[Line]:
    """Empty where it is switched off, or nothing is known of the case's record."""
    if not settings.TOWER_LATENESS:
        return []
    document = case.document
    found = at_risk.of_document(
        actors.visible_transits(actor).select_related("site"),
        document.connection_id,
        document.model,
        document.record_id,
    )
    return [line(one, at) for one in found[:MOST]]


def line(one: KeptTransit, at: datetime) -> Line:
    today = at.astimezone(ZoneInfo(one.site.time_zone)).date()
    risk = reckoning.risk_of(one)
    return Line(
        transit=one,
        says=risk_words.headline(risk) if risk and one.open and one.share is not None else "",
        past_by=max(((one.done_on or today) - one.promised_on).days, 0),
        **_grounds(one, risk, one.reckoned_on or today),
    )


def _grounds(one: KeptTransit, risk: Risk | None, on: date) -> dict[str, Any]:
    if risk is None:
        return {"rows": [], "parts": [], "age": "", "days": ""}
    return {
        "rows": risk_words.rows(risk, one.direction),
        "parts": list(risk_words.parts(risk)),
        "age": risk_words.age(risk, on),
        "days": risk_words.days(risk),
    }
