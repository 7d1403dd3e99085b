"""What scripts and notebooks hand over: callables that are slow, undefined or wrong, fits, formulas."""

from __future__ import annotations

import math
import sys
import time
from typing import Any

import numpy as np
import pytest

import thalweg as tw
from thalweg.lab import grids
from thalweg.lab.messages import (
    Failed,
    Field,
    Grid,
    Hello,
    Message,
    Open,
    Opened,
    Paths,
    Probe,
    Reading,
    RunRequest,
    Runs,
    Welcome,
)
from thalweg.lab.opening import OpeningError
from thalweg.lab.own import open_own
from thalweg.lab.session import Session

ARMIJO = RunRequest(id="1", method="armijo", options={})


def bowl(x: Any) -> float:
    return (x[0] - 1.0) ** 2 + 3.0 * (x[1] + 0.5) ** 2


def answer(session: Session, request: type[Any], **fields: Any) -> tuple[Any, tuple[Any, ...]]:
    message, buffers = session.answer(request(view="v", seq=1, **fields))
    assert isinstance(message, Message)
    return message, buffers


def first_box(opened: Opened) -> Any:
    """What the map of a problem shows first."""
    return tuple(edge for axis in opened.axes for edge in opened.ranges[axis])


def opened_with(objective: object, start: list[float] | None = None) -> tuple[Session, Opened]:
    session = Session(open_own(objective, start))
    welcome, _ = answer(session, Hello)
    assert isinstance(welcome, Welcome)
    assert welcome.problems[0].id == welcome.first
    opened, _ = answer(session, Open, problem=welcome.first)
    assert isinstance(opened, Opened)
    return session, opened


# -------------------------------------------------------------------------------------------------------- callables


def test_a_callable_is_drawn_run_and_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MAP_SECONDS", (math.inf, math.inf))
    session, opened = opened_with(bowl)
    assert (opened.editable, opened.text, opened.variables) == (False, "bowl", ["x1", "x2"])
    field, (values,) = answer(
        session, Grid, revision=opened.revision, box=(0.0, 2.0, -1.0, 1.0), shape=(5, 3)
    )
    x = np.linspace(0, 2, 5)
    truth = np.array([bowl((x, y)) for y in (-1.0, 0.0, 1.0)])
    np.testing.assert_allclose(values + field.reference, truth, rtol=1e-6)
    runs, (path,) = answer(
        session,
        Paths,
        revision=opened.revision,
        start=[3.0, 2.0],
        runs=[ARMIJO],
        max_iterations=200,
        gtol=1e-6,
    )
    assert isinstance(runs, Runs)
    assert runs.runs[0].x == pytest.approx([1.0, -0.5], abs=1e-5)
    assert list(path[0, :2]) == [3.0, 2.0]
    reading, _ = answer(session, Probe, revision=opened.revision, point=[2.0, 0.5])
    assert isinstance(reading, Reading)
    assert (reading.value, reading.gradient_norm) == (4.0, pytest.approx(math.hypot(2, 6), rel=1e-6))


def test_a_slow_callable_gets_a_coarser_map_and_pauses_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MAP_SECONDS", (0.02, 0.05))
    monkeypatch.setattr(grids, "COARSEST", 4)

    def slow(x: Any) -> float:
        time.sleep(0.001)
        return bowl(x)

    session, opened = opened_with(slow)
    work = session.work(
        Grid(view="v", seq=1, revision=opened.revision, box=first_box(opened), shape=(512, 256))
    )
    pauses = 0
    while True:
        try:
            next(work)
            pauses += 1
        except StopIteration as done:
            field, (values,) = done.value
            break
    assert isinstance(field, Field)
    assert field.shape[0] < 40
    assert values.shape == field.shape[::-1]
    assert pauses >= 2


