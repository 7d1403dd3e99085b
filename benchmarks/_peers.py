"""What other tools offer for the same task: derivatives by SymPy and JAX, and Armijo's search in NumPy round them.

The formulas are written for Thalweg, with `^` for powers; the peers read them as Python.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]

HAS_JAX = importlib.util.find_spec("jax") is not None


class Derived(NamedTuple):
    """A value, and a gradient; `together` gives both at once."""

    value: Callable[[Vector], float]
    gradient: Callable[[Vector], Vector]
    together: Callable[[Vector], tuple[float, Vector]]


def with_sympy(text: str, names: Sequence[str], modules: str = "numpy") -> Derived:
    """SymPy's derivatives, made into Python functions by `lambdify` with common subexpressions taken out."""
    import sympy

    symbols = sympy.symbols(names)
    known = {**dict(zip(names, symbols, strict=True)), "e": sympy.E}
    expression: Any = sympy.sympify(text.replace("^", "**"), locals=known)
    slopes = [expression.diff(symbol) for symbol in symbols]
    value = sympy.lambdify(symbols, expression, modules, cse=True)
    gradient = sympy.lambdify(symbols, slopes, modules, cse=True)
    together = sympy.lambdify(symbols, [expression, slopes], modules, cse=True)

    def both(x: Vector) -> tuple[float, Vector]:
        f, g = together(*x)
        return f, np.array(g)

    return Derived(lambda x: value(*x), lambda x: np.array(gradient(*x)), both)


def with_jax(text: str, names: Sequence[str]) -> Derived:
    """JAX's derivatives, jitted, in double precision."""
    import jax

    jax.config.update("jax_enable_x64", True)
    words = {
        name: getattr(jax.numpy, name) for name in ("sin", "cos", "exp", "log", "sqrt", "tanh", "pi", "e")
    }
    code = compile(text.replace("^", "**"), "formula", "eval")
    compiled = jax.jit(
        jax.value_and_grad(lambda x: eval(code, {**words, **dict(zip(names, x, strict=True))}))
    )

    def both(x: Vector) -> tuple[float, Vector]:
        f, g = compiled(x)
        return float(f), np.asarray(g)

    return Derived(lambda x: both(x)[0], lambda x: both(x)[1], both)


def armijo(
    derived: Derived, start: Sequence[float], iterations: int, *, gtol: float = 1e-8, apart: bool = False
) -> Vector:
    """Steepest descent with backtracking, as `descent/steps/backtracking.py` has it; returns the iterates.

    With `apart`, trials ask for the value alone, and the gradient follows where the trial is accepted.
    """
    x: Any = np.array(start, float)
    f, g = derived.together(x)
    path = [x]
    while len(path) <= iterations and g @ g > gtol * gtol:
        d = -g
        slope, alpha, rejected = g @ d, 1.0, 0
        visible = 10 * 2.0**-52 * abs(f)
        while True:
            t = x + alpha * d
            phi, h = (derived.value(t), None) if apart else derived.together(t)
            if phi < f - visible and phi <= f + 1e-4 * alpha * slope:
                break
            if phi <= f + visible:
                h = derived.gradient(t) if h is None else h
                if h @ d <= (2e-4 - 1.0) * slope:
                    break
            rejected += 1
            least = (1e-3 if rejected == 1 else 0.1) * alpha
            shorter = -slope * alpha * alpha / (2.0 * (phi - f - alpha * slope))
            alpha = min(max(shorter, least), 0.5 * alpha)
            if rejected == 100 or (x + alpha * d == x).all():
                return np.array(path)
        x, f = t, phi
        g = derived.gradient(t) if h is None else h
        path.append(x)
    return np.array(path)
