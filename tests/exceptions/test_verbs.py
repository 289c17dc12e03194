"""What each verb leaves behind is said for all of them."""

from exceptions.vocabulary import HARMLESS, UNDONE_BY, Verb, lasting, reversing


def test_every_verb_is_harmless_or_its_undoing_is_named() -> None:
    assert HARMLESS | set(UNDONE_BY) == set(Verb)
    assert HARMLESS & set(UNDONE_BY) == set()


def test_steps_are_taken_back_the_last_first() -> None:
    steps = [Verb.NEW_DATE, Verb.NOTE, Verb.PRIORITY]

    assert reversing(steps) == (Verb.PRIORITY, Verb.NEW_DATE)
    assert lasting(steps) == ()


def test_what_nothing_takes_back_is_for_good() -> None:
    assert lasting([Verb.NOTE, Verb.HOLD, Verb.EMAIL]) == (Verb.HOLD,)
