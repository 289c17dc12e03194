"""What can go wrong between us and an Odoo server, one type for each thing that can be done.

Two questions decide what a caller does next, so every error answers them:
`retry_safe`: the call certainly had no effect, and the same call may well succeed later;
`ambiguous`: the call may have been carried out. Look before repeating it.
A third tells whether waiting for the server held somebody up: `silence`.
"""

import re
from collections import defaultdict

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

LONGEST_WORDS = 1000
TOOK_TOO_LONG = _("it took too long")


class OdooError(Exception):
    """Base of all. `str()` is for logs, `user_message` for people; neither holds a key."""

    word = "error"
    retry_safe = False
    ambiguous = False
    sentence = _("Something went wrong between the control tower and Odoo.")

    def __init__(self, odoo_words: str = "", **facts: str) -> None:
        """`facts` fill the sentence: model, method, host, database, reason (marked for gettext)."""
        super().__init__(odoo_words)
        self.odoo_words = cleaned(odoo_words)
        self.facts = facts
        self.wait_seconds: float | None = None  # what the server asked for in Retry-After

    @property
    def silence(self) -> bool:
        """Nobody answered, or not in time; the next call would wait as long."""
        return False

    @property
    def user_message(self) -> str:
        """A plain sentence in the reader's language that says what to do."""
        return gettext(self.sentence) % self._facts(translate=True)

    @property
    def in_full(self) -> str:
        """The plain sentence, followed by Odoo's own words where it does not hold them."""
        sentence = self.user_message
        return sentence if self.odoo_words in sentence else f"{sentence} {self.odoo_words}"

    def __str__(self) -> str:
        words = f" Odoo said: {self.odoo_words}" if self.odoo_words else ""
        return self.sentence % self._facts(translate=False) + words

    def _facts(self, *, translate: bool) -> dict[str, str]:
        facts = defaultdict(str, self.facts, words=self.odoo_words)
        if translate and facts["reason"]:
            facts["reason"] = gettext(facts["reason"])
        return facts


class BadAddress(OdooError):
    word = "bad_address"
    sentence = _("The address must begin with https:// (or http://) and name a server.")


class Unauthorised(OdooError):
    word = "unauthorised"
    sentence = _(
        "Odoo did not accept the login or the API key. Create a new API key for the integration"
        " user in Odoo (Preferences, Account Security) and enter it in the connection."
    )


class AccessRefused(OdooError):
    word = "access_refused"
    sentence = _(
        "The integration user has no right to do this in Odoo (%(method)s on %(model)s)."
        " Ask an Odoo administrator to add the group that gives it."
    )


class WrongDatabase(OdooError):
    word = "wrong_database"
    sentence = _(
        "The server %(host)s has no database named “%(database)s”."
        " Check the name of the database in the connection."
    )


class MissingRecord(OdooError):
    word = "missing_record"
    sentence = _("The record is not in Odoo any more: it was deleted there.")


class UnknownModel(OdooError):
    word = "unknown_model"
    sentence = _(
        "This Odoo has no %(model)s. Install the module that brings it,"
        " or switch off what needs it."
    )


class UnknownMethod(OdooError):
    word = "unknown_method"
    sentence = _(
        "This Odoo cannot do %(method)s on %(model)s: its version or modules have changed."
        " Check the connection again."
    )


class UserRefused(OdooError):
    """Odoo's own rules said no (UserError, ValidationError): its words are for the user."""

    word = "user_refused"
    sentence = _("Odoo did not accept this: %(words)s")


class NothingDone(OdooError):
    """We asked for nothing, or Odoo asked something back in place of doing it."""

    word = "nothing_done"
    sentence = _("Nothing was done in Odoo. %(words)s")


class CallerMistake(OdooError):
    """Our bug: a field, argument or value that Odoo does not understand."""

    word = "caller_mistake"
    sentence = _(
        "The control tower asked Odoo for something that it does not understand"
        " (%(method)s on %(model)s). Nothing was changed in Odoo. Please report this."
    )


class ServerFault(OdooError):
    """A bug inside Odoo or one of its modules; the transaction was rolled back."""

    word = "server_fault"
    sentence = _(
        "Odoo failed inside (%(method)s on %(model)s). Nothing was changed."
        " The log of the Odoo server says why."
    )


class RetryLater(OdooError):
    word = "retry_later"
    retry_safe = True
    sentence = _("Odoo is busy at the moment. Nothing was changed; it is tried again later.")


class Unreachable(OdooError):
    """No connection was made, so nothing was sent."""

    word = "unreachable"
    retry_safe = True
    sentence = _(
        "The server %(host)s cannot be reached: %(reason)s."
        " Check the address, and whether Odoo is running."
    )

    @property
    def silence(self) -> bool:
        return True


class AmbiguousOutcome(OdooError):
    """The request went out and no whole answer came back."""

    word = "ambiguous"
    ambiguous = True
    sentence = _(
        "Odoo at %(host)s did not answer to the end: %(reason)s. It may have done the work or not;"
        " this is looked up before anything is sent again."
    )

    @property
    def silence(self) -> bool:
        return self.facts.get("reason") == TOOK_TOO_LONG


class Unanswered(AmbiguousOutcome):
    """The same for a mere question, which changes nothing and may be asked again."""

    word = "unanswered"
    retry_safe = True
    ambiguous = False
    sentence = _(
        "The server %(host)s did not answer to the end: %(reason)s. Nothing was changed."
        " Check the address, and whether Odoo is running there."
    )


class BadAnswer(OdooError):
    """An answer came, but not one that Odoo gives. A write may have been carried out."""

    word = "bad_answer"
    ambiguous = True
    sentence = _(
        "The answer from %(host)s is not one that Odoo gives: %(reason)s."
        " Check the address of the connection and any proxy in front of Odoo."
    )


class TurnedAway(BadAnswer):
    """A redirect or a plain refusal (status 3xx, 4xx) of something that is not Odoo."""

    ambiguous = False


class UnsupportedVersion(OdooError):
    word = "unsupported_version"
    sentence = _("This server runs Odoo %(reason)s. Odoo 16 or later is needed.")


class KeyNotOpened(OdooError):
    """The stored API key is sealed with an encryption key that we do not have."""

    word = "key_not_opened"
    sentence = _(
        "The stored API key cannot be opened: TOWER_ENCRYPTION_KEYS lacks the key that sealed it."
        " Put it back, or connect again with odoo_connect."
    )


# Odoo itself was not reached, or did not let us in: no other call would fare better now.
OUT_OF_REACH = (BadAddress, Unauthorised, WrongDatabase, Unreachable, KeyNotOpened)


def cleaned(words: str) -> str:
    """Odoo's message fit to be shown: no traceback, no markup, no control characters, not long."""
    words = words.partition("Traceback (most recent call last)")[0]
    if "<html" in words.lower() or words.lstrip().startswith("<"):
        words = re.sub(r"(?is)<(script|style).*?(</\1>|$)|<!--.*?-->|<[^>]*>", " ", words)
    words = "".join(letter if letter.isprintable() else " " for letter in words)
    words = re.sub(r" +", " ", words).strip()
    return words if len(words) <= LONGEST_WORDS else words[: LONGEST_WORDS - 1] + "…"
