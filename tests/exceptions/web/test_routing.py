"""The pages of the rules of routing."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from exceptions import drafting, lifecycle, routing_sets
from exceptions.actors import Actor
from exceptions.models import Case, User
from exceptions.route_drafting import ROUTING
from exceptions.routes import Routes, Rule
from exceptions.vocabulary import Counting, Move, Role
from tests.exceptions.cases import member
from tests.exceptions.routing_makers import in_force
from tests.making import Tower

RULE = {
    "rule.0.name": "Customs of Hamburg",
    "rule.0.kinds": ["customs_hold", "late_inbound"],
    "rule.0.tiers": ["high"],
    "rule.0.partners": "DHL, Kempten; dhl",
    "rule.0.words": "",
    "rule.0.models": "",
    "rule.0.value_from": "1,500.50",
    "rule.0.value_to": "",
    "rule.0.team": "trade_compliance",
    "rule.0.person": "",
    "rule.0.then": ["logistics", ""],
    "rule.0.limit": "7",
}


def client_of(actor: Actor) -> Client:
    assert actor.user is not None
    client = Client()
    client.force_login(actor.user)
    return client


@pytest.fixture
def petra(tower: Tower) -> Client:
    return client_of(member("petra", Role.POLICY_ADMIN))


@pytest.fixture
def karin(tower: Tower) -> Client:
    return client_of(member("karin", Role.POLICY_ADMIN))


def drafted() -> Routes:
    draft = drafting.open_draft(ROUTING)
    assert draft is not None
    return routing_sets.from_json(draft.settings)


def save(client: Client, revision: int, changed: Mapping[str, Any] | None = None) -> Any:
    form = {**RULE, "revision": revision, "rules": 1, "limit": "20", "counting": "severity"}
    return client.post("/routing/draft/", form | dict(changed or {}))


def test_a_rule_is_typed_saved_and_published_by_another(petra: Client, karin: Client) -> None:
    petra.post("/routing/start/")
    saved = save(petra, 0, {"note": "Customs apart"})
    page = karin.get("/routing/draft/").content.decode()
    published = karin.post("/routing/publish/", {"revision": 1}, follow=True)
    made = routing_sets.newest()

    assert saved.status_code == 302
    assert "“DHL” or “Kempten” or “dhl”" in page
    assert published.redirect_chain == [("/routing/open-cases/", 302)]
    assert made is not None
    assert (made.version, made.note) == (1, "Customs apart")
    assert routing_sets.routes_of(made) == Routes(
        rules=(
            Rule(
                name="Customs of Hamburg",
                kinds=("customs_hold", "late_inbound"),
                tiers=("high",),
                partners=("DHL", "Kempten", "dhl"),
                value_from=Decimal("1500.50"),
                team="trade_compliance",
                then=("logistics",),
                limit=7,
            ),
        ),
        limit=20,
        counting=Counting.SEVERITY,
    )


def test_what_cannot_be_read_keeps_what_was_typed(petra: Client) -> None:
    petra.post("/routing/start/")
    answer = save(petra, 0, {"rule.0.value_from": "much"})
    page = answer.content.decode()

    assert answer.status_code == 422
    assert 'value="much"' in page
    assert 'value="Customs of Hamburg"' in page
    assert drafted() == Routes()


def test_rules_are_added_moved_and_taken_out(petra: Client) -> None:
    petra.post("/routing/start/")
    for revision, op, names in (
        (0, "add", ["A", ""]),
        (1, "down:0", ["", "A"]),
        (2, "up:1", ["A", ""]),
        (3, "up:0", ["A", ""]),
        (4, "remove:1", ["A"]),
        (5, "remove:9", ["A"]),
        (6, "x", ["A"]),
    ):
        before = [rule.name for rule in drafted().rules] or ["A"]
        form = {f"rule.{i}.name": name for i, name in enumerate(before)}
        more = {"revision": revision, "rules": len(before), "op": op}
        answer = petra.post("/routing/draft/", form | more)
        assert answer.status_code == 302
        assert [rule.name for rule in drafted().rules] == names
        if op in ("down:0", "up:1"):
            assert answer.headers["Location"].endswith({"down:0": "#rule-2", "up:1": "#rule-1"}[op])


def test_what_a_colleague_saved_is_not_overwritten(petra: Client, karin: Client) -> None:
    petra.post("/routing/start/")
    save(petra, 0)
    answer = save(karin, 0, {"rule.0.name": "Mine"})

    assert answer.status_code == 409
    assert 'value="Mine"' in answer.content.decode()
    assert [rule.name for rule in drafted().rules] == ["Customs of Hamburg"]


def test_what_does_not_hold_together_says_so_and_is_not_published(
    petra: Client, karin: Client
) -> None:
    petra.post("/routing/start/")
    save(petra, 0, {"rule.0.name": ""})
    answer = karin.post("/routing/publish/", {"revision": 1})

    assert answer.status_code == 422
    assert "Rule 1 needs a name" in answer.content.decode()
    assert routing_sets.newest() is None


def test_a_case_is_tried(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    in_force(Rule(name="Bearings", team="logistics"), at=at)
    page = client_of(tower.supervisor).get("/routing/", {"case": case.reference}).content.decode()
    case.refresh_from_db()

    assert "Rule 1 “Bearings”: team Logistics; logistics.rtm is on duty and has least, 0." in page
    assert "Now it belongs to procurement.rtm." in page
    assert str(case.owner) == "procurement.rtm"


def test_a_case_of_another_site_is_not_tried(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    client = client_of(tower.actor("lead.chi"))

    for typed in (case.reference, "C-0", "so what", "99999999999999999999"):
        page = client.get("/routing/", {"case": typed}).content.decode()
        assert "There is no such case that you may see." in page


def test_a_version_tells_what_it_changed(tower: Tower, at: datetime) -> None:
    in_force(Rule(name="Old", team="quality"), at=at)
    in_force(Rule(name="New", sites=(tower.site.pk,)), at=at, limit=5)
    page = client_of(tower.supervisor).get("/routing/versions/2/").content.decode()

    assert "<del>1. every case → Quality management</del>" in page
    assert "<ins>1. at Rotterdam → the team of the kind</ins>" in page
    assert "Nobody gets more than 5 by routing: every open case counts one." in page


def test_one_goes_back_to_an_earlier_version(tower: Tower, at: datetime, petra: Client) -> None:
    in_force(Rule(name="Old", team="quality"), at=at)
    in_force(at=at)
    petra.post("/routing/roll-back/", {"version": "1", "reason": "Better"})

    assert [rule.name for rule in routing_sets.routes_of(routing_sets.newest()).rules] == ["Old"]


# -- Cases that are open already ----------------------------------------------------------------


def cases_of(client: Client, **query: Any) -> str:
    return client.get("/routing/open-cases/", query).content.decode()


def stamps(client: Client) -> dict[str, Any]:
    """What the form of the page would send for what is ticked."""
    answer = client.get("/routing/open-cases/")
    found = answer.context["found"]
    return {
        "case": [str(e.case.pk) for e in found if e.case.pk in answer.context["kept"]],
        **{f"seen.{e.case.pk}": e.stamp for e in found},
    }


def test_open_cases_go_where_the_rules_have_them(tower: Tower, at: datetime) -> None:
    case, worked_on = tower.late_case(1, at=at), tower.late_case(2, at=at)
    lifecycle.move(worked_on.pk, Move.ACKNOWLEDGE, tower.owner_of(worked_on), at=at)
    in_force(Rule(name="Bearings", team="logistics"), at=at)
    lead = client_of(tower.supervisor)
    form = stamps(lead)
    page = cases_of(lead)
    answer = lead.post("/routing/open-cases/", form | {"reason": "New rules"}, follow=True)
    owners = dict(Case.objects.values_list("pk", "owner__username"))

    assert "procurement.rtm is working on it" in page
    assert "1 case has a new owner." in answer.content.decode()
    assert owners == {case.pk: "logistics.rtm", worked_on.pk: "procurement.rtm"}


def test_what_moved_meanwhile_is_told(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    in_force(Rule(name="Bearings", team="logistics"), at=at)
    lead = client_of(tower.supervisor)
    form = stamps(lead)
    lifecycle.move(case.pk, Move.ACKNOWLEDGE, tower.owner_of(case), at=at)
    answer = lead.post("/routing/open-cases/", form | {"reason": "New rules"}, follow=True)

    assert f"{case.reference} has changed since you looked" in answer.content.decode()


def test_without_a_reason_nothing_moves(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    in_force(Rule(name="Bearings", team="logistics"), at=at)
    lead = client_of(tower.supervisor)
    answer = lead.post("/routing/open-cases/", stamps(lead) | {"reason": " "})
    case.refresh_from_db()

    assert answer.status_code == 422
    assert str(case.owner) == "procurement.rtm"


def test_a_draft_is_looked_at_and_not_done(tower: Tower, at: datetime, petra: Client) -> None:
    case = tower.late_case(at=at)
    petra.post("/routing/start/")
    rule = {"rule.0.kinds": ["late_inbound"], "rule.0.value_from": "", "rule.0.partners": ""}
    save(petra, 0, rule)
    User.objects.filter(username="trade_compliance.rtm").update(first_name="Sofia")
    drafted_page, page = cases_of(petra, draft=1), cases_of(petra)

    assert case.reference in drafted_page
    assert "Sofia" in drafted_page
    assert "Give the ticked cases there" not in drafted_page
    assert case.reference not in page
