"""Disruptions on the page of a case: put together, taken apart and merged."""

from typing import Any

import pytest
from django.test import Client

from exceptions import grouping, intake
from exceptions.models import Case, User
from tests.exceptions.web.pages import cases, now, shown, signed_in, words
from tests.making import Tower


@pytest.fixture
def three(tower: Tower) -> list[Case]:
    """Late receipts of 50,000, 33,333 and 25,000 EUR."""
    return cases(tower, 3)


@pytest.fixture
def lead(three: list[Case]) -> Client:
    return signed_in("lead.rtm")


def post(client: Client, case: Case, what: str, **form: object) -> Any:
    return client.post(f"/cases/{case.pk}/{what}/", form, follow=True)


def page(client: Client, case: Case) -> str:
    return words(client.get(f"/cases/{case.pk}/"))


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize("typed", ["{}", "C-{}", " c-{} ", "c{}"])
def test_put_together_by_number(lead: Client, three: list[Case], typed: str) -> None:
    parent, child, _ = three
    told = post(lead, child, "attach", parent=typed.format(parent.pk), reason="One ship.")

    assert told.redirect_chain == [(f"/cases/{child.pk}/", 302)]
    assert f"{child.reference} is now part of {parent.reference}." in words(told)
    assert f"Part of {parent.reference} : {parent.title}" in words(told)
    assert fresh(child).parent == parent
    assert f"lead.rtm made it part of {parent.reference} One ship." in words(told)


def test_a_connected_case_is_offered(tower: Tower, lead: Client, three: list[Case]) -> None:
    intake.take_in([tower.order_line(1, at=now())], at=now())
    line = Case.objects.get(kind="partial_receipt")
    told = lead.get(f"/cases/{line.pk}/")

    assert f'name="candidate" value="{three[0].pk}"' in told.content.decode()
    post(lead, line, "attach", candidate=three[0].pk)
    assert fresh(line).parent == three[0]


def test_the_parent_shows_its_cases_and_what_they_put_at_risk(
    tower: Tower, lead: Client, three: list[Case]
) -> None:
    """50,000 + 33,333 + 25,000 = 108,333 EUR."""
    parent, *children = three
    for child in children:
        post(lead, child, "attach", parent=parent.pk)
    answer = lead.get(f"/cases/{parent.pk}/")
    told = words(answer)

    assert "2 cases are part of it" in told
    assert "€108,333 at risk in all; goods that several cases show count once" in told
    assert "Make it part of another case" not in told
    address = answer.context["disruption"].parts_url
    assert address == f"/?state=all&part_of={parent.pk}"
    assert sorted(shown(lead.get(address))) == [case.pk for case in three]

    back = post(lead, children[0], "detach", of=parent.pk)
    assert back.redirect_chain == [(f"/cases/{parent.pk}/", 302)]
    assert f"{children[0].reference} stands alone again." in words(back)
    assert "1 case is part of it" in words(back)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("999999", "Choose a case that you can see: there is none of that number."),
        ("the other one", "Choose a case that you can see: there is none of that number."),
        ("", "Choose a case that you can see: there is none of that number."),
        ("9" * 30, "Choose a case that you can see: there is none of that number."),
        ("itself", "Choose another case: none is part of itself."),
    ],
)
def test_a_refusal_is_a_sentence_beside_what_was_typed(
    lead: Client, three: list[Case], typed: str, says: str
) -> None:
    case = three[0]
    told = post(
        lead,
        case,
        "attach",
        parent=str(case.pk) if typed == "itself" else typed,
        reason="One ship.",
    )

    assert told.status_code == 409
    assert says in words(told)
    assert 'value="One ship."' in told.content.decode()
    assert 'id="move-attach" data-one open' in told.content.decode()


