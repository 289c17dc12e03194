"""What can be undone. A verb that stands nowhere here cannot be."""

from collections.abc import Iterable, Mapping

from exceptions.vocabulary.doing import Verb

# These tell people something, or leave nothing that would have to be taken back.
HARMLESS = frozenset(
    {
        Verb.ACTIVITY,
        Verb.NOTE,
        Verb.TASK,
        Verb.TICKET,
        Verb.CUSTOMER_DRAFT,
        Verb.APPROVAL,
        Verb.ASK,
        Verb.ANSWER,
        Verb.EMAIL,
        Verb.N8N_EVENT,
        Verb.CHAT,
        Verb.ATTACH,
        Verb.RECOUNT,  # the case keeps the count that is thrown away
        Verb.TAKE_BACK,  # it ends what was made by us and is not carried out: that can be made anew
    }
)

# The verb that takes each of the others back; None: nothing does.
UNDONE_BY: Mapping[Verb, Verb | None] = {
    Verb.PRIORITY: Verb.PRIORITY,
    Verb.NEW_DATE: Verb.NEW_DATE,
    Verb.HOLD: None,
    Verb.CANCEL: None,
    Verb.APPLY_COUNT: None,
    Verb.SCRAP: None,
    Verb.RELEASE: None,  # the record of what was held is gone with it
    Verb.TRANSFER: Verb.TAKE_BACK,
    Verb.PURCHASE: Verb.TAKE_BACK,
    Verb.RETURN: Verb.TAKE_BACK,
    Verb.CREDIT_NOTE: Verb.TAKE_BACK,
    Verb.HOLD_BILL: Verb.HOLD_BILL,
    Verb.SPLIT: None,
    Verb.AUTOMATION: None,  # what it does only the company knows
}


def lasting(verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """Those of the verbs that cannot be undone."""
    return tuple(v for v in verbs if v not in HARMLESS and UNDONE_BY.get(v) is None)


def reversing(verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """The verbs that take back those of the verbs that can be, the last first."""
    found = [UNDONE_BY.get(verb) for verb in verbs if verb not in HARMLESS]
    return tuple(verb for verb in reversed(found) if verb)
