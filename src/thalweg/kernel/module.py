"""Functions to be built together, and what they need: helper functions, intrinsics, symbols of other modules.

A helper function is inlined where calls are few and lanes many; elsewhere it is called, and built once in a process.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from typing import NamedTuple, TypeAlias

from thalweg.kernel.code import Code, Helper, vector


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
        return helper.symbol(width)

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
                symbol, declaration = helper.symbol(width), "declare " + _head(helper, width)
                self.import_function(symbol, declaration, partial(define_helper, helper, width))
        return "\n".join([*self.declarations.values(), *definitions, *self._functions])


Define: TypeAlias = Callable[[Module], None]


def _is_inlined(width: int, calls: int) -> bool:
    # At one point at a time a call costs 2 ns, and inlining the function 2 ms of building. Over eight lanes calls take
    # a tenth to a sixth of the time, which is worth the building where they are few.
    return width > 1 and calls <= 4


def _head(helper: Helper, width: int) -> str:
    arguments = ", ".join(f"{vector('double', width)} %a{i}" for i in range(helper.arguments))
    return f"fastcc {helper.result(width)} @{helper.symbol(width)}({arguments})"


def define_helper(helper: Helper, width: int, module: Module, linkage: str = "") -> None:
    """Define a helper function by itself, for one width."""
    code = Code(module, width)
    results = helper.write(code, [f"%a{i}" for i in range(helper.arguments)])
    kind = helper.result(width)
    result = results[0] if helper.results == 1 else "poison"
    if helper.results > 1:
        for i, value in enumerate(results):
            result = code.value(f"insertvalue {kind} {result}, {code.real} {value}, {i}")
    head = f"{linkage} {_head(helper, width)}"
    module.define_function(helper.symbol(width), head, code, f"ret {kind} {result}")


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
