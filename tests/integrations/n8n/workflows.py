"""The workflow templates, read as data; and their Code nodes, run by node where there is one."""

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.n8n.events import N8N

HERE = Path(__file__).parent
NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="there is no node to run JavaScript with")
TEMPLATES = sorted(path.stem for path in (N8N / "templates").glob("*.json"))


def workflow(name: str) -> dict[str, Any]:
    return dict(json.loads((N8N / "templates" / f"{name}.json").read_text()))


def nodes(flow: dict[str, Any], kind: str = "") -> list[dict[str, Any]]:
    return [n for n in flow["nodes"] if not kind or n["type"] == f"n8n-nodes-base.{kind}"]


def named(flow: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in nodes(flow) if node["name"] == name)


def links(flow: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for source, ways in flow["connections"].items():
        for way in ways["main"]:
            yield from ((source, link["node"]) for link in way)


def run(
    flow: dict[str, Any],
    node: str,
    said: Any,
    *,
    others: dict[str, Any] | None = None,
    raw: bytes = b"",
    now: int | None = None,
) -> Any:
    """What the Code node returns for `said`, with what other nodes have returned."""
    told = {
        "js": named(flow, node)["parameters"]["jsCode"],
        "json": said,
        "nodes": others or {},
        "raw": base64.b64encode(raw).decode(),
        "now": now,
    }
    assert NODE is not None
    done = subprocess.run(
        [NODE, str(HERE / "code_node.mjs")],
        input=json.dumps(told),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return json.loads(done.stdout)
