"""What of a pasted address counts."""

import pytest

from integrations.odoo.access import Access, Secret


@pytest.mark.parametrize(
    ("pasted", "origin"),
    [
        ("https://odoo.example.com", "https://odoo.example.com"),
        ("https://odoo.example.com/", "https://odoo.example.com"),
        ("https://odoo.example.com/odoo/inventory?debug=1#action=3", "https://odoo.example.com"),
        ("http://Odoo.Example.com:8069/web", "http://odoo.example.com:8069"),
        ("http://[::1]:8069/web", "http://[::1]:8069"),
    ],
)
def test_links_begin_with_scheme_host_and_port_alone(pasted: str, origin: str) -> None:
    assert Access(pasted, "tower", "control.tower", Secret("key")).origin == origin
