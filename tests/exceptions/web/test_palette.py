"""The command palette."""

from exceptions import lifecycle
from exceptions.models import Case
from exceptions.vocabulary import Move
from tests.exceptions.web.pages import cases, now, signed_in, words
from tests.making import Tower


def test_it_begins_with_what_is_most_pressing(tower: Tower) -> None:
    cases(tower, 3)
    page = signed_in("lead.rtm").get("/palette/")
    ranked = Case.objects.order_by("-score", "next_due_at", "id")

    assert page.context["cases"] == list(ranked)
    assert "Most pressing" in words(page)


def test_it_finds_cases_open_ones_first(tower: Tower) -> None:
    first, second = cases(tower, 2)
    data = {"outcome": "duplicate", "reason": "Same truck"}
    lifecycle.move(first.pk, Move.DISMISS, tower.supervisor, at=now(), data=data)
    client = signed_in("lead.rtm")

    assert client.get("/palette/?q=kempten").context["cases"] == [second, first]
    assert client.get(f"/palette/?q={first.reference}").context["cases"] == [first]
    assert signed_in("lead.chi").get("/palette/?q=kempten").context["cases"] == []
    assert "No case has “zzz”" in words(client.get("/palette/?q=zzz"))


def test_what_ended_last_comes_first_after_what_is_open(tower: Tower) -> None:
    found = cases(tower, 12)
    data = {"outcome": "duplicate", "reason": "Same truck"}
    for case in found[2:]:
        lifecycle.move(case.pk, Move.DISMISS, tower.supervisor, at=now(), data=data)

    listed = signed_in("lead.rtm").get("/palette/?q=kempten").context["cases"]
    assert listed == [*found[:2], *reversed(found[6:])]


def test_it_offers_the_moves_of_the_open_page(tower: Tower) -> None:
    case = cases(tower, 1)[0]
    client = signed_in("procurement.rtm")

    offered = client.get(f"/palette/?case={case.pk}").context["moves"]
    assert [str(choice.move) for choice in offered] == ["acknowledge"]
    assert client.get(f"/palette/?case={case.pk}&q=zzz").context["moves"] == []
    assert signed_in("lead.chi").get(f"/palette/?case={case.pk}").context["moves"] == []
    assert client.get("/palette/?case=x").status_code == 200


def test_it_leads_to_places(tower: Tower) -> None:
    places = signed_in("lead.rtm").get("/palette/?q=queue").context["places"]

    assert [(place.label, place.url) for place in places] == [("Queue", "/")]
