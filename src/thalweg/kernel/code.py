"""Lines of LLVM IR: the operations a kernel is made of, for one lane or for several at once.

`Code` writes one function. The same calls write scalar code (width 1) or vector code (width 8); what is
written is the same sequence of IEEE 754 operations, and no operation carries a licence to be rounded in another
way (no fast-math flags), so that both give the same bits in every lane. `Module` gathers functions and what they
need: helper functions, intrinsics, and symbols that are resolved when the module is built.

Nothing here knows about formulas (`emit`), and nothing compiles anything (`build`).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple, TypeAlias

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


class Code:
    """The body of one function of a module, written line by line for `width` lanes."""

    __slots__ = ("_allocations", "_count", "boolean", "integer", "lines", "module", "real", "suffix", "width")

    def __init__(self, module: Module, width: int = 1) -> None:
        self.module = module
        self.width = width
        self.lines: list[str] = []
        self.real = _vector("double", width)
        self.integer = _vector("i64", width)
        self.boolean = _vector("i1", width)
        self.suffix = "f64" if width == 1 else f"v{width}f64"
        self._allocations: list[str] = []
        self._count = 0

    # Anything LLVM can read

    def value(self, instruction: str) -> Operand:
        """Append an instruction and return the name of its result."""
        self._count = count = self._count + 1
        self.lines.append(f"  %v{count} = {instruction}")
        return f"%v{count}"

    def line(self, instruction: str) -> None:
        """Append an instruction that has no result."""
        self.lines.append("  " + instruction)

    def label(self, name: str) -> None:
        """Begin the basic block of this name; the first block is called `entry`."""
        self.lines.append(name + ":")

    def scratch(self, doubles: int) -> Operand:
        """Return the address of this many doubles on the stack, aligned for vectors."""
        self._count = count = self._count + 1
        self._allocations.append(f"  %v{count} = alloca [{doubles} x double], align 64")
        return f"%v{count}"

    def body(self) -> str:
        """Return everything written so far."""
        return "\n".join(["entry:", *self._allocations, *self.lines])

    # Constants

    def constant(self, value: float) -> Operand:
        """Return a floating-point constant, in every lane."""
        text = _hexadecimal(value)
        return text if self.width == 1 else f"splat (double {text})"

    def whole(self, value: int) -> Operand:
        """Return an integer constant, in every lane."""
        return str(value) if self.width == 1 else f"splat (i64 {value})"

    def spread(self, scalar: Operand) -> Operand:
        """Return a scalar of type double in every lane."""
        if self.width == 1:
            return scalar
        first = self.value(f"insertelement {self.real} poison, double {scalar}, i64 0")
        mask = f"<{self.width} x i32> zeroinitializer"
        return self.value(f"shufflevector {self.real} {first}, {self.real} poison, {mask}")

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
        if helper.results == 1:
            return (self.value(f"call fastcc {self.real} @{symbol}({arguments})"),)
        kind = _structure(self.real, helper.results)
        together = self.value(f"call fastcc {kind} @{symbol}({arguments})")
        return tuple(self.value(f"extractvalue {kind} {together}, {i}") for i in range(helper.results))


class Module:
    """Functions to be built together; `fused` says whether the processor multiplies and adds in one rounding."""

    def __init__(self, fused: bool) -> None:
        self.fused = fused
        self.symbols: list[str] = []
        """The names of the functions, in the order they were defined."""
        self.imports: set[str] = set()
        """Symbols that `build` must resolve."""
        self._functions: list[str] = []
        self.declarations: dict[str, str] = {}
        self._calls: dict[tuple[Helper, int], int] = {}

    def define(self, name: str, arguments: str, code: Code) -> None:
        """Add a function that returns nothing, its body written in `code`."""
        self._functions.append(
            f"define void @{name}({arguments}) nounwind {{\n{code.body()}\n  ret void\n}}\n"
        )
        self.symbols.append(name)

    def declare(self, symbol: str, declaration: str) -> None:
        """Declare a function that LLVM itself knows."""
        self.declarations[symbol] = declaration

    def import_function(self, symbol: str, declaration: str) -> None:
        """Declare a function of ours that was built before."""
        self.declarations[symbol] = declaration
        self.imports.add(symbol)

    def require(self, helper: Helper, width: int) -> str:
        """Return the symbol of a helper function, which becomes part of the module."""
        key = helper, width
        self._calls[key] = self._calls.get(key, 0) + 1
        return f"{helper.name}.{width}"

    @property
    def inlines(self) -> bool:
        """Whether a helper function is to be inlined, which takes a pass over the module."""
        return any(_worth_inlining(width, calls) for (_, width), calls in self._calls.items())

    def text(self) -> str:
        """Return the module in LLVM's assembly language."""
        declarations = dict(self.declarations)
        definitions: dict[str, str] = {}
        for (helper, width), calls in self._calls.items():
            written = _written(helper, width, self.fused)
            attribute = "alwaysinline" if _worth_inlining(width, calls) else "noinline"
            definitions[helper.name + str(width)] = written.text.replace("INLINING", attribute)
            declarations.update(written.declarations)
            self.imports.update(written.imports)
        return "\n".join([*declarations.values(), *definitions.values(), *self._functions])


class _Written(NamedTuple):
    text: str
    declarations: tuple[tuple[str, str], ...]
    imports: tuple[str, ...]


@lru_cache(maxsize=256)
def _written(helper: Helper, width: int, fused: bool) -> _Written:
    """Write a helper function once for all the modules that will hold it."""
    module = Module(fused)
    code = Code(module, width)
    names = [f"%a{i}" for i in range(helper.arguments)]
    results = helper.write(code, names)
    if helper.results == 1:
        kind, result = code.real, results[0]
    else:
        kind, result = _structure(code.real, helper.results), "poison"
        for i, value in enumerate(results):
            result = code.value(f"insertvalue {kind} {result}, {code.real} {value}, {i}")
    arguments = ", ".join(f"{code.real} {name}" for name in names)
    symbol = f"{helper.name}.{width}"
    head = f"define internal fastcc {kind} @{symbol}({arguments}) nounwind INLINING"
    text = f"{head} {{\n{code.body()}\n  ret {kind} {result}\n}}\n"
    return _Written(text, tuple(module.declarations.items()), tuple(module.imports))


def _worth_inlining(width: int, calls: int) -> bool:
    # Inlining saves little time at one point and a tenth in vectors; each copy costs about a millisecond to build.
    return calls <= (1 if width == 1 else 4)


def _vector(kind: str, width: int) -> str:
    return kind if width == 1 else f"<{width} x {kind}>"


def _structure(kind: str, members: int) -> str:
    return "{" + ", ".join([kind] * members) + "}"


def _hexadecimal(value: float) -> str:
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
