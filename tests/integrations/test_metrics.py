"""What Prometheus reads, against a plain recount of the tables."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families
from pytest_django import Settings

from exceptions import escalate, lifecycle
from exceptions.models import Case, OutboxMessage
from exceptions.vocabulary import Move, OutboxState
from integrations import metrics
from integrations.models import DeliveryState, InboxDelivery, OdooCall
from tests.integrations.test_health import reached
from tests.making import Tower

TOKEN = "a-word-for-prometheus"

Labels = tuple[str, ...]


def read(at: datetime) -> dict[str, dict[Labels, float]]:
    """Samples by name and values of labels, without `tower_`."""
    families = text_string_to_metric_families(metrics.text(at=at).decode())
    return {
        family.name.removeprefix("tower_"): {
            tuple(sample.labels.values()): sample.value for sample in family.samples
        }
        for family in families
    }


def of(**labels: str) -> Labels:
    """Values in the order in which samples have them: of their labels' names."""
    return tuple(labels[name] for name in sorted(labels))


def delivered(tower: Tower, key: str, at: datetime, **said: Any) -> None:
    InboxDelivery.objects.create(
        connection=tower.connection,
        key=key,
        body=b"{}",
        **{"received_at": at, "next_attempt_at": at} | said,
    )


def test_the_inbox(tower: Tower, at: datetime) -> None:
    hour = timedelta(hours=1)
    delivered(tower, "a", at - 2 * hour)
    delivered(tower, "b", at - hour, duplicates=2)
    delivered(tower, "c", at - 30 * hour, state=DeliveryState.SET_ASIDE, duplicates=7)
    delivered(tower, "d", at - hour, state=DeliveryState.DONE, done_at=at, duplicates=1)
    found, name = read(at), tower.connection.name

    assert found["inbox_deliveries"] == {(name, "waiting"): 2, (name, "set_aside"): 1}
    assert found["inbox_oldest_seconds"] == {
        (name, "waiting"): 7200,
        (name, "set_aside"): 108_000,
    }
    assert found["inbox_day_deliveries"] == {(name,): 3}
    assert found["inbox_day_duplicates"] == {(name,): 3}


def test_the_outbox(tower: Tower, at: datetime) -> None:
    tower.late_case(at=at)
    wanted = OutboxMessage.objects.order_by("pk")
    first, second = wanted[0], wanted[1]
    OutboxMessage.objects.exclude(pk__in=[first.pk, second.pk]).update(
        state=OutboxState.CONFIRMED, read_back_at=at + timedelta(seconds=30)
    )
    for row, state, tries in ((first, OutboxState.FAILED, 6), (second, OutboxState.PENDING, 0)):
        row.state, row.attempts = state, tries
        row.save()
    found = read(at + timedelta(minutes=1))

    mine = [of(target=r.target, verb=r.verb, state=str(r.state)) for r in (first, second)]
    assert found["outbox_messages"] == dict.fromkeys(mine, 1)
    assert found["outbox_oldest_seconds"] == dict.fromkeys(mine, 60)
    assert found["outbox_retries"] == {mine[0]: 5, mine[1]: 0}
    confirmed = OutboxMessage.objects.filter(state=OutboxState.CONFIRMED)
    assert found["outbox_day_delivery_seconds"] == {
        of(target=row.target, verb=row.verb, quantile=quantile): 30
        for row in confirmed
        for quantile in ("0.5", "0.95", "0.99")
    }


def test_connections_and_calls(tower: Tower, at: datetime) -> None:
    reached(tower.connection, key_expires_at=at + timedelta(days=2))
    tower.connection.read_at = at - timedelta(seconds=45)
    tower.connection.save()
    for seconds, outcome in ((1.0, "ok"), (3.0, "ok"), (2.0, "unreachable")):
        OdooCall.objects.create(
            connection=tower.connection,
            at=at,
            model="stock.picking",
            method="read",
            seconds=seconds,
            outcome=outcome,
        )
    found, name = read(at), tower.connection.name
    call = {"connection": name, "model": "stock.picking", "method": "read"}

    assert found["connection_up"] == {(name,): 1}
    assert found["sync_lag_seconds"] == {(name,): 45}
    assert found["api_key_expires_seconds"] == {(name,): 172_800}
    assert found["day_calls"] == {of(**call): 3}
    assert found["day_failed_calls"] == {of(**call, error="unreachable"): 1}
    assert found["day_call_seconds"][of(**call, quantile="0.5")] == 2
    assert found["day_call_seconds"][of(**call, quantile="0.99")] == pytest.approx(2.98)


def test_cases_and_clocks(tower: Tower, at: datetime) -> None:
    case = tower.late_case(at=at)
    late = tower.late_case(2, at=at)
    lifecycle.move(late.pk, Move.ACKNOWLEDGE, tower.supervisor, at=at)
    clock = case.clocks.get(kind="acknowledge")
    unseen = read(clock.due_at + timedelta(seconds=90))
    escalate.sweep_clocks(at=clock.due_at + timedelta(seconds=90))
    seen = read(clock.due_at + timedelta(seconds=90))

    assert seen["open_cases"] == {("late_inbound", "high"): Case.objects.count()}
    assert seen["unowned_cases"] == {(): 0}
    assert (unseen["unswept_clocks"], unseen["sweep_lag_seconds"]) == (
        {("acknowledge",): 1},
        {(): 90},
    )
    assert unseen["overdue_clocks"] == {}
    assert (seen["unswept_clocks"], seen["sweep_lag_seconds"]) == ({}, {(): 0})
    assert seen["overdue_clocks"] == {("acknowledge",): 1}


def test_an_empty_tower_has_figures_too(db: None, at: datetime) -> None:
    found = read(at)

    assert {name: rows for name, rows in found.items() if rows} == {
        "unowned_cases": {(): 0},
        "sweep_lag_seconds": {(): 0},
    }


# The door --------------------------------------------------------------------------------------


def test_it_is_shut_until_a_token_is_set(db: None) -> None:
    assert Client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize(
    "sent", ["", "Bearer", "Bearer wrong", TOKEN, f"bearer {TOKEN}", "Bearer ü"]
)
def test_another_token_opens_nothing(db: None, settings: Settings, sent: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = Client().get("/metrics", headers={"Authorization": sent})

    assert (answer.status_code, answer.content) == (401, b"")


def test_the_token_opens_it(tower: Tower, settings: Settings) -> None:
    settings.METRICS_TOKEN = TOKEN
    answer = Client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    assert b"# TYPE tower_unowned_cases gauge\ntower_unowned_cases 0.0" in answer.content


def test_every_alert_asks_for_a_figure_that_there_is(db: None, at: datetime) -> None:
    rules = yaml.safe_load((Path(__file__).parents[2] / "docs/prometheus-alerts.yml").read_text())
    asked = {
        name
        for group in rules["groups"]
        for rule in group["rules"]
        for name in re.findall(r"tower_(\w+)", rule["expr"])
    }

    assert asked
    assert asked <= set(read(at))
