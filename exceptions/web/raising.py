"""The page on which a case is raised by hand."""

import uuid
from datetime import datetime
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from exceptions import actors, answers, raising, recurrence
from exceptions.actors import Actor
from exceptions.answers import Answer, KeyUsed
from exceptions.kinds import KINDS
from exceptions.models import Case, Site
from exceptions.raising import Raised, Refused
from exceptions.vocabulary import WORKING_ROLES
from exceptions.web import shell
from exceptions.web.reader import ids, reader_of

INSTANTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
SENT_BEFORE = gettext_lazy("This page was sent before, with other words. Look, then send it again.")


class RaiseForm(forms.Form):
    """What is asked of whoever raises a case. An instant is one of the reader's zone."""

    kind = forms.ChoiceField(
        choices=[("", ""), *((code.value, code.label) for code in KINDS)],
        error_messages={"required": gettext_lazy("Choose what kind of exception it is.")},
    )
    site: "forms.ModelChoiceField[Site]" = forms.ModelChoiceField(
        queryset=Site.objects.none(),
        error_messages={
            "required": gettext_lazy("Choose where it is."),
            "invalid_choice": gettext_lazy("Choose a site where you work."),
        },
    )
    summary = forms.CharField(
        max_length=200,
        error_messages={"required": gettext_lazy("Say in a sentence what has happened.")},
    )
    subject = forms.CharField(
        max_length=100,
        error_messages={"required": gettext_lazy("Say who or what it is about.")},
    )
    value = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        error_messages={"invalid": gettext_lazy("Give the value as a number, such as 1250.50.")},
    )
    currency = forms.CharField(required=False, max_length=3)
    need_at = forms.DateTimeField(
        required=False,
        input_formats=INSTANTS,
        error_messages={"invalid": gettext_lazy("Give a date and a time.")},
    )

    def __init__(self, actor: Actor, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = self.fields["site"]
        assert isinstance(sites, forms.ModelChoiceField)
        sites.queryset = raising.sites_of(actor)
        only = list(sites.queryset[:2])
        if len(only) == 1:
            sites.initial = only[0].pk

    def clean_currency(self) -> str | None:
        said = str(self.cleaned_data["currency"]).upper()
        three = gettext_lazy("A currency has three letters, such as EUR.")
        if said:
            RegexValidator(r"^[A-Z]{3}\Z", three)(said)
        return said or None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if said.get("value") is not None and not said.get("currency") and "currency" in said:
            self.add_error("currency", _("Say in which currency the value is."))
        return said


def may_raise(actor: Actor) -> bool:
    return actor.has_role(*WORKING_ROLES)


def entry(actor: Actor) -> list[shell.Entry]:
    """The palette's way here, for those whom it is open to."""
    if not may_raise(actor):
        return []
    return [shell.Entry("queue", reverse("raise"), "plus", _("Raise a case"))]


@require_http_methods(["GET", "HEAD", "POST"])
def raise_case(request: HttpRequest) -> HttpResponse:
    """The form; sent, the case that it opened, or 422 with what is wrong and what was typed."""
    actor, at = actors.person(reader_of(request)), timezone.now()
    if not may_raise(actor):
        raise PermissionDenied
    if request.method != "POST":
        return _page(request, RaiseForm(actor, initial=_like(request, actor)))
    form = RaiseForm(actor, request.POST)
    if not form.is_valid():
        return _page(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        case = _once(request, form, actor, at)
    except (Refused, KeyUsed) as refused:
        form.add_error(None, str(refused) or str(SENT_BEFORE))
        return _page(request, form, status=HTTPStatus.CONFLICT)
    messages.success(request, _("%s is raised.") % case.reference)
    return redirect("case", case.pk)


def _like(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Filled in like the case `of`, for whoever splits off what is a matter of its own."""
    visible = actors.visible_cases(actor).select_related("site")
    case = visible.filter(pk__in=ids([request.GET.get("of", "")])).first()
    if case is None:
        return {}
    return {
        "kind": case.kind,
        "site": case.site_id,
        "subject": recurrence.subject_name(case.subject_key, case.facts, case.site)[:100],
        "currency": case.currency,
    }


def _once(request: HttpRequest, form: RaiseForm, actor: Actor, at: datetime) -> Case:
    """The case; the one of before when the same page is sent twice."""
    raised = Raised(**form.cleaned_data)
    said = {name: values for name, values in request.POST.lists() if name in form.fields}
    key = f"raise:{request.POST.get('once', '')[:80]}"
    request_is = answers.digest(request.path, said)
    told = answers.once(
        reader_of(request),
        key.replace("\x00", ""),
        request_is,
        lambda: Answer(201, raising.raise_case(raised, actor, at=at).pk),
        at=at,
    )
    return Case.objects.get(pk=told.body)


def _page(request: HttpRequest, form: RaiseForm, status: int = HTTPStatus.OK) -> HttpResponse:
    context = {
        "section": "queue",
        "form": form,
        "kinds": KINDS.values(),
        "once": uuid.uuid4().hex,
    }
    return render(request, "raise.html", context, status=status)
