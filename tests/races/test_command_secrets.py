"""Secrets of commands are locked within a transaction of the tower's own.

Tests elsewhere run inside one, and would not see that it is missing.
"""

from exceptions.models import Membership, ServiceToken, User
from exceptions.vocabulary import Role
from integrations import command_signing
from tests.exceptions.api.calling import key_for
from tests.exceptions.web.pages import signed_in
from tests.integrations.web.test_command_secrets import change, made
from tests.making import Tower


def test_made_retired_and_stopped_without_a_transaction_around(arena: Tower) -> None:
    key_for("lead.rtm")
    ines = User.objects.create_user("ines.admin")
    Membership.objects.create(user=ines, role=Role.INTEGRATION_ADMIN)
    admin, token = signed_in("ines.admin"), ServiceToken.objects.get()

    first, second = made(admin, token), made(admin, token)
    change(admin, token, "retire")
    assert command_signing.secrets_of(token) == [second]
    change(admin, token, "stop")
    assert (first != second, command_signing.secrets_of(token)) == (True, [])
