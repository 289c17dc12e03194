"""The forms in which an integration admin gives a role and makes a token."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exceptions import actors, tokens
from exceptions.actors import Actor
from exceptions.models import Site, Team, User
from exceptions.vocabulary import Role

EVERY_SITE = "every"
LONGEST = 3650  # days
SCOPES = (
    (tokens.READ, gettext_lazy("read cases")),
    (tokens.MOVE, gettext_lazy("move cases, put them together, pause them, write notes")),
    (tokens.RAISE, gettext_lazy("raise cases")),
    (tokens.FACTS, gettext_lazy("tell facts, such as what a carrier says")),
)


class RoleForm(forms.Form):
    """A role at a site that the actor administers, or, for who may, at every site."""

    role = forms.ChoiceField(
        choices=[("", gettext_lazy("choose…")), *Role.choices],
        error_messages={
            code: gettext_lazy("Choose a role.") for code in ("required", "invalid_choice")
        },
    )
    site = forms.ChoiceField(
        error_messages={
            code: gettext_lazy("Choose one of the sites that you administer.")
            for code in ("required", "invalid_choice")
        }
    )
    team: "forms.ModelChoiceField[Team]" = forms.ModelChoiceField(
        queryset=Team.objects.order_by("name"),
        required=False,
        empty_label=gettext_lazy("no team"),
        error_messages={"invalid_choice": gettext_lazy("Choose a team from the list.")},
    )

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        sites = actors.administers(actor)
        rows = Site.objects.order_by("name")
        rows = rows if sites is None else rows.filter(pk__in=sites)
        choices = [("", _("choose…")), *((str(site.pk), site.name) for site in rows)]
        every = [(EVERY_SITE, _("every site"))] if sites is None else []
        field = self.fields["site"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*choices, *every]
        for field in self.fields.values():
            field.widget.attrs["class"] = "input"

    @property
    def chosen_site(self) -> Site | None:
        """None is every site. Of a form that is valid."""
        said = self.cleaned_data["site"]
        return None if said == EVERY_SITE else Site.objects.get(pk=said)


class InvitationForm(RoleForm):
    """Who is asked to come in, and as what first."""

    first_name = forms.CharField(
        label=gettext_lazy("First name"),
        max_length=150,
        error_messages={"required": gettext_lazy("Give the first name.")},
    )
    last_name = forms.CharField(label=gettext_lazy("Last name"), max_length=150, required=False)
    email = forms.EmailField(
        label=gettext_lazy("E-mail address"),
        help_text=gettext_lazy("where the invitation goes"),
        error_messages={
            code: gettext_lazy("Give an e-mail address, such as anna@example.com.")
            for code in ("required", "invalid")
        },
    )
    field_order = ("first_name", "last_name", "email", "role", "site", "team")

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(actor, data)
        self.fields["role"].label = _("First role")
        self.fields["site"].label = _("Where")
        self.fields["team"].label = _("Team, for who works on cases")
        for name in ("first_name", "last_name", "email"):
            self.fields[name].widget.attrs["autocomplete"] = "off"


class TokenForm(forms.Form):
    """What is asked of whoever makes a token."""

    name = forms.CharField(
        max_length=80, error_messages={"required": gettext_lazy("Say which program it is for.")}
    )
    user: "forms.ModelChoiceField[User]" = forms.ModelChoiceField(
        queryset=User.objects.none(),
        empty_label=gettext_lazy("choose…"),
        error_messages={
            "required": gettext_lazy("Choose as whom it acts."),
            "invalid_choice": gettext_lazy("Choose somebody whose access you administer."),
        },
    )
    scopes = forms.MultipleChoiceField(
        error_messages={
            "required": gettext_lazy("Tick at least one thing that it may do."),
            "invalid_choice": gettext_lazy("Tick what the list offers."),
        },
    )
    days = forms.IntegerField(
        min_value=1,
        max_value=LONGEST,
        initial=90,
        error_messages={
            code: gettext_lazy("Give a number of days from 1 to 3650.")
            for code in ("required", "invalid", "min_value", "max_value")
        },
    )

    def __init__(self, actor: Actor, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        users = self.fields["user"]
        assert isinstance(users, forms.ModelChoiceField)
        users.queryset = _may_act_as(actor)
        self.offered = scopes_of(actor)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = self.offered
        for name in ("name", "user", "days"):
            self.fields[name].widget.attrs["class"] = "input"


def scopes_of(actor: Actor) -> list[tuple[str, str | Promise]]:
    """What the actor may let a program do; what reaches beyond sites is for admins of every one."""
    everywhere = actors.administers(actor) is None
    return [row for row in SCOPES if everywhere or row[0] not in tokens.BEYOND_SITES]


def _may_act_as(actor: Actor) -> QuerySet[User]:
    """Anybody but the actor, whose access they administer and who has a role at all."""
    people = actors.administered_people(actor).filter(is_active=True, memberships__isnull=False)
    others = people.exclude(pk=actor.user.pk) if actor.user else people
    return others.distinct().order_by("first_name", "username")
