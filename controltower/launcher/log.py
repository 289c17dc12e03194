"""One readable log out of many programs: each line carries the time and the program's name."""

from __future__ import annotations

import os
import time
from typing import TextIO

WIDTH = 9  # of the name column: "simulator" is the longest
COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
LAUNCHER = "launcher"


class Log:
    """Writes prefixed lines to `stream`, in colour when that is a terminal and NO_COLOR is unset.

    A stream that has gone away (a closed terminal) is no reason to stop working or to fail while
    stopping: from then on the lines are dropped.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream: TextIO | None = stream
        self.coloured = stream.isatty() and "NO_COLOR" not in os.environ
        self.names: list[str] = []

    def line(self, name: str, text: str) -> None:
        stamp = time.strftime("%H:%M:%S")
        self.raw(f"{self._paint(name, f'{stamp} {name:<{WIDTH}} |')} {text}")

    def say(self, text: str) -> None:
        """A line of the launcher's own."""
        self.line(LAUNCHER, text)

    def raw(self, text: str) -> None:
        """Text that stands for itself, without a prefix."""
        if self.stream is None:
            return
        try:
            self.stream.write(text + "\n")
            self.stream.flush()
        except (OSError, ValueError):
            self.stream = None

    def _paint(self, name: str, prefix: str) -> str:
        if not self.coloured:
            return prefix
        if name not in self.names:
            self.names.append(name)
        colour = COLOURS[self.names.index(name) % len(COLOURS)]
        return f"\x1b[{colour}m{prefix}\x1b[0m"
