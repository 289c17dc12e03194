"""E-mails that come as files: what they say, and what is attached to them. Nothing in them runs."""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_binary_file, policy
from email.message import EmailMessage
from html import unescape
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.html import strip_tags
from django.utils.translation import gettext as _

from exceptions.lifecycle import Refused

LARGEST = 25 * 1024 * 1024  # bytes of an e-mail that is taken apart, in memory
MOST_PARTS = 100
DEEPEST = 10
LONGEST = 20_000  # letters of the text that is shown
LINE = 300


@dataclass(frozen=True, slots=True)
class Letter:
    """What an e-mail says. `attached` are names and contents; an attached e-mail is one of them."""

    said: dict[str, str]
    attached: list[tuple[str, bytes]] = field(default_factory=list)


def read(path: Path, name: str) -> Letter:
    """Raises Refused for what is nested or parted so that no mail program does it."""
    if path.stat().st_size > LARGEST:
        raise Refused(
            _("%(name)s is larger than %(n)s MB. Save what is attached to it, and send that.")
            % {"name": name, "n": LARGEST // (1024 * 1024)}
        )
    try:
        with path.open("rb") as file:
            mail = message_from_binary_file(file, policy=policy.default)
        parts = list(islice(_leaves(mail, name, 0), MOST_PARTS + 1))
        if len(parts) > MOST_PARTS:
            raise Refused(_("%s has more than a hundred parts. It was not taken.") % name)
        files = [_attached(n, part) for n, part in enumerate(parts, 1) if _is_file(part)]
        return Letter(_said(mail, parts), files)
    except RecursionError:
        raise _too_deep(name) from None


def _leaves(part: Any, name: str, depth: int) -> Iterator[EmailMessage]:
    """The parts that are no bundles of parts; an attached e-mail stays whole."""
    if depth > DEEPEST:
        raise _too_deep(name)
    if part.get_content_maintype() == "multipart" and part.is_multipart():
        for inner in part.get_payload():
            yield from _leaves(inner, name, depth + 1)
    else:
        yield part


def _too_deep(name: str) -> Refused:
    return Refused(_("%s is nested too deeply. It was not taken.") % name)


def _is_file(part: EmailMessage) -> bool:
    """What has a name, and what is neither of the two ways to write the text."""
    written = part.get_content_type() in ("text/plain", "text/html")
    return bool(_filename(part)) or not written


def _attached(number: int, part: EmailMessage) -> tuple[str, bytes]:
    kind = part.get_content_type()
    ending = ".eml" if kind == "message/rfc822" else mimetypes.guess_extension(kind) or ""
    return _filename(part) or f"part-{number}{ending}", _content(part)


def _filename(part: EmailMessage) -> str:
    try:
        return part.get_filename() or ""
    except Exception:  # noqa: BLE001 - the library reads hostile headers and may raise anything
        return ""


def _content(part: EmailMessage) -> bytes:
    try:
        if part.get_content_type() == "message/rfc822" and part.is_multipart():
            inner: Any = part.get_payload(0)
            return bytes(inner.as_bytes())
        content: Any = part.get_payload(decode=True)
    except Exception:  # noqa: BLE001 - hostile bytes
        return b""
    return content if isinstance(content, bytes) else b""


def _said(mail: Any, parts: list[EmailMessage]) -> dict[str, str]:
    heads = {name: _head(mail, name) for name in ("from", "to", "date", "subject")}
    return heads | {"text": _text(parts)}


def _head(mail: Any, name: str) -> str:
    try:
        return " ".join(_clean(str(mail[name] or "")).split())[:LINE]
    except Exception:  # noqa: BLE001 - hostile headers
        return ""


def _text(parts: list[EmailMessage]) -> str:
    """The plain text; of a mail that has none, what its page says without the page."""
    texts = [part for part in parts if not _filename(part)]
    for kind, plain in (("text/plain", str), ("text/html", lambda t: unescape(strip_tags(t)))):
        for part in texts:
            if part.get_content_type() == kind:
                return plain(_clean(_decoded(part)))[:LONGEST].strip()
    return ""


def _decoded(part: EmailMessage) -> str:
    charset = str(part.get_content_charset("utf-8"))
    try:
        return _content(part).decode(charset, "replace")
    except LookupError:
        return _content(part).decode("utf-8", "replace")


def _clean(text: str) -> str:
    """Without what PostgreSQL cannot store, and halves of pairs."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()
