"""Comments, watching and promises on the page of a case."""

from typing import Any

import pytest
from django.test import Client

from exceptions import audit, grouping
from exceptions.models import Case, Comment, Promise, User, Watch
from exceptions.vocabulary import Happening
from exceptions.web.conversation import with_mentions
from tests.exceptions.web.pages import cases, now, signed_in, words
from tests.making import Tower


@pytest.fixture
def two(tower: Tower) -> list[Case]:
    return cases(tower, 2)


@pytest.fixture
def lead(two: list[Case]) -> Client:
    return signed_in("lead.rtm")


def post(client: Client, address: str, **form: object) -> Any:
    return client.post(address, form, follow=True)


def page(client: Client, case: Case) -> str:
    return words(client.get(f"/cases/{case.pk}/"))


def test_a_conversation(tower: Tower, lead: Client, two: list[Case]) -> None:
    """Asked, answered, changed and withdrawn; everybody can open what was said before."""
    case = two[0]
    User.objects.filter(username="warehouse.rtm").update(first_name="Femke", last_name="Bos")
    asked = post(lead, f"/cases/{case.pk}/comments/", text="@warehouse.rtm is it <there>?")
    other = signed_in("warehouse.rtm")
    post(other, f"/cases/{case.pk}/comments/", text="In bay 4.")
    answer = Comment.objects.latest("id")
    changed = post(other, f"/comments/{answer.pk}/edit/", text="In bay 5.")

    assert "Commented." in words(asked)
    assert "@Femke Bos is it <there>?" in words(asked)
    assert "earlier wordings" in words(changed)
    assert "In bay 4." in words(changed)
    assert "Watched by" in words(changed)
    gone = post(other, f"/comments/{answer.pk}/withdraw/")
    assert "Withdrawn by its author" in words(gone)
    assert "Change or withdraw" not in words(gone)
    assert list(Watch.objects.filter(case=case).values_list("person__username", flat=True)) == [
        "lead.rtm",
        "warehouse.rtm",
    ]


def test_refusals_stand_beside_what_was_typed(lead: Client, two: list[Case]) -> None:
    case = two[0]
    typo = post(lead, f"/cases/{case.pk}/comments/", text="@jnoas please")
    assert (typo.status_code, "nobody of that name may see" in words(typo)) == (409, True)
    assert "@jnoas please</textarea>" in typo.content.decode()
    post(lead, f"/cases/{case.pk}/comments/", text="Mine")
    comment = Comment.objects.get()
    reader = signed_in("procurement.rtm")
    not_mine = post(reader, f"/comments/{comment.pk}/edit/", text="Yours")
    assert (not_mine.status_code, "Only lead.rtm can change" in words(not_mine)) == (409, True)
    elsewhere = signed_in("lead.chi")
    paths = [f"/cases/{case.pk}/comments/", f"/comments/{comment.pk}/edit/"]
    paths += [f"/comments/{comment.pk}/withdraw/", f"/cases/{case.pk}/watch/"]
    paths += [f"/cases/{case.pk}/promises/"]
    assert [post(elsewhere, path, text="So").status_code for path in paths] == [404] * 5
    silent = page(signed_in("warehouse.rtm"), case)
    assert "those whom they mention write comments" in silent


def test_it_goes_to_the_children_too(tower: Tower, lead: Client, two: list[Case]) -> None:
    parent, child = two
    grouping.attach(child.pk, parent.pk, tower.supervisor, at=now())
    form = {"text": "The ship is in.", "children": "yes"}
    told = post(lead, f"/cases/{parent.pk}/comments/", **form)

    assert "Commented on 2 cases." in words(told)
    line = f"lead.rtm commented on all cases of {parent.reference} The ship is in."
    assert line in page(lead, child)


def test_the_people_of_the_list_may_see_the_case(lead: Client, two: list[Case]) -> None:
    """By the beginning of a login or of any name; of other sites nobody."""
    User.objects.filter(username="warehouse.rtm").update(first_name="Femke", last_name="Bos")
    asked = ["proc", "femk", "bos fem", "warehouse.c", "zz"]
    found = [
        [p["login"] for p in lead.get(f"/cases/{two[0].pk}/people/", {"q": q}).json()["people"]]
        for q in asked
    ]
    assert found == [["procurement.rtm"], ["warehouse.rtm"], ["warehouse.rtm"], [], []]
    assert signed_in("lead.chi").get(f"/cases/{two[0].pk}/people/").status_code == 404


def test_watching_and_no_more(lead: Client, two: list[Case]) -> None:
    case = two[0]
    started = post(lead, f"/cases/{case.pk}/watch/")
    assert f"You watch {case.reference}" in words(started)
    assert "Stop watching" in words(started)
    assert "Stop watching" not in words(post(lead, f"/cases/{case.pk}/unwatch/"))


def test_a_promise_from_the_page(tower: Tower, lead: Client, two: list[Case]) -> None:
    """The time is one of the reader's zone: 09:30 in Amsterdam is 08:30 UTC in January."""
    case, year = two[0], now().year + 1
    User.objects.filter(username="lead.rtm").update(time_zone="Europe/Amsterdam")
    form = {"by": "Kempten", "what": "It ships", "due": f"{year}-01-12T09:30"}
    told = post(lead, f"/cases/{case.pk}/promises/", **form)
    promise = Promise.objects.get()

    assert f"{promise.due_at:%m-%d %H:%M}" == "01-12 08:30"
    assert f"12 Jan {year} 09:30 CET" in words(told)
    assert "Kempten Bearings" in told.content.decode()  # offered: the facts tell of it
    wrong = post(lead, f"/cases/{case.pk}/promises/", **form | {"due": "soon"})
    assert (wrong.status_code, "Give the date and time" in words(wrong)) == (409, True)
    kept = post(lead, f"/promises/{promise.pk}/settle/", how="kept")
    assert "The promise is kept." in words(kept)
    assert "lead.rtm saw the promise of Kempten kept It ships" in words(kept)
    again = post(lead, f"/promises/{promise.pk}/settle/", how="broken")
    assert (again.status_code, "already kept" in words(again)) == (409, True)
    assert post(lead, f"/promises/{promise.pk}/settle/", how="open?").status_code == 404


def test_what_was_noted_before_stays_readable(tower: Tower, lead: Client, two: list[Case]) -> None:
    case = Case.objects.get(pk=two[0].pk)
    data = {"words": "Old note."}
    audit.append(case, Happening.NOTED, tower.supervisor, at=now(), data=data)
    case.save()
    assert "lead.rtm noted Old note." in page(lead, case)


def test_text_is_escaped_around_its_mentions() -> None:
    said = with_mentions("<b>@jo</b> & @mo", {"jo": "Jo <Who>"})
    assert said == (
        '&lt;b&gt;<b class="mention" title="@jo">@Jo &lt;Who&gt;</b>&lt;/b&gt; &amp; @mo'
    )
