"""Sources that are paused, old, or not there, and what the pages say of them."""

from datetime import timedelta

import pytest

from exceptions.kinds import KINDS
from exceptions.models import Connection, FactsSource
from exceptions.queries import staleness
from exceptions.vocabulary import KindCode
from tests.exceptions.web.pages import now, signed_in, words
from tests.making import Tower

QUALITY = KINDS[KindCode.QUALITY_HOLD]
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("minutes", "enabled", "is_old"),
    [(14, True, False), (16, True, True), (1, False, True)],
)
def test_what_is_paused_or_long_unread_says_as_of_when_it_is(
    tower: Tower, minutes: int, enabled: bool, is_old: bool
) -> None:
    case, read_at = tower.late_case(at=now()), now() - minutes * MINUTE
    FactsSource.objects.create(connection=tower.connection, facts_type="Receipt", read_at=read_at)
    Connection.objects.update(enabled=enabled)
    client = signed_in("lead.rtm")

    assert staleness.staleness(at=now()).of(case.document) == (read_at if is_old else None)
    for page in ("/", f"/cases/{case.pk}/"):
        assert ("data as of" in words(client.get(page))) == is_old


def test_other_facts_of_the_same_source_are_not_old(tower: Tower) -> None:
    case = tower.late_case(at=now())
    FactsSource.objects.create(
        connection=tower.connection, facts_type="Delivery", read_at=now() - 60 * MINUTE
    )
    assert staleness.staleness(at=now()).of(case.document) is None


def test_a_kind_says_what_would_tell_more_and_is_not_installed(tower: Tower) -> None:
    models = ["quality.alert", "quality.check"]
    FactsSource.objects.create(connection=tower.connection, facts_type="Inspection", missing=models)
    client = signed_in("lead.rtm")

    assert [(lack.everything, lack.models) for lack in staleness.lacking(QUALITY)] == [
        (False, "quality.alert, quality.check")
    ]
    says = "Not installed in Odoo: quality.alert, quality.check. What they would tell is not found"
    assert says in words(client.get("/policies/quality_hold/"))
    assert "no such records in Odoo" not in words(client.get("/policies/"))
    assert says not in words(client.get("/policies/late_inbound/"))


def test_a_kind_without_any_source_says_that_it_finds_nothing(tower: Tower) -> None:
    FactsSource.objects.create(
        connection=tower.connection,
        facts_type="Inspection",
        missing=["quality.check"],
        installed=False,
    )
    client = signed_in("lead.rtm")

    says = "Odoo has no such records, so the rule finds nothing there: quality.check is not"
    assert says in words(client.get("/policies/quality_hold/"))
    assert words(client.get("/policies/")).count("no such records in Odoo") == 1


def test_what_was_never_read_lacks_nothing(tower: Tower) -> None:
    assert [staleness.lacking(kind) for kind in KINDS.values()] == [[]] * len(KINDS)


def test_a_clock_past_its_time_is_not_called_overdue_before_the_source_is_read(
    tower: Tower,
) -> None:
    then = now() - 30 * 24 * 60 * MINUTE
    case = tower.late_case(at=then)
    source = FactsSource.objects.create(
        connection=tower.connection, facts_type="Receipt", read_at=then + MINUTE
    )
    client, page = signed_in("lead.rtm"), f"/cases/{case.pk}/"
    unread = words(client.get(page))
    source.read_at = now()
    source.save()

    says = "The source has not been read since: until then it is not overdue."
    assert (unread.count(says), says in words(client.get(page))) == (1, False)
