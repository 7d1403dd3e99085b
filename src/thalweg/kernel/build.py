"""Modules built into machine code: for which processor, at which address, and how long it lives.

llvmlite is imported when the first module is built. Measured on formulas of two to ten variables: code generation
at level 1 gives the speed of level 2; optimising the IR first doubles the time and gains nothing, since the code
is already straight; what remains is inlining the helper functions that are to be inlined.

A `Library` owns its machine code and frees it when it is dropped. LLVM keeps a few kilobytes for every library that
was ever linked into a linker, so a linker is given up after some dozens; it goes when the last of its libraries goes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any

from thalweg.kernel import system
from thalweg.kernel.module import Module

_CODE_GENERATION_LEVEL = 1
_PASSES_LEVEL = 2
_LIBRARIES_PER_LINKER = 64

_building = threading.Lock()


class Library:
    """Functions built together and their addresses, valid for as long as the library is referenced."""

    __slots__ = ("_addresses", "_linker", "_tracker")

    def __init__(self, addresses: Mapping[str, int], tracker: Any, linker: Any) -> None:
        self._addresses = dict(addresses)
        self._tracker = tracker  # frees the code; it must go before its linker
        self._linker = linker

    def __getitem__(self, symbol: str) -> int:
        return self._addresses[symbol]

    def __del__(self) -> None:
        self._tracker = None
        self._linker = None


class Target:
    """A processor to build for: its name and features as LLVM calls them, and whether it multiplies and adds at once.

    `host()` is what kernels are built for; others are for tests, which hold on any processor that has the features.
    """

    def __init__(self, cpu: str, features: str, fused: bool) -> None:
        self.cpu = cpu
        self.features = features
        self.fused = fused
        self.scales = "+avx512f" in features.split(",")
        self._shared: dict[str, Library] = {}  # functions that many modules call, never freed
        self._linked = 0
        self._linker: Any = None

    def __repr__(self) -> str:
        return f"Target({self.cpu!r}, fused={self.fused})"

    def module(self) -> Module:
        """Return an empty module for this processor."""
        return Module(self.fused, self.scales)

    def build(self, module: Module) -> Library:
        """Return the module's functions as machine code.

        Safe to call from several threads, which take turns.
        """
        with _building:
            return self._build(module)

    def optimise(self, text: str, symbols: list[str], *, thoroughly: bool = True) -> Library:
        """Return functions as machine code after LLVM's standard passes: for IR with loops and branches.

        With ``thoroughly=False`` there are none, which takes a third of the time. The functions compute the same bits.

        Safe to call from several threads, which take turns.
        """
        with _building:
            llvm = _llvm()
            machine = self._scalar_machine
            parsed = llvm.parse_assembly(text, llvm.create_context())
            if thoroughly:
                _improve(llvm, machine, [parsed.get_function(symbol) for symbol in symbols])
            return self._load(machine.emit_object(parsed), symbols, {})

    def assembly(self, module: Module) -> str:
        """Return the machine code in assembly language, to look at."""
        with _building:
            return self._machine.emit_assembly(self._parse(module.text(), module.inlines))

    def _build(self, module: Module) -> Library:
        text = module.text()
        addresses = {symbol: system.address(name) for symbol, name in module.system.items()}
        for symbol, define in module.imports.items():
            if symbol not in self._shared:
                own = self.module()
                define(own)
                self._shared[symbol] = self._build(own)
            addresses[symbol] = self._shared[symbol][symbol]
        return self._link(text, module.symbols, addresses, module.inlines)

    @cached_property
    def _machine(self) -> Any:
        return self._create_machine()

    @cached_property
    def _scalar_machine(self) -> Any:
        # AVX-512 moves the comparisons of scalars into mask registers, which makes branchy code a fifth slower
        wide = [name for name in self.features.split(",") if name.startswith("+avx512")]
        return self._create_machine("".join(f",-{name[1:]}" for name in wide))

    def _create_machine(self, further_features: str = "") -> Any:
        # Of the default code model: with the small one constants are an instruction nearer, but linking was seen to
        # abort the process after some hundred libraries, as code and constants need not lie within 2 GB of each other.
        triple = _llvm().Target.from_default_triple()
        return triple.create_target_machine(
            cpu=self.cpu, features=self.features + further_features, opt=_CODE_GENERATION_LEVEL, jit=True
        )

    def _parse(self, text: str, inline: bool) -> Any:
        llvm = _llvm()
        parsed = llvm.parse_assembly(text, llvm.create_context())
        if inline:
            options = llvm.create_pipeline_tuning_options(speed_level=0)
            passes = llvm.create_new_module_pass_manager()
            passes.add_always_inliner_pass()
            passes.run(parsed, llvm.create_pass_builder(self._machine, options))
        return parsed

    def _link(self, text: str, symbols: list[str], imports: Mapping[str, int], inline: bool) -> Library:
        return self._load(self._machine.emit_object(self._parse(text, inline)), symbols, imports)

    def _load(self, image: bytes, symbols: list[str], imports: Mapping[str, int]) -> Library:
        llvm = _llvm()
        if self._linked % _LIBRARIES_PER_LINKER == 0:
            self._linker = llvm.create_lljit_compiler(self._create_machine())
        self._linked += 1
        builder = llvm.JITLibraryBuilder()
        builder.add_object_img(image)
        for symbol, address in imports.items():
            builder.import_symbol(symbol, address)
        for symbol in symbols:
            builder.export_symbol(symbol)
        tracker = builder.link(self._linker, f"library {self._linked}")
        return Library({symbol: tracker[symbol] for symbol in symbols}, tracker, self._linker)


@lru_cache(maxsize=1)
def host() -> Target:
    """Return the processor this process runs on."""
    llvm = _llvm()
    features = llvm.get_host_cpu_features()
    # Every 64-bit Arm multiplies and adds at once, whether or not it lists that as a feature.
    fused = bool(features.get("fma")) or llvm.get_process_triple().startswith(("aarch64", "arm64"))
    return Target(llvm.get_host_cpu_name(), features.flatten(), fused)


@lru_cache(maxsize=1)
def _llvm() -> Any:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return llvm


def _improve(llvm: Any, machine: Any, functions: list[Any]) -> None:
    """LLVM's standard passes over functions. Those over modules take a third as long again, and gain nothing here."""
    options = llvm.create_pipeline_tuning_options(speed_level=_PASSES_LEVEL)
    # loops here are as short as a point has coordinates: written out they cost half a second and gain nothing
    options.loop_unrolling = options.loop_vectorization = options.slp_vectorization = False
    builder = llvm.create_pass_builder(machine, options)
    tidying = llvm.create_new_function_pass_manager()  # which those over modules begin with
    tidying.add_simplify_cfg_pass()
    tidying.add_sroa_pass()
    for function in functions:
        tidying.run(function, builder)
        builder.getFunctionPassManager().run(function, builder)
