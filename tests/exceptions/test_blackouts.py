"""Blackouts from the command line."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from exceptions import intake
from exceptions.models import Blackout, Connection, Site
from tests.making import Tower


def run(*words: Any) -> list[str]:
    out = StringIO()
    call_command("blackouts", *map(str, words), stdout=out)
    return out.getvalue().splitlines()


def add(*words: Any) -> list[str]:
    when = ("--from", "2020-03-29T00:00", "--to", "2099-12-24T18:00")
    return run("add", *when, "--reason", "Stocktaking", "--user", "lead.rtm", *words)


def test_times_are_those_of_the_site(tower: Tower) -> None:
    """Amsterdam is at UTC+1 on both days."""
    (said,) = add("--site", "RTM")
    made = Blackout.objects.get()

    assert said == (
        f"{made.pk}: Rotterdam, 2020-03-28 23:00Z to 2099-12-24 17:00Z: Stocktaking (lead.rtm)"
    )


def test_a_partner_is_one_of_a_connection(tower: Tower) -> None:
    add("--partner", 7, "--name", "Kempten Bearings")
    made = Blackout.objects.get()

    assert (made.connection, made.partner_id, made.whom, made.site) == (
        tower.connection,
        7,
        "Kempten Bearings",
        None,
    )


def test_it_lists_what_each_has_held_back_and_takes_back(tower: Tower) -> None:
    add("--site", "RTM")
    made = Blackout.objects.get()
    now = timezone.now()
    intake.take_in([tower.receipt(n, at=now) for n in (1, 2)], at=now)
    before = run("list")
    run("remove", made.pk, "--user", "lead.chi")

    assert [line.rpartition("; ")[2] for line in before] == ["2 held back"]
    assert [line.rpartition("; ")[2] for line in run("list")] == ["2 held back (over)"]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "which site or which partner"),
        (["--site", "XXX"], "no such"),
        (["--site", "RTM", "--to", "soon"], "soon is no time"),
        (["--site", "RTM", "--to", "2099-02-30T10:00"], "is no time"),
        (["--site", "RTM", "--to", "2020-03-29T01:00"], "not before now"),
        (["--site", "RTM", "--user", "nobody"], "no active user"),
    ],
)
def test_what_cannot_be_is_said(tower: Tower, words: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why):
        add(*words)
    assert not Blackout.objects.exists()


def test_a_code_of_two_connections_needs_the_connection(tower: Tower) -> None:
    other = Connection.objects.create(name="Other")
    site = Site.objects.create(connection=other, external_id=1, code="RTM", name="Another")
    with pytest.raises(CommandError, match="more than one"):
        add("--site", "RTM")
    add("--site", "RTM", "--connection", "Other")

    assert Blackout.objects.get().site == site


def test_only_what_runs_can_be_taken_back(tower: Tower) -> None:
    with pytest.raises(CommandError, match="no such blackout"):
        run("remove", 99, "--user", "lead.rtm")
