"""The settings history: what governs leaves a line, and no line can be changed unseen."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from exceptions import (
    access,
    blackouts,
    calendars,
    drafting,
    granting,
    policies,
    settings_history,
)
from exceptions.actors import Actor, person
from exceptions.business_time import Opening
from exceptions.models import Policy, SettingChange, Site, Team, User
from exceptions.policy_drafting import policy_of
from exceptions.settings_history import Broken
from exceptions.verdicts import PolicySettings
from exceptions.vocabulary import Governed, KindCode, Role, TeamCode, Via
from tests.exceptions.cases import member
from tests.making import Tower


def told() -> list[tuple[str, str, str]]:
    lines = SettingChange.objects.order_by("number")
    return [(line.area, line.says, line.by_name) for line in lines]


@contextmanager
def as_an_intruder() -> Iterator[None]:
    """Somebody who owns the database and switches the trigger off."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE exceptions_settingchange DISABLE TRIGGER USER")
        yield
        cursor.execute("ALTER TABLE exceptions_settingchange ENABLE TRIGGER USER")


@pytest.fixture
def lines(db: None, at: datetime) -> list[SettingChange]:
    """A history of five lines."""
    SettingChange.objects.all()  # what a fixture of the tower wrote stays before these
    return [
        settings_history.add(
            Governed.POLICY, f"line {n}", by=None, via=Via.POLICY, at=at, data={"n": n, "ü": [None]}
        )
        for n in range(1, 6)
    ]


def test_a_published_policy_leaves_a_line_with_both_people(tower: Tower, at: datetime) -> None:
    petra, pieter = (member(name, Role.POLICY_ADMIN) for name in ("petra", "pieter"))
    draft = drafting.start(policy_of(KindCode.LATE_INBOUND), petra, at=at)
    settings = policies.from_json(draft.settings)
    draft = drafting.change(
        policy_of(KindCode.LATE_INBOUND),
        draft.pk,
        _longer(settings),
        petra,
        revision=0,
        at=at,
        note="Calmer",
    )
    before = SettingChange.objects.count()

    drafting.publish(policy_of(KindCode.LATE_INBOUND), draft.pk, pieter, revision=1, at=at)

    line = SettingChange.objects.first()
    assert line is not None
    assert SettingChange.objects.count() == before + 1
    version = Policy.objects.get(pk=draft.pk).version
    assert (line.area, line.says) == ("policy", f"Late inbound: version {version} in force")
    assert (line.by_name, line.via, line.because) == ("pieter", "web", "Calmer")
    assert line.data["drafted by"] == "petra"


def _longer(settings: PolicySettings) -> PolicySettings:
    return policies.from_json(policies.to_json(settings) | {"reopen_days": 99})


def test_roles_keys_blackouts_and_calendars_leave_lines(tower: Tower, at: datetime) -> None:
    ines, petra = member("ines", Role.INTEGRATION_ADMIN), member("petra", Role.POLICY_ADMIN)
    site, whose = Site.objects.get(code="RTM"), User.objects.create_user("nora")
    before = SettingChange.objects.count()

    _give(whose, site, ines, at)
    access.issue_token(whose, name="n8n", scopes=["cases:read"], days=9, by=ines, at=at)
    _blackout(site, petra, at)
    hours = calendars.CalendarSettings(zone="Europe/Amsterdam", weekly=_office())
    calendars.create("Docks", hours, by=petra.user, at=at)

    assert told()[before:] == [
        ("access", "nora: role given: operator · Rotterdam · Procurement, no second admin", "ines"),
        ("secret", "nora: token made: n8n: cases:read", "ines"),
        ("blackout", "Blackout for Rotterdam made", "petra"),
        ("calendar", "Docks: version 1 in force", "petra"),
    ]
    assert list(settings_history.verify()) == []


def _office() -> tuple[tuple[Opening, ...], ...]:
    return ((Opening(480, 1020),), (), (), (), (), (), ())


def _give(whose: User, site: Site, by: Actor, at: datetime) -> None:
    team = Team.objects.get(code=TeamCode.PROCUREMENT)
    granting.grant(whose, Role.OPERATOR, site=site, team=team, by=by, at=at)


def _blackout(site: Site, by: Actor, at: datetime) -> None:
    assert by.user is not None
    day = timedelta(days=1)
    blackouts.make(starts_at=at, ends_at=at + day, reason="Stocktake", by=by.user, at=at, site=site)


def test_what_is_refused_leaves_no_line(tower: Tower, at: datetime) -> None:
    ines = member("ines", Role.INTEGRATION_ADMIN)
    assert ines.user is not None
    before = told()

    with pytest.raises(access.NotAllowed):
        granting.grant(ines.user, Role.AUDITOR, site=None, team=None, by=person(ines.user), at=at)

    assert told() == before


def test_the_database_refuses_changes(lines: list[SettingChange]) -> None:
    for act in (
        lambda: SettingChange.objects.filter(pk=lines[2].pk).update(says="nothing"),
        lambda: SettingChange.objects.filter(pk=lines[2].pk).delete(),
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("says", "Nothing"),
        ("because", "Somebody asked"),
        ("by_name", "Somebody else"),
        ("via", "ai"),
        ("area", "secret"),
        ("data", {"n": 3, "ü": [None, None]}),
        ("previous_hash", "0" * 64),
    ],
)
def test_a_changed_line_is_named(lines: list[SettingChange], field: str, value: object) -> None:
    with as_an_intruder():
        SettingChange.objects.filter(pk=lines[2].pk).update(**{field: value})

    assert lines[2].number in {broken.number for broken in settings_history.verify()}


def test_a_dropped_line_is_missed(lines: list[SettingChange]) -> None:
    with as_an_intruder():
        SettingChange.objects.filter(pk=lines[2].pk).delete()

    third = lines[2].number
    assert list(settings_history.verify()) == [
        Broken(third, "missing"),
        Broken(third + 1, "does not follow the line before it"),
    ]


def test_two_lines_that_changed_places_are_named(lines: list[SettingChange]) -> None:
    second, third = lines[1].number, lines[2].number
    with as_an_intruder():
        for number, place in ((second, 900), (third, second), (900, third)):
            SettingChange.objects.filter(number=number).update(number=place)

    assert {second, third} <= {broken.number for broken in settings_history.verify()}


def test_a_line_that_was_changed_with_its_hash_breaks_the_next(lines: list[SettingChange]) -> None:
    line = lines[2]
    line.by_name = "Somebody else"
    with as_an_intruder():
        rows = SettingChange.objects.filter(pk=line.pk)
        rows.update(by_name=line.by_name, hash=settings_history.digest(line))

    assert list(settings_history.verify()) == [
        Broken(line.number + 1, "does not follow the line before it")
    ]
