"""What real Odoo servers answered, recorded. Kept beside the repository, so it may be absent."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "odoo"
KEY = "<API-KEY>"  # stands where the key stood
VERSIONS = (17, 19)

needed = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="the recordings of real Odoo servers are not beside this checkout"
)


@dataclass(frozen=True)
class Exchange:
    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: Any  # JSON, or text where it was not JSON, or None
    status: int
    answer_headers: dict[str, str]
    answer: Any  # JSON, or text

    @property
    def result(self) -> Any:
        """What Odoo's method returned, without the envelope of /jsonrpc."""
        return self.answer["result"] if self.path == "/jsonrpc" else self.answer


@cache
def exchanges(version: int) -> tuple[Exchange, ...]:
    """Of 17 (over /jsonrpc) or 19 (over JSON-2), in the order they were made; () when absent."""
    file = FOLDER / f"exchanges-{version}.json"
    if not file.exists():
        return ()
    return tuple(_exchange(row) for row in json.loads(file.read_text())["exchanges"])


def exchange(version: int, name: str) -> Exchange:
    return next(one for one in exchanges(version) if one.name == name)


@cache
def dump(version: int, name: str) -> Any:
    """A file of dump-17 or dump-19, such as "stock.picking" or "_webhook_samples"."""
    return json.loads((FOLDER / f"dump-{version}" / f"{name}.json").read_text())


def _exchange(row: dict[str, Any]) -> Exchange:
    request, response = row["request"], row["response"]
    return Exchange(
        name=row["name"],
        method=request["method"],
        path=request["path"],
        headers=request["headers"],
        body=request["body"],
        status=response["status"],
        answer_headers=response["headers"],
        answer=response["body"],
    )
