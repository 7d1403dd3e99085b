"""What a fit says of its end takes one pass over the rows, and is what separate passes say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

import thalweg as tw
from thalweg.kernel.rows import Rows
from thalweg.rows.streaming import StreamSource

RANDOM = np.random.default_rng(0)
T = RANDOM.uniform(0, 5, 400_000)
DATA = {
    "t": T,
    "y": 2 * np.exp(-0.7 * T) + 0.1 * RANDOM.normal(size=len(T)),
    "w": np.where(np.arange(len(T)) % 7, RANDOM.uniform(0.5, 2, len(T)), 0.0),
}


@pytest.fixture
def passes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    made: list[str] = []
    chunks = StreamSource.chunks

    def counted(self: StreamSource) -> Iterator[Rows]:
        made.append(self.label)
        return chunks(self)

    monkeypatch.setattr(StreamSource, "chunks", counted)
    return made


@pytest.mark.parametrize(
    "named", [{}, {"weights": "w"}, {"loss": "huber", "f_scale": 0.1}, {"ridge": 1e-3}], ids=str
)
def test_the_report_of_a_streamed_fit_takes_one_pass(named: dict[str, Any], passes: list[str]) -> None:
    fit = tw.fit("a*exp(-k*t)", DATA, start=[1, 1], memory="5 MB", **named)
    assert len(passes) == fit.run.nfev
    passes.clear()
    assert fit.success
    assert "converged" in str(fit)
    assert len(passes) == 1


@pytest.mark.parametrize(
    "named", [{}, {"weights": "w"}, {"loss": "cauchy", "f_scale": 0.1}, {"errors": "e"}], ids=str
)
@pytest.mark.parametrize("model", ["a*exp(-k*t)", "a*t + k", "a*t + k*t^2"])
def test_an_account_is_what_numpy_finds(model: str, named: dict[str, Any]) -> None:
    rows = 500
    data = {name: column[:rows] for name, column in DATA.items()} | {"e": 0.5 + T[:rows]}
    f = tw.LeastSquares(
        model, data, loss="half", **{{"loss": "robust"}.get(k, k): v for k, v in named.items()}
    )
    x = np.array([1.3, 0.4])
    account = f.account(x)
    told, separately = account.reduced, f.reduced(x)
    assert told[0] == pytest.approx(separately[0], rel=1e-12)
    mine, its = (each[1:].reshape(3, 3) for each in (told, separately))
    assert np.allclose(np.abs(mine), np.abs(its), rtol=1e-12)  # a row of a factor may have either sign
    assert account.hessian == pytest.approx(f.hessian(x), rel=1e-12)
    weights = {"weights": data["w"], "errors": data["e"] ** -2.0}.get(next(iter(named), ""), np.ones(rows))
    used = weights[weights > 0]
    assert account.rows == len(used)
    assert account.log_weights == pytest.approx(np.sum(np.log(used)), abs=1e-9)
    fit = tw.fit(model, data, start=x, **named)
    mean = np.average(data["y"], weights=weights)
    about = 0.0 if model == "a*t + k*t^2" else mean
    assert fit.statistics.total == pytest.approx(np.sum(weights * (data["y"] - about) ** 2), rel=1e-10)
    assert fit.statistics.about_mean == (model != "a*t + k*t^2")


def test_a_saddle_is_no_success() -> None:
    # at a = 0 the slope in a vanishes by symmetry, and a = +-1 is lower
    fit = tw.fit("a^2*t", {"t": [1.0, 2.0, 3.0], "y": [1.0, 2.1, 2.9]}, start=[0.0])
    assert fit.parameters["a"] == 0.0
    assert not fit.success
