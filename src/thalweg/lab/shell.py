"""Where the page's module is, the few lines of HTML round it, and the headers that fence it in."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

BUNDLE = Path(__file__).parent / "static" / "lab.js"
"""The page's module, which the build puts there."""
UNBUILT = (
    "the laboratory's page has not been built: 'make lab' builds and opens it, "
    "'python -m scripts.frontend build' only builds it (both in a checkout of the project)"
)
"""What is said where it is not there."""

_STYLE = "html,body,#app{margin:0;height:100%}"
_NOTE_STYLE = (
    "body{margin:18vh auto;max-width:34rem;padding:0 1.5rem;font:16px/1.5 system-ui,sans-serif;"
    "color:#1a2130;background:#fdfdfb}h1{font-size:1.25rem}code{font-size:.95em}"
    "@media(prefers-color-scheme:dark){body{color:#e8ebf0;background:#12161c}}"
)
_SCRIPT = 'import{startApp}from"/lab.js";startApp(document.getElementById("app"))'
_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32' fill='none' stroke-width='3' "
    "stroke-linecap='round'%3E%3Cpath d='M4 6c3 26 21 26 24 0' stroke='%234a48c4'/%3E%3Cpath d='M10 6c2 15 10 15 12 "
    "0' stroke='%23adcbe9'/%3E%3Ccircle cx='16' cy='25' r='3' fill='%234a48c4'/%3E%3C/svg%3E"
)
_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8">'
    f'<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="{_ICON}">'
)

PAGE = (
    f"{_HEAD}<title>Thalweg</title><style>{_STYLE}</style>"
    f'<div id="app"></div><script type="module">{_SCRIPT}</script></html>'
)
"""The laboratory; all else is in its module."""

AGAIN = f'{_HEAD}<meta http-equiv="refresh" content="0;url=/"><title>Thalweg</title></html>'
"""Asks once more from the server's own page: a browser that follows a link from elsewhere withholds the cookie."""


def note(title: str, text: str) -> str:
    """A page that says one thing; `text` is HTML."""
    return f"{_HEAD}<title>Thalweg: {title}</title><style>{_NOTE_STYLE}</style><h1>{title}</h1><p>{text}</p></html>"


LOCKED = note(
    "This laboratory is locked",
    "Open the address that <code>thalweg</code> printed in the terminal: it carries the key, which is given only once "
    "per browser. After a restart there is a new address.",
)
STRANGER = note(
    "Not here",
    "The laboratory answers only at <code>localhost</code> or <code>127.0.0.1</code>. Over SSH, forward its port with "
    "<code>ssh -L 8765:127.0.0.1:8765</code> and open the printed address on your own machine.",
)


def headers(host: str) -> dict[str, str]:
    """What every answer carries: the page runs its own module, speaks to its own server, and stands in no frame."""
    scripts = f"'self' '{_hash(_SCRIPT)}'"
    styles = f"'{_hash(_STYLE)}' '{_hash(_NOTE_STYLE)}'"
    # Not every browser counts ws: on the same host as 'self'.
    policy = (
        f"default-src 'none'; script-src {scripts}; style-src {styles}; connect-src 'self' ws://{host}; "
        "img-src 'self' data: blob:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cache-Control": "no-cache",
    }


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
