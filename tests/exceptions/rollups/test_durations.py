"""Classes of durations, against fractions, and the database's against Python's."""

import random
from fractions import Fraction

import pytest
from django.db import connection

from exceptions.rollups import durations
from tests.exceptions.queries import world

EDGES = [0, 1, 31, 32, 63, 64, 65, 127, 128, 129, 2**20 - 1, 2**20, 2**31 - 2, 2**31 - 1]
LENGTHS = sorted({*EDGES, *(2**k + d for k in range(6, 31) for d in (-1, 0, 1))})


def test_no_class_is_wider_than_a_32nd_of_what_it_holds() -> None:
    for seconds in LENGTHS:
        middle = durations.middle(durations.class_of(seconds))
        assert abs(Fraction(middle) - seconds) <= Fraction(seconds, 64)


def test_classes_follow_each_other_without_a_gap() -> None:
    assert [durations.class_of(s) for s in range(130)] == [
        *range(64),
        *(64 + i // 2 for i in range(64)),
        96,
        96,
    ]


def test_what_cannot_be_is_counted_all_the_same() -> None:
    assert durations.class_of(-5) == 0
    assert durations.class_of(2**40) == durations.class_of(2**31 - 1)


@pytest.mark.django_db
def test_the_database_says_the_same() -> None:
    lengths = [*LENGTHS, *random.Random(4).sample(range(2**31), 500), -5, 2**33]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT place, exceptions_class_middle(place) FROM"
            " (SELECT exceptions_duration_class(make_interval(secs => s)) AS place"
            "  FROM unnest(%s::float8[]) WITH ORDINALITY AS l (s, i) ORDER BY i) p",
            [lengths],
        )
        told = cursor.fetchall()
    assert told == [(place, durations.middle(place)) for place in map(durations.class_of, lengths)]


@pytest.mark.parametrize("n", [1, 2, 9, 10, 11, 100, 357])
def test_percentiles_are_of_the_nearest_rank(n: int) -> None:
    lengths = [random.Random(n).expovariate(1 / 50_000) for _ in range(n)]
    counts = durations.counted(lengths)
    for percent in (1, 50, 90, 99, 100):
        assert durations.percentile(counts, percent) == world.nearest_rank(lengths, percent)


def test_of_nothing_there_is_no_percentile() -> None:
    assert durations.percentile({}, 50) is None
