"""Graphs run as machine code, on this processor and on lesser ones, for the tests of this directory."""

from __future__ import annotations

import platform
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import llvmlite.binding as llvm
import numpy as np

from thalweg.expression.graph import Graph
from thalweg.kernel import build, emit
from thalweg.kernel.call import PointCall, call_batch


@lru_cache(maxsize=1)
def targets() -> dict[str, build.Target]:
    """This processor and, on x86-64, what it shares with older ones: AVX2 with and without fused multiply-add, SSE2."""
    found = {"host": build.host()}
    if platform.machine() in ("x86_64", "AMD64"):
        features = llvm.get_host_cpu_features()
        if features.get("avx2") and features.get("fma"):
            found["avx2"] = build.Target("x86-64-v3", "", fused=True)
            found["avx2 without fma"] = build.Target("x86-64-v3", "-fma", fused=False)
        found["sse2"] = build.Target("x86-64", "", fused=False)
    return found


class Machine:
    """The roots of a graph as point and batch code for one target; both are compared whenever a batch is run."""

    def __init__(self, target: build.Target, graph: Graph, roots: Sequence[int], n: int) -> None:
        module = target.module()
        emit.point(module, "point", graph, roots)
        emit.batch(module, "batch", graph, roots, n)
        self.library = target.build(module)
        self.n, self.outputs = n, len(roots)
        self.at = PointCall(self.library["point"], n, len(roots), 0, self.library)

    def one_by_one(self, x: np.ndarray) -> np.ndarray:
        """Results (roots, N) at points x (n, N), by the point code."""
        return np.array([self.at(column).copy() for column in x.T]).T.reshape(self.outputs, x.shape[1])

    def together(self, x: np.ndarray) -> np.ndarray:
        """Results (roots, N) at points x (n, N), by the batch code."""
        return call_batch(self.library["batch"], x, self.outputs, 0)


def same_bits(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays are equal to the bit; one nan is as good as another."""
    nan = np.isnan(a) & np.isnan(b)
    return bool(np.all(nan | (a.view(np.uint64) == b.view(np.uint64))))


def calling(name: str, arguments: int = 1) -> tuple[Graph, list[int]]:
    """A graph that is one function of the language, or one operation, of as many variables."""
    graph = Graph()
    operands: list[Any] = [graph.variable(i) for i in range(arguments)]
    return graph, [getattr(graph, name)(*operands) if hasattr(graph, name) else graph.call(name, *operands)]
