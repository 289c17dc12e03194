"""Transits of chance, for the tests of lateness."""

import random
from datetime import date, timedelta

from exceptions.facts import Transit
from exceptions.vocabulary import Direction

TODAY = date(2026, 3, 2)


def transit(
    days: int, late: int | None = 0, by: str = "Nordwind", lane: str = "DE → RTM"
) -> Transit:
    """Promised so many days after TODAY; come so many days late, or not yet."""
    promised = TODAY + timedelta(days=days)
    done = None if late is None else promised + timedelta(days=late)
    return Transit(
        direction=Direction.INBOUND, by=by, lane=lane, promised_on=promised, done_on=done
    )


def world(seed: int, n: int = 400) -> list[Transit]:
    """Of the year and a half around TODAY; some early, some late, some still on their way."""
    lots = random.Random(seed)
    return [
        Transit(
            direction=lots.choice(list(Direction)),
            by=lots.choice(["Nordwind", "Baltic", "Rhenus", "Kestrel"]),
            lane=lots.choice(["DE → RTM", "PL → RTM", "RTM → BE"]),
            promised_on=(promised := TODAY + timedelta(days=lots.randint(-420, 60))),
            done_on=lots.choice([None, promised + timedelta(days=lots.randint(-6, 12))]),
        )
        for _ in range(n)
    ]
