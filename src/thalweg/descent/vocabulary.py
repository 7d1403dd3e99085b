"""The few words in which parts and the automaton are written, in their plain meaning.

Compiled code gives each word a second meaning with the same value to the last bit (`drive/translate`).  Parts use
these words, + - * /, comparisons, `abs`, `if`, and plain loops, and nothing else: powers, `sum` and `max` are known
to differ between the interpreter and compiled code.
"""

from __future__ import annotations

from math import nan
from math import sqrt as root
from typing import TypeVar

from thalweg.descent.block import BOUNDED, CURVATURE, ELSEWHERE, HESSIAN, PRODUCT, SIZE, TRAITS, TRIAL, Array

Number = TypeVar("Number", int, float)


def width(a: Array) -> int:
    """How many lanes a block has; a constant to the compiler."""
    return a.shape[1]


def size(a: Array) -> int:
    """n, the number of variables; a constant to the compiler where a block is made for one n."""
    return int(a[SIZE, 0])


def has(a: Array, traits: int) -> bool:
    """Whether the composition has one of these traits; a constant to the compiler."""
    return int(a[TRAITS, 0]) & traits != 0


def lane(a: Array, row: int, index: int) -> Array:
    """The rows of one lane from `row` on, as a vector."""
    return a[row:, index]


def tail(v: Array, index: int) -> Array:
    """A vector from `index` on."""
    return v[index:]


def sqrt(value: float) -> float:
    """The square root, NaN below zero."""
    return root(value) if value >= 0.0 else nan


def pick(condition: bool, yes: Number, no: Number) -> Number:
    """One of two values, both of which have been computed: no jump, so lanes stay in step."""
    return yes if condition else no


def seldom(condition: bool) -> bool:
    """The condition itself; compiled code is laid out for the case that it does not hold."""
    return condition


def dot(n: int, u: Array, v: Array) -> float:
    """The scalar product, summed from the first element to the last."""
    total = 0.0
    for i in range(n):
        total += u[i] * v[i]
    return total


# ------------------------------------------------------------------------------------- where the vectors of a block are


def trial(a: Array) -> int:
    """Row of the trial point."""
    return TRIAL


def told(a: Array) -> int:
    """Row of what was told there: the value, then the gradient."""
    return TRIAL + size(a)


def iterate(a: Array) -> int:
    """Row of the current iterate x."""
    return TRIAL + 2 * size(a) + 1


def gradient(a: Array) -> int:
    """Row of the gradient g at the iterate."""
    return TRIAL + 3 * size(a) + 1


def direction(a: Array) -> int:
    """Row of the search direction d."""
    return TRIAL + 4 * size(a) + 1


def best(a: Array) -> int:
    """Row of the iterate with the smallest value so far."""
    return TRIAL + 5 * size(a) + 1


def bounds(a: Array) -> int:
    """Row of the lower bounds, where there are any; behind them the upper ones, then room for the gradient."""
    return TRIAL + 6 * size(a) + 1


def curvature(a: Array) -> int:
    """Row of the Hessian times d, where the step rule asks for it."""
    return bounds(a) + pick(has(a, BOUNDED), 3 * size(a), 0)


def vector(a: Array) -> int:
    """Row of the vector v that a direction's request is about."""
    return curvature(a) + pick(has(a, CURVATURE), size(a), 0)


def answer(a: Array) -> int:
    """Row of what was told of it: the value there, then the gradient there; or no value, then its product with H."""
    return vector(a) + size(a)


def hessian(a: Array) -> int:
    """Row of the Hessian, row by row."""
    return vector(a) + pick(has(a, ELSEWHERE + PRODUCT), 2 * size(a) + 1, 0)


def memory(a: Array) -> int:
    """Row of the direction's own memory."""
    return hessian(a) + pick(has(a, HESSIAN), size(a) * size(a), 0)


def seen(a: Array) -> int:
    """Row from which on the direction sees what it asked for, then its own memory."""
    return pick(has(a, ELSEWHERE + PRODUCT), vector(a), hessian(a))
