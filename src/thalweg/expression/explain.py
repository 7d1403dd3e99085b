"""What to say about a formula that cannot be read: the reader finds the place, this finds the words."""

from __future__ import annotations

import math
from collections.abc import Sequence

from thalweg.errors import nearest
from thalweg.expression.errors import FormulaError
from thalweg.expression.functions import ALIASES, COMPARISONS, FUNCTIONS
from thalweg.expression.names import CONSTANTS, canonical
from thalweg.expression.tokens import Token, tokenize

NAMES = "a name is a letter, then letters, digits and underscores, and not that of a function"

_LISTED = 12  # names that a message lists before it breaks off

_QUOTED = 40  # characters of a name or number that a message quotes

_MISPLACED = {
    "&": "write 'and'",
    "=": "write only what stands to the right of the equals sign",
    "[": "use round brackets; an index follows the name of a vector, as in x[1]",
    "]": "use round brackets",
    ":": "slices belong to whole vectors, as in sum(x[1:]^2)",
    "{": "use round brackets",
    "}": "use round brackets",
    "_": "a name begins with a letter",
    ".": "functions stand without a module's name, as in sin(x)",
    "'": "quoted text, derivatives and transposes are not part of a formula; for vectors write dot(x, y)",
    '"': "a formula holds names and numbers, no quoted text",
    "!": "the factorial is not among the functions",
    "%": "write a share as a number, such as 0.05",
    ";": "a formula is one expression",
    "@": "write dot(x, y), or x*y for numbers",
    "?": "write where(x > 0, a, b)",
    "\\": "functions and Greek letters stand by their names alone, as in sin(alpha)",
}


KEYWORDS: dict[str, str] = {
    "if": "write where(x > 0, a, b)", "else": "write where(x > 0, a, b)", "for": "write sum(x[i]^2, i, 1, n)",
    "return": "write the formula alone", "def": "write the formula alone",
    "import": "write the formula alone",
    **dict.fromkeys(("nan", "NaN", "inf", "Inf", "Infinity"), "a formula has finite numbers"),
    **dict.fromkeys(("True", "False", "None"), "a formula has numbers"),
}  # fmt: skip
"""Words of programs that are no names, unless they are declared."""

WORDS: dict[str, str] = {
    "mod": "write x - n*floor(x/n)", "cot": "write 1/tan(x)",
    "sec": "write 1/cos(x)", "csc": "write 1/sin(x)", "coth": "write 1/tanh(x)",
    "csch": "write 1/sinh(x)", "ceil": "write -floor(-x)", "square": "write (x)^2", "abs2": "write (x)^2",
    "reciprocal": "write 1/(x)", "round": "write floor(x + 0.5)",
}  # fmt: skip
"""Functions that there are none of, and what to write instead; alone, they may be names."""


def no_name(text: str, token: Token, name: str) -> FormulaError:
    """Explain a word that means something which a formula does not have."""
    return _error(text, token, f"'{_shown(token)}' cannot be read", (KEYWORDS | WORDS)[name])


MAX_DEPTH = 200
"""Brackets, signs and powers that may be open at once."""


def too_deep(text: str, token: Token) -> FormulaError:
    """Explain that this token opens one bracket, sign or power too many within one another."""
    hint = "use fewer brackets, signs and powers inside one another"
    return _error(text, token, f"The formula is nested more than {MAX_DEPTH} deep", hint)


SIGNS = frozenset("∑∏")
"""What is a sum's or a product's sign and never a name."""


def sign_alone(text: str, token: Token, name: str) -> FormulaError:
    """Explain a sign of a sum or product without brackets after it."""
    sign = _shown(token)
    return _error(
        text, token, f"'{sign}' has nothing in brackets to run over", f"write {name}(x[i]^2, i, 1, n)"
    )


def is_name(name: str) -> bool:
    """Say whether a canonical name may stand for a variable or parameter."""
    token = tokenize(name, 1)[0]
    is_one_token = token.kind == "name" and token.text == name
    return is_one_token and name.isidentifier() and ALIASES.get(name, name) not in FUNCTIONS


