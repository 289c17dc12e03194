"""The approval matrix by HTTP: what is in force, and whom it would ask about a decision."""

from decimal import Decimal
from typing import Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import approvals, electorate, matrices, matrix, playbooks, tokens
from exceptions.actors import READING_ROLES, visible_cases
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.api.strict import StrictSerializer
from exceptions.matrix import Cell, Level, Matrix, Row
from exceptions.models import Case
from exceptions.vocabulary import DecisionKind, Need, Role, Tier, Voters


class LevelInMatrixSerializer(serializers.Serializer[Any]):
    """Levels are asked in their order. `count` says how many where `need` is `some`."""

    voters = serializers.ChoiceField(choices=Voters.choices)
    group = serializers.CharField()
    need = serializers.ChoiceField(choices=Need.choices)
    count = serializers.IntegerField()
    says = serializers.SerializerMethodField(help_text="In words")

    def get_says(self, level: Level) -> str:
        return matrix.level_in_words(level)


class RowSerializer(serializers.Serializer[Any]):
    """What it leaves open (null) fits everything. `bands` are its cells, the lowest first; an empty
    one asks nobody.
    """

    decision = serializers.ChoiceField(choices=DecisionKind.choices, allow_null=True)
    site = serializers.IntegerField(allow_null=True)
    tier = serializers.ChoiceField(choices=Tier.choices, allow_null=True)
    bands = serializers.SerializerMethodField()

    def get_bands(self, row: Row) -> list[list[dict[str, Any]]]:
        return [list(LevelInMatrixSerializer(levels, many=True).data) for levels in row.bands]


class MatrixSerializer(serializers.Serializer[Any]):
    version = serializers.IntegerField(allow_null=True, help_text="Null: the standard one")
    bounds = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Where the second and each further band begins, by currency",
    )
    sign_in_above = serializers.DictField(child=serializers.CharField())
    valid_hours = serializers.IntegerField()
    remind_minutes = serializers.IntegerField()
    rows = RowSerializer(many=True)


class ForeseenLevelSerializer(serializers.Serializer[Any]):
    voters = serializers.ChoiceField(choices=Voters.choices)
    group = serializers.CharField()
    need = serializers.ChoiceField(choices=Need.choices)
    count = serializers.IntegerField()
    says = serializers.CharField(help_text="In words")
    people = serializers.ListField(child=serializers.CharField(), help_text="Who may answer today")


class ForeseenSerializer(serializers.Serializer[Any]):
    """Whom the matrix in force would ask; no levels: nobody, it is carried out at once."""

    band = serializers.CharField(help_text="Of the amount at stake, in words")
    stake = serializers.DecimalField(max_digits=14, decimal_places=2, allow_null=True)
    currency = serializers.CharField()
    levels = ForeseenLevelSerializer(many=True)


class AskedSerializer(StrictSerializer):
    decision = serializers.ChoiceField(choices=DecisionKind.choices)
    cost = serializers.DecimalField(max_digits=14, decimal_places=2, min_value=0, required=False)


class ApprovalMatrix(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}

    @extend_schema(
        operation_id="approval_matrix_get",
        tags=["approvals"],
        responses={200: MatrixSerializer} | problems(),
    )
    def get(self, request: Request) -> Response:
        """The one in force. Of the rows that fit, the most specific one holds alone."""
        if not actor_of(request).has_role(*(Role(role) for role in READING_ROLES)):
            raise PermissionDenied
        version = matrices.newest()
        found = matrices.of(version)
        said = {
            "version": version.version if version else None,
            "bounds": {code: list(map(str, each)) for code, each in found.bounds.items()},
            "sign_in_above": {code: str(most) for code, most in found.sign_in_above.items()},
            "valid_hours": found.valid_hours,
            "remind_minutes": found.remind_minutes,
            "rows": found.rows,
        }
        return Response(MatrixSerializer(said).data)


class CaseApproval(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}

    @extend_schema(
        operation_id="cases_foresee_approval",
        tags=["approvals"],
        parameters=[
            OpenApiParameter("decision", enum=DecisionKind.values, required=True),
            OpenApiParameter("cost", str, description="In the currency of the case"),
        ],
        responses={200: ForeseenSerializer} | problems(400, 404),
    )
    def get(self, request: Request, pk: int) -> Response:
        """Whom a decision on the case would need, were it proposed now by the caller."""
        actor = actor_of(request)
        case = visible_cases(actor).select_related("site").filter(pk=pk).first()
        if case is None:
            raise Http404
        read = AskedSerializer(data=request.query_params.dict())
        read.is_valid(raise_exception=True)
        kind, cost = read.validated_data["decision"], read.validated_data.get("cost")
        offer = playbooks.offer_for(case, kind)
        cell = approvals.cell_for(case, kind, cost, offer.verbs if offer else ())
        return Response(ForeseenSerializer(_told(case, kind, cost, cell, actor.user)).data)


def _told(case: Case, kind: str, cost: Decimal | None, cell: Cell, user: Any) -> dict[str, Any]:
    found = matrices.of(matrices.newest())
    return {
        "band": matrix.band_in_words(found, cell.band, case.currency),
        "stake": matrix.stake(DecisionKind(kind), cost, case.value_at_risk),
        "currency": case.currency,
        "levels": [_level(level, case, found, user) for level in cell.levels],
    }


def _level(level: Level, case: Case, found: Matrix, user: Any) -> Any:
    people = electorate.would_answer(level, case, found, user.pk)
    return {**LevelInMatrixSerializer(level).data, "people": [p.username for p in people]}
