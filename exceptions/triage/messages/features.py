"""What of a text a model counts: words, pairs of words and pieces of words. Pure.

The same here for training and for judging, so that both always count alike. Each feature remembers
the words that it came from: a reason for a label is shown as words, never as pieces.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

_WORD = re.compile("[^\\W_]+(?:['\u2019][^\\W_]+)*")
_DIGIT = re.compile(r"\d")
PIECES = (2, 3, 4, 5)  # letters, the blanks around a word among them
LONGEST_WORD = 40
MOST_WORDS = 600


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, and where it stands."""

    said: str
    start: int
    end: int

    @property
    def counted(self) -> str:
        """In small letters; which digits a number has says nothing of what is the matter."""
        return _DIGIT.sub("0", self.said.lower().replace("\u2019", "'"))[:LONGEST_WORD]


@dataclass(frozen=True, slots=True)
class Feature:
    """`name` begins with `w` for words and pairs, `c` for pieces; `words` are positions in the
    list of words.
    """

    name: str
    words: tuple[int, ...]


def words(text: str) -> list[Word]:
    found = (Word(match[0], *match.span()) for match in _WORD.finditer(text))
    return [word for word, _ in zip(found, range(MOST_WORDS), strict=False)]


def of(said: list[Word]) -> Iterator[Feature]:
    """Every feature as often as it occurs."""
    counted = [word.counted for word in said]
    for number, word in enumerate(counted):
        yield Feature(f"w{word}", (number,))
        for piece in _pieces(word):
            yield Feature(f"c{piece}", (number,))
    for number, (one, two) in enumerate(itertools.pairwise(counted)):
        yield Feature(f"w{one} {two}", (number, number + 1))


def names(text: str) -> list[str]:
    """The names of all features of a text."""
    return [feature.name for feature in of(words(text))]


def word_names(text: str) -> list[str]:
    return [name for name in names(text) if name[0] == "w"]


def piece_names(text: str) -> list[str]:
    return [name for name in names(text) if name[0] == "c"]


def _pieces(word: str) -> Iterator[str]:
    padded = f" {word} "
    for length in PIECES:
        if len(padded) <= length:
            yield padded
            return
        for start in range(len(padded) - length + 1):
            yield padded[start : start + length]
