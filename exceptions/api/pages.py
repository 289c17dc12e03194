"""Pages of a list, cut by the key of the last row: what comes in between shifts nothing."""

from typing import Any

from django.utils import timezone
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from exceptions.api.fields import InstantField

MOST_ROWS = 200


class NewestFirst(CursorPagination):
    """By id, newest first. Every row that was there at the first page comes exactly once."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "limit"
    page_size_query_description = f"Rows a page, 1 to {MOST_ROWS}; 50 without."
    max_page_size = MOST_ROWS
    cursor_query_description = "Where to go on; as `next` and `previous` of the answer give it."

    def get_page_size(self, request: Request) -> int:
        said, most = request.query_params.get("limit", "50"), self.max_page_size
        if not (said.isascii() and said.isdigit() and len(said) < 6 and 1 <= int(said) <= most):
            raise ValidationError({"limit": [f"A whole number from 1 to {most}."]})
        return int(said)

    def decode_cursor(self, request: Request) -> Cursor | None:
        wrong = ValidationError({"cursor": ["This is no cursor that this list has given."]})
        try:
            cursor: Any = super().decode_cursor(request)
        except (NotFound, ValueError):
            raise wrong from None
        if cursor == Cursor(0, False, None):  # what DRF makes of garbage
            raise wrong
        position = cursor.position if cursor else None
        if position is not None and not (position.isascii() and position.isdigit()):
            raise wrong
        return cursor  # type: ignore[no-any-return] # a named tuple of DRF


class AsOf(NewestFirst):
    """Larger pages, for whoever keeps a copy, and the instant from which to ask for changes."""

    max_page_size = 1000
    page_size_query_description = "Rows a page, 1 to 1000; 50 without."

    def get_paginated_response(self, data: Any) -> Response:
        answer = super().get_paginated_response(data)
        answer.data = {"as_of": InstantField().to_representation(timezone.now()), **answer.data}
        return answer

    def get_paginated_response_schema(self, schema: Any) -> Any:
        told: Any = super().get_paginated_response_schema(schema)
        told["properties"]["as_of"] = {
            "type": "string",
            "format": "date-time",
            "description": "That of the first page is the `changed_since` of the next load.",
        }
        return told
