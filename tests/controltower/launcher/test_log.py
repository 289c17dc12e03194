"""What the terminal shows."""

import io
import re

import pytest

from controltower.launcher.log import Log


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class ClosedTerminal(Terminal):
    def write(self, text: str) -> int:
        raise BrokenPipeError


def test_a_line_carries_the_time_and_the_name_of_the_program() -> None:
    stream = io.StringIO()
    Log(stream).line("web", "listening")
    assert re.sub(r"\d\d:\d\d:\d\d", "12:00:00", stream.getvalue()) == (
        "12:00:00 web       | listening\n"
    )


def test_a_terminal_gets_one_colour_for_each_program() -> None:
    stream = Terminal()
    log = Log(stream)
    for name in ("web", "worker", "web"):
        log.line(name, "")
    colours = re.findall(r"\x1b\[(\d+)m\d", stream.getvalue())
    assert (colours[0] == colours[2], colours[0] == colours[1]) == (True, False)


def test_no_color_is_respected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    stream = Terminal()
    Log(stream).line("web", "listening")
    assert "\x1b" not in stream.getvalue()


def test_a_terminal_that_was_closed_does_not_stop_the_work() -> None:
    log = Log(ClosedTerminal())
    log.say("stopping")
    log.say("stopped")
    assert log.stream is None
