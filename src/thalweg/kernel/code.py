"""Lines of LLVM IR: the operations a kernel is made of, for one lane or for several at once.

`Code` writes one function. The same calls write scalar code (width 1) or vector code (width 8); what is
written is the same sequence of IEEE 754 operations, and no operation carries a licence to be rounded in another
way (no fast-math flags), so that both give the same bits in every lane. A `module` gathers functions.

Nothing here knows about formulas (`emit`), and nothing compiles anything (`build`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from itertools import count
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from thalweg.kernel.module import Module

LANES = 8
"""Lanes of a batch kernel: one AVX-512 register, two of AVX2, four of SSE2 or NEON."""

Operand: TypeAlias = str
"""An operand as LLVM spells it: `%v12`, or a constant, splat over the lanes where there are several."""


class Helper(NamedTuple):
    """A function of ours that kernels call: its name, how many values it takes and returns, how it is written.

    `write(code, operands)` writes the body into `code` and returns the results.
    """

    name: str
    arguments: int
    results: int
    write: Callable[[Code, Sequence[Operand]], Sequence[Operand]]

    def symbol(self, width: int) -> str:
        """Return the name of the function for this many lanes."""
        return f"{self.name}.{width}"

    def result(self, width: int) -> str:
        """Return the type of what it returns, a structure where that is several values."""
        real = vector("double", width)
        return real if self.results == 1 else "{" + ", ".join([real] * self.results) + "}"


class Code:
    """The body of one function of a module, written line by line for `width` lanes."""

    __slots__ = (
        "_allocations",
        "_numbers",
        "boolean",
        "integer",
        "lines",
        "module",
        "real",
        "suffix",
        "width",
    )

    def __init__(self, module: Module, width: int = 1) -> None:
        self.module = module
        self.width = width
        self.lines: list[str] = []
        self.real = vector("double", width)
        self.integer = vector("i64", width)
        self.boolean = vector("i1", width)
        self.suffix = "f64" if width == 1 else f"v{width}f64"
        self._allocations: list[str] = []
        self._numbers = count(1)

    def of_width(self, width: int) -> Code:
        """Return the same function's code, to be written on for another number of lanes."""
        code = Code(self.module, width)
        code.lines, code._allocations, code._numbers = self.lines, self._allocations, self._numbers
        return code

    # Anything LLVM can read

    def value(self, instruction: str) -> Operand:
        """Append an instruction and return the name of its result."""
        number = next(self._numbers)
        self.lines.append(f"  %v{number} = {instruction}")
        return f"%v{number}"

    def line(self, instruction: str) -> None:
        """Append an instruction that has no result."""
        self.lines.append("  " + instruction)

    def label(self, name: str) -> None:
        """Begin the basic block of this name; the first block is called `entry`."""
        self.lines.append(name + ":")

    def labels(self, *names: str) -> list[str]:
        """Return names for basic blocks that no others have."""
        number = next(self._numbers)
        return [f"{name}.{number}" for name in names]

    def branch(self, to: str, otherwise: str | None = None, condition: Operand | None = None) -> None:
        """End a basic block: go to another, or to one of two."""
        if otherwise is None:
            self.line(f"br label %{to}")
        else:
            self.line(f"br i1 {condition}, label %{to}, label %{otherwise}")

    def phi(self, kind: str, *arrivals: tuple[Operand, str]) -> Operand:
        """Return a value that depends on the block one comes from: pairs of a value and a block's label."""
        known = ", ".join(f"[{value}, %{label}]" for value, label in arrivals)
        return self.value(f"phi {kind} {known}")

    def complete(self, phi: Operand, value: Operand, label: str) -> None:
        """Add what such a value is when one comes from a block that has been written since."""
        start = f"  {phi} = phi "
        for place in range(len(self.lines) - 1, -1, -1):
            if self.lines[place].startswith(start):
                self.lines[place] += f", [{value}, %{label}]"
                return

    def scratch(self, doubles: int) -> Operand:
        """Return the address of this many doubles on the stack, aligned for vectors."""
        number = next(self._numbers)
        self._allocations.append(f"  %v{number} = alloca [{doubles} x double], align 64")
        return f"%v{number}"

    def element(self, array: Operand, place: Operand | int) -> Operand:
        """Return the address of an element of an array of doubles, or of anything else of eight bytes."""
        return self.value(f"getelementptr double, ptr {array}, i64 {place}")

    def load(self, array: Operand, place: Operand | int, kind: str = "double") -> Operand:
        """Return one element of such an array."""
        return self.value(f"load {kind}, ptr {self.element(array, place)}")

    def body(self) -> str:
        """Return everything written so far."""
        return "\n".join(["entry:", *self._allocations, *self.lines])

    # Constants

    def constant(self, value: float) -> Operand:
        """Return a floating-point constant, in every lane."""
        text = hexadecimal(value)
        return text if self.width == 1 else f"splat (double {text})"

    def whole(self, value: int) -> Operand:
        """Return an integer constant, in every lane."""
        return str(value) if self.width == 1 else f"splat (i64 {value})"

    def spread(self, scalar: Operand, kind: str = "double") -> Operand:
        """Return a scalar in every lane."""
        if self.width == 1:
            return scalar
        wide = vector(kind, self.width)
        first = self.value(f"insertelement {wide} poison, {kind} {scalar}, i64 0")
        mask = f"<{self.width} x i32> zeroinitializer"
        return self.value(f"shufflevector {wide} {first}, {wide} poison, {mask}")

    # Floating point

    def add(self, a: Operand, b: Operand) -> Operand:
        """Return a + b."""
        return self.value(f"fadd {self.real} {a}, {b}")

    def subtract(self, a: Operand, b: Operand) -> Operand:
        """Return a - b."""
        return self.value(f"fsub {self.real} {a}, {b}")

    def multiply(self, a: Operand, b: Operand) -> Operand:
        """Return a * b."""
        return self.value(f"fmul {self.real} {a}, {b}")

    def divide(self, a: Operand, b: Operand) -> Operand:
        """Return a / b."""
        return self.value(f"fdiv {self.real} {a}, {b}")

    def negate(self, a: Operand) -> Operand:
        """Return -a."""
        return self.value(f"fneg {self.real} {a}")

    def multiply_add(self, a: Operand, b: Operand, c: Operand) -> Operand:
        """Return a*b + c, rounded once where the processor can and twice where it cannot."""
        if self.module.fused:
            real = self.real
            return self.intrinsic("fma", f"{real} {a}, {real} {b}, {real} {c}", 3)
        return self.add(self.multiply(a, b), c)

    def scale(self, a: Operand, k: Operand) -> Operand | None:
        """Return a * 2^k for a whole number k, rounded once; None where that is not one instruction."""
        if not (self.module.scales and self.width == LANES):
            return None
        real, symbol = self.real, "llvm.x86.avx512.mask.scalef.pd.512"
        self.module.declare(symbol, f"declare {real} @{symbol}({real}, {real}, {real}, i8, i32)")
        return self.value(f"call {real} @{symbol}({real} {a}, {real} {k}, {real} {a}, i8 -1, i32 4)")

    def absolute(self, a: Operand) -> Operand:
        """Return |a|."""
        return self.intrinsic("fabs", f"{self.real} {a}", 1)

    def square_root(self, a: Operand) -> Operand:
        """Return the correctly rounded square root."""
        return self.intrinsic("sqrt", f"{self.real} {a}", 1)

    def compare(self, predicate: str, a: Operand, b: Operand) -> Operand:
        """Return the truth of a comparison: olt, ogt, oeq ..., or uno for "either is nan"."""
        return self.value(f"fcmp {predicate} {self.real} {a}, {b}")

    def select(self, condition: Operand, a: Operand, b: Operand) -> Operand:
        """Return a where the condition holds and b elsewhere."""
        return self.value(f"select {self.boolean} {condition}, {self.real} {a}, {self.real} {b}")

    def polynomial(self, z: Operand, coefficients: Sequence[float]) -> Operand:
        """Return the polynomial in z, coefficients from the constant term up, by Estrin's scheme.

        Pairs of terms are joined level by level, so that the longest chain of operations grows with the logarithm
        of the degree: at one point at a time, latency is what an elementary function costs.
        """
        terms = [self.constant(coefficient) for coefficient in coefficients]
        while True:
            pairs = zip(terms[::2], terms[1::2], strict=False)
            joined = [self.multiply_add(odd, z, even) for even, odd in pairs]
            terms = joined if len(terms) % 2 == 0 else [*joined, terms[-1]]
            if len(terms) == 1:
                return terms[0]
            z = self.multiply(z, z)

    # Bits

    def select_bits(self, condition: Operand, a: Operand, b: Operand) -> Operand:
        """Return the integer a where the condition holds and b elsewhere."""
        return self.value(f"select {self.boolean} {condition}, {self.integer} {a}, {self.integer} {b}")

    def bits(self, a: Operand) -> Operand:
        """Return the 64 bits of a floating-point value as an integer."""
        return self.value(f"bitcast {self.real} {a} to {self.integer}")

    def from_bits(self, a: Operand) -> Operand:
        """Return the floating-point value of 64 bits."""
        return self.value(f"bitcast {self.integer} {a} to {self.real}")

    def combine(self, operation: str, a: Operand, b: Operand) -> Operand:
        """Return an integer operation on two integers: add, sub, and, or, xor, shl, lshr, ashr."""
        return self.value(f"{operation} {self.integer} {a}, {b}")

    def lowest_bit(self, a: Operand) -> Operand:
        """Return the truth of an integer being odd."""
        return self.value(f"trunc {self.integer} {a} to {self.boolean}")

    # Calls

    def intrinsic(self, name: str, operands: str, count: int) -> Operand:
        """Return LLVM's intrinsic function of `count` floating-point operands."""
        symbol = f"llvm.{name}.{self.suffix}"
        self.module.declare(symbol, f"declare {self.real} @{symbol}({', '.join([self.real] * count)})")
        return self.value(f"call {self.real} @{symbol}({operands})")

    def call(self, helper: Helper, *operands: Operand) -> tuple[Operand, ...]:
        """Return the results of a helper function, which the module then holds."""
        symbol = self.module.require(helper, self.width)
        arguments = ", ".join(f"{self.real} {operand}" for operand in operands)
        kind = helper.result(self.width)
        together = self.value(f"call fastcc {kind} @{symbol}({arguments})")
        if helper.results == 1:
            return (together,)
        return tuple(self.value(f"extractvalue {kind} {together}, {i}") for i in range(helper.results))

    def system(self, name: str, operand: Operand) -> Operand:
        """Return a function of the system's mathematics library, called for one lane after the other."""
        symbol = self.module.import_system(name)
        if self.width == 1:
            return self.value(f"call double @{symbol}(double {operand})")
        together = "poison"
        for lane in range(self.width):
            one = self.value(f"extractelement {self.real} {operand}, i64 {lane}")
            one = self.value(f"call double @{symbol}(double {one})")
            together = self.value(f"insertelement {self.real} {together}, double {one}, i64 {lane}")
        return together


def vector(kind: str, width: int) -> str:
    """Return the type of a value over so many lanes."""
    return kind if width == 1 else f"<{width} x {kind}>"


def hexadecimal(value: float) -> str:
    """A double as LLVM spells it without rounding: its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
