"""The line of a picture."""

from exceptions.report.line import line


def test_the_highest_value_is_at_the_top_and_nothing_at_the_bottom() -> None:
    found = line([0, 10, 5])

    assert found.points == ((6.0, 76.0), (201.0, 12.0), (396.0, 44.0))
    assert found.path == "M6 76 L201 12 L396 44"
    assert found.last == (396.0, 44.0)


def test_one_day_is_a_point_and_nothing_ever_open_lies_at_the_bottom() -> None:
    assert line([4]).points == ((396.0, 12.0),)
    assert line([0, 0]).points == ((6.0, 76.0), (396.0, 76.0))
