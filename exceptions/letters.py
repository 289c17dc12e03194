"""E-mails in which people are told: the sentences, their links, and how such e-mails end."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from exceptions import notice_words
from exceptions.models import Notification

EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that goes with an e-mail."""

    name: str
    content: bytes
    mime: str


@dataclass(frozen=True, slots=True)
class Letter:
    """`stop` is the address at which e-mails of its kinds are ended; empty where nobody can."""

    subject: str
    text: str
    stop: str = ""
    files: tuple[Attached, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """A link in an e-mail by which its person decides; `sign_in` where they sign in for it."""

    address: str
    sign_in: bool


def letter(
    notices: Sequence[Notification],
    zone: ZoneInfo,
    *,
    digest: bool,
    stop: str = "",
    ways: Mapping[int, Way] = MappingProxyType({}),
) -> Letter:
    """The e-mail with all of these; many of the same become one line. Times are of `zone`, `ways`
    by the ids of notices.
    """
    groups = list(_groups(notices))
    heads = [_head(group) for group in groups]
    subject = heads[0] if len(heads) == 1 else _("%s news of your cases") % len(notices)
    if digest:
        subject = _("Digest: %s") % subject
    parts = [_part(group, head, zone, ways) for group, head in zip(groups, heads, strict=True)]
    return Letter(" ".join(subject.split())[:200], "\n".join([*parts, _foot(stop)]), stop)


def _groups(notices: Iterable[Notification]) -> Iterable[list[Notification]]:
    """Those of the same kind by the same person together, if they are many; in their order."""
    found: dict[tuple[str, str], list[Notification]] = {}
    for notice in notices:
        found.setdefault((notice.what, notice.by_name), []).append(notice)
    for group in found.values():
        if len(group) >= notice_words.STORM:
            yield group
        else:
            yield from ([notice] for notice in group)


def _head(group: Sequence[Notification]) -> str:
    if len(group) == 1:
        return notice_words.sentence(group[0])
    return notice_words.many(group[0].what, len(group), group[0].by_name)


def _part(group: Sequence[Notification], head: str, zone: ZoneInfo, ways: Mapping[int, Way]) -> str:
    base = settings.TOWER_BASE_URL
    case, when = group[0].case, in_zone(group[0].at, zone)
    if case is None:
        return f"{head}\n  {when}\n  {base}/inbox/\n"
    if len(group) > 1:
        named = ", ".join(notice.reference for notice in group[:EXAMPLES])
        more = _("%(cases)s and others") % {"cases": named}
        return f"{head}\n  {more}\n  {base}/inbox/\n"
    told = f"{head}\n  {case.title}\n  {when}\n  {base}/cases/{case.pk}/\n"
    return told + _decide(ways.get(group[0].pk))


def _decide(way: Way | None) -> str:
    if way is None:
        return ""
    if way.sign_in:
        return "  " + _("Decide, after signing in:") + f"\n  {way.address}\n"
    said = _("Decide without signing in, once; whoever has this link decides in your name:")
    return f"  {said}\n  {way.address}\n"


def _foot(stop: str) -> str:
    said = _("You get this because you work with the control tower. What you are told, and how:")
    lines = ["--", said, f"{settings.TOWER_BASE_URL}/inbox/choices/"]
    if stop:
        lines += [_("To end e-mails of this kind, without signing in:"), stop]
    return "\n".join([*lines, ""])


def in_zone(at: datetime | str, zone: ZoneInfo) -> str:
    """`Tue 17 Nov 2026 14:20 CET`."""
    value = parse_datetime(at) if isinstance(at, str) else at
    return f"{value.astimezone(zone):%a %-d %b %Y %H:%M %Z}" if value else ""
