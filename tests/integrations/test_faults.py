"""What counts as a fault of a connection or a source, and when one is over."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exceptions.vocabulary import Fault
from integrations.faults import Left, Limits, Looked, Sighted, Spell, day_of, follow, sighted

NOON = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
CALM = 30 * MINUTE
LIMITS = Limits(lag=15 * MINUTE, key_ends_in=14 * DAY, turned_away=3)
LEFT = Left(first_at=NOON - DAY, last_at=NOON)
ACTIONS: dict[str, Any] = {"actions": ("Scheduler", "Mail"), "actions_since": NOON - DAY}

GOLDEN: list[tuple[Looked, list[Fault]]] = [
    (Looked(), []),
    (Looked(silences=1), [Fault.UNREACHABLE]),
    # It does not answer, so it cannot be read either: that is one fault.
    (Looked(silences=3, errors=("No answer.",), lag=DAY), [Fault.UNREACHABLE]),
    (Looked(errors=("Access denied.",)), [Fault.NOT_READ]),
    (Looked(lag=15 * MINUTE), []),
    (Looked(lag=16 * MINUTE), [Fault.NOT_READ]),
    (Looked(key_ends_at=NOON + 15 * DAY), []),
    (Looked(key_ends_at=NOON + 14 * DAY), [Fault.KEY_ENDS]),
    (Looked(key_ends_at=NOON - DAY), [Fault.KEY_ENDS]),
    (Looked(unheard_since=NOON - DAY), [Fault.UNHEARD]),
    (Looked(canary="tower → Odoo: no answer"), [Fault.CANARY]),
    (Looked(silent_from=NOON), []),
    (Looked(silent_from=NOON - MINUTE), [Fault.SILENT]),
    (Looked(turned_away=2), []),
    (Looked(turned_away=3), [Fault.TURNED_AWAY]),
    (Looked(aside=LEFT, refused=LEFT, gaps=LEFT), [Fault.INBOX, Fault.OUTBOX, Fault.GAPS]),
    (Looked(**ACTIONS), [Fault.ACTIONS]),
    (Looked(enabled=False, silences=9, aside=LEFT, turned_away=99, **ACTIONS), []),
]


@pytest.mark.parametrize(("seen", "expected"), GOLDEN)
def test_what_is_a_fault(seen: Looked, expected: list[Fault]) -> None:
    assert [each.fault for each in sighted(seen, LIMITS, NOON)] == expected


def test_a_fault_says_what_was_seen_and_since_when() -> None:
    seen = Looked(errors=("Access denied.", "Other."), key_ends_at=NOON + DAY, gaps=LEFT, **ACTIONS)

    assert list(sighted(seen, LIMITS, NOON)) == [
        Sighted(fault=Fault.NOT_READ, said="Access denied."),
        Sighted(fault=Fault.KEY_ENDS, since=NOON - 13 * DAY, due_at=NOON + DAY),
        Sighted(fault=Fault.GAPS, since=NOON - DAY, latest_at=NOON),
        Sighted(fault=Fault.ACTIONS, since=NOON - DAY, said="Scheduler, Mail"),
    ]


STANDS = Sighted(fault=Fault.UNREACHABLE)
RUNNING = Spell(since=NOON - DAY)


@pytest.mark.parametrize(
    ("before", "seen", "after"),
    [
        (None, None, None),
        (None, STANDS, Spell(since=NOON)),
        (None, Sighted(fault=Fault.GAPS, since=NOON - DAY), Spell(since=NOON - DAY)),
        (RUNNING, STANDS, RUNNING),
        (RUNNING, None, Spell(since=NOON - DAY, well_since=NOON)),
        # It came back before it was over: the same spell.
        (Spell(since=NOON - DAY, well_since=NOON - 29 * MINUTE), STANDS, RUNNING),
        (
            Spell(since=NOON - DAY, well_since=NOON - CALM),
            None,
            Spell(since=NOON - DAY, well_since=NOON - CALM, over=True),
        ),
        (Spell(since=NOON - DAY, well_since=NOON - DAY, over=True), STANDS, Spell(since=NOON)),
    ],
)
def test_how_a_spell_goes_on(
    before: Spell | None, seen: Sighted | None, after: Spell | None
) -> None:
    assert follow(before, seen, calm=CALM, at=NOON) == after


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 40)), max_size=20))
def test_spells_are_what_lies_between_calm_half_hours(runs: list[tuple[bool, int]]) -> None:
    """Counted in another way: a spell begins with a bad minute before which 30 were good."""
    minutes = [bad for bad, times in runs for _n in range(times)]
    spell, begun = None, []
    for n, bad in enumerate(minutes):
        spell = follow(spell, STANDS if bad else None, calm=CALM, at=NOON + n * MINUTE)
        if spell and spell.since == NOON + n * MINUTE:
            begun.append(n)

    bad_ones = [n for n, bad in enumerate(minutes) if bad]
    pairs = zip([None, *bad_ones], bad_ones, strict=False)
    assert begun == [n for last, n in pairs if last is None or n - last > 31]


def test_a_day_begins_at_midnight_utc() -> None:
    assert day_of(NOON + 11 * timedelta(hours=1)) == datetime(2026, 11, 17, tzinfo=UTC)
