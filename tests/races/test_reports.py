"""Reports that are due, made by many workers at the same instant: each once."""

from datetime import datetime, time, timedelta

from exceptions.models import NoticeMail
from exceptions.report import mails, subscribing
from exceptions.report.subscribing import Said
from exceptions.vocabulary import Cadence, Role
from tests.exceptions.cases import member
from tests.making import Tower
from tests.races import team as processes
from tests.races.conftest import WORKERS

READERS = 20
WEEKLY = Said(every=Cadence.WEEKLY, day=1, hour=time(7))


def test_each_is_made_once(arena: Tower, at: datetime, team: processes.Team) -> None:
    for number in range(READERS):
        reader = member(f"reader{number}", Role.EXECUTIVE, site=arena.site)
        assert reader.user is not None
        subscribing.subscribe(reader.user, WEEKLY, by=reader, at=at)
    later = at + timedelta(weeks=3)
    made = team.run(mails.make_due, [(later,)] * WORKERS)

    assert sum(made) == READERS
    rows = NoticeMail.objects.filter(subscription__isnull=False)
    assert rows.values("subscription").distinct().count() == rows.count() == READERS
