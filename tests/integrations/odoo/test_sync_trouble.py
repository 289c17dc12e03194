"""Rounds in trouble: it is told where it is, and nothing is lost."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from integrations import rounds, vault
from integrations.models import OdooCall
from integrations.odoo.sources import SOURCES
from integrations.simulator import rights
from tests.integrations import linked as linking
from tests.integrations.linked import Linked, open_cases

# One source's trouble ----------------------------------------------------------------------------


def without_a_field(linked: Linked) -> None:
    """Somebody took a field out that every Odoo has."""
    linked.world.models["stock.warehouse.orderpoint"].fields.pop("product_min_qty")


def without_rights_to_purchases(linked: Linked) -> None:
    (index,) = [i for i, each in enumerate(linked.world.logins) if each.login == linking.LOGIN]
    few = frozenset({rights.USER, rights.SALE, rights.PROJECT})
    linked.world.logins[index] = replace(linked.world.logins[index], groups=few)


@pytest.mark.parametrize(
    ("happens", "failing", "words"),
    [
        (without_a_field, ["reorder_rules"], ("Invalid field",)),
        (
            without_rights_to_purchases,
            ["receipts", "order_lines", "order_moves", "bills", "billed_lines", "reorder_rules"],
            ("Purchase / User", "Accounting / Read-only"),
        ),
    ],
)
def test_a_source_that_cannot_be_read_says_why_and_the_others_go_on(
    linked: Linked, happens: Callable[[Linked], None], failing: list[str], words: tuple[str, ...]
) -> None:
    linked.receipt()
    linked.miscount()
    happens(linked)

    reads = linked.sync()

    told = {name: linked.cursor(name).error for name in reads}
    assert [name for name, error in told.items() if error] == failing
    assert [each for each in failing if not any(word in told[each] for word in words)] == []
    assert [each for each in failing if "Traceback" in told[each]] == []
    assert linked.cursor("counts").finished_at == linked.at
    assert ("inventory_discrepancy" in dict(open_cases())) is True
    assert linked.row.connection.read_at is None  # not all of it was read


def test_a_mistake_of_our_own_in_one_source_does_not_stop_the_others(linked: Linked) -> None:
    """Such as a value in a form that no version of Odoo has: not foreseen, so said as it is."""
    late = linked.receipt()
    order = linked.delivery()
    linked.tell("stock.picking", order, date_deadline="yesterday at noon")

    reads = linked.sync()

    assert "by a mistake of its own" in reads["deliveries"].error
    assert open_cases() == [("late_inbound", late)]


# Errors of each class ----------------------------------------------------------------------------


def broken_key(linked: Linked) -> Callable[[], None]:
    return _sealed(linked, "no-such-key")


def wrong_database(linked: Linked) -> Callable[[], None]:
    return _stored(linked, database="elsewhere")


def unreachable(linked: Linked) -> Callable[[], None]:
    return _stored(linked, url="http://127.0.0.1:9")


def lost_encryption_key(linked: Linked) -> Callable[[], None]:
    return _stored(linked, sealed_key="sealed with a key that is gone")


def _sealed(linked: Linked, key: str) -> Callable[[], None]:
    return _stored(linked, sealed_key=vault.seal(key))


def _stored(linked: Linked, **values: str) -> Callable[[], None]:
    before = {name: getattr(linked.row, name) for name in values}

    def put(wanted: dict[str, str]) -> None:
        for name, value in wanted.items():
            setattr(linked.row, name, value)
        linked.row.save()

    put(values)
    return lambda: put(before)


def fault(kind: str, **options: Any) -> Callable[[Linked], Callable[[], None]]:
    def happens(linked: Linked) -> Callable[[], None]:
        linked.odoo.faults.add(kind, model="stock.picking", method="search_read", **options)
        return linked.odoo.faults.clear

    return happens


TROUBLES = {
    "the key is refused": (broken_key, "did not accept the login or the API key"),
    "another database": (wrong_database, "has no database named “elsewhere”"),
    "nobody answers": (unreachable, "cannot be reached: it takes no connection"),
    "the key cannot be opened": (lost_encryption_key, "TOWER_ENCRYPTION_KEYS"),
    "user error": (fault("user_error", message="Not today."), "did not accept this: Not today."),
    "a bug in Odoo": (fault("server_error", message="boom"), "Odoo failed inside"),
    "busy": (fault("serialization"), "Odoo is busy at the moment"),
    "the line breaks": (fault("reset"), "did not answer to the end: the connection broke"),
    "a proxy answers": (fault("bad_gateway"), "the proxy lost the answer"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_told_on_the_cursor_and_nothing_is_lost(
    linked: Linked, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    happens, words = TROUBLES[trouble]
    linked.sync()
    late = linked.receipt()
    ends = happens(linked)
    linked.later(hours=2)

    linked.sync()
    cursor = linked.cursor("receipts")
    ends()
    linked.later(minutes=1)
    linked.sync()

    assert words in cursor.error
    assert (cursor.failed_at, cursor.finished_at) == (
        linked.at - timedelta(minutes=1),
        linked.at - timedelta(hours=2, minutes=1),
    )
    assert "Traceback" not in cursor.error + caplog.text
    assert linking.KEY not in caplog.text
    assert open_cases() == [("late_inbound", late)]
    assert (linked.cursor("receipts").error, linked.cursor("receipts").failed_at) == ("", None)


def test_every_call_is_measured(linked: Linked) -> None:
    linked.receipt()
    linked.odoo.faults.add("user_error", model="stock.quant", method="search_read", times=1)
    without = {"quality.check", "quality.alert", "qc.inspection"}
    linked.sync()

    asked = [(r.model, r.method) for r in linked.seen.requests]
    calls = OdooCall.objects.filter(connection=linked.row.connection)
    answered = calls.exclude(outcome="unknown_model")
    assert sorted(answered.values_list("model", "method")) == sorted(asked)
    assert set(calls.values_list("outcome", flat=True)) == {"ok", "user_refused", "unknown_model"}
    absent = calls.filter(outcome="unknown_model")
    assert set(absent.values_list("model", flat=True)) == without
    assert calls.get(outcome="user_refused").model == "stock.quant"


# Several connections ------------------------------------------------------------------------------


def test_a_connection_that_fails_does_not_stop_the_others(
    linked: Linked, monkeypatch: pytest.MonkeyPatch, version: int
) -> None:
    unreachable(linked)
    with linking.linked(linked.at, version, monkeypatch, name="Later") as other:
        late = other.receipt()

        reads = rounds.sync_all(linked.now)

        assert [r.connection for r in reads if r.error] == ["Plant"] * len(SOURCES)
        assert open_cases() == [("late_inbound", late)]
