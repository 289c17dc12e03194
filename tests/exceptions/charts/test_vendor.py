"""The Plotly that is served: what it says it is, and fit for the page's policy."""

import hashlib
from pathlib import Path

from django.conf import settings

from exceptions.web.dashboards.page import MAP_STYLE_ID

HERE = Path(settings.BASE_DIR) / "static" / "vendor" / "plotly-basic"


def test_the_file_is_the_one_that_was_taken() -> None:
    said = (HERE / "README").read_text().split()[-1]
    assert hashlib.sha256((HERE / "plotly-basic.min.js").read_bytes()).hexdigest() == said


def test_the_ids_that_hold_back_its_style_sheets_are_still_its_own() -> None:
    code = (HERE / "plotly-basic.min.js").read_text()
    looked_for = ("plotly.js-style-", ".no-inline-styles", f'getElementById("{MAP_STYLE_ID}")')
    assert [name in code for name in looked_for] == [True, True, True]
