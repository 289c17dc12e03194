"""Real programs in a folder of their own; whatever a test forgets to stop is stopped for it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.controltower.launcher.launching import Launcher, new_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with new_folder() as path:
        yield path


@pytest.fixture
def launch(folder: Path) -> Iterator[Callable[..., Launcher]]:
    """Starts a launcher whose DATA_DIR is `folder`/data."""
    launched: list[Launcher] = []

    def start(*command: str, **environment: str) -> Launcher:
        launched.append(Launcher(folder, *command, **environment))
        return launched[-1]

    yield start
    for launcher in launched:
        launcher.end()
