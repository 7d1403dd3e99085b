"""One source, several lives: plain, compiled, sliced, and side by side with others, a run has the same bits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal

import thalweg as tw
from thalweg.descent.advance import advance
from thalweg.descent.compose import compose
from thalweg.descent.methods import FITTING
from thalweg.descent.methods import METHODS as TABLE
from thalweg.descent.part import StepRule
from thalweg.descent.stopping import DEFAULTS
from thalweg.drive import compiled, lanes
from thalweg.entry import parameters

SURFACES = json.loads((Path(__file__).parent.parent / "data" / "surfaces.json").read_text())["surfaces"]
SHAPES = next(row.choices for row in tw.Schedule.table if row.name == "shape")
METHODS: list[tuple[str | StepRule, dict[str, Any]]] = [
    ("gradient descent", {"alpha": 1e-3}),
    ("gradient descent", {"alpha": 0.3}),
    ("armijo", {}),
    ("armijo", {"interpolation": "cubic", "c1": 0.3, "initial": 20.0}),
    ("armijo", {"c1": 0.5, "initial": 100.0, "shrink_min": 0.5, "shrink_max": 0.9, "first_shrink_min": 0.5}),
    ("armijo", {"first_trial": "quadratic"}),
    ("armijo", {"first_trial": "slope ratio"}),
    ("hager-zhang", {"first_trial": "previous", "sigma": 0.1}),
    ("barzilai-borwein", {"formula": "alternate", "reference": "average"}),
    (tw.MoreThuente(c2=0.1), {}),
    (tw.Nonmonotone(window=3, initial=5.0), {}),
    *((tw.Schedule(alpha=0.01, period=7, warmup=3), {"shape": shape}) for shape in SHAPES),
    *((method.name, {}) for method in TABLE[2:]),
]
OTHER_SIZES = [
    ("x^4 - 3x^2 + x", 1),
    ("(x-1)^2 + 3(y-z)^4 + exp(z)*x + y^2", 3),
    ("(a-1)^2 + (b-2)^2*(1+c^2) + 10(d-a)^2 + (e1+d)^4 + sqrt(1+g^2) + cos(a*g)", 6),
]


def named(method: str | StepRule, options: dict[str, Any]) -> dict[str, Any]:
    """The arguments that a row of the table means."""
    return {"method" if isinstance(method, str) else "step": method, "options": options}


class Plain:
    """An objective without machine code: the same formula, evaluated point by point."""

    native = None

    def __init__(self, formula: tw.Formula) -> None:
        self.formula = formula
        self.n = formula.n
        self.variables = formula.variables
        self.gradient_is_free = True
        self.evaluate = formula.evaluate
        self.hessian = formula.hessian
        self.hessian_product = formula.hessian_product


def starts(box: list[list[float]], count: int) -> np.ndarray:
    low, high = np.array(box).T
    return np.random.default_rng(5).uniform(low, high, (count, len(low)))


@pytest.fixture
def never_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "PATIENCE", float("inf"))
    monkeypatch.setattr(compiled, "_machines", {})


@pytest.fixture
def compiled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "PATIENCE", 0)


def same(one: tw.Trajectory, other: tw.Trajectory) -> None:
    assert_array_equal(one.path, other.path)
    for name in ("iteration", "alpha", "phi", "judgement"):
        assert_array_equal(one.trials[name], other.trials[name])
    assert (one.reason, one.nit, one.nfev, one.fun) == (other.reason, other.nit, other.nfev, other.fun)
    assert_array_equal(one.x, other.x)


@pytest.fixture(params=[s["name"] for s in SURFACES])
def surface(request: pytest.FixtureRequest) -> tuple[tw.Formula, np.ndarray]:
    found = next(s for s in SURFACES if s["name"] == request.param)
    return tw.Formula(found["python"]), starts(list(found["box"].values()), 3)


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_plain_and_compiled_runs_agree(
    surface: tuple[tw.Formula, np.ndarray],
    method: str | StepRule,
    options: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    formula, points = surface
    for start in points:
        monkeypatch.setattr(compiled, "PATIENCE", 0)
        run = tw.descend(formula, start, **named(method, options), max_iterations=25)
        stepped = tw.descend(Plain(formula), start, **named(method, options), max_iterations=25)
        monkeypatch.setattr(compiled, "PATIENCE", float("inf"))
        with monkeypatch.context() as apart:
            apart.setattr(compiled, "_machines", {})
            plain = tw.descend(Plain(formula), start, **named(method, options), max_iterations=25)
        same(run, stepped)
        same(run, plain)
        assert_array_equal(run.trials["slope"], plain.trials["slope"])


@pytest.mark.parametrize("method", [method.name for method in (*TABLE, *FITTING)])
@pytest.mark.parametrize("n", [2, 6])
def test_every_method_is_translated(method: str, n: int) -> None:
    """Where a translation is refused, runs stay plain, and that they agree with themselves says nothing."""
    machine = compiled.machine_for(compose(method), n)
    assert machine.run(now=True) is not None, machine.refused
    assert n > 2 or machine.step(now=True) is not None, machine.refused


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_every_composition_here_is_translated(method: str | StepRule, options: dict[str, Any]) -> None:
    composition = compose(**named(method, options))
    machine = compiled.machine_for(composition, 2)
    assert machine.run(now=True) is not None, machine.refused
    if machine.automaton is advance:
        assert machine.lockstep(lanes.WIDTH) is not None, machine.refused


@pytest.mark.parametrize(("text", "n"), OTHER_SIZES)
@pytest.mark.parametrize(("method", "options"), METHODS)
def test_other_numbers_of_variables_agree_too(
    text: str, n: int, method: str | StepRule, options: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    formula = tw.Formula(text)
    assert formula.n == n
    start = np.random.default_rng(n).uniform(-1, 1, n)
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    run = tw.descend(formula, start, **named(method, options), max_iterations=40)
    monkeypatch.setattr(compiled, "PATIENCE", float("inf"))
    monkeypatch.setattr(compiled, "_machines", {})
    same(run, tw.descend(Plain(formula), start, **named(method, options), max_iterations=40))


@pytest.mark.parametrize(("method", "options"), METHODS)
def test_a_run_among_others_ends_as_it_does_alone(
    surface: tuple[tw.Formula, np.ndarray],
    method: str | StepRule,
    options: dict[str, Any],
    compiled_at_once: None,
) -> None:
    formula, _ = surface
    points = np.random.default_rng(1).uniform(-4, 4, (100, 2))  # more than there are lanes
    points[7] = 1e200  # overflows at once
    composition = compose(**named(method, options))
    p = parameters(composition, (30, *list(DEFAULTS.values())[1:]), fused=True, stride=1.0)
    ends = lanes.go_down_together(formula, composition, points, p)
    for i in (0, 1, 7, 40, 63, 64, 99):
        alone = tw.descend(formula, points[i], **named(method, options), max_iterations=30)
        assert_array_equal(ends.x[i], alone.x)
        assert_array_equal(ends.values[i], alone.fun)
        assert (ends.status[i], ends.iterations[i], ends.evaluations[i]) == (
            alone.status,
            alone.nit,
            alone.nfev,
        )


def test_lanes_run_plain_as_well(never_compiled: None) -> None:
    formula = tw.Formula("(1-x)^2 + 100*(y-x^2)^2")
    points = starts([[-2, 2], [-1, 3]], 5)
    composition = compose("armijo")
    p = parameters(composition, (12, *list(DEFAULTS.values())[1:]), fused=True, stride=1.0)
    plain = lanes.go_down_together(formula, composition, points, p, compiled=False)
    fast = lanes.go_down_together(formula, composition, points, p)
    assert_array_equal(plain.x, fast.x)
    assert_array_equal(plain.evaluations, fast.evaluations)


def test_a_run_begun_plain_goes_on_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    formula = tw.Formula("(1-x)^2 + 100*(y-x^2)^2")
    monkeypatch.setattr(compiled, "_machines", {})
    monkeypatch.setattr(compiled, "PATIENCE", 100)
    run = tw.descend(formula, [-1.2, 1], "armijo", max_iterations=500)
    machine = compiled.machine_for(compose("armijo"), 2)
    assert machine.plain_turns >= 100
    assert machine.run() is not None
    assert machine.plain_turns < run.nfev
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    same(run, tw.descend(formula, [-1.2, 1], "armijo", max_iterations=500))


def test_value_only_trials_lead_the_same_way(compiled_at_once: None) -> None:
    """A Python callable is asked for gradients only where a trial is accepted; the path is that of the formula."""
    formula = tw.Formula("(1-x)^2 + 100*(y-x^2)^2")
    apart = tw.Function(formula.value, formula.gradient, n=2)
    for method, options in METHODS[
        :5
    ]:  # a Wolfe search also uses slopes of rejected trials, where they come free
        one = tw.descend(formula, [-1.2, 1], **named(method, options), max_iterations=60)
        other = tw.descend(apart, [-1.2, 1], **named(method, options), max_iterations=60)
        assert_array_equal(one.path, other.path)
        assert_array_equal(one.trials["phi"], other.trials["phi"])
        assert other.njev <= other.nfev
