"""Cases to read."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.request import Request

from exceptions import tokens
from exceptions.actors import visible_cases
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.pages import AsOf
from exceptions.api.problems import MEDIA_TYPE, ProblemSerializer
from exceptions.api.serializers import CaseDetailSerializer, CaseSerializer
from exceptions.models import Case, User
from exceptions.queries import changed
from exceptions.queries.case_conditions import SNOOZED_OR_NOT
from exceptions.queries.case_filter import PARAMETERS, YEARS, CaseFilter

RANGE = "a day (of the site, counted) or an instant with its zone"
HELP = {
    "state": "A state, or `open` (the default), `unacknowledged`, `ended`, `all`",
    "kind": "Kind of exception",
    "site": "Id of a site",
    "tier": "`critical`, `high`, `medium`, `low`, or `none`",
    "team": "Id of a team; `0`: of none",
    "owner": "Id of a user, `me`, or `nobody`",
    "outcome": "How it ended",
    "currency": "Currency of the value at risk, or `none`",
    "decision": "What was decided last, of what was done and not undone",
    "amounts": "`avoided` or `lost`: how much is known; `none`: nobody has said either",
    "amounts_currency": "Currency of what was avoided and lost",
    "q": "Words, or their beginnings, of the title or a reference of the source; or ours",
    "subject": "Subject key: what recurrence is counted on",
    "recurs_with": "Id of a case: that case, and the earlier ones that its recurrence counts",
    "part_of": "Id of a case: that case, and those that are part of it",
    "snoozed": "`yes`, `no`, or `any` (the default): whether it is snoozed now",
    "due": "`breached` or `today`",
    "due_before": "The next clock is due before this instant",
    "responded": "`yes` or `no`: whether a person has moved it yet",
    "unowned": "`yes` or `no`: open, and nobody owns it who may work on it",
    "reopened": "`yes` or `no`",
    "missed_by_webhook": "`yes` or `no`: no webhook told of it, comparing both sides found it",
    "entered": "A state that it came into in the range `entered_from` to `entered_to`",
    "recurs": "`yes` or `no`: its subject had another case resolved in the 30 days before;"
    " `either`: not merged into another case",
    "came_back": "`yes` or `no`: another case of its subject was detected in the 30 days after"
    " its end",
    "hour": "Hour of the week of its detection at its site: 0 is Monday's first, 167 Sunday's last",
    "open_on": "Was open at the end of that day",
    "age_min_hours": "Hours since detection, at least",
    "age_max_hours": "Hours since detection, less than",
    "clock": "Has a clock of this kind",
    "import": "Id of the import that brought it, or changed it last",
    "way": "Went this way through the states: a letter each (`d`etected, `c`lassified, `a`ssigned,"
    " ac`k`nowledged, `r`esolved, closed `x`), such as `dcakrx`; or `imported`",
    "way_not": "Did not go this way",
    "movers": "How many people moved it",
    "reassigned": "How often it was assigned anew while somebody owned it",
    "clock_state": "How that clock stands; `ended` is met or breached",
} | {
    f"{what}_{end}": f"{what.capitalize()} {end} {RANGE}"
    for what in ("detected", "resolved", "ended", "decided", "entered", "reopened", "clock")
    for end in ("from", "to")
}
FILTERS = [OpenApiParameter(p.name, str, many=p.many, description=HELP[p.name]) for p in PARAMETERS]
CHANGED = OpenApiParameter(
    "changed_since",
    datetime,
    description="Something happened to the case after this instant, or up to ten minutes before",
)
OF_THE_PAGE = {"limit", "cursor", CHANGED.name}


def problems(*statuses: int) -> dict[Any, Any]:
    """How OpenAPI tells of errors; those of authentication are always among them."""
    told = OpenApiResponse(ProblemSerializer, description="A problem (RFC 9457)")
    return {(status, MEDIA_TYPE): told for status in (401, 403, *statuses)}


class CaseList(ListAPIView[Case]):
    """Cases of the caller's sites, newest first. Without a filter: those that are open."""

    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}
    serializer_class = CaseSerializer
    pagination_class = AsOf
    queryset = Case.objects.none()

    @extend_schema(
        operation_id="cases_list",
        tags=["cases"],
        parameters=[*FILTERS, CHANGED],
        responses={200: CaseSerializer(many=True)} | problems(400),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Case]:
        asked = _asked(self.request)
        user = self.request.user
        assert isinstance(user, User)
        cases = visible_cases(actor_of(self.request)).select_related(
            "site", "team", "owner", "document__connection"
        )
        found = asked.apply(cases, at=timezone.now(), reader=user)
        since = _changed_since(self.request)
        return changed.since(found, since) if since else found


class CaseDetail(RetrieveAPIView[Case]):
    """A case with its score, clocks, history, decisions, and the moves that the caller may make."""

    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}
    serializer_class = CaseDetailSerializer
    queryset = Case.objects.none()

    @extend_schema(
        operation_id="cases_get",
        tags=["cases"],
        responses={200: CaseDetailSerializer} | problems(404),
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[Case]:
        return whole_cases(visible_cases(actor_of(self.request)))

    def get_serializer_context(self) -> dict[str, Any]:
        return {**super().get_serializer_context(), "actor": actor_of(self.request)}


def whole_cases(cases: QuerySet[Case]) -> QuerySet[Case]:
    """`cases` with all that CaseDetailSerializer tells."""
    return cases.select_related(
        "site", "team", "owner", "policy", "document__connection"
    ).prefetch_related("clocks", "events", "decisions__proposed_by", "outbox__by_hand")


def _changed_since(request: Request) -> datetime | None:
    """The instant, if one is asked for; with its zone, else it is an error."""
    said = request.query_params.get(CHANGED.name)
    if said is None:
        return None
    try:
        instant = parse_datetime(said)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or instant.year not in YEARS:
        raise ValidationError({CHANGED.name: ["An instant with its zone, as in `as_of`."]})
    return instant


def _asked(request: Request | HttpRequest) -> CaseFilter:
    """The filter of the address. What it cannot read is an error, never ignored."""
    known = {p.name for p in PARAMETERS} | OF_THE_PAGE
    asked = CaseFilter.from_query(request.GET)
    wrong = {name: ["There is no such filter."] for name in request.GET if name not in known}
    for unread in asked.unread:
        name, _, value = unread.partition("=")
        wrong.setdefault(name, []).append(f"'{value[:80]}' cannot be read.")
    if wrong:
        raise ValidationError(wrong)
    return asked if asked.snoozed else asked.changed(snoozed=SNOOZED_OR_NOT)
