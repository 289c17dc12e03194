"""What a draft would do, on the draft's page: loaded beside it, since it judges all documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from exceptions import actors, drafting, policies
from exceptions.actors import Actor
from exceptions.casework import Change
from exceptions.kinds import KINDS
from exceptions.models import Policy, Site, Team
from exceptions.policy_drafting import policy_of
from exceptions.preview import Preview, Row, preview
from exceptions.preview.chains import chains
from exceptions.preview.hindsight import hindsight
from exceptions.preview.weights import Moved, back_test
from exceptions.web.reader import reader_of_policies

PLACES = 3  # sites whose escalations are shown beside one another
SHOWN = 20  # rows of each list, until all are asked for
HEADS: dict[Change, str | Promise] = {
    Change.OPENED: _("Would open"),
    Change.REOPENED: _("Would come back"),
    Change.CLEARED: _("Would clear"),
    Change.HELD: _("Would be held back"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The documents to which the same would happen: `n` of all, `rows` those to show."""

    change: Change
    head: str | Promise
    n: int
    rows: list[tuple[Row, Site]]
    more: int  # at the reader's sites, beyond those shown
    elsewhere: int  # at sites that the reader does not see


@require_safe
def draft_preview(request: HttpRequest, kind: str) -> HttpResponse:
    """The part of the draft's page, or with `?all` a page of its own that lists everything."""
    actor = reader_of_policies(request)
    draft = drafting.open_draft(policy_of(kind)) if kind in KINDS else None
    if draft is None:
        raise Http404
    whole = "all" in request.GET
    context = _context(draft, actor, timezone.now(), whole=whole)
    name = "policy_preview.html" if whole else "_policy_preview.html"
    return render(request, name, context)


def _context(draft: Policy, actor: Actor, at: datetime, *, whole: bool) -> dict[str, Any]:
    kind, settings = draft.kind, policies.from_json(draft.settings)
    base = {"section": "policies", "kind": KINDS[draft.kind], "draft": draft, "at": at}  # type: ignore[index] # a code
    if policies.problems(kind, settings):
        return base | {"unsound": True}
    said = preview(kind, settings, at=at)
    tested = back_test(kind, said, settings, at=at)
    sites = {site.pk: site for site in actors.visible_sites(actor)}
    most = len(said.rows) if whole else SHOWN
    places = list(sites.values())[: None if whole else PLACES]
    return base | {
        "whole": whole,
        "parts": _parts(said, sites, most),
        "looked_at": said.looked_at,
        "stays": len(said.stays),
        "past": hindsight(kind, settings, at=at),
        "loads": tested.loads,
        "moved": _seen(tested.moved, sites)[: None if whole else SHOWN],
        "n_moved": len(tested.moved),
        "chains": chains(settings, places, _team(kind), at=at),
        "places": places,
    }


def _team(kind: str) -> Team | None:
    return Team.objects.filter(code=KINDS[kind].team).first()  # type: ignore[index] # a code


def _parts(said: Preview, sites: dict[int, Site], most: int) -> list[Part]:
    return [_part(change, said.of(change), sites, most) for change in HEADS if said.of(change)]


def _part(change: Change, rows: list[Row], sites: dict[int, Site], most: int) -> Part:
    seen = [(row, sites[row.site_id]) for row in rows if row.site_id in sites]
    return Part(
        change=change,
        head=HEADS[change],
        n=len(rows),
        rows=seen[:most],
        more=len(seen[most:]),
        elsewhere=len(rows) - len(seen),
    )


def _seen(moved: Iterable[Moved], sites: dict[int, Site]) -> list[Moved]:
    return [each for each in moved if each.case.site_id in sites]
