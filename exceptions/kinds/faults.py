"""Faults of integrations in words: what each means for the work, and what to do about it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exceptions.vocabulary import Fault


@dataclass(frozen=True, slots=True)
class About:
    means: str | Promise
    do: str | Promise


ABOUT: dict[Fault, About] = {
    Fault.UNREACHABLE: About(
        _("Nothing is read from it and no decision reaches it. What waits is kept and sent later."),
        _(
            "See whether it runs and whether the tower can reach its address. The tower asks again"
            " every few minutes by itself."
        ),
    ),
    Fault.NOT_READ: About(
        _("Some of its records are not read any more: exceptions in them are not seen."),
        _(
            "Read what it answered, below Reading on the Integrations page. Usually a right was"
            " taken away or the API key has ended: look again on the connection's page."
        ),
    ),
    Fault.KEY_ENDS: About(
        _("Once the key has ended, nothing is read and nothing is sent."),
        _(
            "Make a new API key for the tower's user in Odoo and store it on the connection's"
            " page. The old one goes on until then."
        ),
    ),
    Fault.UNHEARD: About(
        _("Changes are seen only when it is next read, not at once."),
        _(
            "See whether Odoo can reach the tower's address, and whether our rules are switched on"
            " there. Set them up again on the connection's page, then try it."
        ),
    ),
    Fault.CANARY: About(
        _(
            "The test that walks through Odoo and back does not come home: real news may not"
            " either."
        ),
        _(
            "The connection's page names the hop at which it stopped, and why. The next walk that"
            " comes through ends this by itself."
        ),
    ),
    Fault.INBOX: About(
        _("Deliveries were set aside: what they tell is not in any case."),
        _(
            "Look at one of them, mend its cause, and put them back. What comes twice is worked"
            " through once."
        ),
    ),
    Fault.OUTBOX: About(
        _("What was decided, or should have been told, did not get there."),
        _(
            "Read why below Outbox on the Integrations page. Mend it and send again, or give it up"
            " on the case."
        ),
    ),
    Fault.GAPS: About(
        _("Our mirror differs from the source, and reading again does not mend it."),
        _("The ledger of gaps says of each record why. Usually a right is missing for its model."),
    ),
    Fault.ACTIONS: About(
        _("Work that Odoo does by itself is late or stands still: plans, e-mails, rules by time."),
        _("Ask Odoo's administrator to look at the actions that the Integrations page names."),
    ),
    Fault.SILENT: About(
        _("It says less than is expected of it: what happens there is not seen."),
        _(
            "Ask the sender whether it still sends, and to which address. If there was nothing to"
            " tell, say so and expect it less often."
        ),
    ),
    Fault.TURNED_AWAY: About(
        _("None of what it sent today was let in: what happens there is not seen."),
        _(
            "The page of the source says why. Usually its secret was changed on one side only:"
            " make the next one and give it to the sender."
        ),
    ),
}


def about(fault: str) -> About | None:
    """None for a word that is not ours any more."""
    return ABOUT[Fault(fault)] if fault in Fault.values else None
