from difflib import get_close_matches

from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from exceptions.vocabulary import ALL_ANNOUNCED, Announced


class ExceptionsConfig(AppConfig):
    name = "exceptions"
    label = "exceptions"
    verbose_name = "Logistics exceptions"

    def ready(self) -> None:
        """An event that is misspelt would be waited for in vain: so it is said at the start."""
        if problem := misspelt(settings.N8N_EVENTS):
            raise ImproperlyConfigured(problem)


def misspelt(events: list[str]) -> str:
    """What is wrong with the types of events that N8N_EVENTS names, as a sentence; empty: nothing.

    Not translated: at the start nobody has said in which language.
    """
    known = [ALL_ANNOUNCED, *(str(each) for each in Announced)]
    unknown = [each for each in events if each not in known]
    if not unknown:
        return ""
    named = ", ".join(f"“{each}”{_instead(each, known)}" for each in unknown)
    return f"N8N_EVENTS: no such type of event: {named}. There are: {', '.join(known)}."


def _instead(event: str, known: list[str]) -> str:
    nearest = get_close_matches(event, known, n=1)
    return f" (is “{nearest[0]}” meant?)" if nearest else ""
