"""From every number of a dashboard to exactly the rows that it counts (law 5)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import QueryDict
from django.urls import reverse

from exceptions.kpis.caseload import OLD_BUCKET
from exceptions.queries import aging
from exceptions.queries.case_conditions import NONE, OPEN
from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.spans import WORKED
from exceptions.vocabulary import Outcome
from exceptions.web.dashboards.asked import Asked
from exceptions.web.filters import address


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses for one dashboard as asked at `at`."""

    asked: Asked
    at: datetime

    def previous(self) -> "Links":
        """The same for the range before."""
        length = self.asked.last_day - self.asked.first_day
        last = date.fromordinal(self.asked.first_day.toordinal() - 1)
        return Links(replace(self.asked, first_day=last - length, last_day=last), self.at)

    @property
    def _cases(self) -> CaseFilter:
        return self.asked.cases

    def detected(self) -> str:
        return address(self._detected(self.asked.first_day, self.asked.last_day))

    def detected_on(self, day: date, tier: str) -> str:
        return address(self._cases, detected_from=day, detected_to=day, tiers=(tier or NONE,))

    def of_kind(self, kind: str) -> str:
        found = self._detected(self.asked.first_day, self.asked.last_day)
        return address(found.changed(kinds=(kind,)))

    def in_hour(self, hour: int) -> str:
        """Detected in the range in that hour of the week."""
        days = {"detected_from": self.asked.first_day, "detected_to": self.asked.last_day}
        return address(self._cases, hour=hour, **days)

    def in_state(self, state: str, now: bool) -> str:
        """Open in it now, or come into it in the range."""
        if now:
            return address(self._cases.changed(states=(state,)))
        days = {"entered_from": self.asked.first_day, "entered_to": self.asked.last_day}
        return address(self._cases.changed(entered=state, **days))

    def _detected(self, first: date, last: date) -> CaseFilter:
        return self._cases.changed(detected_from=first, detected_to=last)

    def open_now(self) -> str:
        return address(self._cases.changed(states=(OPEN,)))

    def open_on(self, day: date) -> str:
        return address(self._cases, open_on=day)

    def aged(self, bucket: int, tier: str) -> str:
        after, until = aging.detected_between(bucket, self.at)
        aged = self._cases.changed(states=(OPEN,), detected_from=after, detected_to=until)
        return address(aged.changed(tiers=(tier or NONE,)))

    def old(self) -> str:
        _after, until = aging.detected_between(OLD_BUCKET, self.at)
        return address(self._cases.changed(states=(OPEN,), detected_to=until))

    def exposed(self, *currencies: str | None, **part: str) -> str:
        """What is open with an amount in one of these, or (None) without a known one. `part`: of
        this kind or site.
        """
        known = tuple(currency or NONE for currency in currencies)
        return address(self._part(part).changed(states=(OPEN,), currencies=known))

    def amounts(self, which: str, *currencies: str, **part: str) -> str:
        """Of what ended in the range, that of which it is known what was "avoided" or "lost"."""
        found = self._ended(part).changed(amounts=which, amount_currencies=currencies)
        return address(found)

    def decided(self, kind: str = "", tier: str = "", decision: str = "") -> str:
        """Of which something was decided in the range."""
        found = self._part({"kind": kind} if kind else {}).changed(
            decided_from=self.asked.first_day, decided_to=self.asked.last_day
        )
        found = found.changed(tiers=(tier,)) if tier else found
        return address(found.changed(decisions=(decision,)) if decision else found)

    def without_amounts(self) -> str:
        return address(self._ended({}).changed(amounts=NONE))

    def _ended(self, part: Mapping[str, str]) -> CaseFilter:
        """`part`: of this kind or site, or on this day."""
        day = date.fromisoformat(part["day"]) if "day" in part else None
        return self._part(part).changed(
            ended_from=day or self.asked.first_day, ended_to=day or self.asked.last_day
        )

    def _part(self, part: Mapping[str, str]) -> CaseFilter:
        found = self._cases
        if "kind" in part:
            found = found.changed(kinds=(part["kind"],))
        return found.changed(sites=(int(part["site"]),)) if "site" in part else found

    def responded(self) -> str:
        found = self._detected(self.asked.first_day, self.asked.last_day)
        return address(found.changed(responded=True))

    def responded_on(self, day: date) -> str:
        return address(self._cases, detected_from=day, detected_to=day, responded=True)

    def resolved(self) -> str:
        return self._resolved(self.asked.first_day, self.asked.last_day)

    def resolved_on(self, day: date) -> str:
        return self._resolved(day, day)

    def _resolved(self, first: date, last: date) -> str:
        return address(self._cases, outcomes=WORKED, resolved_from=first, resolved_to=last)

    def ended(self, *outcomes: str) -> str:
        found = self._cases.changed(
            ended_from=self.asked.first_day,
            ended_to=self.asked.last_day,
            outcomes=tuple(Outcome(outcome) for outcome in outcomes),
        )
        return address(found)

    def clocks(self, kind: str = "", state: str = "ended") -> str:
        """The list of clocks that ended in the range."""
        query = QueryDict(self.asked.to_query(), mutable=True)
        query["clock_state"] = state
        if kind:
            query["clock"] = kind
        return f"{reverse('dashboard-clocks')}?{query.urlencode()}"

    def breached(self, kind: str = "") -> str:
        return self.clocks(kind, "breached")
