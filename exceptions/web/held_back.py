"""The page of what is held back: findings that opened no case, why, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from exceptions import actors, blackouts, drafting
from exceptions.actors import Actor
from exceptions.blackouts import NoBlackout
from exceptions.models import Blackout
from exceptions.queries import held_back as query
from exceptions.queries.held_back import HeldFilter
from exceptions.vocabulary import HeldBy, KindCode
from exceptions.web.blackout_form import BlackoutForm, may_rule
from exceptions.web.filters import Chip, Group, Option
from exceptions.web.reader import reader_of

MOST = 500  # rows on the page


@dataclass(frozen=True, slots=True)
class Tab:
    label: str
    url: str
    n: int
    current: bool


@require_safe
def held_back(request: HttpRequest) -> HttpResponse:
    actor = actors.person(reader_of(request))
    return render(request, "held_back.html", page(request, actor, BlackoutForm(actor)))


@require_POST
def make_blackout(request: HttpRequest) -> HttpResponse:
    """What is wrong with it is said beside its fields, and what was typed stays."""
    actor = actors.person(reader_of(request))
    if not drafting.may_draft(actor):
        raise PermissionDenied
    form = BlackoutForm(actor, request.POST)
    if form.made(at=timezone.now()):
        messages.success(request, _("The blackout is made. What is open already stays open."))
        return redirect("held-back")
    return render(request, "held_back.html", page(request, actor, form), status=422)


@require_POST
def take_back_blackout(request: HttpRequest, blackout_id: int) -> HttpResponse:
    actor = actors.person(reader_of(request))
    blackout = get_object_or_404(Blackout, pk=blackout_id)
    if actor.user is None or not may_rule(actor, blackout.site_id):
        raise PermissionDenied
    try:
        blackouts.take_back(blackout_id, by=actor.user, at=timezone.now())
    except NoBlackout as refused:
        messages.error(request, str(refused))
        return redirect("held-back")
    messages.success(request, _("It is over. What it held back is looked at again now."))
    return redirect("held-back")


def page(request: HttpRequest, actor: Actor, form: BlackoutForm) -> dict[str, Any]:
    """What the page shows, with the form for those who may make a blackout."""
    asked = HeldFilter.from_query(request.GET)
    visible = actors.visible_sightings(actor)
    found = asked.apply(visible).select_related("site", "document", "policy", "case")
    total = found.count()
    return {
        "section": "held-back",
        "at": timezone.now(),
        "rows": found[:MOST],
        "total": total,
        "not_shown": max(total - MOST, 0),
        "plain": asked == HeldFilter(),
        "tabs": _tabs(asked, visible),
        "chips": list(_chips(asked, actor)),
        "menu": _menu(asked, actor),
        "blackouts": _blackouts(visible, actor),
        "sees_sites": actors.visible_sites(actor).exists(),
        "form": form if drafting.may_draft(actor) else None,
    }


def address(asked: HeldFilter) -> str:
    said = asked.to_query()
    return f"{reverse('held-back')}?{said}" if said else reverse("held-back")


def _tabs(asked: HeldFilter, visible: Any) -> list[Tab]:
    """All reasons and each reason, with what they count under the other filters."""
    every = asked.changed(reason="")
    counts = query.by_reason(every.apply(visible))
    tabs = [Tab(_("All reasons"), address(every), sum(counts.values()), not asked.reason)]
    return tabs + [
        Tab(
            str(reason.label).capitalize(),
            address(asked.changed(reason=str(reason))),
            counts[reason],
            asked.reason == reason,
        )
        for reason in HeldBy
    ]


def _chips(asked: HeldFilter, actor: Actor) -> Iterator[Chip]:
    if asked.kind:
        label = str(KindCode(asked.kind).label)
        yield Chip(_("kind"), label, address(asked.changed(kind="")))
    if asked.site:
        site = actors.visible_sites(actor).filter(pk=asked.site).first()
        yield Chip(_("site"), str(site or asked.site), address(asked.changed(site=None)))
    if asked.blackout:
        blackout = actors.visible_blackouts(actor).filter(pk=asked.blackout).first()
        said = blackout.reason if blackout else str(asked.blackout)
        yield Chip(_("blackout"), said, address(asked.changed(blackout=None)))


def _menu(asked: HeldFilter, actor: Actor) -> list[Group]:
    """The kinds and sites that could be asked for; the one that is takes itself away."""
    kinds = [_option(asked, "kind", str(kind), str(kind.label)) for kind in KindCode]
    sites = [_option(asked, "site", s.pk, s.name) for s in actors.visible_sites(actor)]
    return [Group(_("kind"), kinds), Group(_("site"), sites)]


def _option(asked: HeldFilter, name: str, value: str | int, says: str) -> Option:
    on = getattr(asked, name) == value
    other = HeldFilter() if on else HeldFilter(**{name: value})  # type: ignore[arg-type] # of its type
    return Option(says, address(asked.changed(**{name: getattr(other, name)})), on)


@dataclass(frozen=True, slots=True)
class Shown:
    """A blackout, and where all that it held back is listed."""

    blackout: Blackout
    n: int
    url: str
    may_end: bool


def _blackouts(visible: "Any", actor: Actor) -> list[Shown]:
    """Those that are not over, and those of which the reader may see what they held back."""
    at = timezone.now()
    rows = blackouts.with_counts(visible).filter(pk__in=actors.visible_blackouts(actor))
    return [
        Shown(
            row,
            n,
            address(HeldFilter(blackout=row.pk)),
            may_end=not blackouts.is_over(row, at) and may_rule(actor, row.site_id),
        )
        for row in rows
        for n in [row.n]  # type: ignore[attr-defined] # annotated
        if n or not blackouts.is_over(row, at)
    ]
