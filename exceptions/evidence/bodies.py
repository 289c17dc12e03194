"""Files that are the bare body of a request, read part by part."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from exceptions.evidence import store
from exceptions.lifecycle import Refused


def length(meta: Mapping[str, Any]) -> int:
    """Bytes that are announced. What is not announced is not read."""
    said = str(meta.get("CONTENT_LENGTH") or "0")
    return int(said) if said.isascii() and said.isdigit() else 0


def parts(request: HttpRequest) -> Iterator[bytes]:
    """The body. Raises Refused when less comes than was announced."""
    left = length(request.META)
    while left > 0 and (part := _read(request, min(store.PART, left))):
        left -= len(part)
        yield part
    if left:
        raise Refused(_("The line broke before all of it was here. Send it again."))


def _read(request: HttpRequest, most: int) -> bytes:
    """Nothing, where the line broke."""
    try:
        return request.read(most)
    except OSError:
        return b""
