"""The translator: what it translates gives Python's own results, and what it cannot translate it refuses by name."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import thalweg as tw
from thalweg.descent.compose import Composition, compose
from thalweg.descent.methods import METHODS
from thalweg.descent.vocabulary import dot, pick, seldom, sqrt, tail
from thalweg.drive import compiled
from thalweg.drive.translate import TranslationError, translate
from thalweg.kernel.build import host

LIMIT = 3
NEAR = 0.25


def compile_vector(function: Callable[..., object]) -> Callable[[np.ndarray], np.ndarray]:
    """A function of one vector, compiled; the result is the vector it leaves."""
    library = host().optimise(translate("probe", function, {"v": "vector"}), ["probe"])
    call = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p)(library["probe"])

    def run(v: np.ndarray, alive: object = library) -> np.ndarray:
        v = np.array(v)
        call(v.ctypes.data)
        return v

    return run


def interpreted(function: Callable[..., object], v: np.ndarray) -> np.ndarray:
    v = np.array(v)
    with np.errstate(all="ignore"):
        function(v)
    return v


# ------------------------------------------------------------------------------------------------ programs


def arithmetic(v):
    v[0] = v[0] * v[1] - v[2] / v[3]
    v[1] += -v[0]
    v[2] = abs(v[2]) + sqrt(v[3])
    v[3] = 1 / v[3] + LIMIT * 2 - 7


def branches(v):
    total = 0
    if v[0] < v[1] <= v[2]:
        total = 1.5
    elif v[0] == v[1] or not v[2] > 0.0:
        total = total - 2
    else:
        v[3] = 9.0
    v[0] = total
    v[1] = v[2] if v[0] != 0.0 else v[3]


def loops(v):
    k = 0
    while k < LIMIT and v[k] > 0.0:
        for i in range(k, 4):
            v[i] = v[i] * 0.5 + k
        k += 1
    for i in range(4):
        if seldom(v[i] > 1e9):
            v[i] = k


def early(v):
    for i in range(4):
        if v[i] < 0.0:
            v[i] = step_of(v[i], i)
            return
    v[0] = dot(3, v, tail(v, 1))


def step_of(value, i):
    if value < -1.0:
        return pick(i > 1, value, 2.0)
    value = value * 3.0
    return value + i


def several(v):
    a, b = ordered(v[0], v[1])
    v[0], v[1] = b, a
    v[2] = int(a * 0.0) + float(int(3.9))


def ordered(a, b):
    if a < b:
        return a, b
    return b, a


def comparisons(v):
    count = 0
    for i in range(3):
        count += pick(v[i] < v[i + 1], 1, 0) + pick(v[i] >= v[3], 10, 0) + pick(v[i] != v[i], 100, 0)
    v[0] = count


def negations(v):
    count = 0
    for i in range(4):
        if not v[i] < NEAR:
            count += 1
        if not v[i] == v[i]:  # noqa: SIM201
            count += 10
        if not i >= LIMIT:
            count += 100
        if not (v[i] > 0.0 and v[i] != 2.0):
            count += 1000
    v[0] = count


def names(v):
    before = v[0]
    v[0] = v[1]
    both = before + v[0]
    v[2] = doubled(both, before)
    for i in range(4):
        v[3] += both
        latest = v[i]
        v[i] = latest - before


def doubled(value, before):
    value = 2.0 * value
    before += value
    return value - before


PROGRAMS = [arithmetic, branches, loops, early, several, comparisons, negations, names]
COMPILED = {program: compile_vector(program) for program in PROGRAMS}
numbers = st.one_of(
    st.floats(-4, 4),
    st.sampled_from([0.0, -0.0, 1.0, 2.0, math.inf, -math.inf, math.nan, 5e-324, 1e308, -1e308, NEAR]),
)


@pytest.mark.parametrize("program", PROGRAMS)
@given(values=st.lists(numbers, min_size=4, max_size=4))
def test_compiled_and_interpreted_programs_agree(program, values) -> None:
    if program is several and not all(map(math.isfinite, values)):
        values = [1.0, 2.0, 3.0, 4.0]  # int(nan) has no meaning
    expected = interpreted(program, np.array(values))
    found = COMPILED[program](np.array(values))
    np.testing.assert_array_equal(found, expected)
    zeros = expected == 0.0
    np.testing.assert_array_equal(np.signbit(found[zeros]), np.signbit(expected[zeros]))


# ------------------------------------------------------------------------------------------------ refusals


def power(v):
    v[0] = v[0] ** 2


def summed(v):
    v[0] = sum([v[0], v[1]])


def listed(v):
    v[0] = len([1, 2])


def recursive(v):
    v[0] = 1.0
    recursive(v)


def attribute(v):
    v[0] = math.pi


def unknown(v):
    v[0] = nowhere  # noqa: F821


def truth(v):
    if v[0]:
        v[0] = 1.0


def mixed(v):
    flag = v[0] > 0.0
    flag = 2.0
    v[0] = flag


def counted(v):
    v[1] = v[1] + 1.0
    return v[1]


def writes_on_a_condition(v):
    if v[0] > 0.0 and counted(v) > 2.0:
        v[0] = 0.0


def writes_in_a_choice(v):
    v[0] = counted(v) if v[0] > 0.0 else 0.0


@pytest.mark.parametrize(
    ("program", "says"),
    [
        (power, "Pow is not in the language of parts, which has"),
        (summed, "sum is not known here"),
        (listed, "len is not known here"),
        (recursive, "nested more than"),
        (attribute, "Attribute is not in the language"),
        (unknown, "nowhere is not known here"),
        (truth, "a number, where a comparison is wanted"),
        (mixed, "a number here and a truth value there"),
        (writes_on_a_condition, "only on a condition must not write"),
        (writes_in_a_choice, "only on a condition must not write"),
    ],
)
def test_what_is_not_in_the_language_is_refused_with_its_line(program, says) -> None:
    with pytest.raises(TranslationError, match=says) as refusal:
        translate("probe", program, {"v": "vector"})
    if program is not recursive:
        assert f"{Path(__file__).name}:" in str(refusal.value)


@pytest.mark.parametrize("method", METHODS, ids=lambda m: m.name)
@pytest.mark.parametrize("n", [1, 2, 5])
def test_every_method_is_in_the_language(method, n) -> None:
    machine = compiled.machine_for(Composition(method.direction(), method.step()), n)
    assert machine.run(now=True) is not None, machine.refused


# ------------------------------------------------------------------------------------------------ parts of one's own


def define(factor: float, tmp_path: Path) -> type[tw.Constant]:
    """A step rule whose helper stands in a file of its own, as a person would edit it."""
    file = tmp_path / "helper.py"
    file.write_text(f"def shorten(alpha):\n    return {factor} * alpha\n")
    names: dict[str, object] = {}
    exec(compile(file.read_text(), str(file), "exec"), names)  # the test's own text
    shorten = names["shorten"]

    def first(k, phi, slope, last_alpha, last_phi, last_slope, products, p, s):
        return shorten(p[0])

    class Shortened(tw.Constant):
        name = "shortened"

    Shortened.first = staticmethod(first)
    return Shortened


def test_an_edited_helper_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    for factor in (0.5, 0.25):
        rule = define(factor, tmp_path)
        run = tw.descend("x^2 + y^2", [3, 4], step=rule(0.2), max_iterations=3)
        machine = compiled.machine_for(run.method, 2)
        assert machine.run() is not None, machine.refused
        np.testing.assert_array_equal(run.step_lengths[1:], factor * 0.2)


@pytest.mark.parametrize("edited", ["alpha - 0.125", "0.25 * alpha"])
def test_source_that_has_changed_under_a_function_is_not_translated(edited: str, tmp_path: Path) -> None:
    rule = define(0.75, tmp_path)
    (tmp_path / "helper.py").write_text(f"def shorten(alpha):\n    return {edited}\n")
    machine = compiled.machine_for(compose(step=rule(0.2)), 2)
    assert machine.run(now=True) is None
    assert "has changed since it was defined" in (machine.refused or "")
    run = tw.descend("x^2 + y^2", [3, 4], step=rule(0.2), max_iterations=3)
    np.testing.assert_array_equal(run.step_lengths[1:], 0.75 * 0.2)


def test_a_part_outside_the_language_runs_plain() -> None:
    class Squared(tw.Constant):
        name = "squared"

    def first(k, phi, slope, last_alpha, last_phi, last_slope, products, p, s):
        return p[0] ** 2

    Squared.first = staticmethod(first)
    machine = compiled.machine_for(compose(step=Squared(0.5)), 2)
    assert machine.run(now=True) is None
    assert "Pow" in (machine.refused or "")
    run = tw.descend("x^2 + y^2", [3, 4], step=Squared(0.5))
    assert run.success
    np.testing.assert_array_equal(run.step_lengths[1:], 0.25)


def test_a_part_that_is_no_function_runs_plain() -> None:
    class Bound(tw.Constant):
        name = "bound"

    Bound.first = staticmethod(partial(tw.Constant.first))
    machine = compiled.machine_for(compose(step=Bound(0.25)), 2)
    assert machine.run(now=True) is None
    run = tw.descend("x^2 + y^2", [3, 4], step=Bound(0.25))
    np.testing.assert_array_equal(run.step_lengths[1:], 0.25)
