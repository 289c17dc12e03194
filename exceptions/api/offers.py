"""The decisions that a case offers, and what each asks for, by HTTP."""

from decimal import Decimal
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exceptions import choosing, playbooks, tokens
from exceptions.actors import visible_cases
from exceptions.api.callers import HasScope, actor_of
from exceptions.api.cases import problems
from exceptions.asking import Known, Option
from exceptions.kinds import Ask, Offer
from exceptions.vocabulary import AskType, DecisionKind, lasting


class OptionSerializer(serializers.Serializer[Option]):
    id = serializers.IntegerField()
    name = serializers.CharField()


class AskSerializer(serializers.Serializer[Ask]):
    """One parameter. `most` is the largest number that may be given, `usual` what a form begins
    with; both null where the facts do not say. `options` is null where nothing is chosen.
    """

    name = serializers.CharField()
    # The names are the domain's; DRF takes declared fields off the class, so they hide nothing.
    label = serializers.CharField()  # type: ignore[assignment] # see above
    type = serializers.ChoiceField(choices=AskType.choices)
    required = serializers.BooleanField()  # type: ignore[assignment] # see above
    help = serializers.CharField()
    usual = serializers.SerializerMethodField()
    most = serializers.SerializerMethodField()
    options = serializers.SerializerMethodField()

    def get_usual(self, ask: Ask) -> str | None:
        return _plain(ask.usual(self._known.facts))

    def get_most(self, ask: Ask) -> str | None:
        return _plain(ask.most(self._known.facts))

    def get_options(self, ask: Ask) -> list[dict[str, Any]] | None:
        found = self._known.options.get(ask.name)
        return None if found is None else [{"id": o.id, "name": o.name} for o in found]

    @property
    def _known(self) -> Known:
        known: Known = self.context["known"]
        return known


def _plain(value: object) -> str | None:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return None if value is None else str(value)


class OfferSerializer(serializers.Serializer[Any]):
    """A decision that can be proposed now: `parameters` of the move are answers to `asks`."""

    kind = serializers.ChoiceField(choices=DecisionKind.choices)
    says = serializers.CharField()
    verbs = serializers.ListField(
        child=serializers.CharField(),
        help_text="What is done in the source system, in this order",
    )
    resolves = serializers.BooleanField(help_text="The case is resolved once it is confirmed")
    has_cost = serializers.BooleanField(help_text="`cost` is needed, in the case's currency")
    asks = AskSerializer(many=True)
    lasting = serializers.SerializerMethodField(
        help_text="Of the verbs those that cannot be undone: a second person confirms them"
    )

    def get_lasting(self, offer: Offer) -> list[str]:
        return [str(verb) for verb in lasting(offer.verbs)]


class Offers(APIView):
    permission_classes = [HasScope]
    scopes = {"GET": tokens.READ}

    @extend_schema(
        operation_id="cases_offers",
        tags=["cases"],
        responses={200: OfferSerializer(many=True)} | problems(404),
    )
    def get(self, request: Request, pk: int) -> Response:
        """The decisions that the case offers, with the parameters of each."""
        cases = visible_cases(actor_of(request)).select_related("document")
        case = get_object_or_404(cases, pk=pk)
        offers = list(playbooks.offers_for(case))
        known = choosing.known(case, [a for o in offers for a in o.asks], timezone.now())
        return Response(OfferSerializer(offers, many=True, context={"known": known}).data)
