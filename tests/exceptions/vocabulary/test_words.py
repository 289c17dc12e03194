"""The closed lists: each is to be had from one place, and its words can be stored and shown."""

import re
from importlib import import_module
from pkgutil import iter_modules

from django.db.models import TextChoices

from exceptions import vocabulary


def lists() -> dict[str, type[TextChoices]]:
    """Every list that the modules of the package define."""
    modules = [
        import_module(f"exceptions.vocabulary.{m.name}") for m in iter_modules(vocabulary.__path__)
    ]
    named = [vars(module).values() for module in modules]
    kinds = [one for values in named for one in values if isinstance(one, type)]
    return {one.__name__: one for one in kinds if issubclass(one, TextChoices)}


def test_every_list_is_to_be_had_from_the_package() -> None:
    found = {name for name in lists() if getattr(vocabulary, name, None) is not lists()[name]}

    assert found == set()
    assert {"State", "Move", "Role", "KindCode", "ClockKind", "Verb", "Notice"} <= set(lists())


def test_every_word_is_a_plain_code_or_a_type_of_file_or_event() -> None:
    words = [value for one in lists().values() for value in one.values]
    plain, media_type = r"[a-z][a-z0-9_]*", r"[a-z]+/[a-z0-9.+-]+"
    known = f"{plain}|{media_type}"

    odd = {word for word in words if not re.fullmatch(known, word)}
    assert odd == set(vocabulary.Announced.values)
    assert [word for word in odd if not re.fullmatch(rf"{plain}\.{plain}", word)] == []


def test_no_two_words_of_a_list_read_the_same() -> None:
    labels = {name: [str(label) for label in one.labels] for name, one in lists().items()}

    assert {name for name, said in labels.items() if len(set(said)) < len(said)} == set()
