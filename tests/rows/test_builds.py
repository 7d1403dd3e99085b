"""Other processors give the same fit: objective and gradient to 1e-12, parameters to 1e-8 of their standard errors."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import thalweg as tw
from tests.kernel.machine import targets
from thalweg.kernel import row_factors, row_passes, rows
from thalweg.objective.squared_residuals import squared_residuals

MODELS = {"b1*(1 - exp(-b2*t))": [1.3, 0.9], "a*sin(w*t) + c*t^2": [1.0, 1.1, 0.2]}
OTHERS = [name for name in targets() if name != "host"]


@pytest.fixture
def build(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """Builds everything that runs over rows for another processor."""

    def forget() -> None:
        for cached in (squared_residuals, row_passes.passes, row_factors._library):
            cached.cache_clear()

    def choose(target: str) -> None:
        for module in (rows, row_passes, row_factors):
            monkeypatch.setattr(module, "host", lambda: targets()[target])
        forget()

    yield choose
    forget()


def data() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(3)
    t = rng.uniform(0, 3, 150_001)
    return {"t": t, "y": 2 * (1 - np.exp(-0.7 * t)) + 0.1 * rng.standard_normal(len(t))}


@pytest.mark.parametrize("model", MODELS)
def test_lesser_processors_agree(model: str, build: object) -> None:
    columns, x = data(), np.array(MODELS[model])
    found = []
    for target in ("host", *OTHERS):
        build(target)
        f = tw.LeastSquares(model, columns, loss="half")
        run = tw.descend(f, x, method="levenberg-marquardt", gtol=0.0)
        found.append((f.value(x), f.gradient(x), run.x, f.gauss_newton(run.x), run.fun))
    value, gradient, best, normal, least = found[0]
    errors = np.sqrt(np.diagonal(np.linalg.inv(normal)) * 2 * least / (150_001 - len(x)))
    for other in found[1:]:
        assert other[0] == pytest.approx(value, rel=1e-12)
        assert np.abs(other[1] - gradient).max() <= 1e-12 * np.abs(gradient).max()
        assert (np.abs(other[2] - best) <= 1e-8 * errors).all()
