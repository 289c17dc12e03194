"""What the page of a case shows of comments, watchers and promises, and what can be done there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from exceptions import commenting, promises
from exceptions.actors import Actor
from exceptions.models import Case, Comment, Promise, User
from exceptions.vocabulary import PromiseState
from exceptions.web.disruption import Tried

COMMENT, EDIT, WITHDRAW, PROMISE, SETTLE = "comment", "edit", "withdraw", "promise", "settle"
BADGES = {
    PromiseState.OPEN: ("info", "clock"),
    PromiseState.KEPT: ("ok", "check"),
    PromiseState.BROKEN: ("bad", "x"),
    PromiseState.WITHDRAWN: ("", "x"),
}
PARTIES = ("supplier", "customer", "carrier", "partner")  # of the facts: who usually promises


@dataclass(frozen=True, slots=True)
class Said:
    """A comment with its mentions marked; `before` are its earlier wordings, the oldest first."""

    comment: Comment
    html: SafeString
    before: Sequence[tuple[datetime, str]]
    mine: bool

    @property
    def key(self) -> str:
        return str(self.comment.pk)


@dataclass(frozen=True, slots=True)
class Promised:
    promise: Promise
    look: str
    symbol: str
    overdue: bool

    @property
    def key(self) -> str:
        return str(self.promise.pk)


@dataclass(frozen=True, slots=True)
class Conversation:
    """`tried` is what was just refused, with its sentence and everything that was typed."""

    comments: list[Said]
    watchers: list[User]
    watching: bool
    promises: list[Promised]
    may_comment: bool
    why_not: str
    may_promise: bool
    parties: list[str]
    tried: Tried


def conversation(
    case: Case, actor: Actor, at: datetime, tried: Tried | None = None
) -> Conversation:
    watchers = [watch.person for watch in case.watches.select_related("person")]
    why_not = commenting.refusal(case, actor)
    tried = tried or Tried()
    return Conversation(
        comments=_comments(case, actor),
        watchers=watchers,
        watching=actor.user in watchers,
        promises=_promises(case, at),
        may_comment=not why_not or tried.what == COMMENT,
        why_not=why_not,
        may_promise=not promises.refusal(case, actor),
        parties=_parties(case),
        tried=tried,
    )


def _comments(case: Case, actor: Actor) -> list[Said]:
    rows = list(case.comments.select_related("author").prefetch_related("mentions"))
    for row in rows:
        row.case = case
    wordings = commenting.wordings(rows)
    return [
        Said(
            comment=row,
            html=with_mentions(row.text, {u.username.lower(): str(u) for u in row.mentions.all()}),
            before=wordings.get(row.pk, [])[:-1],
            mine=actor.user is not None and row.author_id == actor.user.pk,
        )
        for row in rows
    ]


def with_mentions(text: str, names: Mapping[str, str]) -> SafeString:
    """The text, escaped, with the whole name of everybody it mentions."""
    parts, end = [], 0
    for found in commenting.MENTION.finditer(text):
        name = names.get(found[1].lower())
        if name is not None:
            mark = format_html('<b class="mention" title="@{}">@{}</b>', found[1], name)
            parts += [escape(text[end : found.start()]), mark]
            end = found.end()
    return mark_safe("".join([*parts, escape(text[end:])]))  # noqa: S308 - every part is escaped


def _promises(case: Case, at: datetime) -> list[Promised]:
    """Open ones first, each group by when it is due."""
    rows = list(case.promises.select_related("recorded_by", "settled_by"))
    rows.sort(key=lambda row: row.state != PromiseState.OPEN)
    return [
        Promised(row, *BADGES[PromiseState(row.state)], _is_open(row) and row.due_at < at)
        for row in rows
    ]


def _is_open(promise: Promise) -> bool:
    return promise.state == PromiseState.OPEN


def _parties(case: Case) -> list[str]:
    """The names of those whom the facts tell of."""
    said = [case.facts.get(party) for party in PARTIES]
    return [one["name"] for one in said if isinstance(one, dict) and one.get("name")]
