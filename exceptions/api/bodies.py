"""Request bodies: JSON of a bounded size."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from exceptions.api.problems import TooLarge

MOST_BYTES = 64 * 1024


class BoundedJSONParser(JSONParser):
    """JSON of at most MOST_BYTES. Raises TooLarge, or ParseError for what is not JSON."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        meta = (parser_context or {})["request"].META
        if int(meta.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
            raise TooLarge
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError("JSON parse error - nested too deeply") from None