def test_a_fit_to_very_many_rows_gets_a_coarser_map(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grids, "MAP_SECONDS", (0.02, 0.05))
    monkeypatch.setattr(grids, "COARSEST", 4)
    t = np.linspace(0.0, 1.0, 400_000)
    session, opened = opened_with(tw.LeastSquares("m*t + b", {"t": t, "y": 2.0 * t}))
    field, (values,) = answer(
        session, Grid, revision=opened.revision, box=(1.0, 3.0, -1.0, 1.0), shape=(512, 512)
    )
    assert 4 <= field.shape[0] < 200
    m, b = np.meshgrid(np.linspace(1, 3, field.shape[0]), np.linspace(-1, 1, field.shape[1]))
    truth = (m - 2) ** 2 / 3 + (m - 2) * b + b**2  # the integral over t, which so many rows come near to
    np.testing.assert_allclose(values + field.reference, truth, atol=1e-5)


def test_where_a_callable_is_undefined_the_map_is_open() -> None:
    session, opened = opened_with(lambda x: math.log(x[0]) + 1.0 / x[1], start=[1.0, 1.0])
    field, (values,) = answer(
        session, Grid, revision=opened.revision, box=(-1.0, 1.0, -1.0, 1.0), shape=(4, 3)
    )
    assert isinstance(field, Field)
    assert np.array_equal(
        np.isfinite(values), [[False, False, True, True], [False] * 4, [False, False, True, True]]
    )


def test_a_line_search_steps_back_from_where_a_callable_is_undefined() -> None:
    session, opened = opened_with(lambda x: x[0] - math.log(x[0]) + x[1] ** 2, start=[0.01, 1.0])
    runs, _ = answer(
        session,
        Paths,
        revision=opened.revision,
        start=[0.01, 1.0],
        runs=[ARMIJO],
        max_iterations=500,
        gtol=1e-5,
    )
    assert runs.runs[0].x == pytest.approx([1.0, 0.0], abs=1e-4)
    reading, _ = answer(session, Probe, revision=opened.revision, point=[-1.0, 0.0])
    assert (reading.value, reading.gradient_norm) == (None, None)


def test_what_a_callable_raises_is_told_and_ends_only_its_run() -> None:
    def moody(x: Any) -> float:
        if x[0] > 2.5:
            raise RuntimeError("I do not go there")
        return bowl(x)

    session, opened = opened_with(moody, start=[2.0, 2.0])
    failed, _ = answer(session, Probe, revision=opened.revision, point=[3.0, 0.0])
    assert isinstance(failed, Failed)
    assert failed.message == "your function raised RuntimeError: I do not go there"
    field, (values,) = answer(session, Grid, revision=opened.revision, box=(2.0, 3.0, 0.0, 1.0), shape=(3, 2))
    assert np.array_equal(np.isfinite(values), [[True, True, False]] * 2)
    assert field.trouble == failed.message
    outcomes = {}
    for x in (3.0, 2.0):
        runs, (path,) = answer(
            session,
            Paths,
            revision=opened.revision,
            start=[x, 0.0],
            runs=[ARMIJO],
            max_iterations=50,
            gtol=1e-6,
        )
        outcomes[x] = runs.runs[0]
        assert list(path[0, :2]) == [x, 0.0]
    assert (outcomes[3.0].mark, outcomes[2.0].mark) == ("failed", "converged")
    assert "I do not go there" in outcomes[3.0].verdict


@pytest.mark.parametrize(("given", "method"), [("hess", "newton"), ("hessp", "newton-cg")])
def test_what_the_second_derivatives_raise_ends_only_the_run_that_asks_for_them(
    given: str, method: str
) -> None:
    def broken(*_: Any) -> Any:
        raise RuntimeError("not written yet")

    session, opened = opened_with(tw.Function(bowl, **{given: broken}), start=[2.0, 2.0])
    asked = [RunRequest(id="2", method=method, options={}), ARMIJO]
    runs, _ = answer(
        session,
        Paths,
        revision=opened.revision,
        start=[2.0, 2.0],
        runs=asked,
        max_iterations=50,
        gtol=1e-6,
    )
    assert isinstance(runs, Runs)
    assert [run.mark for run in runs.runs] == ["failed", "converged"]
    assert runs.runs[0].verdict == "Your function raised RuntimeError: not written yet."


