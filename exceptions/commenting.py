"""Comments on a case, whom they mention, and who watches it.

What is said, changed and taken back stands in the history of the case, each wording in full; the
comment itself is only what it reads now. Who comments, or is mentioned, watches the case.
"""

import re
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from exceptions import audit, grouping, lifecycle, notices, waking
from exceptions.actors import Actor, readers_of, visible_cases
from exceptions.lifecycle import Refused
from exceptions.models import Case, Comment, User, Watch
from exceptions.vocabulary import Happening, Notice, Role, Woke

LONGEST = 2000
HISTORY = ["event_count", "last_hash"]
# `@jonas`, `@warehouse.rtm`; not the middle of an e-mail address. A full stop behind ends it.
MENTION = re.compile(r"(?<![\w.@])@([\w+-]+(?:\.[\w+-]+)*)")


@transaction.atomic
def write(
    case_id: int, text: str, actor: Actor, *, at: datetime, children: bool = False
) -> list[Comment]:
    """Comment on the case, and on its open children if asked; the comment on the case comes first.

    Whoever works on the parent may comment on its children. Raises Refused, or Case.DoesNotExist.
    """
    family = grouping.family(case_id, actor) if children else [lifecycle.locked(case_id)]
    case = next(each for each in family if each.pk == case_id)
    if says := refusal(case, actor):
        raise Refused(says)
    said, mentioned = _said(text), mentions(text, case)
    family.sort(key=lambda each: each.pk != case_id)
    return [_write(each, case, said, mentioned, actor, at) for each in family]


def _write(
    case: Case, asked: Case, said: str, mentioned: list[User], actor: Actor, at: datetime
) -> Comment:
    assert actor.user is not None  # machines are refused
    comment = Comment.objects.create(case=case, author=actor.user, text=said, written_at=at)
    here = [user for user in mentioned if case == asked or _may_read(user, case)]
    comment.mentions.set(here)
    _tell(case, Happening.COMMENTED, comment, actor, at, _about(case, asked))
    notices.tell(case, Notice.MENTIONED, here, at=at, by=actor, data={"words": said})
    others = [user for user in (case.owner, *notices.watchers(case)) if user not in here]
    notices.tell(case, Notice.COMMENTED, others, at=at, by=actor, data={"words": said})
    _wake(case, here, actor, at)
    watch_all(case, [actor.user, *here], at=at)
    return comment


@transaction.atomic
def edit(comment_id: int, text: str, actor: Actor, *, at: datetime) -> Comment:
    """Change the wording of one's own comment. Raises Refused, or Comment.DoesNotExist."""
    comment = _own(comment_id, actor)
    said, mentioned = _said(text), mentions(text, comment.case)
    if said == comment.text:
        return comment
    before, comment.text, comment.edited_at = comment.text, said, at
    comment.save(update_fields=["text", "edited_at"])
    new = [user for user in mentioned if not comment.mentions.filter(pk=user.pk).exists()]
    comment.mentions.set(mentioned)
    _tell(comment.case, Happening.COMMENT_EDITED, comment, actor, at, {"before": before})
    notices.tell(comment.case, Notice.MENTIONED, new, at=at, by=actor, data={"words": said})
    _wake(comment.case, new, actor, at)
    watch_all(comment.case, new, at=at)
    return comment


def _wake(case: Case, mentioned: Collection[User], actor: Actor, at: datetime) -> None:
    """Who is asked for is to see the case again; who mentions themselves has it before them."""
    if case.owner in mentioned and case.owner != actor.user:
        waking.wake(case, Woke.MENTIONED, actor, at=at, data={"who": actor.name})
        case.save(update_fields=HISTORY)


@transaction.atomic
def withdraw(comment_id: int, actor: Actor, *, at: datetime) -> Comment:
    """Take back one's own comment: that there was one stays visible, and the history keeps it.

    Raises Refused, or Comment.DoesNotExist.
    """
    comment = _own(comment_id, actor)
    comment.withdrawn_at = at
    comment.save(update_fields=["withdrawn_at"])
    _tell(comment.case, Happening.COMMENT_WITHDRAWN, comment, actor, at, {})
    return comment


