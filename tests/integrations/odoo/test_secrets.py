"""Addresses, databases and keys that cannot be, and a key that shows nowhere."""

import pickle

import pytest

from integrations.odoo import errors
from integrations.odoo.client import Access, Secret

KEY = "f2d0c4-the-secret-key-of-this-test"


@pytest.mark.parametrize(
    "url",
    [
        "odoo.example.com",
        "ftp://odoo.example.com",
        "https://",
        "https://user:word@odoo.example.com",
        "http://odoo:port",
        "http://[::1",
        "https://od oo.test",
        "",
    ],
)
def test_an_address_that_is_none_is_refused(url):
    with pytest.raises(errors.BadAddress):
        Access(url, "tower", "admin", Secret(KEY))


@pytest.mark.parametrize("key", ["", " ", "two words", "a\r\nHost: elsewhere", "schlüssel"])
def test_a_key_that_no_header_can_carry_is_refused_unseen(key):
    with pytest.raises(errors.Unauthorised) as raised:
        Secret(key)
    assert raised.value.args == ("",)


def test_a_key_read_from_a_file_loses_its_line_break():
    assert Secret("abc123\n").reveal() == "abc123"


def test_a_database_that_no_header_can_carry_is_refused():
    with pytest.raises(errors.WrongDatabase):
        Access("https://odoo.test", "tower\r\nX: y", "admin", Secret(KEY))


def test_a_secret_is_shown_and_written_nowhere():
    secret = Secret(KEY)
    assert [str(secret), repr(secret), f"{secret:>3}", f"{secret}"] == ["…", "Secret(…)", "…", "…"]
    with pytest.raises(TypeError):
        pickle.dumps(secret)