def test_a_callable_that_exits_ends_no_thread() -> None:
    session, opened = opened_with(lambda x: sys.exit("enough") if x[0] > 2.5 else bowl(x), start=[2.0, 2.0])
    failed, _ = answer(session, Probe, revision=opened.revision, point=[3.0, 0.0])
    assert isinstance(failed, Failed)
    assert failed.message == "your function raised SystemExit: enough"


def test_a_callable_with_its_gradient_is_taken_as_it_is() -> None:
    f = tw.Function(bowl, jac=lambda x: [2 * (x[0] - 1), 6 * (x[1] + 0.5)])
    session, opened = opened_with(f, start=[4.0, 4.0])
    assert opened.start == [4.0, 4.0]
    answer(
        session,
        Paths,
        revision=opened.revision,
        start=[4.0, 4.0],
        runs=[ARMIJO],
        max_iterations=50,
        gtol=1e-6,
    )
    assert f.gradient_evaluations > 0


# ---------------------------------------------------------------------------------------------------- everything else


def test_a_text_and_a_formula_open_like_what_is_typed() -> None:
    for objective in ("x^2 + a*y^2", tw.Formula("x^2 + a*y^2", parameters={"a": 4.0})):
        session, opened = opened_with(objective, start=[1.0, 9.0])
        assert (opened.start, opened.editable, opened.variables) == ([1.0, 9.0], True, ["x", "y"])
        x0, x1, y0, y1 = first_box(opened)
        assert x0 < 1.0 < x1
        assert y0 < 9.0 < y1
        assert [row.name for row in opened.parameters] == ["a"]
        again, _ = answer(session, Open, problem="own", text="x^4 + y^2")
        assert again.text == "x^4 + y^2"


def test_a_formula_keeps_its_parameters_values() -> None:
    session, opened = opened_with(tw.Formula("x^2 + a*y^2", parameters={"a": 4.0}))
    reading, _ = answer(session, Probe, revision=opened.revision, point=[1.0, 1.0])
    assert reading.value == 5.0


def test_a_fit_shows_start_and_solution() -> None:
    t = np.linspace(0.0, 4.0, 9)
    session, opened = opened_with(tw.LeastSquares("m*t + b", {"t": t, "y": 2.0 * t + 30.0}))
    x0, x1, y0, y1 = first_box(opened)
    assert x0 < 0.0 < 2.0 < x1
    assert y0 < 0.0 < 30.0 < y1
    assert opened.data is not None
    assert (opened.data.rows, opened.editable) == (9, False)
    _, buffers = answer(
        session,
        Paths,
        revision=opened.revision,
        start=[0.0, 0.0],
        runs=[ARMIJO],
        max_iterations=2000,
        gtol=1e-9,
    )
    np.testing.assert_allclose(buffers[1], np.linspace(30.0, 38.0, len(buffers[1])), rtol=1e-6)


def test_of_many_rows_the_page_gets_a_sample() -> None:
    t = np.linspace(0.0, 1.0, 100_001)
    session = Session(open_own(tw.LeastSquares("m*t + b", {"t": t, "y": t})))
    opened, (abscissae, responses, _) = answer(session, Open, problem="own")
    assert opened.data.rows == len(abscissae) == len(responses) <= 2000
    assert abscissae[0] == 0.0


@pytest.mark.parametrize(
    ("objective", "start", "says"),
    [
        (tw.Formula("sum(x[i]^2, i, 1, 101)"), None, "up to 100 variables, and this has 101"),
        (tw.Function(lambda x: x[0], n=300), None, "up to 100 variables"),
        (tw.Function(bowl, n=2), [1.0], "the start has 2 finite numbers"),
        (bowl, [1.0, math.nan], "one for each variable"),
        (bowl, "ab", "one for each variable"),
        (bowl, 5, "one for each variable"),
        (7, None, "not a value of type int"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_the_reason(objective: object, start: Any, says: str) -> None:
    with pytest.raises(tw.ThalwegError, match=says):
        open_own(objective, start)


def test_a_wrong_start_is_an_opening_error() -> None:
    with pytest.raises(OpeningError):
        open_own("x^2", [1.0, 2.0, 3.0])