def _own(comment_id: int, actor: Actor) -> Comment:
    """The actor's own comment, under the lock of its case."""
    comment = Comment.objects.get(pk=comment_id)
    case = lifecycle.locked(comment.case_id)
    comment = Comment.objects.select_related("author").get(pk=comment_id)
    comment.case = case
    if actor.user is None or comment.author_id != actor.user.pk:
        raise Refused(_("Only %(author)s can change this comment.") % {"author": comment.author})
    if says := refusal(case, actor):
        raise Refused(says)
    if comment.withdrawn_at:
        raise Refused(_("This comment was withdrawn. Write a new one."))
    return comment


def refusal(case: Case, actor: Actor) -> str:
    """Why the actor may not comment, in a sentence; empty when they may.

    Who works on the case writes, and who was asked by a mention may answer; auditors change
    nothing.
    """
    if not grouping.works_on(case, actor):
        asked = actor.user is not None and Comment.mentions.through.objects.filter(
            comment__case=case, user=actor.user
        )
        if not asked or not asked.exists() or not actor.roles_at(case.site_id) - {Role.AUDITOR}:
            return _(
                "Only its team, the supervisors of %(site)s and those whom they mention write "
                "comments."
            ) % {"site": case.site}
    return ""


def mentionable(case: Case) -> QuerySet[User]:
    """Who may be mentioned: those who may see the case, by name."""
    return readers_of(case).order_by("first_name", "last_name", "username")


def mentions(text: str, case: Case) -> list[User]:
    """The people whom the text mentions by their login, each once, in its order.

    Raises Refused where a name is nobody's who may see the case: whether there is such a person
    elsewhere is not told.
    """
    names = list(dict.fromkeys(name.lower() for name in MENTION.findall(text)))
    if not names:
        return []
    logins = mentionable(case).annotate(login=Lower("username")).filter(login__in=names)
    found = {user.username.lower(): user for user in logins}
    missing = [f"@{name}" for name in names if name not in found]
    if missing:
        raise Refused(
            _("%(names)s: nobody of that name may see cases of %(site)s. Choose from the list.")
            % {"names": ", ".join(missing), "site": case.site}
        )
    return [found[name] for name in names]


def _may_read(user: User, case: Case) -> bool:
    return readers_of(case).filter(pk=user.pk).exists()


def _said(text: str) -> str:
    said = text.strip()
    if not said:
        raise Refused(_("Write what you want to say."))
    if len(said) > LONGEST:
        raise Refused(_("A comment has at most %s letters: split it in two.") % LONGEST)
    return said


def _about(case: Case, asked: Case) -> dict[str, str]:
    return {} if case == asked else {"about": asked.reference}


def _tell(
    case: Case, what: Happening, comment: Comment, actor: Actor, at: datetime, more: dict[str, Any]
) -> None:
    words = {"comment": comment.pk, "words": comment.text}
    audit.append(case, what, actor, at=at, data=words | more)
    case.save(update_fields=HISTORY)


# -- Watching ----------------------------------------------------------------------------------


def watch(case_id: int, actor: Actor, *, at: datetime) -> None:
    """Follow a case that one may see; twice is as once. Raises Case.DoesNotExist."""
    case = visible_cases(actor).get(pk=case_id)
    watch_all(case, [actor.user] if actor.user else [], at=at)


def unwatch(case_id: int, actor: Actor) -> None:
    """Follow it no more; the next comment or mention starts it again."""
    Watch.objects.filter(case_id=case_id, person=actor.user).delete()


def watch_all(case: Case, people: Iterable[User], *, at: datetime) -> None:
    rows = [Watch(case=case, person=person, since=at) for person in people]
    Watch.objects.bulk_create(rows, ignore_conflicts=True)


def wordings(comments: Collection[Comment]) -> dict[int, list[tuple[datetime, str]]]:
    """Of each comment that was edited, all it ever said and since when, from the history."""
    edited = [comment for comment in comments if comment.edited_at]
    if not edited:
        return {}
    said: dict[int, list[tuple[datetime, str]]] = {comment.pk: [] for comment in edited}
    events = edited[0].case.events.filter(
        happening__in=[Happening.COMMENTED, Happening.COMMENT_EDITED],
        data__comment__in=list(said),
    )
    for event in events.order_by("number"):
        said[event.data["comment"]].append((event.at, event.data["words"]))
    return said
