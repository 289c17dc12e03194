"""A small world of words in which it is known what a message is about."""

from exceptions.triage.messages.model import Example

ABOUT = {
    "late": ("delayed", "postponed", "behind", "later"),
    "broken": ("crushed", "cracked", "smashed", "dented"),
    "other": ("thanks", "lunch", "birthday", "newsletter"),
}
THINGS = ("truck", "pallet", "box", "order", "parcel", "crate")


def examples() -> list[Example]:
    return [
        Example(label, f"The {thing} is {word} again, {word} they say")
        for thing in THINGS
        for label, said in ABOUT.items()
        for word in said
    ]
