"""What the catalogue claims is true: minimisers are stationary and minimal, closed forms hold, options exist."""

from __future__ import annotations

import json
from pathlib import Path

import mpmath
import numpy as np
import pytest
import sympy

from thalweg.descent import methods
from thalweg.descent.compose import compose
from thalweg.entry import descend
from thalweg.objective.formula import Formula
from thalweg.problems import PROBLEMS, Problem, ProblemError, find
from thalweg.rows.reading import table

SURFACES = [p for p in PROBLEMS if p.data is None]
FITS = [p for p in PROBLEMS if p.data is not None]


def by_id(problem: Problem) -> str:
    return problem.id


def test_the_origins_problems_and_the_twelve_surfaces_are_there() -> None:
    assert [p.id for p in PROBLEMS][:4] == ["paraboloid", "sin-x-cos-y", "noisy-line", "wide-line"]
    assert len(SURFACES) == 12
    assert len(FITS) == 2
    assert len({p.id for p in PROBLEMS} | {p.title for p in PROBLEMS}) == 2 * len(PROBLEMS)


@pytest.mark.parametrize("name", ["rosenbrock", "Rosenbrock", " ROSEN-brock "])
def test_a_problem_is_found_however_its_name_is_spelt(name: str) -> None:
    assert find(name).id == "rosenbrock"


def test_an_unknown_name_gets_the_list() -> None:
    with pytest.raises(
        ProblemError,
        match=r"no problem 'rosenbrok' \(did you mean rosenbrock\?\); the problems are: paraboloid, ",
    ):
        find("rosenbrok")


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_entries_are_whole(problem: Problem) -> None:
    n = len(problem.variables)
    assert len(problem.box) == len(problem.start) == n
    for point in (problem.start, *problem.minimisers):
        assert len(point) == n
        for value, (low, high) in zip(point, problem.box, strict=True):
            assert low <= value <= high
    assert (problem.minimum is None) == (not problem.minimisers)
    for name, options in problem.options.items():
        method = methods.find(name)
        assert method.name == name
        compose(name, options=options)  # refuses an unknown parameter or a value out of its range
    assert problem.note.endswith(".")


@pytest.mark.parametrize("problem", SURFACES, ids=by_id)
def test_minimisers_are_stationary_minima_of_the_stated_value(problem: Problem) -> None:
    f = expression(problem)
    x, y = sympy.symbols("x y")
    gradient = [sympy.diff(f, v) for v in (x, y)]
    for point in problem.minimisers:
        at = {x: sympy.Float(point[0], 30), y: sympy.Float(point[1], 30)}
        value = float(f.evalf(30, subs=at))
        assert value == pytest.approx(problem.minimum, rel=2e-16, abs=1e-29)
        if problem.id == "ackley":  # a cone: no gradient at its tip
            continue
        slopes = np.array([float(g.evalf(30, subs=at)) for g in gradient])
        hessian = np.array([[float(sympy.diff(g, v).evalf(30, subs=at)) for v in (x, y)] for g in gradient])
        curvatures = np.linalg.eigvalsh(hessian)
        assert curvatures[0] > 0
        # stationary to half a unit in the last place of the coordinates
        assert np.abs(np.linalg.solve(hessian, slopes)).max() <= 0.5 * np.spacing(np.abs(point).max())


@pytest.mark.parametrize("problem", SURFACES, ids=by_id)
def test_no_point_of_the_box_lies_below_the_minimum(problem: Problem) -> None:
    f = sympy.lambdify(sympy.symbols("x y"), expression(problem), "numpy")
    x, y = np.meshgrid(*(np.linspace(low, high, 201) for low, high in problem.box))
    if problem.minimum is not None:
        assert f(x, y).min() >= problem.minimum - 1e-14


@pytest.mark.parametrize("problem", FITS, ids=by_id)
def test_fits_end_at_the_closed_form_of_their_normal_equations(problem: Problem) -> None:
    t, y, minimiser, minimum = closed_form(problem)
    assert problem.minimisers == (tuple(map(float, minimiser)),)
    assert problem.minimum == float(minimum)
    # and as NumPy's least squares has it
    design = np.stack([t, np.ones_like(t)], axis=1)
    assert np.allclose(np.linalg.lstsq(design, y, rcond=None)[0], problem.minimisers[0], rtol=1e-12)


