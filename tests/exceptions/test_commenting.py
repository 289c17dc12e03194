"""Comments: who writes them, whom they mention, what of them stays, and who watches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from exceptions import audit, commenting, grouping
from exceptions.actors import Actor, person, visible_cases
from exceptions.lifecycle import Refused
from exceptions.models import Case, CaseEvent, Comment, User, Watch
from exceptions.vocabulary import Role
from tests.exceptions.cases import People, member, people_of
from tests.making import Tower

MINUTE = timedelta(minutes=1)


@pytest.fixture
def people(tower: Tower) -> People:
    return people_of(tower)


@pytest.fixture
def case(tower: Tower, at: datetime) -> Case:
    return tower.late_case(at=at)


def said(case: Case) -> list[tuple[str, str, Any]]:
    """What the history says of comments: what, who, and the words."""
    events = CaseEvent.objects.filter(case=case, data__has_key="comment").order_by("number")
    return [(e.happening, e.actor_name, e.data["words"]) for e in events]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Refused) as says:
        act()
    return str(says.value)


def watchers(case: Case) -> list[str]:
    rows = Watch.objects.filter(case=case).order_by("person__username")
    return list(rows.values_list("person__username", flat=True))


def test_a_comment_mentions_and_makes_watch(case: Case, people: People, at: datetime) -> None:
    text = " @Executive can you call them? Ask @warehouse.rtm, too. Or x@mate.example. "
    (comment,) = commenting.write(case.pk, text, people.owner, at=at)

    assert comment.text == text.strip()
    assert {u.username for u in comment.mentions.all()} == {"executive", "warehouse.rtm"}
    assert watchers(case) == ["executive", "procurement.rtm", "warehouse.rtm"]
    assert said(case) == [("commented", "procurement.rtm", text.strip())]
    case.refresh_from_db()
    assert list(audit.verify(case)) == []


@pytest.mark.parametrize("name", ["procurement.chi", "nobody.at.all", "integration", "stranger"])
def test_who_may_not_see_the_case_is_not_mentioned(
    case: Case, people: People, at: datetime, name: str
) -> None:
    """In the same words for people of other sites and for nobody."""
    says = refused(partial(commenting.write, case.pk, f"Ask @{name}.", people.owner, at=at))

    assert says == (
        f"@{name}: nobody of that name may see cases of Rotterdam. Choose from the list."
    )
    assert (Comment.objects.count(), watchers(case)) == (0, [])


def test_who_works_on_it_writes_and_who_was_asked_answers(
    case: Case, people: People, at: datetime
) -> None:
    says = "Only its team, the supervisors of Rotterdam and those whom they mention write comments."
    write = partial(commenting.write, case.pk, "So.", at=at)
    readers = [
        people.auditor,
        people.executive,
        people.approver,
        people.operator_of_another_team,
        people.auditor_of_the_team_who_works_in_another,
        people.supervisor_elsewhere,
        people.integration_admin,
    ]
    assert {refused(partial(write, actor=actor)) for actor in readers} == {says}

    commenting.write(case.pk, "@executive @auditor look.", people.mate, at=at)
    write(actor=people.executive)
    assert refused(partial(write, actor=people.auditor)) == says  # changes nothing, ever
    assert [who for _, who, _ in said(case)] == ["mate", "executive"]


def test_the_wording_changes_and_no_wording_is_lost(
    case: Case, people: People, at: datetime
) -> None:
    (comment,) = commenting.write(case.pk, "Tuesday", people.owner, at=at)
    commenting.edit(comment.pk, "Wednesday, @mate", people.owner, at=at + MINUTE)
    commenting.edit(comment.pk, "Wednesday, @mate", people.owner, at=at + 2 * MINUTE)  # the same
    now = commenting.edit(comment.pk, "Thursday", people.owner, at=at + 3 * MINUTE)

    assert (now.text, now.edited_at, list(now.mentions.all())) == (
        "Thursday",
        at + 3 * MINUTE,
        [],
    )
    assert commenting.wordings([now]) == {
        now.pk: [
            (at, "Tuesday"),
            (at + MINUTE, "Wednesday, @mate"),
            (at + 3 * MINUTE, "Thursday"),
        ]
    }
    assert watchers(case) == ["mate", "procurement.rtm"]

    commenting.withdraw(comment.pk, people.owner, at=at + 4 * MINUTE)
    comment.refresh_from_db()
    assert (comment.text, comment.withdrawn_at) == ("Thursday", at + 4 * MINUTE)
    assert [what for what, _, _ in said(case)] == [
        "commented",
        "comment_edited",
        "comment_edited",
        "comment_withdrawn",
    ]
    says = "This comment was withdrawn. Write a new one."
    again = partial(commenting.withdraw, comment.pk, people.owner, at=at)
    assert refused(again) == says
    assert refused(partial(commenting.edit, comment.pk, "So", people.owner, at=at)) == says


def test_only_its_author_changes_a_comment(case: Case, people: People, at: datetime) -> None:
    (comment,) = commenting.write(case.pk, "Tuesday", people.owner, at=at)
    says = "Only procurement.rtm can change this comment."
    for actor in (people.supervisor, people.mate, people.auditor):
        assert refused(partial(commenting.edit, comment.pk, "So", actor, at=at)) == says
        assert refused(partial(commenting.withdraw, comment.pk, actor, at=at)) == says


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("  ", "Write what you want to say."),
        ("x" * 2001, "A comment has at most 2000 letters: split it in two."),
    ],
)
def test_what_is_no_comment(case: Case, people: People, at: datetime, text: str, says: str) -> None:
    assert refused(partial(commenting.write, case.pk, text, people.owner, at=at)) == says


def test_a_comment_to_all_stands_in_every_history(
    tower: Tower, at: datetime, people: People
) -> None:
    child, parent, other = [tower.late_case(n, at=at) for n in (1, 2, 3)]
    grouping.attach(child.pk, parent.pk, people.supervisor, at=at)
    done = commenting.write(parent.pk, "The ship is in.", people.mate, at=at, children=True)

    assert [comment.case for comment in done] == [parent, child]
    told = ("commented", "mate", "The ship is in.")
    assert [said(case) for case in (parent, child, other)] == [[told], [told], []]
    about = CaseEvent.objects.get(case=child, happening="commented").data["about"]
    assert about == parent.reference


def test_watching_is_for_those_who_may_see(case: Case, people: People, at: datetime) -> None:
    for _ in range(2):
        commenting.watch(case.pk, people.auditor, at=at)
    with pytest.raises(Case.DoesNotExist):
        commenting.watch(case.pk, people.supervisor_elsewhere, at=at)
    assert watchers(case) == ["auditor"]
    commenting.unwatch(case.pk, people.auditor)
    assert watchers(case) == []


def test_who_may_be_mentioned_is_who_may_see_the_case(
    tower: Tower, case: Case, people: People
) -> None:
    """Against `visible_cases`, person by person."""
    gone = member("gone", Role.SUPERVISOR)
    User.objects.filter(username="gone").update(is_active=False)
    everybody: list[Actor] = [person(user) for user in User.objects.filter(is_active=True)]
    see = {a.name for a in everybody if visible_cases(a).filter(pk=case.pk).exists()}

    assert {u.username for u in commenting.mentionable(case)} == see
    assert gone.name not in see
    assert len(see) > 10
