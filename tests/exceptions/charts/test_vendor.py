"""Scripts of others that are served: what they say they are, and fit for the page's policy."""

import hashlib
from pathlib import Path

import pytest
from django.conf import settings

from exceptions.web.dashboards.page import MAP_STYLE_ID

VENDOR = Path(settings.BASE_DIR) / "static" / "vendor"
HERE = VENDOR / "plotly-basic"
TAKEN = [directory.name for directory in sorted(VENDOR.iterdir())]


@pytest.mark.parametrize("name", TAKEN)
def test_the_file_is_the_one_that_was_taken(name: str) -> None:
    said = (VENDOR / name / "README").read_text().split()[-1]
    (script,) = (VENDOR / name).glob("*.js")
    assert hashlib.sha256(script.read_bytes()).hexdigest() == said


def test_the_ids_that_hold_back_its_style_sheets_are_still_its_own() -> None:
    code = (HERE / "plotly-basic.min.js").read_text()
    looked_for = ("plotly.js-style-", ".no-inline-styles", f'getElementById("{MAP_STYLE_ID}")')
    assert [name in code for name in looked_for] == [True, True, True]