def test_who_leads_nothing_is_offered_nothing_and_refused(
    tower: Tower, lead: Client, three: list[Case]
) -> None:
    parent, child, _ = three
    post(lead, child, "attach", parent=parent.pk)
    owner = signed_in("procurement.rtm")
    told = page(owner, child)

    assert "Part of " in told
    assert "Take it out" not in told
    assert "Make it part" not in page(owner, three[2])
    refused = post(owner, three[2], "attach", parent=parent.pk)
    assert refused.status_code == 409
    assert "Only a supervisor of Rotterdam can put" in words(refused)
    assert post(owner, child, "detach").status_code == 409
    assert post(signed_in("lead.chi"), child, "detach").status_code == 404
    assert fresh(child).parent == parent


def test_what_lies_elsewhere_is_not_named(tower: Tower, three: list[Case]) -> None:
    parent = three[0]
    there = tower.late_case(9, at=now(), site_id=tower.other_site.pk)
    Case.objects.filter(pk=there.pk).update(parent=parent)
    told = page(signed_in("lead.chi"), there)

    assert "part of a case at another site" in told
    assert parent.reference not in told
    here = page(signed_in("lead.rtm"), parent)
    assert "Cases at sites that you do not see are part of it, too." in here
    assert there.reference not in here


def test_assigning_the_parent_takes_its_cases_along(
    tower: Tower, lead: Client, three: list[Case]
) -> None:
    parent, child, other = three
    post(lead, child, "attach", parent=parent.pk)
    mate = User.objects.get(username="warehouse.rtm")
    assert "and its 1 open case" in page(lead, parent)
    told = post(lead, parent, "moves/assign", owner=mate.pk, children="yes")

    assert f"{parent.reference}, {child.reference} assigned." in words(told)
    assert [fresh(case).owner == mate for case in three] == [True, True, False]
    again = post(lead, parent, "moves/assign", owner=mate.pk, children="yes")
    assert again.status_code == 409
    assert "warehouse.rtm owns all of them already." in words(again)
    boss = User.objects.get(username="lead.rtm")
    post(lead, parent, "moves/assign", owner=boss.pk)
    assert [fresh(case).owner for case in (parent, child)] == [boss, mate]
    assert fresh(other).owner != mate


def test_a_duplicate_is_merged_and_taken_out_again(lead: Client, three: list[Case]) -> None:
    into, case, _ = three
    form = {"outcome": "duplicate", "reason": "The same truck.", "merged_into": into.reference}
    told = post(lead, case, "moves/dismiss", **form)

    assert f"merged into {into.reference}" in words(told)
    assert f"lead.rtm dismissed: merged into {into.reference} as a duplicate" in words(told)
    assert f"Merged into it: {case.reference} {case.title}" in page(lead, into)
    post(lead, case, "moves/reopen", reason="Two trucks.")
    assert fresh(case).merged_into is None
    assert "Merged into it" not in page(lead, into)


def test_what_cannot_be_merged_is_not_dismissed(lead: Client, three: list[Case]) -> None:
    form = {"outcome": "duplicate", "reason": "The same truck.", "merged_into": "the other"}
    told = post(lead, three[0], "moves/dismiss", **form)

    assert told.status_code == 409
    assert "Choose a case that you can see: there is none of that number." in words(told)
    assert 'value="the other"' in told.content.decode()
    assert fresh(three[0]).state == "assigned"
    plain = {"outcome": "false_positive", "reason": "A typo.", "merged_into": "the other"}
    assert post(lead, three[0], "moves/dismiss", **plain).status_code == 200


def test_the_page_of_a_parent_costs_no_more_for_more_children(
    tower: Tower, three: list[Case], lead: Client, django_assert_max_num_queries: Any
) -> None:
    parent = three[0]
    at = now()
    for number in range(10, 25):
        grouping.attach(tower.late_case(number, at=at).pk, parent.pk, tower.supervisor, at=at)
    with django_assert_max_num_queries(51):
        lead.get(f"/cases/{parent.pk}/")
