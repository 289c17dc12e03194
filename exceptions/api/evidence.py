"""Files of cases by HTTP: the same rules and sentences as on the pages."""

from collections.abc import Mapping
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
from exceptions.actors import visible_cases, visible_evidence
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
from exceptions.vocabulary import EvidenceSource, EvidenceType, Opened

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
    withdrawn_at = InstantField(allow_null=True)
    withdrawn_why = serializers.CharField()


class AddedSerializer(EvidenceSerializer):
    """The file, and a sentence that says what became of it, such as its new ending."""

    says = serializers.CharField()


class WithdrawalSerializer(StrictSerializer):
    reason = serializers.CharField(max_length=300)


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
        parameters=[NAME],
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
        return Response(_added(case, parts, name, actor))


def _added(case: Case, parts: Any, name: str, actor: Any) -> dict[str, Any]:
    """Raises MoveRefused, with the sentence of the page."""
    at = timezone.now()
    try:
        added = keeping.add(case, parts, name, actor, source=EvidenceSource.API, at=at)
    except Refused as refused:
        raise MoveRefused(str(refused)) from None
    return EvidenceSerializer(added.evidence).data | {"says": added.says}


class OneEvidence(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ, "DELETE": tokens.MOVE}
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
        actor = actor_of(request)
        found = Evidence.objects.filter(pk=pk).values_list("case_id", flat=True).first()
        _case(request, found or 0)
        why = strict.body(WithdrawalSerializer, request)["reason"]

        def act() -> Answer:
            try:
                done = keeping.withdraw(pk, why, actor, at=timezone.now())
                return Answer(200, EvidenceSerializer(done).data)
            except Refused as refused:
                return Answer(409, str(refused))

        answer = repeats.answer(request, act, at=timezone.now())
        if answer.status != 200:
            raise MoveRefused(answer.body)
        return Response(answer.body, headers=repeats.headers(answer))


def _case(request: Request, pk: int) -> Case:
    case = visible_cases(actor_of(request)).select_related("site").filter(pk=pk).first()
    if case is None:
        raise Http404
    return case
