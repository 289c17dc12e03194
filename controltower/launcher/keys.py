"""The installation's own secrets, made once and kept in DATA_DIR/secrets.env (mode 600)."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet

FILE = "secrets.env"
POSTGRES_ADMIN = "POSTGRES_ADMIN_PASSWORD"
POSTGRES = "POSTGRES_PASSWORD"
VALKEY = "VALKEY_PASSWORD"


def _password() -> str:
    return secrets.token_hex(24)  # hex: needs no quoting in a URL or a configuration file


MAKERS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "TOWER_ENCRYPTION_KEYS": lambda: Fernet.generate_key().decode(),
    POSTGRES_ADMIN: _password,
    POSTGRES: _password,
    VALKEY: _password,
}


def load(data_dir: Path) -> dict[str, str]:
    """Every name in MAKERS with its value; what is missing is made and written down first."""
    path = data_dir / FILE
    kept = _read(path)
    made = {name: make() for name, make in MAKERS.items() if name not in kept}
    if made:
        write_private(path, kept | made)
    return kept | made


def _read(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    pairs = (line.split("=", 1) for line in path.read_text().splitlines() if "=" in line)
    return {name.strip(): value.strip() for name, value in pairs}


def write_private(path: Path, values: dict[str, str]) -> None:
    """Write NAME=value lines that only the owner can read; readers see the old or the new file."""
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    draft.replace(path)
