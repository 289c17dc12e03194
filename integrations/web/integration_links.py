"""Where the integration dashboard's numbers are listed, for those who may open the lists."""

from datetime import date

from django.urls import reverse
from django.utils.http import urlencode

from exceptions import actors
from exceptions.queries.scope import Scope
from exceptions.web.dashboards.shell import Reading
from integrations import health
from integrations import integration_figures as figures
from integrations.ledger import OPEN, GapFilter
from integrations.web import ledger, pages


class IntegrationLinks:
    """Empty addresses for whoever may not open the lists of all that is counted."""

    def __init__(self, reading: Reading) -> None:
        self.scope: Scope = reading.scope
        self.among = tuple(figures.serving(self.scope).values_list("pk", flat=True))
        open_to = health.visible_connections(actors.site_ids(reading.actor, pages.READERS))
        mine = set(open_to.values_list("pk", flat=True))
        self.open = bool(self.among) and mine.issuperset(self.among)

    def deliveries(self, **asked: str) -> str:
        """All there are, unless a range is asked for (`received`)."""
        if not self.open:
            return ""
        among = {"among": ",".join(map(str, self.among))}
        return f"{reverse('deliveries')}?{urlencode(asked | among)}"

    def received(self, **asked: str) -> str:
        since, until = figures.bounds(self.scope, figures.delivery_days())
        return self._between(since.date(), until.date(), asked)

    def received_on(self, day: date, **asked: str) -> str:
        return self._between(day, day + figures.A_DAY, asked)

    def _between(self, first: date, until: date, asked: dict[str, str]) -> str:
        """From the first day on, before the other, in UTC."""
        days = {"since": f"{first}T00:00Z", "until": f"{until}T00:00Z"}
        return self.deliveries(**asked, **days)

    def gaps_open(self) -> str:
        return self._gaps(GapFilter(state=OPEN))

    def gaps_found(self) -> str:
        first = figures.first_day(self.scope, figures.ledger_days())
        return self._gaps(GapFilter(found_from=first, found_to=self.scope.last_day))

    def gaps_found_on(self, day: date, what: str) -> str:
        return self._gaps(GapFilter(found_from=day, found_to=day, what=what))

    def gaps_repaired(self) -> str:
        first = figures.first_day(self.scope, figures.ledger_days())
        return self._gaps(GapFilter(repaired_from=first, repaired_to=self.scope.last_day))

    def connection(self, pk: int) -> str:
        return reverse("connection", args=[pk]) if self.open else ""

    def _gaps(self, asked: GapFilter) -> str:
        return ledger.address(asked.changed(among=self.among)) if self.open else ""
