"""Bodies whose every field is known: what is not understood is an error, never ignored."""

from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request


class StrictSerializer(serializers.Serializer[Any]):
    """Fields that it does not have are refused."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := sorted(set(data) - set(self.fields))):
            raise ValidationError({name: ["There is no such field."] for name in unknown})
        return super().to_internal_value(data)


def body(serializer: type[StrictSerializer], request: Request) -> dict[str, Any]:
    """What the request's body says. Raises ValidationError naming the fields."""
    if not isinstance(request.data, dict):
        raise ValidationError({"body": ["Send a JSON object."]})
    read = serializer(data=request.data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)
