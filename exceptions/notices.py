"""Telling people: one row a person, in the transaction of what causes it.

One owner is told; watchers hear the result. Nobody is told what they did themselves, nothing is
told twice, and nobody is told of a case that they may not see. Whether it also goes out by e-mail
is each person's choice (`reach`); `bundling` makes the e-mails.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from exceptions.actors import Actor, readers_of
from exceptions.models import Case, NoticeSettings, Notification, User
from exceptions.vocabulary import Notice, Reach

USUAL = {
    Notice.ASSIGNED: Reach.MAIL,
    Notice.CLOCK_BREACHED: Reach.MAIL,
    Notice.PROMISE_DUE: Reach.MAIL,
    Notice.ESCALATED: Reach.MAIL,
    Notice.UNOWNED: Reach.MAIL,
    Notice.ANSWER_MISSING: Reach.MAIL,
    Notice.MENTIONED: Reach.MAIL,
    Notice.DECISION_FAILED: Reach.MAIL,
    Notice.APPROVAL_ASKED: Reach.MAIL,
    Notice.APPROVAL_DECIDED: Reach.MAIL,
    Notice.APPROVAL_ENDED: Reach.MAIL,
    Notice.VOTED_FOR_ME: Reach.MAIL,
    Notice.OBJECTED: Reach.MAIL,
    Notice.COVERAGE: Reach.MAIL,
    Notice.REOPENED: Reach.MAIL,
    Notice.COMMENTED: Reach.DIGEST,
    Notice.RESOLVED: Reach.DIGEST,
    Notice.DISMISSED: Reach.DIGEST,
}  # else the inbox alone


def tell(
    case: Case,
    what: Notice,
    people: Iterable[User | None],
    *,
    at: datetime,
    by: Actor | None = None,
    key: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Tell `people` of it, but for `by`, who did it; None among them is nobody.

    The same `key` is told a person once, whoever tries again; without one it is that of the case's
    latest event, which the caller has just written under the case's lock. `data` is JSON for the
    sentence (see `notice_words`).
    """
    doer = by.user if by else None
    wanted = {person.pk for person in people if person and person != doer}
    if not wanted:
        return
    told = key or f"{case.reference}:{case.event_count}:{what}"
    readers = readers_of(case).filter(pk__in=wanted).select_related("notice_settings")
    rows = [
        Notification(
            person=person,
            case=case,
            what=what,
            key=told,
            at=at,
            by_name=by.name[:120] if by and by.user else "",
            tier=case.tier,
            data=dict(data or {}),
            reach=reach,
        )
        for person in readers
        if (reach := reach_of(getattr(person, "notice_settings", None), what)) != Reach.NONE
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def tell_of_tower(
    what: Notice, people: Iterable[User], *, at: datetime, key: str, data: Mapping[str, Any]
) -> None:
    """Tell these of something that is about no case; each of them once for the `key`."""
    wanted = {person.pk for person in people}
    found = User.objects.filter(pk__in=wanted, is_active=True).select_related("notice_settings")
    rows = [
        Notification(person=each, what=what, key=key, at=at, data=dict(data), reach=reach)
        for each in found
        if (reach := reach_of(getattr(each, "notice_settings", None), what)) != Reach.NONE
    ]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)


def reach_of(chosen: NoticeSettings | None, what: Notice) -> Reach:
    """How the person wants to be told; what cannot be read is as usual."""
    said = chosen.choices.get(what) if chosen else None
    return Reach(said) if said in Reach.values else USUAL.get(what, Reach.INBOX)


def watchers(case: Case) -> QuerySet[User]:
    return User.objects.filter(watches__case=case)
