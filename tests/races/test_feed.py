"""Five thousand readings, three of ten twice, in no order, through five processes at once.

FEED_RECORDS=14000 makes it a hundred thousand, which takes some minutes.
"""

import os
from datetime import datetime
from typing import Any

from exceptions import intake
from exceptions.models import Case, Document, Site
from exceptions.vocabulary import OPEN_STATES
from tests.making import Tower
from tests.races import feed, invariants
from tests.races.feed import Feed
from tests.races.team import Team

RECORDS = int(os.environ.get("FEED_RECORDS", "700"))  # five readings each, three of ten again
READERS = 5


def documents(site: Site) -> dict[str, tuple[Any, ...]]:
    """What the mirror says of each record, but for its number."""
    said = Document.objects.filter(site=site)
    rows = said.values_list(
        "reference", "living", "read_at", "written_at", "recheck_at", "facts", "gone_at"
    )
    return {
        reference: (*stamps, {k: v for k, v in facts.items() if k not in ("record_id", "site_id")})
        for reference, *stamps, facts, _gone in rows
    }


def live_cases(site: Site) -> dict[str, tuple[Any, ...]]:
    """What each live case says. How often its supplier came before is left out of its severity:
    it counts cases, and who reads in order sees some that have passed before others come.
    """
    found = Case.objects.filter(site=site, state__in=OPEN_STATES).select_related("document")
    return {
        case.document.reference: (
            case.state,
            case.title,
            case.value_at_risk,
            case.need_at,
            [c for c in case.contributions if c["factor"] != "recurrence"],
        )
        for case in found
    }


def test_in_any_order_and_however_often_it_ends_as_the_clean_feed_does(
    arena: Tower, at: datetime, team: Team
) -> None:
    untidy = Feed(
        records=RECORDS,
        connection_id=arena.connection.pk,
        site_id=arena.site.pk,
        first_id=1,
        at=at,
    )
    clean = feed.elsewhere(untidy, arena.other_site.pk)
    taken = team.run(feed.take_in, [(untidy, part, READERS) for part in range(READERS)])
    for batch in feed.batches([*clean.readings()]):
        intake.take_in(batch, at=at)

    assert sum(taken) == RECORDS * 50 // 7
    assert documents(arena.site) == documents(arena.other_site)
    assert live_cases(arena.site) == live_cases(arena.other_site)
    # By hand: late and open at the last reading, of the readings as they were made.
    last = clean.readings()[-RECORDS:]
    late = {r.reference for r in last if r.open and r.planned_at and r.planned_at < at}
    assert live_cases(arena.site).keys() == late
    assert len(late) > RECORDS / 50
    assert invariants.broken() == []
