"""What a verb would change, foretold: it comes true when it is done, and foretelling writes
nothing."""

from typing import Any

import pytest

from exceptions.models import OutboxMessage
from exceptions.vocabulary import Verb
from integrations.odoo import push
from integrations.odoo.errands import Errand
from tests.integrations.linked import Linked
from tests.integrations.odoo.sources.test_goods_on_hold import location, put
from tests.integrations.odoo.test_blocking import HERE, failed_check, put_away
from tests.integrations.odoo.test_setting_apart import HOLD, receive

READS = {
    "authenticate",
    "check_access_rights",
    "context_get",
    "fields_get",
    "has_access",
    "read",
    "search",
    "search_count",
    "search_read",
    "version",
}
ADDING = sorted(
    {Verb.NOTE, Verb.ACTIVITY, Verb.TASK, Verb.TICKET, Verb.CUSTOMER_DRAFT, Verb.APPROVAL}
)


def errand(message: OutboxMessage, **parameters: object) -> Errand:
    message.parameters = {**message.parameters, **parameters}
    return Errand(message, message.case.document, "http://tower.test")


def foretold(linked: Linked, verb: str, asked: Errand) -> tuple[Any, Any]:
    """What stands there now, and what would; only reading for it."""
    linked.seen.forget()
    pusher = push.PUSHERS[verb]
    with linked.client() as odoo:
        before = pusher.before(odoo, asked)
        after = pusher.would(odoo, asked, before)
    assert {request.method for request in linked.seen.requests} <= READS
    return before, after


def then(linked: Linked, verb: str, asked: Errand) -> Any:
    """What stands there once it is done."""
    with linked.client() as odoo:
        push.PUSHERS[verb].do(odoo, asked, at=linked.at)
        return push.PUSHERS[verb].before(odoo, asked)


@pytest.fixture
def late(linked: Linked) -> OutboxMessage:
    linked.receipt()
    linked.sync()
    return OutboxMessage.objects.select_related("case__document").latest("id")


def test_a_new_plan_comes_true(linked: Linked, late: OutboxMessage) -> None:
    asked = errand(late, date="2026-11-25T10:30:00+01:00")
    name = late.case.document.reference

    before, after = foretold(linked, Verb.NEW_DATE, asked)

    assert list(before) == [name]
    assert after == {name: "2026-11-25 09:30:00"}
    assert then(linked, Verb.NEW_DATE, asked) == after


def test_a_new_promise_comes_true(linked: Linked) -> None:
    line = linked.partial()
    linked.sync()
    message = linked.case("purchase.order.line", line).outbox.get()
    asked = errand(message, date="2026-11-25T10:30:00+01:00")

    before, after = foretold(linked, Verb.NEW_DATE, asked)

    assert (list(before), after) == (["date_planned"], {"date_planned": "2026-11-25 09:30:00"})
    assert then(linked, Verb.NEW_DATE, asked) == after


def test_a_flag_comes_true(linked: Linked, late: OutboxMessage) -> None:
    asked = errand(late, urgent=True)
    name = late.case.document.reference

    assert foretold(linked, Verb.PRIORITY, asked) == ({name: "0"}, {name: "1"})
    assert then(linked, Verb.PRIORITY, asked) == {name: "1"}


@pytest.mark.parametrize("verb", ADDING)
def test_what_only_adds_something_changes_no_value(
    linked: Linked, late: OutboxMessage, verb: str
) -> None:
    assert foretold(linked, verb, errand(late)) == (None, None)


def test_goods_that_are_held_would_be_let_go_of(linked: Linked) -> None:
    place = location(linked, "Quality Hold")
    put(linked, place, 10.0)
    put_away(linked, 3.0, place)
    linked.later(hours=4, seconds=1)
    linked.sync()
    asked = errand(linked.message(Verb.HOLD))

    assert foretold(linked, Verb.HOLD, asked) == ({HERE: 3.0}, {HERE: 0.0})
    assert then(linked, Verb.HOLD, asked) == {HERE: 0.0}


def test_goods_that_lie_free_would_be_moved(
    linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linked, "deliver", lambda: 0)
    message = failed_check(linked, receive(linked))
    monkeypatch.undo()
    asked = errand(message)

    before, after = foretold(linked, Verb.HOLD, asked)

    assert (before, after) == (None, {"set_apart": {HOLD: 6.0}})
    with linked.client() as odoo:
        push.PUSHERS[Verb.HOLD].do(odoo, asked, at=linked.at)
        done = push.PUSHERS[Verb.HOLD].find(odoo, asked)
    assert done is not None
    assert done["set_apart"] == after["set_apart"]


def test_where_nothing_can_be_let_go_of_or_moved_a_person_would_be_asked(linked: Linked) -> None:
    put(linked, location(linked, "Quality Hold"), 10.0)
    linked.later(hours=4, seconds=1)
    linked.sync()

    before, after = foretold(linked, Verb.HOLD, errand(linked.message(Verb.HOLD)))

    assert (before, after) == ({HERE: 0.0}, None)
