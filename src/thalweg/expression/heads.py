"""What stands before a formula in any language: f(x, y) =, f_{\\text{Booth}}(x) =, lambda x, y:, f = @(x, y), x -> ...

It says the order of the variables and is passed over otherwise; nothing in it is run or kept.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from thalweg.expression.functions import ALIASES, FUNCTIONS
from thalweg.expression.names import canonical

_NAME = r"[^\W\d]\w*+"
_LETTERS = r"\\(?:math|text|operatorname|boldsymbol|vec|bm)(?:bf|rm|it|sf|cal)?(?:\s?\w\b|\{\w++\})"
_INDEX = r"(?:_\w|_?\{(?:[^{}=]|\{[^{}=]*+\})*+\})"
_ARGUMENT = rf"(?:{_LETTERS}|\\?\w++){_INDEX}?|\\[lc]?dots\b|\.\.\.|…"
_ARGUMENTS = rf"(?:{_ARGUMENT})(?:\s*+[,;]\s*+(?:{_ARGUMENT}))*+"
_PATTERN = r"\w+_\w*(?:\?\w+)?"
_IS = r"\s*+:?=(?![=>])"

_HEAD = re.compile(
    rf"""\s*+(?:
    (?:def\s+{_NAME}\s*+\(\s*+(?P<def>{_ARGUMENTS})\s*+\)\s*+:\s*+)?+return\s
    |(?:{_NAME}\s*+=\s*+)?+lambda\s+(?P<lambda>{_NAME}(?:\s*+,\s*+{_NAME})*+)\s*+:
    |(?:{_NAME}\s*+=\s*+)?+@\(\s*+(?P<matlab>{_ARGUMENTS})\s*+\)
    |(?:{_NAME}\s*+(?:=|<-)\s*+)?+function\s*+\(\s*+(?P<r>{_ARGUMENTS})\s*+\)
    |(?:(?:(?:const|let|var)\s+)?+{_NAME}\s*+=(?!>)\s*+)?+(?:\(\s*+(?P<several>{_ARGUMENTS})\s*+\)|(?P<one>{_NAME}))\s*+[-=]>
    |(?P<name>\\?{_NAME}|{_LETTERS}){_INDEX}?\s*+(?:\\left)?+\(\s*+(?P<call>{_ARGUMENTS})\s*+(?:\\right)?+\){_IS}
    |{_NAME}\[\s*+(?P<pattern>{_PATTERN}(?:\s*+,\s*+{_PATTERN})*+)\s*+\]{_IS}
    |(?P<result>{_NAME}){_IS}
    )""",
    re.VERBOSE,
)
_SIGNATURES = ("def", "lambda", "matlab", "r", "several", "one", "call", "pattern")
_DELIMITER = re.compile(r"\s*+(?:\$\$?|\\[(\[])")
_COMMAND = re.compile(r"\\(?:math|text|operatorname|boldsymbol|vec|bm)(?:bf|rm|it|sf|cal)?(?![a-z])")


class Head(NamedTuple):
    """Where the head of a formula begins and ends, and the names of its arguments."""

    start: int
    end: int
    arguments: tuple[str, ...]


def read(text: str) -> Head:
    r"""Return what the text begins with, behind LaTeX's opening delimiter.

    >>> read(r"f_{\text{Booth}}(x, y) = (x + 2y - 7)^2"), read("x^2 + y^2")
    (Head(start=0, end=24, arguments=('x', 'y')), Head(start=0, end=0, arguments=()))
    """
    delimiter = _DELIMITER.match(text)
    start = delimiter.end() if delimiter is not None else 0
    nothing = Head(0, 0, ())
    head = _HEAD.match(text, start)
    if head is None:
        return nothing
    name = (head["name"] or "").lstrip("\\")
    if name in FUNCTIONS or name in ALIASES:  # log(y) = a*x is an equation
        return nothing
    result = head["result"]
    if result and re.search(rf"(?<!\w){re.escape(result)}(?!\w)", text[head.end() :]):
        return nothing  # x = x^2 is one as well
    signature = next((head[kind] for kind in _SIGNATURES if head[kind]), "")
    if head["pattern"]:
        names = [each.partition("_")[0].strip() for each in signature.split(",")]
    else:
        names = [
            "_".join(re.findall(r"[^\W_]+", _COMMAND.sub("", each))) for each in re.split("[,;]", signature)
        ]
    return Head(start, head.end(), tuple(canonical(each) for each in names if each))
