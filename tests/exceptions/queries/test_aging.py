"""The edges of the aging buckets."""

from datetime import timedelta

import pytest

from exceptions.queries import aging
from exceptions.queries.aging import Aged
from tests.exceptions.queries.world import NOW, scope_of
from tests.making import Tower


@pytest.mark.parametrize(
    ("age", "bucket"),
    [
        (timedelta(0), 0),
        (timedelta(hours=4, microseconds=-1), 0),
        (timedelta(hours=4), 1),
        (timedelta(hours=24), 3),
        (timedelta(days=14, microseconds=-1), 5),
        (timedelta(days=14), 6),
    ],
)
def test_a_bucket_begins_at_its_cut(tower: Tower, age: timedelta, bucket: int) -> None:
    case = tower.late_case(at=NOW - age)
    after, until = aging.detected_between(bucket, NOW)

    assert aging.by_bucket(scope_of(tower)) == [Aged(bucket, case.tier, 1)]
    assert after is None or case.detected_at > after
    assert until is None or case.detected_at <= until