def test_the_curvatures_of_the_fits_are_those_of_the_data_note() -> None:
    expected = {"noisy-line": (0.153894618834, 2.54036817048), "wide-line": (0.546632180518, 6532.48527895)}
    for problem in FITS:
        t, _, _, _ = closed_form(problem)
        hessian = 2 / len(t) * np.array([[t @ t, t.sum()], [t.sum(), len(t)]])
        assert np.linalg.eigvalsh(hessian) == pytest.approx(expected[problem.id], rel=1e-11)


@pytest.mark.parametrize("problem", PROBLEMS, ids=by_id)
def test_the_objective_has_the_stated_minimum(problem: Problem) -> None:
    f = problem.objective()
    assert f.variables == problem.variables
    for point in problem.minimisers:
        value, gradient = f.value_and_gradient(point)
        assert value == pytest.approx(problem.minimum, rel=1e-14, abs=1e-14)
        if problem.id != "ackley":
            assert np.abs(gradient).max() <= 1e-11
    assert np.isfinite(f.value(problem.start))


BOUNDED = [p for p in PROBLEMS if p.minimum is not None]


@pytest.mark.parametrize("problem", BOUNDED, ids=by_id)
@pytest.mark.parametrize("method", ["gradient descent", "armijo"])
def test_the_suggested_options_lead_down_from_the_suggested_start(problem: Problem, method: str) -> None:
    options, limit = problem.options.get(method), problem.max_iterations
    run = descend(problem.objective(), problem.start, method, options=options, max_iterations=limit)
    if problem.id == "wide-line" and method == "gradient descent":
        assert run.mark == "diverged"  # the failure it is known for
        return
    assert run.mark in ("converged", "limit")
    assert run.fun < run.values[0]
    assert run.gradient_norms[-1] < 0.01 * run.gradient_norms[0]
    for value, (low, high) in zip(run.x, problem.box, strict=True):
        assert low <= value <= high


def test_the_surfaces_are_those_that_other_parts_are_tested_with() -> None:
    surfaces = json.loads((Path(__file__).parents[1] / "data" / "surfaces.json").read_text())["surfaces"]
    assert len(surfaces) == len(SURFACES)
    for surface in surfaces:
        problem = find(surface["name"])
        assert problem.box == tuple(tuple(surface["box"][name]) for name in problem.variables)
        assert problem.minimum == surface["minimum"]
        assert sorted(problem.minimisers) == sorted(tuple(point) for point in surface["minimisers"])
        f, g = problem.objective(), Formula(surface["python"], variables=problem.variables)
        points = np.random.default_rng(3).uniform(*np.array(problem.box).T, (20, 2)).T
        assert np.array_equal(f.value(points), g.value(points))


def expression(problem: Problem) -> sympy.Expr:
    """The formula as SymPy reads it; decimal fractions stay exact."""
    from sympy.parsing.sympy_parser import (
        convert_xor,
        implicit_multiplication,
        parse_expr,
        rationalize,
        standard_transformations,
    )

    rules = (*standard_transformations, convert_xor, implicit_multiplication, rationalize)
    x, y = sympy.symbols("x y")
    return parse_expr(problem.text, {"x": x, "y": y, "e": sympy.E}, transformations=rules)


def closed_form(problem: Problem) -> tuple[np.ndarray, np.ndarray, list[mpmath.mpf], mpmath.mpf]:
    """Abscissa, response, the exact minimiser and minimum of the mean squared residual."""
    assert problem.data is not None
    t, y = table(problem.data.path).columns([problem.data.abscissa, problem.data.response])
    with mpmath.workdps(50):
        u, v = [mpmath.mpf(a) for a in t.tolist()], [mpmath.mpf(a) for a in y.tolist()]
        n = len(u)
        mean_u, mean_v = mpmath.fsum(u) / n, mpmath.fsum(v) / n
        slope = mpmath.fsum((a - mean_u) * (b - mean_v) for a, b in zip(u, v, strict=True))
        slope /= mpmath.fsum((a - mean_u) ** 2 for a in u)
        intercept = mean_v - slope * mean_u
        loss = mpmath.fsum((slope * a + intercept - b) ** 2 for a, b in zip(u, v, strict=True)) / n
        return t, y, [slope, intercept], loss