def operand_expected(text: str, tokens: Sequence[Token], place: int) -> FormulaError:
    """Explain a token that stands where a number, a name or a bracket was due."""
    token = tokens[place]
    before = tokens[place - 1] if place else None
    if token.kind in ("unknown", "index"):
        return _misplaced(text, token)
    if token.kind == "end":
        if before is None:
            return FormulaError(text, 0, 0, "The formula is empty", "write one, such as x^2 + y^2")
        if before.kind == "open" or before.kind == "bar":
            return _error(text, before, f"This '{_shown(before)}' is never closed", "the formula ends here")
        return _error(
            text, before, f"Nothing follows this '{_shown(before)}'", "a number, a name or a bracket must"
        )
    if before is not None and before.kind == "open" and token.kind == "close":
        length = token.position + token.length - before.position
        if place > 1 and tokens[place - 2].kind == "name":
            name = _shown(tokens[place - 2])
            hint = f"write {name}{_shown(before)}{_arguments(tokens[place - 2].text)}{_shown(token)}"
            return FormulaError(text, before.position, length, f"'{name}' has no argument", hint)
        return FormulaError(
            text, before.position, length, "There is nothing between these brackets", "fill them"
        )
    where = f"after '{_shown(before)}'" if before is not None else "at the beginning"
    message = f"Expected a number, a name or a bracket {where}, not '{_shown(token)}'"
    return _error(text, token, message)


def operator_expected(text: str, tokens: Sequence[Token], place: int) -> FormulaError:
    """Explain a token that stands where an operator or the end was due."""
    token, before = tokens[place], tokens[place - 1]
    if token.kind in ("unknown", "index"):
        return _misplaced(text, token)
    if token.text.startswith(".") and before.kind == "number":
        return _error(text, token, "A number has one decimal point", "or an operator is missing")
    hint = f"write *{_shown(token)} or ^{_shown(token)}"
    return _error(text, token, f"Expected an operator before '{_shown(token)}'", hint)


def unknown_function(text: str, token: Token) -> FormulaError:
    """Explain a word before a bracket that is neither a function nor a declared name."""
    name = _shown(token)
    lowered = token.text.lower()
    known = [*FUNCTIONS, *ALIASES]
    near = lowered if lowered in known else nearest(lowered, known)
    if token.text in WORDS:
        hint = WORDS[token.text]
    elif near:
        hint = f"did you mean {near}?"
    else:
        hint = f"the functions are {', '.join(FUNCTIONS)}; a product is written {name}*(...)"
    return _error(text, token, f"'{name}' is not a function", hint)


def element_or_product(text: str, name: Token, number: Token, closing: Token) -> FormulaError:
    """Explain x(1), which is an element in some languages and a product in others."""
    shown = _shown(name)
    length = closing.position + closing.length - name.position
    message = f"'{shown}({number.shown})' could be an element or a product"
    hint = f"write {shown}[{number.shown}] or {number.shown}*{shown}"
    return FormulaError(text, name.position, length, message, hint)


def unknown_name(text: str, token: Token, declared: Sequence[str]) -> FormulaError:
    """Explain a name that is not among those given."""
    name = canonical(token.text)
    letters = list(name[:_LISTED])
    if 1 < len(name) <= _LISTED and all(letter in declared for letter in letters):
        hint = f"did you mean {'*'.join(letters)}?"
    else:
        near = nearest(name, [*declared, *CONSTANTS])
        hint = f"did you mean {near}?" if near else f"the names are {_listed(declared)}"
    return _error(text, token, f"'{_shown(token)}' is not one of the formula's names", hint)


def argument_expected(text: str, token: Token, name: str) -> FormulaError:
    """Explain a function's name with nothing to apply it to."""
    lacks = "has no argument" if FUNCTIONS[name].takes(1) else "needs brackets"
    return _error(text, token, f"'{_shown(token)}' {lacks}", f"write {_shown(token)}({_arguments(name)})")


