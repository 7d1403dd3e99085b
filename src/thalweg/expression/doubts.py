"""Names that were read as one thing and probably mean another: they are refused, since a guess would be a new variable.

Looked at are names that nobody declared: xy beside x and y, sinx, x^T x, x_i outside of the sum over i.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import ALIASES, FUNCTIONS
from thalweg.expression.names import GREEK, canonical
from thalweg.expression.tokens import Token

_CALLED = tuple(name for name in (*FUNCTIONS, *ALIASES) if len(name) > 1)
_LETTERS = re.compile(r"[^\W\d_](?:_?[0-9]+)?")


def check(
    text: str,
    tokens: Sequence[Token],
    inferred: Sequence[str],
    known: Collection[str],
    indices: Collection[str],
) -> None:
    """Refuse an inferred name that is in doubt beside the other names, which `known` holds too.

    Vectors among the known names have `indices` of sums as theirs.

    Raises:
        FormulaError: There is one; it says what to write.
    """
    if "T" in inferred:
        _check_transpose(text, tokens)
    for name in inferred:
        base, _, index = name.rpartition("_")
        if base and index in indices and base in known:
            hint = "put all that is summed in brackets after the sum's sign"
            raise _error(text, tokens, name, f"'{{}}' stands outside of the sum over {index}", hint)
        function = _applied(name)
        if function:
            hint = f"write {function}({name.removeprefix(function)}), or declare {name} as a variable"
            raise _error(text, tokens, name, "'{}' is read as one name", hint)
        parts = _parts(name)
        if parts and all(part in known or (part[-1].isdigit() and len(parts) < 5) for part in parts):
            product = "*".join(parts)
            hint = f"write {product} for a product, or declare {name} as a variable"
            raise _error(text, tokens, name, "'{}' is read as one name", hint)


def _check_transpose(text: str, tokens: Sequence[Token]) -> None:
    for sign, name, following in zip(tokens, tokens[1:], tokens[2:], strict=False):
        if sign.text == "^" and name.text == "T" and following.kind in ("name", "open"):
            hint = "for vectors write dot(x, y), for a power declare T as a variable"
            raise FormulaError(text, name.position, name.length, "'T' would be an exponent here", hint)


def _applied(name: str) -> str:
    """Return the function that the name begins with where it ends with a letter, as sinx does."""
    if not name.startswith(_CALLED):
        return ""
    ends = [each for each in _CALLED if name.startswith(each)]
    return next(
        (each for each in ends if _LETTERS.fullmatch(name.removeprefix(each)) and _is_plain(each)), ""
    )


def _is_plain(name: str) -> bool:
    return FUNCTIONS[ALIASES.get(name, name)].takes(1)


def _parts(name: str) -> list[str]:
    """Return the names that this one consists of, such as x1 and x2; none where it is a word."""
    parts = _LETTERS.findall(name)
    return parts if len(set(parts)) > 1 and "".join(parts) == name and name not in GREEK else []


def _error(text: str, tokens: Sequence[Token], name: str, message: str, hint: str) -> FormulaError:
    token = next(token for token in tokens if token.kind == "name" and canonical(token.text) == name)
    return FormulaError(text, token.position, token.length, message.format(token.shown), hint)
