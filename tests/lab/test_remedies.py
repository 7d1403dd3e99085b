"""What a page offers where a run did not arrive: each remedy is done here as it says, and has the result it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import thalweg as tw
from thalweg.lab import remedies, tables
from thalweg.lab.messages import Advice, Advise, Open, Opened, Remedy, RunRequest
from thalweg.lab.own import open_own
from thalweg.lab.session import Session

VALLEY = "(1 - x)^2 + 100*(y - x^2)^2"


def helps(
    text: str, start: list[float], method: str, options: dict[str, float] | None = None, own: object = None
) -> list[Remedy]:
    session = Session(None if own is None else open_own(own))
    opened, _ = session.answer(
        Open(view="v", seq=1, text=text) if own is None else Open(view="v", seq=1, problem="own")
    )
    assert isinstance(opened, Opened)
    advice, _ = session.answer(
        Advise(
            view="v",
            seq=2,
            revision=opened.revision,
            start=start,
            runs=[RunRequest(id="1", method=method, options=options or {})],
            max_iterations=100,
            gtol=1e-8,
        )
    )
    assert isinstance(advice, Advice)
    return advice.remedies["1"]


def done(text: str, start: list[float], remedy: Remedy) -> Any:
    options = tables.options(remedy.method, remedy.options)
    return tw.descend(text, remedy.start or start, remedy.method, options=options, max_iterations=100)


def test_too_long_a_step_is_shortened_below_the_limit_or_searched_for() -> None:
    text, start = "x^2 + 100*y^2", [3.0, 1.0]
    shorter, searched = helps(text, start, "gradient descent", {"alpha": 0.1})
    # 2/L is 0.01, and 1/L in round figures 0.005.
    assert (shorter.label, shorter.options) == ("Set α to 0.005", {"alpha": 0.005})
    # Each step multiplies x by 1 - 2 alpha, and y by 1 - 200 alpha = 0.
    assert shorter.result == f"gives f = {9.0 * 0.99**200:.4g}"
    assert (searched.label, searched.method) == ("Use Armijo", "armijo")
    run = done(text, start, searched)
    assert run.success
    assert searched.result == f"converges in {run.nit}, f = {run.fun:.4g}"


def test_a_run_that_is_not_there_yet_is_told_of_a_method_that_is() -> None:
    (remedy,) = helps(VALLEY, [-1.2, 1.0], "armijo")
    assert remedy.label == "Use BFGS"
    run = done(VALLEY, [-1.2, 1.0], remedy)
    assert run.success
    assert remedy.result.startswith(f"converges in {run.nit}")


def test_where_f_is_not_finite_another_start_is_offered() -> None:
    (remedy,) = helps("x - log(x) + y^2", [-1.0, 1.0], "bfgs")
    assert remedy.start is not None
    assert remedy.label.startswith("Start at (")
    assert remedy.start[0] > 0
    assert done("x - log(x) + y^2", [-1.0, 1.0], remedy).success


def test_for_a_fit_it_is_levenberg_marquardt() -> None:
    x = np.linspace(0.0, 5.0, 20)
    fit = tw.fit("a*exp(-k*x)", {"x": x, "y": 3.0 * np.exp(-x) + 0.01 * np.sin(9 * x)}, start=[1.0, 0.3])
    found = helps("", [1.0, 0.3], "gradient descent", {"alpha": 10.0}, fit)
    assert [remedy.method for remedy in found][-1] == "levenberg-marquardt"
    assert found[-1].result.startswith("converges in ")


@pytest.mark.parametrize(
    ("text", "method"), [("x^2 + y^2", "armijo"), ("x + y", "armijo"), ("x^2 - y^2", "newton")]
)
def test_nothing_is_offered_where_nothing_helps(text: str, method: str) -> None:
    assert helps(text, [1.0, 2.0], method) == []


def test_nothing_is_tried_where_that_takes_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedies, "MOST_WORK", 20)
    assert helps(VALLEY, [-1.2, 1.0], "armijo") == []
    assert (
        helps("", [1.0, 2.0], "armijo", None, lambda x: (1 - x[0]) ** 2 + 1e4 * (x[1] - x[0] ** 2) ** 2) == []
    )