def wrong_number(text: str, function: Token, name: str, last: Token) -> FormulaError:
    """Explain a function with more or fewer arguments than it takes."""
    count = FUNCTIONS[name].arguments
    taken = ("one argument", "two arguments", "three arguments")[count - 1]
    shown = _shown(function)
    length = last.position + last.length - function.position
    hint = f"write {shown}({_arguments(name)})" + ("; decimals take a point" if count == 1 else "")
    if name == "atan":
        hint = "write atan2(y, x)"
    message = f"'{shown}' takes {taken}{' or more' if FUNCTIONS[name].folds else ''}"
    return FormulaError(text, function.position, length, message, hint)


def _arguments(name: str) -> str:
    name = ALIASES.get(name, name)
    if name == "where":
        return "x > 0, a, b"
    if name == "atan2":
        return "y, x"
    return "x" if name not in FUNCTIONS or FUNCTIONS[name].takes(1) else "x, y"


def misplaced_comma(text: str, token: Token) -> FormulaError:
    """Explain a comma that separates no arguments."""
    hint = "decimals take a point, and arguments stand in a function's brackets, as in max(x, y)"
    return _error(text, token, "This comma separates nothing", hint)


def wrong_kind(text: str, token: Token, name: str, wants_truth: bool) -> FormulaError:
    """Explain a truth value where a number is due, or a number where a truth value is."""
    shown = _shown(token)
    if wants_truth:
        condition = "The condition of 'where' is" if name == "where" else f"What '{shown}' joins is"
        if name == "not":
            condition = "What 'not' denies is"
        return _error(text, token, f"{condition} a number, not a comparison", "compare it, as in x > 0")
    if name in COMPARISONS:
        message = f"A comparison cannot be compared with '{shown}'"
        return _error(text, token, message, "join two of them by 'and', as in 0 < x and x < 1")
    message = f"A comparison is no number that '{shown}' could take"
    return _error(text, token, message, "write where(x > 0, 1, 0) for a number")


def truth_alone(text: str) -> FormulaError:
    """Explain a formula that is true or false instead of a number."""
    message = "The formula is a comparison, which is true or false"
    return FormulaError(text, 0, len(text), message, "write where(x > 0, 1, 0) for a number")


def power_of_function(text: str, function: Token, exponent: Token) -> FormulaError:
    """Explain a function raised to something that could mean its inverse or anything else."""
    name = _shown(function)
    length = max(exponent.position + len(exponent.shown) - function.position, function.length)
    message = f"Only a whole power from 2 up may follow '{name}' directly"
    return FormulaError(text, function.position, length, message, f"write {name}(x)^... or 1/{name}(x)")


def unclear_reach(text: str, function: Token, token: Token) -> FormulaError:
    """Explain a function without brackets whose argument could end in two places."""
    length = token.position + token.length - function.position
    message = f"It is unclear how far '{_shown(function)}' reaches"
    return FormulaError(
        text, function.position, length, message, f"put its argument in brackets, {_shown(function)}(...)"
    )


def not_finite(text: str, token: Token, operation: str, value: float) -> FormulaError:
    """Explain an operation on numbers that has no finite value."""
    if math.isnan(value):
        message = f"This {_WORDS.get(operation, operation)} has no real value"
    elif operation == "divide" or operation == "log":
        message = f"This {_WORDS.get(operation, operation)} is infinite"
    else:
        message = f"This {_WORDS.get(operation, operation)} is beyond the largest number there is, 1.8e308"
    return _error(text, token, message, "change the numbers")


_WORDS = {
    "add": "sum",
    "subtract": "difference",
    "multiply": "product",
    "divide": "quotient",
    "log": "logarithm",
    "sqrt": "root",
    "exp": "exponential",
}


def _misplaced(text: str, token: Token) -> FormulaError:
    hint = _MISPLACED.get(token.text)
    return _error(text, token, f"'{_shown(token)}' has no place in a formula", hint)


def _shown(token: Token) -> str:
    text = token.shown if len(token.shown) <= _QUOTED else token.shown[:_QUOTED] + "..."
    return text if text.isprintable() else ascii(text)[1:-1]


def _listed(names: Sequence[str]) -> str:
    if len(names) > _LISTED:
        names = [*names[:_LISTED], "..."]
    return ", ".join(names) or "none"


def _error(text: str, token: Token, message: str, hint: str | None = None) -> FormulaError:
    return FormulaError(text, token.position, token.length, message, hint)
