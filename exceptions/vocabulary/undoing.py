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
}


def lasting(verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """Those of the verbs that cannot be undone."""
    return tuple(v for v in verbs if v not in HARMLESS and UNDONE_BY.get(v) is None)


def reversing(verbs: Iterable[Verb]) -> tuple[Verb, ...]:
    """The verbs that take back those of the verbs that can be, the last first."""
    found = [UNDONE_BY.get(verb) for verb in verbs if verb not in HARMLESS]
    return tuple(verb for verb in reversed(found) if verb)
