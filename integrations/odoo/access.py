"""Where an Odoo server is and what opens it."""

from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from integrations.odoo import errors


class Secret:
    """A text that never shows itself: only `reveal()` gives it."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Blanks around it are dropped (a key read from a file ends with a line break).

        Raises Unauthorised for what no HTTP header can carry: the header's own error would
        print the key.
        """
        self._text = text.strip()
        if not _printable(self._text):
            raise errors.Unauthorised

    def reveal(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "…"

    def __format__(self, spec: str) -> str:
        return "…"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("A secret is not written anywhere")


@dataclass(frozen=True)
class Access:
    """Of `url` only scheme, host and port count: people paste addresses out of the browser.

    Raises BadAddress, WrongDatabase or Unauthorised if no request could be made from it.
    """

    url: str
    database: str
    login: str
    api_key: Secret
    encrypted: bool = field(init=False, repr=False)
    host: str = field(init=False, repr=False)
    port: int | None = field(init=False, repr=False)

    def __post_init__(self) -> None:
        parts = _address(self.url)
        object.__setattr__(self, "encrypted", parts.scheme == "https")
        object.__setattr__(self, "host", parts.hostname)
        object.__setattr__(self, "port", parts.port)
        if not _printable(self.database):
            raise errors.WrongDatabase(database=self.database, host=self.host)

    @property
    def origin(self) -> str:
        """Scheme, host and port: what addresses in Odoo begin with."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        scheme = "https" if self.encrypted else "http"
        return f"{scheme}://{host}" + (f":{self.port}" if self.port else "")


def _address(url: str) -> SplitResult:
    """A name and password in the address are refused: they would be shown with it."""
    try:
        parts = urlsplit(url.strip())
        usable = parts.port is None or parts.port > 0
    except ValueError:
        usable = False
    if not usable:
        raise errors.BadAddress
    known = parts.scheme in {"http", "https"} and parts.username is None
    if not (known and _printable(parts.hostname or "")):
        raise errors.BadAddress
    return parts


def _printable(text: str) -> bool:
    return bool(text) and all("!" <= letter <= "~" for letter in text)
