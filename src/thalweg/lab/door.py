"""Who may come in: the server's checks on Host, Origin and cookie, made before anything else is answered.

The server listens on loopback only, but any web page that the user visits can send requests there.  So the Host must
be a loopback name (a rebound DNS name is not), an Origin must be the server's own, and a cookie must hold a secret
which only the address printed in the terminal gives out.  The port is left open, so that `ssh -L` may change it; an
Origin has to agree with the Host in its port all the same.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie

_LOOPBACK = re.compile(r"(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE)

Headers = Sequence[tuple[bytes, bytes]]
"""As ASGI gives them: names in lower case."""


@dataclass(frozen=True)
class Door:
    """The secrets of one running server, and the checks that use them.

    Example:
        >>> door = Door(port=8765)
        >>> host = (b"host", b"localhost:8765")
        >>> door.is_local([host]), door.is_local([(b"host", b"evil.example:8765")])
        (True, False)
        >>> door.is_own_page([host, (b"origin", b"http://localhost:8765")])
        True
    """

    port: int
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    """Stands in the printed address, and is exchanged for the cookie."""
    secret: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    """The value of the cookie."""

    @property
    def cookie(self) -> str:
        """Name of the cookie.  Cookies do not distinguish ports, so that each server needs a name of its own."""
        return f"thalweg-{self.port}"

    @property
    def url(self) -> str:
        """The address to open."""
        return f"http://127.0.0.1:{self.port}/?token={self.token}"

    def is_local(self, headers: Headers) -> bool:
        """Whether the one Host is a loopback name."""
        return _LOOPBACK.fullmatch(_only(headers, b"host") or "") is not None

    def is_own_page(self, headers: Headers) -> bool:
        """Whether the request comes from a page of this server, as the browser says in Origin."""
        host, origin = _only(headers, b"host"), _only(headers, b"origin")
        return host is not None and origin is not None and origin.lower() == f"http://{host.lower()}"

    def is_token(self, offered: str) -> bool:
        """Whether this is the token of the printed address."""
        return secrets.compare_digest(offered.encode(), self.token.encode())

    def has_cookie(self, headers: Headers) -> bool:
        """Whether the cookie is there with the right secret."""
        try:
            morsel = SimpleCookie(_only(headers, b"cookie") or "").get(self.cookie)
        except CookieError:
            return False
        return morsel is not None and secrets.compare_digest(morsel.value.encode(), self.secret.encode())


def values(headers: Headers, name: bytes) -> list[str]:
    """Every value of a header."""
    return [value.decode("latin-1") for key, value in headers if key == name]


def _only(headers: Headers, name: bytes) -> str | None:
    """The value of a header that must not be given twice."""
    found = values(headers, name)
    return found[0] if len(found) == 1 else None
