"""What a decision would change, line by line, as pages show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from exceptions.foreseeing import Foreseen
from exceptions.vocabulary import Verb
from exceptions.web import change_words
from exceptions.web.change_words import Change


@dataclass(frozen=True, slots=True)
class Line:
    """One verb: the values that it changes, or what else there is to say of it."""

    verb: str
    changes: list[Change]
    says: str
    refused: bool


def lines(steps: Iterable[Foreseen]) -> list[Line]:
    return [_line(step) for step in steps]


def _line(step: Foreseen) -> Line:
    label = str(step.verb.label)
    if step.refusal:
        return Line(label, [], step.refusal, refused=True)
    if step.after is None:
        return Line(label, [], _("adds: %s") % step.adds if step.adds else "", refused=False)
    found = change_words.changes(step.verb, step.before or {}, step.after)
    says = "" if found else _("Nothing would change: it stands there already.")
    if step.verb == Verb.HOLD and "set_apart" in step.after:
        says = change_words.set_apart(step.after)
    return Line(label, found, says, refused=False)
