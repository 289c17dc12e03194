"""Why a clock is due when it is: the sentence, read back by somebody who knows only the words."""

import random
import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from exceptions import sla
from exceptions.business_time import Closure, Hours, Opening
from exceptions.sla import Break
from tests.exceptions import minutes

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SHIFT = (Opening(8 * 60, 18 * 60),)
OFFICE = Hours(
    zone="Europe/Amsterdam",
    weekly=(SHIFT,) * 5 + ((),) * 2,
    closures=(
        Closure(date(2026, 12, 25), "Christmas Day"),
        Closure(date(2026, 12, 26), "Boxing Day"),
    ),
)
ROUND = Hours(zone="Europe/Amsterdam", weekly=((Opening(0, 1440),),) * 7)


def wall(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM).astimezone(UTC)


@pytest.mark.parametrize(
    ("hours", "start", "target", "breaks", "told"),
    [
        (
            OFFICE,
            wall(11, 16, 16, 20),
            240,
            [Break(wall(11, 16, 17), wall(11, 16, 17, 40), "waiting for Maersk")],
            (
                "Due Tue 17 Nov 11:00 CET: 4 h of business time from Mon 16 Nov 16:20; "
                "Mon 16 Nov closes 18:00, Tue 17 Nov opens 08:00, paused 40 min waiting for Maersk."
            ),
        ),
        (
            OFFICE,
            wall(11, 17, 9),
            90,
            [],
            "Due Tue 17 Nov 10:30 CET: 1 h 30 min of business time from Tue 17 Nov 09:00.",
        ),
        (
            OFFICE,
            wall(11, 14, 12),
            60,
            [],
            (
                "Due Mon 16 Nov 09:00 CET: 1 h of business time from Sat 14 Nov 12:00; "
                "Mon 16 Nov opens 08:00."
            ),
        ),
        # Boxing Day is a Saturday this year: the weekend says that already.
        (
            OFFICE,
            wall(12, 23, 17),
            72 * 60,
            [],
            (
                "Due Tue 5 Jan 09:00 CET: 72 h of business time from Wed 23 Dec 17:00; "
                "Wed 23 Dec closes 18:00, then 70 h in 7 openings, "
                "closed Fri 25 Dec (Christmas Day), Tue 5 Jan opens 08:00."
            ),
        ),
        # A pause by night takes nothing away, and is not told.
        (
            OFFICE,
            wall(11, 16, 17),
            120,
            [Break(wall(11, 16, 20), wall(11, 17, 6), "waiting for customs")],
            (
                "Due Tue 17 Nov 09:00 CET: 2 h of business time from Mon 16 Nov 17:00; "
                "Mon 16 Nov closes 18:00, Tue 17 Nov opens 08:00."
            ),
        ),
        (
            ROUND,
            wall(11, 16, 17),
            600,
            [],
            "Due Tue 17 Nov 03:00 CET: 10 h of business time from Mon 16 Nov 17:00.",
        ),
        (
            None,
            wall(11, 16, 17),
            600,
            [Break(wall(11, 16, 18), wall(11, 16, 20), "waiting for Maersk")],
            "Due Tue 17 Nov 05:00 CET: 10 h from Mon 16 Nov 17:00; paused 2 h waiting for Maersk.",
        ),
    ],
)
def test_the_sentence(
    hours: Hours | None, start: datetime, target: int, breaks: list[Break], told: str
) -> None:
    assert sla.explain(start, target, AMSTERDAM, hours, breaks) == told


SAID = re.compile(
    r"Due (?P<due>\w+ \d+ \w+ \d+:\d+) \S+: (?P<target>.+?) of business time "
    r"from (?P<start>\w+ \d+ \w+ \d+:\d+)(?:; (?P<why>.*))?\."
)


def span(text: str) -> timedelta:
    found = re.fullmatch(r"(?:(\d+) h)? ?(?:(\d+) min)?", text)
    assert found is not None
    return timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))


def moment(text: str, near: datetime, zone: str) -> datetime:
    """The instant that a weekday, day, month and time name, in the half-year around `near`."""
    day, month, clock = text.split()[1:]
    named = [
        datetime.strptime(f"{day} {month} {year} {clock}", "%d %b %Y %H:%M")  # noqa: DTZ007
        for year in (near.year - 1, near.year, near.year + 1)
    ]
    local = (at.replace(tzinfo=ZoneInfo(zone)) for at in named)
    return min((at.astimezone(UTC) for at in local), key=lambda at: abs(at - near))


def read_back(sentence: str, near: datetime, zone: str) -> tuple[timedelta, timedelta]:
    """The target that the sentence names, and that which its times add up to."""
    said = SAID.fullmatch(sentence)
    assert said is not None, sentence
    start, due = (moment(said[name], near, zone) for name in ("start", "due"))
    spent, since = timedelta(), start
    for part in (said["why"] or "").split(", "):
        if found := re.fullmatch(r"(.+) opens (\d+:\d+)", part):
            since = moment(f"{found[1]} {found[2]}", near, zone)
        elif found := re.fullmatch(r"(.+) closes (\d+:\d+)", part):
            spent += moment(f"{found[1]} {found[2]}", near, zone) - since
        elif found := re.fullmatch(r"then (.+) in \d+ openings", part):
            spent += span(found[1])
        elif found := re.fullmatch(r"paused (.+) waiting for .+", part):
            spent -= span(found[1])
        else:
            assert re.fullmatch(r"|closed .+", part), part
    return span(said["target"]), spent + (due - since)


def test_what_the_sentence_says_adds_up() -> None:
    """In zones and weeks without a change of the clocks: there, a wall time is one instant."""
    for seed in range(300):
        chance = random.Random(seed)
        start = datetime(2026, 6, 10, tzinfo=UTC) + chance.randint(0, 9000) * MINUTE
        hours = minutes.some_hours(chance, start.date())
        breaks = [
            Break(a, b, f"waiting for Carrier {n}")
            for n, (a, b) in enumerate(minutes.some_pauses(chance, start))
        ]
        target = chance.choice((1, 59, 240, 601, 2000, 6000))
        due = sla.due(start, target, hours, breaks)
        begun = [b for b in breaks if b.start < due]
        named, added = read_back(
            sla.explain(start, target, AMSTERDAM, hours, begun), start, hours.zone
        )
        assert (named, added) == (target * MINUTE, target * MINUTE), seed


def test_a_sentence_that_does_not_add_up_is_seen() -> None:
    wrong = (
        "Due Tue 17 Nov 10:20 CET: 4 h of business time from Mon 16 Nov 16:20; "
        "Mon 16 Nov closes 18:00, Tue 17 Nov opens 09:00."
    )
    found = read_back(wrong, wall(11, 16, 12), "Europe/Amsterdam")
    assert found == (4 * HOUR, 3 * HOUR)
