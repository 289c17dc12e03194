"""Instants in files: formats, orders, zones, and the two nights when clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from exceptions.importing import instants
from exceptions.importing.instants import NotAnInstant, Style

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CHICAGO = ZoneInfo("America/Chicago")


@pytest.mark.parametrize(
    ("cell", "style", "expected"),
    [
        ("2024-01-31 14:05", Style(), datetime(2024, 1, 31, 13, 5, tzinfo=UTC)),
        ("2024-07-31T14:05:09.250", Style(), datetime(2024, 7, 31, 12, 5, 9, 250000, tzinfo=UTC)),
        ("2024-07-31T14:05:09+05:30", Style(), datetime(2024, 7, 31, 8, 35, 9, tzinfo=UTC)),
        ("2024-07-31T14:05Z", Style(), datetime(2024, 7, 31, 14, 5, tzinfo=UTC)),
        ("31.01.2024 14:05", Style(order="dmy"), datetime(2024, 1, 31, 13, 5, tzinfo=UTC)),
        ("01/02/2024", Style(order="dmy"), datetime(2024, 1, 31, 23, tzinfo=UTC)),
        ("01/02/2024", Style(order="mdy"), datetime(2024, 1, 1, 23, tzinfo=UTC)),
        ("1/2/2024 12:30 AM", Style(order="mdy"), datetime(2024, 1, 1, 23, 30, tzinfo=UTC)),
        ("1/2/2024 12:30 PM", Style(order="mdy"), datetime(2024, 1, 2, 11, 30, tzinfo=UTC)),
        ("2024/03/01 08:00", Style(order="dmy"), datetime(2024, 3, 1, 7, tzinfo=UTC)),
        ("3 Mar 24", Style(formats=("%d %b %y",)), datetime(2024, 3, 2, 23, tzinfo=UTC)),
        (datetime(2024, 1, 31, 14, 5), Style(), datetime(2024, 1, 31, 13, 5, tzinfo=UTC)),  # noqa: DTZ001
        (date(2024, 1, 31), Style(), datetime(2024, 1, 30, 23, tzinfo=UTC)),
    ],
)
def test_what_is_written_is_what_is_read(cell: object, style: Style, expected: datetime) -> None:
    assert instants.read(cell, style, AMSTERDAM) == instants.Read(expected)


@pytest.mark.parametrize(
    ("cell", "fold", "expected", "says"),
    [
        ("2024-03-31 01:59", "first", datetime(2024, 3, 31, 0, 59, tzinfo=UTC), ""),
        ("2024-03-31 02:00", "first", datetime(2024, 3, 31, 1, tzinfo=UTC), "read as 03:00"),
        ("2024-03-31 02:30", "second", datetime(2024, 3, 31, 1, 30, tzinfo=UTC), "read as 03:30"),
        ("2024-03-31 03:00", "first", datetime(2024, 3, 31, 1, tzinfo=UTC), ""),
        ("2024-10-27 01:59", "first", datetime(2024, 10, 26, 23, 59, tzinfo=UTC), ""),
        ("2024-10-27 02:30", "first", datetime(2024, 10, 27, 0, 30, tzinfo=UTC), "the first"),
        ("2024-10-27 02:30", "second", datetime(2024, 10, 27, 1, 30, tzinfo=UTC), "the second"),
        ("2024-10-27 03:00", "first", datetime(2024, 10, 27, 2, tzinfo=UTC), ""),
    ],
)
def test_nights_when_clocks_change_are_read_and_told(
    cell: str, fold: str, expected: datetime, says: str
) -> None:
    found = instants.read(cell, Style(fold=fold), AMSTERDAM)
    assert (found.at, says in found.told, bool(found.told)) == (expected, True, bool(says))


def test_the_same_wall_clock_is_another_instant_elsewhere() -> None:
    assert instants.read("2024-01-31 14:05", Style(), CHICAGO).at == datetime(
        2024, 1, 31, 20, 5, tzinfo=UTC
    )


@pytest.mark.parametrize(
    "cell", ["soon", "31/31/2024", "2024-02-30", "0024-01-01", "12", "2024-01-01 25:00", "1e9"]
)
def test_what_is_no_instant_is_refused_in_words(cell: str) -> None:
    with pytest.raises(NotAnInstant, match=r"\w{3}"):
        instants.read(cell, Style(order="dmy"), AMSTERDAM)


@pytest.mark.parametrize(
    ("samples", "order"),
    [
        (["2024-01-31 10:00"], "ymd"),
        (["01/02/2024", "31/01/2024"], "dmy"),
        (["01/02/2024", "01/31/2024"], "mdy"),
        (["01/02/2024"], "dmy"),
        ([], "ymd"),
        (["never"], "ymd"),
    ],
)
def test_the_order_is_guessed_from_all_samples(samples: list[str], order: str) -> None:
    assert instants.guess_order(samples) == order
