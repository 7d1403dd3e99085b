"""What names and expressions stand for while a function is being translated."""

from __future__ import annotations

from dataclasses import dataclass
from types import FunctionType
from typing import Literal, TypeAlias

from thalweg.kernel.code import hexadecimal

Kind: TypeAlias = Literal["i64", "double", "i1"]
"""An integer, a real number, or a truth value, as LLVM has them."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number: its kind, LLVM operand, and value where it is known already."""

    kind: Kind
    operand: str
    known: int | None = None
    seldom: bool = False
    """Of a truth value: whether it hardly ever holds."""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of `lanes` runs of `n` variables."""

    address: str
    lanes: int
    n: Number
    traits: int


@dataclass(frozen=True, slots=True)
class Vector:
    """Numbers `stride` apart in memory."""

    address: str
    stride: int


@dataclass(frozen=True, slots=True)
class Kernel:
    """The address of a point kernel, and of the context that it is called with."""

    function: str
    context: str


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple of values."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word whose compiled meaning is built in."""

    name: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a function without a value returns."""


Value: TypeAlias = Number | Block | Vector | Kernel | Several | Nothing | Word | FunctionType


@dataclass(slots=True)
class Slot:
    """A number that changes: where it lives on the stack."""

    kind: Kind
    address: str


def integer(value: int) -> Number:
    """A known integer."""
    return Number("i64", str(value), value)


def real(value: float) -> Number:
    """A known real number."""
    return Number("double", hexadecimal(value))


def truth(value: bool) -> Number:
    """A known truth value."""
    return Number("i1", "true" if value else "false", int(value))
