"""Ports: the one that people asked for, or any free one."""

import socket
from collections.abc import Iterator

import pytest

from controltower.launcher import ports
from controltower.launcher.trouble import Trouble


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that another program listens on."""
    with socket.socket() as other:
        other.bind((ports.HOST, 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_that_another_program_listens_on_is_not_free(taken: int) -> None:
    assert (ports.is_free(taken), ports.answers(taken)) == (False, True)


def test_a_port_taken_on_all_addresses_is_not_free() -> None:
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        assert ports.is_free(other.getsockname()[1]) is False


def test_the_port_of_the_last_run_is_used_again_when_it_is_free(taken: int) -> None:
    free = ports.choose()
    assert ports.choose(free) == free
    assert ports.choose(taken) != taken


def test_port_8000_unless_told_otherwise() -> None:
    free = ports.choose()
    assert ports.web_port({"PORT": str(free)}) == free
    assert ports.DEFAULT_PORT == 8000


def test_a_port_in_use_is_named_with_another_one_to_choose(taken: int) -> None:
    with pytest.raises(Trouble) as refused:
        ports.web_port({"PORT": str(taken)})
    first, second = str(refused.value).splitlines()
    other = int(second.split("PORT=")[1].split()[0])
    assert first == (
        f"Port {taken} is in use by another program (or may not be opened by this user)."
    )
    assert second == f"Stop that program, or choose another port:  PORT={other} make run"
    assert ports.is_free(other)


@pytest.mark.parametrize("text", ["web", "0", "65536", "-1", "80 "])
def test_what_is_no_port_is_refused_in_words(text: str) -> None:
    with pytest.raises(Trouble) as refused:
        ports.web_port({"PORT": text})
    assert str(refused.value) == (
        f"PORT={text} is not a port: it must be a number from 1 to 65535."
    )
