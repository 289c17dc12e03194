"""The canary on the pages: switched by an integration admin, one line, hop by hop, Prometheus."""

from datetime import timedelta

import pytest
from django.utils import timezone

from exceptions.models import SettingChange
from exceptions.vocabulary import Role, Via
from integrations import canaries, metrics
from integrations.models import Canary, CanaryRun, Hop, OdooAccess
from tests.integrations.test_health import reached
from tests.integrations.web.test_pages import signed_in
from tests.making import Tower


@pytest.fixture
def access(tower: Tower) -> OdooAccess:
    reached(tower.connection)
    return OdooAccess.objects.get(connection=tower.connection)


def page(access: OdooAccess, more: str = "") -> str:
    return f"/integrations/connections/{access.connection_id}/{more}"


def walk(access: OdooAccess, hops: int, reason: str = "") -> CanaryRun:
    """A walk that got so far, a second a hop; without a reason it ended well."""
    at = timezone.now() - timedelta(minutes=2)
    done = {f"{h}_at": at + timedelta(seconds=n) for n, h in enumerate(list(Hop)[:hops], 1)}
    broken = list(Hop)[hops] if reason else ""
    ended = at + timedelta(seconds=hops)
    return CanaryRun.objects.create(
        access=access, started_at=at, ended_at=ended, broken_at=broken, reason=reason, **done
    )


def on(access: OdooAccess) -> Canary:
    at = timezone.now()
    canaries.switch(access, on=True, minutes=5, by=None, via=Via.COMMAND, at=at)
    Canary.objects.update(due_at=at + timedelta(minutes=5))
    return Canary.objects.get(access=access)


def test_it_is_switched_on_and_off_and_the_history_says_so(access: OdooAccess) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    client.post(page(access, "canary/"), {"on": "yes", "minutes": "15"})
    canary = Canary.objects.get(access=access)
    assert (canary.enabled, canary.every_minutes, canary.due_at is None) == (True, 15, False)

    client.post(page(access, "canary/"), {"on": "no"})
    canary.refresh_from_db()
    assert (canary.enabled, canary.every_minutes, canary.due_at) == (False, 15, None)
    said = [c.says for c in SettingChange.objects.order_by("number") if "canary" in c.says]
    name = access.connection.name
    assert said == [f"{name}: canary every 15 min", f"{name}: canary switched off"]


@pytest.mark.parametrize(
    ("minutes", "says"),
    [
        ("", "Say every how many minutes."),
        ("often", "as a whole number"),
        ("0", "Once a minute is the most often."),
        ("1441", "Once a day (1440 minutes) is the least often."),
    ],
)
def test_an_interval_that_cannot_be_is_refused_in_a_sentence(
    access: OdooAccess, minutes: str, says: str
) -> None:
    client = signed_in(Role.INTEGRATION_ADMIN)
    data = {"on": "yes", "minutes": minutes}
    html = client.post(page(access, "canary/"), data, follow=True).content.decode()

    assert says in html
    assert not Canary.objects.filter(enabled=True).exists()


def test_a_walk_that_came_through_is_one_line(access: OdooAccess) -> None:
    on(access)
    walk(access, len(Hop))
    client = signed_in(Role.AUDITOR)

    for address in (page(access), "/integrations/"):
        html = client.get(address).content.decode()
        assert "Canary: 6.0 s at " in html
    text = metrics.text(at=timezone.now()).decode()
    name = access.connection.name
    assert f'tower_canary_passed{{connection="{name}"}} 1.0' in text
    assert f'tower_canary_seconds{{connection="{name}"}} 6.0' in text


def test_a_walk_that_stopped_says_where_and_needs_a_person(access: OdooAccess) -> None:
    on(access)
    walk(access, 1, "Nothing <arrived> in 120 s.")
    client = signed_in(Role.AUDITOR)
    html = client.get("/integrations/").content.decode()

    assert "stopped at Odoo → webhook, " in html
    assert ": Nothing &lt;arrived&gt; in 120 s.</a>" in html
    assert f'<a href="{page(access)}#canary">' in html
    assert "stopped here" in client.get(page(access)).content.decode()
    text = metrics.text(at=timezone.now()).decode()
    assert f'tower_canary_passed{{connection="{access.connection.name}"}} 0.0' in text
    assert "tower_canary_seconds{" not in text


def test_what_is_not_run_says_why_and_is_no_failure(access: OdooAccess) -> None:
    canary = on(access)
    canary.skipped_at, canary.skipped_because = timezone.now(), "sending is off"
    canary.save()
    html = signed_in(Role.AUDITOR).get("/integrations/").content.decode()

    assert "Canary: not run: sending is off" in html
    assert "need" not in html[: html.index('id="connections"')].split("<main")[1]


def test_who_only_reads_switches_nothing(access: OdooAccess) -> None:
    client = signed_in(Role.AUDITOR)
    assert client.post(page(access, "canary/")).status_code == 403
    html = client.get(page(access)).content.decode()
    assert "Switch the canary on" not in html
