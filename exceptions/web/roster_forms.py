"""The forms in which shifts are entered and absences recorded."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy

from exceptions import actors, rostering, rosters
from exceptions.actors import Actor
from exceptions.models import Absence, Membership, Shift, Site, Team, User
from exceptions.rostering import Leave, Turn
from exceptions.vocabulary import WORKING_ROLES, AbsenceReason, Role
from exceptions.web.raising import INSTANTS

TIMES = ["%H:%M", "%H:%M:%S"]
DAYS = ["%Y-%m-%d"]
INSTANT = {
    "required": gettext_lazy("Give a date and a time."),
    "invalid": gettext_lazy("Give a date and a time."),
}
TIME = {
    "required": gettext_lazy("Give a time, such as 08:00."),
    "invalid": gettext_lazy("Give a time, such as 08:00."),
}
DAY = {
    "required": gettext_lazy("Give a day."),
    "invalid": gettext_lazy("Give a day."),
}


class ShiftForm(forms.Form):
    """Times are those of the site's wall clock."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=User.objects.none(),
        empty_label=gettext_lazy("choose…"),
        error_messages={
            code: gettext_lazy("Choose somebody who works at this site.")
            for code in ("required", "invalid_choice")
        },
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        queryset=Team.objects.none(),
        required=False,
        empty_label=gettext_lazy("whatever they do there"),
        error_messages={"invalid_choice": gettext_lazy("Choose a team from the list.")},
    )
    weekdays = forms.TypedMultipleChoiceField(
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        coerce=int,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Tick days of the week.")},
    )
    starts = forms.TimeField(input_formats=TIMES, error_messages=TIME)
    ends = forms.TimeField(input_formats=TIMES, error_messages=TIME)
    first_day = forms.DateField(input_formats=DAYS, error_messages=DAY)
    last_day = forms.DateField(input_formats=DAYS, required=False, error_messages=DAY)

    def __init__(self, site: Site, data: Any = None, *, shift: Shift | None = None) -> None:
        super().__init__(data, initial=_of_shift(shift) if shift else None)
        people = rosters.workers(site).order_by("first_name", "username")
        _offers(self, "person", people if shift is None else people.filter(pk=shift.person_id))
        teams = Membership.objects.filter(user__in=people.values("pk"), role__in=WORKING_ROLES)
        _offers(self, "team", Team.objects.filter(pk__in=teams.values("team")).order_by("name"))

    def turn(self) -> Turn:
        """Of a form that is valid."""
        said = self.cleaned_data
        return Turn(
            person=said["person"],
            team=said["team"],
            weekdays=tuple(sorted(said["weekdays"])),
            starts=said["starts"].replace(second=0),
            ends=said["ends"].replace(second=0),
            first_day=said["first_day"],
            last_day=said["last_day"],
        )

    @property
    def ticked(self) -> frozenset[str]:
        """The weekdays, as typed or as they are."""
        return frozenset(str(number) for number in self["weekdays"].value() or ())


class AbsenceForm(forms.Form):
    """Instants are of the reader's zone."""

    person: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=User.objects.none(),
        empty_label=None,
        required=False,
        error_messages={
            "invalid_choice": gettext_lazy("Choose yourself, or somebody whom you supervise.")
        },
    )
    starts_at = forms.DateTimeField(input_formats=INSTANTS, error_messages=INSTANT)
    ends_at = forms.DateTimeField(input_formats=INSTANTS, error_messages=INSTANT)
    reason = forms.ChoiceField(
        choices=AbsenceReason.choices,
        error_messages={
            code: gettext_lazy("Choose why.") for code in ("required", "invalid_choice")
        },
    )
    deputy: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=User.objects.none(),
        required=False,
        empty_label=gettext_lazy("nobody"),
        error_messages={"invalid_choice": gettext_lazy("Choose somebody from the list.")},
    )

    def __init__(
        self,
        actor: Actor,
        data: Any = None,
        *,
        absence: Absence | None = None,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=_of_absence(absence) if absence else initial)
        people = excusable(actor)
        if absence is not None:
            people = User.objects.filter(pk=absence.person_id)
            _offers(self, "deputy", rostering.deputies_for(absence.person))
        else:
            _offers(self, "deputy", _any_deputy(actor, people))
        _offers(self, "person", people)
        if absence is not None and absence.connection_id is not None:
            for name in ("starts_at", "ends_at", "reason"):
                self.fields[name].disabled = True

    def whose(self, reader: User) -> User:
        """Of a form that is valid; nobody named is the reader."""
        person = self.cleaned_data["person"]
        return person if isinstance(person, User) else reader

    @property
    def starts_said(self) -> str:
        return _instant(self["starts_at"].value())

    @property
    def ends_said(self) -> str:
        return _instant(self["ends_at"].value())

    def leave(self) -> Leave:
        """Of a form that is valid."""
        said = self.cleaned_data
        return Leave(
            starts_at=said["starts_at"],
            ends_at=said["ends_at"],
            reason=AbsenceReason(said["reason"]),
            deputy=said["deputy"],
        )


def excusable(actor: Actor) -> QuerySet[User]:
    """Whose absences the actor may record: their own, and their people's."""
    me = User.objects.filter(pk=actor.user.pk if actor.user else 0)
    if not actor.has_role(Role.SUPERVISOR):
        return me
    people = actors.visible_people(actor, [Role.SUPERVISOR]).filter(is_active=True)
    return (people | me).order_by("first_name", "username") if people.exists() else me


def _any_deputy(actor: Actor, people: QuerySet[User]) -> QuerySet[User]:
    """Whoever could stand in for one of them; whom exactly, `rostering` checks."""
    if actor.user is None or people.count() == 1:
        return rostering.deputies_for(people.get())
    works = Membership.objects.filter(role__in=WORKING_ROLES, user__in=people.values("pk"))
    own = rostering.deputies_for(actor.user).values("pk")
    found = User.objects.filter(pk__in=works.values("user")) | User.objects.filter(pk__in=own)
    return found.filter(is_active=True).order_by("first_name", "username")


def _offers(form: forms.Form, name: str, rows: QuerySet[Any]) -> None:
    field = form.fields[name]
    assert isinstance(field, forms.ModelChoiceField)
    field.queryset = rows


def _of_shift(shift: Shift) -> dict[str, Any]:
    return {
        "person": shift.person_id,
        "team": shift.team_id,
        "weekdays": shift.weekdays,
        "starts": f"{shift.starts:%H:%M}",
        "ends": f"{shift.ends:%H:%M}",
        "first_day": shift.first_day.isoformat(),
        "last_day": shift.last_day.isoformat() if shift.last_day else "",
    }


def _instant(value: object) -> str:
    """For the field of a date and a time: as typed, or as it is (in the reader's zone already)."""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%dT%H:%M}"
    return str(value or "")


def _of_absence(absence: Absence) -> dict[str, Any]:
    return {
        "person": absence.person_id,
        "starts_at": absence.starts_at,
        "ends_at": absence.ends_at,
        "reason": absence.reason,
        "deputy": absence.deputy_id,
    }
