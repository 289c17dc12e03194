"""Names of files, made harmless for people, pages and other systems. Pure."""

import re
import unicodedata
from pathlib import PurePosixPath

LONGEST = 120  # letters
# Words that Windows takes for devices, whatever ending follows.
DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
SIGNS = re.compile(r'[<>:"|?*\\/]')
ENDING = re.compile(r"\.[A-Za-z0-9]{1,8}")


def cleaned(name: str) -> str:
    """The last part of the path, without what hides or misleads: controls, marks that turn the
    direction of writing, reserved signs and words. Never empty.
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if char.isspace() else char for char in last if _harmless(char))
    plain = re.sub(r"\s+", " ", SIGNS.sub("_", seen)).strip(" .")
    stem, ending = parted(plain)
    if DEVICES.fullmatch(stem.split(".")[0].strip()):
        stem = f"_{stem}"
    return (stem[: LONGEST - len(ending)].rstrip(" .") or "file") + ending


def parted(name: str) -> tuple[str, str]:
    """The name without its ending, and the ending with its full stop ("" where it has none)."""
    ending = PurePosixPath(name).suffix
    if not ENDING.fullmatch(ending):
        return name, ""
    return name[: -len(ending)], ending


def ended(name: str, endings: tuple[str, ...]) -> str:
    """The name with an ending that says what the file is: its own, or else the first of these."""
    stem, ending = parted(name)
    if ending.lower() in endings:
        return name
    if parted(stem)[1].lower() in endings:
        return stem  # scan.pdf.exe is scan.pdf
    return (stem or "file") + endings[0]


def _harmless(char: str) -> bool:
    """No control, no invisible formatting, no half of a pair, nothing unassigned."""
    return char.isspace() or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co", "Cn")
