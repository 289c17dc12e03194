"""From every number about what comes back to exactly the rows that it counts (law 5)."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.http import QueryDict
from django.urls import reverse

from exceptions.queries.case_filter import CaseFilter
from exceptions.queries.recurring_conditions import EITHER, NO, YES
from exceptions.vocabulary import Outcome
from exceptions.web.dashboards.asked import Asked
from exceptions.web.filters import address

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RecurrenceLinks:
    """Addresses for one dashboard as asked at `at`."""

    asked: Asked
    at: datetime

    def recurs(self, word: str) -> str:
        """Detected in the range; `word` is one of recurring_conditions: yes, no, either."""
        return address(self._recurs(self.asked.first_day, self.asked.last_day, word))

    def recurs_on(self, day: date, again: bool) -> str:
        return address(self._recurs(day, day, YES if again else NO))

    def recurs_of_kind(self, kind: str) -> str:
        found = self._recurs(self.asked.first_day, self.asked.last_day, YES)
        return address(found.changed(kinds=(kind,)))

    def of_subject(self, subject: str, again: bool | None = None) -> str:
        word = EITHER if again is None else YES if again else NO
        found = self._recurs(self.asked.first_day, self.asked.last_day, word)
        return address(found.changed(subject=subject))

    def _recurs(self, first: date, last: date, word: str) -> CaseFilter:
        return self.asked.cases.changed(detected_from=first, detected_to=last, recurs=word)

    def reopened(self) -> str:
        days = {"reopened_from": self.asked.first_day, "reopened_to": self.asked.last_day}
        return address(self.asked.cases.changed(**days))

    def resolved(self) -> str:
        days = {"resolved_from": self.asked.first_day, "resolved_to": self.asked.last_day}
        return address(self.asked.cases.changed(**days))

    def fixed(self, *, came_back: bool | None = None) -> str:
        return address(self._fixed(self.asked.first_day, self.asked.last_day, came_back))

    def fate(self, kind: str, fate: str, told_until: date) -> str:
        """What became of the fixes of one kind (charts.returning.FATES)."""
        first, last = self.asked.first_day, self.asked.last_day
        if fate == "held":
            last = min(last, told_until)
        elif fate == "so far":
            first = max(first, told_until + DAY)
        found = self._fixed(first, last, fate == "came back")
        return address(found.changed(kinds=(kind,)))

    def _fixed(self, first: date, last: date, came_back: bool | None) -> CaseFilter:
        return self.asked.cases.changed(
            outcomes=(Outcome.FIXED,),
            resolved_from=first,
            resolved_to=last,
            came_back=came_back,
        )

    def subjects(self, *, recurring: bool = False) -> str:
        """The list of subjects."""
        query = QueryDict(self.asked.to_query(), mutable=True)
        if recurring:
            query["recurs"] = YES
        return f"{reverse('dashboard-subjects')}?{query.urlencode()}"
