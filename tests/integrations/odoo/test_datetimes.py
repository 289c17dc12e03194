from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrations.odoo.datetimes import from_odoo, to_odoo

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-23 12:00:00", NOON),
        ("2026-11-23 12:00:00.022985", NOON.replace(microsecond=22985)),
        (False, None),
        (None, None),
    ],
)
def test_odoos_naive_text_is_utc(text, instant):
    assert from_odoo(text) == instant


@pytest.mark.parametrize("text", ["", "2026-11-23", "2026-11-23T12:00:00Z", "tomorrow"])
def test_other_text_is_refused(text):
    with pytest.raises(ValueError, match="does not match format"):
        from_odoo(text)


def test_any_zone_is_written_as_utc_seconds():
    berlin = timezone(timedelta(hours=1))
    assert to_odoo(datetime(2026, 11, 23, 13, 0, 0, 999999, tzinfo=berlin)) == "2026-11-23 12:00:00"


def test_a_datetime_without_zone_is_refused():
    with pytest.raises(ValueError, match="needs a time zone"):
        to_odoo(NOON.replace(tzinfo=None))
