"""Files of cases by HTTP: the same rules and sentences as on the pages."""

from collections.abc import Callable, Mapping
from typing import IO, Any

from django.conf import settings
from django.http import FileResponse, Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import tokens
from exceptions.actors import Actor, visible_cases, visible_evidence
from exceptions.answers import Answer
from exceptions.api import repeats, strict
from exceptions.api.bodies import BoundedJSONParser
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.fields import InstantField
from exceptions.api.problems import MoveRefused, TooLarge
from exceptions.api.strict import StrictSerializer
from exceptions.evidence import bodies, files, keeping, store
from exceptions.lifecycle import Refused
from exceptions.models import Case, Evidence
from exceptions.vocabulary import EvidenceSource, EvidenceType, Opened, Slot

SLOT = OpenApiParameter("slot", str, enum=Slot.values, description="What the file is for")
NAME = OpenApiParameter("name", str, required=True, description="Of the file, with its ending")


class EvidenceSerializer(serializers.Serializer[Any]):
    """A file of a case. What was withdrawn stays in the list, with the reason."""

    id = serializers.IntegerField()
    case = serializers.IntegerField(source="case_id")
    name = serializers.CharField()
    file_type = serializers.ChoiceField(choices=EvidenceType.choices)
    size = serializers.IntegerField(help_text="Bytes")
    sha256 = serializers.CharField()
    # The name is ours; the declared field hides no property, DRF takes it off the class.
    source = serializers.ChoiceField(choices=EvidenceSource.choices)  # type: ignore[assignment] # see above
    added_by = serializers.CharField(source="added_by_name")
    added_at = InstantField()
    slot = serializers.ChoiceField(choices=Slot.choices, allow_blank=True)
    part_of = serializers.IntegerField(
        source="part_of_id", allow_null=True, help_text="Id of the e-mail that it was attached to"
    )
    withdrawn_at = InstantField(allow_null=True)
    withdrawn_why = serializers.CharField()
    erased_at = InstantField(allow_null=True, help_text="By the retention; the row stays")


class AddedSerializer(EvidenceSerializer):
    """The file, and a sentence that says what became of it, such as its new ending."""

    says = serializers.CharField()


class WithdrawalSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300)


class SlotSerializer(StrictSerializer):
    slot = serializers.ChoiceField(
        choices=Slot.choices, allow_blank=True, help_text="Empty: nothing particular"
    )


class BareBody(BaseParser):
    """Leaves the body where it is, to be read part by part, whatever it is called."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[Any],  # noqa: ARG002 - the signature is DRF's
        media_type: str | None = None,  # noqa: ARG002
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002
    ) -> dict[str, Any]:
        return {}


class CaseEvidence(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ, "POST": tokens.MOVE}
    parser_classes = [BareBody]

    @extend_schema(
        operation_id="evidence_list",
        tags=["evidence"],
        responses={200: EvidenceSerializer(many=True)} | problems(404),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The files of the case, the oldest first."""
        return Response(EvidenceSerializer(_case(request, pk).evidence.all(), many=True).data)

    @extend_schema(
        operation_id="evidence_add",
        tags=["evidence"],
        parameters=[NAME, SLOT],
        request={"application/octet-stream": OpenApiTypes.BINARY},
        responses={200: AddedSerializer} | problems(400, 404, 409, 413),
    )
    def post(self, request: Request, pk: int) -> Response:
        """Add a file: its bytes are the body. What it is, is told by its content alone; the same
        bytes again on the same case are as once.
        """
        actor, case = actor_of(request), _case(request, pk)
        if not (name := request.query_params.get("name", "").strip()):
            raise ValidationError({"name": ["Say what the file is called: ?name=photo.jpg"]})
        if bodies.length(request.META) > settings.TOWER_EVIDENCE_LARGEST:
            raise TooLarge(keeping.too_large(name[:120]))
        parts = bodies.parts(request._request)  # noqa: SLF001 - the stream that DRF wraps
        slot = request.query_params.get("slot", "")
        if slot and slot not in Slot.values:
            raise ValidationError({"slot": [f"One of: {', '.join(Slot.values)}."]})
        return Response(_added(case, parts, name, slot, actor))


def _added(case: Case, parts: Any, name: str, slot: str, actor: Actor) -> dict[str, Any]:
    """Raises MoveRefused, with the sentence of the page."""
    at = timezone.now()
    try:
        source = EvidenceSource.API
        added = keeping.add(case, parts, name, actor, source=source, slot=slot, at=at)
    except Refused as refused:
        raise MoveRefused(str(refused)) from None
    return EvidenceSerializer(added.evidence).data | {"says": added.says}


class OneEvidence(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ, "PATCH": tokens.MOVE, "DELETE": tokens.MOVE}
    parser_classes = [BoundedJSONParser]

    @extend_schema(
        operation_id="evidence_content",
        tags=["evidence"],
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY} | problems(404, 409),
    )
    def get(self, request: Request, pk: int) -> FileResponse:
        """The bytes, as they were stored; `Repr-Digest` is their SHA-256. It is remembered who
        fetched them.
        """
        actor = actor_of(request)
        evidence = visible_evidence(actor).filter(pk=pk).first()
        if evidence is None:
            raise Http404
        try:
            answer = files.attachment(evidence)
        except store.Damaged:
            raise MoveRefused(files.damaged(evidence)) from None
        keeping.note_opened(evidence, Opened.FILE, actor, at=timezone.now())
        return answer

    @extend_schema(
        operation_id="evidence_withdraw",
        tags=["evidence"],
        parameters=[repeats.PARAMETER],
        request=WithdrawalSerializer,
        responses={200: EvidenceSerializer} | problems(400, 404, 409, 413, 415, 422),
    )
    def delete(self, request: Request, pk: int) -> Response:
        """Withdraw a file. Its name and hash stay; supervisors and auditors can still open it."""
        actor = self._caller(request, pk)
        why = strict.body(WithdrawalSerializer, request)["reason"]
        return self._done(request, lambda: keeping.withdraw(pk, why, actor, at=timezone.now()))

    @extend_schema(
        operation_id="evidence_file",
        tags=["evidence"],
        parameters=[repeats.PARAMETER],
        request=SlotSerializer,
        responses={200: EvidenceSerializer} | problems(400, 404, 409, 413, 415, 422),
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Say what a file is for."""
        actor = self._caller(request, pk)
        slot = strict.body(SlotSerializer, request)["slot"]
        return self._done(request, lambda: keeping.file_under(pk, slot, actor, at=timezone.now()))

    def _caller(self, request: Request, pk: int) -> Actor:
        """Raises Http404 for a file of a case that the caller does not see."""
        found = Evidence.objects.filter(pk=pk).values_list("case_id", flat=True).first()
        _case(request, found or 0)
        return actor_of(request)

    def _done(self, request: Request, act: Callable[[], Evidence]) -> Response:
        def answered() -> Answer:
            try:
                return Answer(200, EvidenceSerializer(act()).data)
            except Refused as refused:
                return Answer(409, str(refused))

        answer = repeats.answer(request, answered, at=timezone.now())
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))


def _case(request: Request, pk: int) -> Case:
    case = visible_cases(actor_of(request)).select_related("site").filter(pk=pk).first()
    if case is None:
        raise Http404
    return case
