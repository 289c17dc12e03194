"""Hash chains: what a line says is hashed together with the hash of the line before it."""

import hashlib
from collections.abc import Mapping
from typing import Any

import msgspec


def seal(said: Mapping[str, Any]) -> str:
    """SHA-256, in hex, of plain values written as JSON with their names in order."""
    return hashlib.sha256(msgspec.json.encode(said, order="deterministic")).hexdigest()
