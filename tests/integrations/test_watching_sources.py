"""Sources of events that are turned away, or silent for longer than is expected of them."""

from datetime import datetime

from exceptions import calendars
from exceptions.business_time import Opening
from exceptions.calendars import CalendarSettings
from exceptions.models import Case
from exceptions.vocabulary import (
    Outcome,
    State,
)
from integrations.models import (
    Refusal,
)
from tests.integrations.knocking import sender
from tests.integrations.test_watching import DAY, HOUR, MINUTE, cases, look
from tests.making import Tower


def test_a_source_that_is_turned_away_is_a_case_of_its_own_site(tower: Tower, at: datetime) -> None:
    source = sender(tower, at=at, site=tower.other_site).source
    refusals = {"source": source, "day": at.date(), "reason": "signature", "last_at": at}
    Refusal.objects.create(count=3, **refusals)
    look(at, minutes=15)

    case = Case.objects.get()
    assert (case.title, case.site) == (
        f"{source}: everything it sends is turned away",
        tower.other_site,
    )
    assert str(case.owner) == "integrations.chi"
    assert case.document.url.endswith(f"/integrations/sources/{source.pk}/")


def test_a_source_that_is_silent_for_three_working_hours_is_a_case(
    tower: Tower, at: datetime
) -> None:
    """What was said at four in the afternoon is missed at nine the next morning, and not in the
    night.
    """
    days = CalendarSettings(zone="Europe/Amsterdam", weekly=((Opening(8 * 60, 18 * 60),),) * 7)
    tower.site.calendar = calendars.create("Days", days, by=None, at=at - DAY)
    tower.site.save()
    four = at + 3 * HOUR  # in Rotterdam
    warehouse = sender(tower, at=four, name="North warehouse", expects_every=180)
    warehouse.tell("evt-1")
    look(four, minutes=16 * 60 + 55, every=55)
    before = cases()
    look(four + 17 * HOUR + MINUTE)
    during = cases()
    warehouse.at = four + 18 * HOUR
    warehouse.tell("evt-2")
    look(four + 18 * HOUR, minutes=30)

    title = "North warehouse: silent for too long"
    assert (before, during) == ([], [(title, State.ASSIGNED, "")])
    assert cases() == [(title, State.RESOLVED, Outcome.SELF_HEALED)]
