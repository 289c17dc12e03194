"""What of a message is read: its subject and what its writer wrote, without quotations. Pure."""

import re
import unicodedata

LONGEST = 8_000  # letters of a text; nobody tells of a late truck in more
MOST_LINES = 400

# Where a mail program begins the message that is answered.
_ANSWERED = re.compile(
    r"^\s*(?:"
    r"-{2,}\s*(?:original message|forwarded message|ursprüngliche nachricht|message d'origine"
    r"|mensaje original)\s*-{2,}"
    r"|on\b.{3,120}\bwrote:"
    r"|am\b.{3,120}\bschrieb\b.{0,80}:"
    r"|le\b.{3,120}\ba écrit\s*:"
    r"|el\b.{3,120}\bescribió:"
    r"|_{8,}"
    r")\s*$",
    re.IGNORECASE,
)
_HEAD = re.compile(r"^\s*(?:from|von|de)\s*:.+@", re.IGNORECASE)
_QUOTED = re.compile(r"^\s*>")
_SIGNATURE = re.compile(r"^--\s?$")
_PREFIX = re.compile(r"^(?:\s*(?:re|aw|fw|fwd|wg|tr|rv)\s*:)+\s*", re.IGNORECASE)


def plain(subject: str, text: str) -> str:
    """The words that are judged: the subject, then the body as `body` cuts it."""
    head = _PREFIX.sub("", _clean(subject)).strip()
    return f"{head}\n{body(text)}".strip()


def body(text: str) -> str:
    """What its writer wrote: without quoted lines, what was answered, and the signature.

    A message that is nothing but a quotation, as a forwarded one is, is read whole.
    """
    lines = _clean(text).split("\n")[:MOST_LINES]
    written = [line for line in lines[: _end(lines)] if not _QUOTED.match(line)]
    own = "\n".join(written).strip()
    return own or "\n".join(_QUOTED.sub("", line) for line in lines).strip()


def _end(lines: list[str]) -> int:
    """The line at which the writer's own words are over."""
    for number, line in enumerate(lines):
        if _ANSWERED.match(line) or _SIGNATURE.match(line) or _HEAD.match(line):
            return number
    return len(lines)


def _clean(text: str) -> str:
    """One way to write each letter, plain blanks, and nothing that cannot be seen."""
    whole = unicodedata.normalize("NFKC", text[:LONGEST]).replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(" ".join(line.split()) for line in "".join(map(_seen, whole)).split("\n"))


def _seen(letter: str) -> str:
    """Nothing for what joins and parts letters unseen; a blank for what controls a terminal."""
    category = unicodedata.category(letter)
    if letter == "\n" or category[0] != "C":
        return letter
    return "" if category == "Cf" else " "
