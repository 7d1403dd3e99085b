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
from functools import lru_cache, partial
from itertools import count
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
        self.real = _vector("double", width)
        self.integer = _vector("i64", width)
        self.boolean = _vector("i1", width)
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
        vector = _vector(kind, self.width)
        first = self.value(f"insertelement {vector} poison, {kind} {scalar}, i64 0")
        mask = f"<{self.width} x i32> zeroinitializer"
        return self.value(f"shufflevector {vector} {first}, {vector} poison, {mask}")

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
        kind = _result(helper, self.width)
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


class Module:
    """Functions to be built together.

    Args:
        fused: Whether the processor multiplies and adds in one rounding.
        scales: Whether it multiplies eight lanes by powers of two in one instruction, as AVX-512 does.
    """

    def __init__(self, fused: bool, scales: bool = False) -> None:
        self.fused = fused
        self.scales = scales
        self.symbols: list[str] = []
        """The names of the functions, in the order they were defined."""
        self.declarations: dict[str, str] = {}
        self.imports: dict[str, Define] = {}
        """Functions that the module calls and others hold, each with what defines it."""
        self.system: dict[str, str] = {}
        """Functions of the system's mathematics library, by their symbols here."""
        self._functions: list[str] = []
        self._calls: dict[tuple[Helper, int], int] = {}

    def define(self, name: str, arguments: str, code: Code) -> None:
        """Add a function that returns nothing, its body written in `code`."""
        self.define_function(name, f"void @{name}({arguments})", code, "ret void")

    def define_function(self, name: str, head: str, code: Code, end: str) -> None:
        """Add a function with this head, its body written in `code` but for the instruction at its end."""
        self._functions.append(f"define {head} nounwind {{\n{code.body()}\n  {end}\n}}\n")
        self.symbols.append(name)

    def declare(self, symbol: str, declaration: str) -> None:
        """Declare a function that LLVM itself knows, or a constant."""
        self.declarations[symbol] = declaration

    def import_function(self, symbol: str, declaration: str, define: Define) -> None:
        """Declare a function that is built once in a process, in a module of its own, by `define`."""
        self.declarations[symbol] = declaration
        self.imports[symbol] = define

    def import_system(self, name: str) -> str:
        """Declare a function of the system's mathematics library, and return the symbol it has here."""
        symbol = f"thalweg.system.{name}"
        self.declarations[symbol] = f"declare double @{symbol}(double)"
        self.system[symbol] = name
        return symbol

    def require(self, helper: Helper, width: int) -> str:
        """Return the symbol of a helper function, which the module will call."""
        key = helper, width
        self._calls[key] = self._calls.get(key, 0) + 1
        return _symbol(helper, width)

    @property
    def inlines(self) -> bool:
        """Whether helper functions are to be inlined, which takes a pass over the module."""
        return any(_is_inlined(width, calls) for (_, width), calls in self._calls.items())

    def text(self) -> str:
        """Return the module in LLVM's assembly language."""
        definitions: list[str] = []
        for (helper, width), calls in self._calls.items():
            if _is_inlined(width, calls):
                definition = _inlined(helper, width, self.fused, self.scales)
                definitions.append(definition.text)
                self.declarations.update(definition.declarations)
                self.imports.update(definition.imports)
            else:
                symbol, declaration = _symbol(helper, width), "declare " + _head(helper, width)
                self.import_function(symbol, declaration, partial(define_helper, helper, width))
        return "\n".join([*self.declarations.values(), *definitions, *self._functions])


Define: TypeAlias = Callable[[Module], None]


def _is_inlined(width: int, calls: int) -> bool:
    # At one point at a time a call costs 2 ns, and inlining the function 2 ms of building. Over eight lanes calls take
    # a tenth to a sixth of the time, which is worth the building where they are few.
    return width > 1 and calls <= 4


def _symbol(helper: Helper, width: int) -> str:
    return f"{helper.name}.{width}"


def _result(helper: Helper, width: int) -> str:
    real = _vector("double", width)
    return real if helper.results == 1 else _structure(real, helper.results)


def _head(helper: Helper, width: int) -> str:
    arguments = ", ".join(f"{_vector('double', width)} %a{i}" for i in range(helper.arguments))
    return f"fastcc {_result(helper, width)} @{_symbol(helper, width)}({arguments})"


def define_helper(helper: Helper, width: int, module: Module, linkage: str = "") -> None:
    """Define a helper function by itself, for one width."""
    code = Code(module, width)
    results = helper.write(code, [f"%a{i}" for i in range(helper.arguments)])
    kind = _result(helper, width)
    result = results[0] if helper.results == 1 else "poison"
    if helper.results > 1:
        for i, value in enumerate(results):
            result = code.value(f"insertvalue {kind} {result}, {code.real} {value}, {i}")
    head = f"{linkage} {_head(helper, width)}"
    module.define_function(_symbol(helper, width), head, code, f"ret {kind} {result}")


class _Inlined(NamedTuple):
    text: str
    declarations: dict[str, str]
    imports: dict[str, Define]


@lru_cache(maxsize=64)
def _inlined(helper: Helper, width: int, fused: bool, scales: bool) -> _Inlined:
    """Write a helper function once for all the modules it will be inlined in."""
    module = Module(fused, scales)
    define_helper(helper, width, module, "internal")
    text = module.text()
    declarations = "\n".join(module.declarations.values())
    definition = text.removeprefix(declarations).replace(" nounwind ", " nounwind alwaysinline ", 1)
    return _Inlined(definition, module.declarations, module.imports)


def _vector(kind: str, width: int) -> str:
    return kind if width == 1 else f"<{width} x {kind}>"


def _structure(kind: str, members: int) -> str:
    return "{" + ", ".join([kind] * members) + "}"


def hexadecimal(value: float) -> str:
    """A double as LLVM spells it without rounding: its bits."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"
