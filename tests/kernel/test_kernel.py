"""Kernels as things: built when wanted, shared, safe in threads, and gone when dropped."""

from __future__ import annotations

import gc
import os
import platform
import re
import threading
from pathlib import Path

import llvmlite.binding as llvm
import numpy as np
import pytest

from tests.kernel.machine import targets
from thalweg.expression.functions import FUNCTIONS
from thalweg.expression.parse import parse
from thalweg.kernel import build, emit, kernel, module, payne_hanek
from thalweg.kernel.call import PointCall
from thalweg.kernel.kernel import Kernel
from thalweg.kernel.module import Module


def make(text: str, n: int = 2) -> Kernel:
    formula = parse(text, variables=["x", "y", "z"][:n], parameters=["a"] if "a" in text else [])
    return Kernel.from_graph(formula.graph, formula.root, n)


def test_a_kernel_is_built_once_for_equal_formulas() -> None:
    one, same = make("x^2 + y*sin(x)"), make("x**2 + y sin(x)")
    assert one is same
    assert one.point == same.point


@pytest.mark.parametrize(
    ("text", "other"),
    [("x + 0.0*y", "x + (-0.0)*y"), ("x - y", "y - x"), ("x + a*y", "x + 2*y"), ("x^2", "x^3")],
)
def test_a_kernel_is_not_shared_between_formulas_that_differ(text: str, other: str) -> None:
    assert make(text) is not make(other)


def test_the_last_kernels_are_remembered_and_older_ones_forgotten() -> None:
    kept, old = make("x + y + 1001"), make("x + y + 1002")
    for i in range(kernel.REMEMBERED - 1):
        make(f"x + y + {i}")
        make("x + y + 1001")
    assert make("x + y + 1001") is kept
    assert make("x + y + 1002") is not old


def test_point_batch_and_hessian_are_built_separately(monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[list[str]] = []
    whole = build.Target.build

    def watched(self: build.Target, module: build.Module) -> build.Library:
        built.append(list(module.symbols))
        return whole(self, module)

    monkeypatch.setattr(build.Target, "build", watched)
    formula = parse("x^2*y + 17.5")
    own = Kernel(formula.graph, formula.root, 2)
    assert built == []
    for _ in range(2):
        assert own.point
    assert own.hessian
    assert built == [["point"], ["hessian"]]
    assert own.batch
    assert built[2:] == [["batch"]]


def test_threads_that_build_at_once_get_working_code() -> None:
    results: dict[int, float] = {}
    gate = threading.Barrier(8)

    def work(i: int) -> None:
        gate.wait()
        for round_ in range(6):
            formula = parse(f"x^2 + {i % 4}*sin(y) + {round_}.5 + exp(x*y)", variables=["x", "y"])
            own = Kernel.from_graph(formula.graph, formula.root, 2)
            out = PointCall(own.point, 2, 3, 0, own)(np.array([3.0, 0.0]))
            results[8 * round_ + i] = float(out[0])
            assert own.batch
            assert own.hessian

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {8 * round_ + i: 10.5 + round_ for round_ in range(6) for i in range(8)}


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_machine_code_is_freed_with_its_kernel() -> None:
    """Three hundred formulas of which none is kept take less memory than a hundred that are."""

    def pages() -> int:
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def use(numbers: range) -> None:
        for i in numbers:
            formula = parse(f"x*y + {i}.125", variables=["x", "y"])
            own = Kernel(formula.graph, formula.root, 2)
            assert own.point

    use(range(100))
    before = pages()
    use(range(100, 400))
    assert pages() - before < 5_000_000


def test_warming_builds_all_that_formulas_share(monkeypatch: pytest.MonkeyPatch) -> None:
    target = build.Target(build.host().cpu, build.host().features, build.host().fused)
    monkeypatch.setattr(build, "host", lambda: target)
    kernel.warm()

    def refuse(*arguments: object) -> None:
        raise AssertionError("this was to be there already")

    monkeypatch.setattr(payne_hanek, "define", refuse)
    monkeypatch.setattr(module, "define_helper", refuse)
    assert make("sin(x)*exp(y) + log(x)^tanh(y) + tan(x + 1e9)").point


def test_code_for_arm_is_generated_and_calls_nothing_but_ours() -> None:
    llvm.initialize_all_targets()
    llvm.initialize_all_asmprinters()
    machine = llvm.Target.from_triple("aarch64-unknown-linux-gnu").create_target_machine(opt=1, jit=True)
    every = " + ".join(
        f"where(x < y or not x == 1, {name}({', '.join('xy'[: function.arguments])}), x)"
        for name, function in FUNCTIONS.items()
        if name != "where"
    )
    formula = parse(f"{every} + log(x)^tanh(y) + x^7 + y^-3")
    modules = [Module(fused=True) for _ in range(3)]
    emit.point(modules[0], "point", formula.graph, [formula.root])
    emit.batch(modules[1], "batch", formula.graph, [formula.root], 2)
    payne_hanek.define(modules[2])
    for built in modules:
        assembly = machine.emit_assembly(llvm.parse_assembly(built.text(), llvm.create_context()))
        calls = set(re.findall(r"\bbl\s+(\S+)", assembly))
        assert all(symbol.startswith("thalweg.") for symbol in calls)
        assert "fmadd" in assembly or "fmla" in assembly or not built.imports


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="names x86 instructions")
@pytest.mark.parametrize("name", targets())
def test_the_processor_multiplies_and_adds_at_once_only_where_it_can(name: str) -> None:
    target = targets()[name]
    formula = parse("sin(x) + exp(y) + x*y")
    module = target.module()
    emit.batch(module, "batch", formula.graph, [formula.root], 2)
    assert ("vfmadd" in target.assembly(module)) is target.fused
