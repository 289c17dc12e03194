"""What "today" is."""

from datetime import date

from exceptions import actors
from exceptions.models import Site
from exceptions.queries import scope
from tests.exceptions.queries.world import NOW, executive_of
from tests.making import Tower


def test_today_is_the_latest_date_at_any_site(tower: Tower) -> None:
    Site.objects.filter(pk=tower.site.pk).update(time_zone="Pacific/Kiritimati")
    kiritimati = actors.person(executive_of(tower.site))
    chicago = actors.person(executive_of(tower.other_site))
    assert scope.today(kiritimati, NOW) == date(2026, 11, 6)
    assert scope.today(chicago, NOW) == date(2026, 11, 5)
