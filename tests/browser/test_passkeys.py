"""Passkeys, with the authenticator that Chromium pretends to have."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, Visit, Visitor
from tests.making import Tower


def with_authenticator(visitor: Visitor) -> Any:
    """The visitor's browser has a built-in authenticator that knows its owner."""
    # Passkeys belong to host names: an address in numbers has none.
    visitor.url = visitor.url.replace("127.0.0.1", "localhost")
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session


def add_passkey(visitor: Visitor, *, alone: bool) -> None:
    page = visitor.go("/account/passkeys/add/")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.fill("#id_name", "Laptop")
    page.get_by_label("Sign in with it alone").set_checked(alone)
    page.get_by_role("button", name="Add").click()
    page.wait_for_url("**/account/recovery-codes/")


def leave(visitor: Visitor) -> None:
    page = visitor.go("/account/")
    page.locator(".topbar details.menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_a_passkey_signs_in_alone(tower: Tower, visit: Visit) -> None:
    visitor = visit()
    with_authenticator(visitor)
    visitor.sign_in("lead.rtm")
    add_passkey(visitor, alone=True)
    page = visitor.go("/account/")
    expect(page.get_by_text("Passkey: signs you in alone.")).to_be_visible()
    leave(visitor)
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_url(f"{visitor.url}/")

    assert visitor.troubles == []


def test_a_security_key_comes_after_the_password(tower: Tower, visit: Visit) -> None:
    visitor = visit()
    with_authenticator(visitor)
    visitor.sign_in("lead.rtm")
    add_passkey(visitor, alone=False)
    leave(visitor)
    page = visitor.page
    page.fill("#id_username", "lead.rtm")
    page.fill("#id_password", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Use a passkey").click()
    page.wait_for_url(f"{visitor.url}/")

    assert visitor.troubles == []


def test_without_a_passkey_the_page_says_what_to_do(tower: Tower, visit: Visit) -> None:
    visitor = visit()
    with_authenticator(visitor)
    page = visitor.go("/sign-in/")
    page.get_by_role("button", name="Sign in with a passkey").click()

    expect(page.get_by_text("No passkey was used.")).to_be_visible()
