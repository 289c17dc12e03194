"""What a canary does in Odoo, with the least that anybody there could notice.

Our own user saves itself unchanged, upon which the trial rule posts to us. What goes back is a
small file that hangs on no record: it takes no right but those of every user, nobody is told of it,
and it is deleted once it was read back. It bears the mark of our rules, so that nobody else's is
touched.
"""

import base64

from integrations.odoo import errors, hooked
from integrations.odoo.client import Odoo

FILE = "ir.attachment"
SAYS = b"A canary of the control tower. It is deleted by itself; you may delete it as well.\n"
MOST = 100


def touch(odoo: Odoo, user_id: int) -> None:
    """Have our user save itself unchanged: the trial rule fires, and nothing else changes."""
    found = odoo.read(hooked.USERS, [user_id], ["tz"])
    if not found:
        raise errors.MissingRecord
    odoo.write(hooked.USERS, [user_id], {"tz": found[0]["tz"]})


def put(odoo: Odoo, mark: str, number: int) -> None:
    """Once, however often it is asked for."""
    if not is_there(odoo, mark, number):
        content = base64.b64encode(SAYS).decode()
        odoo.create(FILE, [{"name": _name(mark, number), "datas": content}])


def is_there(odoo: Odoo, mark: str, number: int) -> bool:
    return bool(odoo.search(FILE, [["name", "=", _name(mark, number)]], order="id", limit=1))


def clean_up(odoo: Odoo, mark: str) -> int:
    """Delete what is left of this and of earlier canaries of ours; how many."""
    ours = [["name", "=like", f"{_name(mark, '%')}"], ["create_uid", "=", odoo.uid]]
    left = odoo.search(FILE, ours, order="id", limit=MOST)
    if left:
        odoo.call(FILE, "unlink", ids=left)
    return len(left)


def _name(mark: str, number: int | str) -> str:
    return f"control-tower-canary-{mark}-{number}.txt"
