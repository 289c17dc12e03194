"""How many hands cases go through, and when people work on them."""

from django.utils.translation import gettext_lazy as _

from exceptions.kpis.kpi import Kpi, Measure, share
from exceptions.queries import person_hours, process, touch
from exceptions.queries.counted import Counted
from exceptions.vocabulary import Better, Unit


def _one_person(counted: Counted) -> list[Measure]:
    cases = counted(touch.by_people)
    return [share(cases.get(1, 0), sum(cases.values()))]


def _reassignments(counted: Counted) -> list[Measure]:
    cases = counted(touch.by_reassignments)
    n = sum(cases.values())
    times = sum(often * each for often, each in cases.items())
    return [Measure(times / n if n else None, n)]


def _after_hours(counted: Counted) -> list[Measure]:
    rows = counted(touch.in_working_hours)
    return [share(sum(row.outside for row in rows), sum(row.n for row in rows))]


def _load(counted: Counted) -> list[Measure]:
    """Of sites that keep a roster, on its days."""
    moves = sum(row.within for row in counted(touch.in_rostered_days))
    hours = sum(counted(person_hours.by_hour))
    return [Measure(moves / hours if hours else None, moves)]


def _steps(counted: Counted) -> list[Measure]:
    """Medians, step by step; there is none over different steps."""
    return [
        Measure(
            step.span.median,
            step.span.n,
            f"{step.came_from}_{step.came_to}",
            f"{step.came_from.label} → {step.came_to.label}",
        )
        for step in counted(process.steps)
    ]


ONE_PERSON = Kpi(
    key="one_person",
    name=_("One person"),
    means=_("Of the cases that ended, the share that exactly one person moved."),
    unit=Unit.SHARE,
    better=Better.NEITHER,
    counts=_("cases"),
    of=_one_person,
)
REASSIGNMENTS = Kpi(
    key="reassignments",
    name=_("Reassignments per case"),
    means=_("How often a case that ended had been given to another owner, by people or rules."),
    unit=Unit.RATE,
    better=Better.LESS,
    counts=_("cases"),
    of=_reassignments,
)
AFTER_HOURS = Kpi(
    key="after_hours",
    name=_("After hours"),
    means=_("Of the moves that people made, the share out of their site's working hours."),
    unit=Unit.SHARE,
    better=Better.LESS,
    counts=_("moves"),
    of=_after_hours,
)
LOAD = Kpi(
    key="load",
    name=_("Moves per person-hour"),
    means=_("Moves by people per hour that somebody was on duty, where a roster is kept."),
    unit=Unit.RATE,
    better=Better.NEITHER,
    counts=_("moves"),
    of=_load,
)
STEPS = Kpi(
    key="steps",
    name=_("Time per step"),
    means=_("How long cases stood in a state before they went on, median, by step."),
    unit=Unit.DURATION,
    better=Better.LESS,
    counts=_("steps"),
    of=_steps,
    apart=_("step"),
)
