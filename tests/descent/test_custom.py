"""Parts of a user's own: plain at once, compiled when they can be, listed once registered, kept to their arrays."""

from __future__ import annotations

import linecache
import runpy
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import thalweg as tw
from tests.drive.test_bits import same
from thalweg.descent import methods
from thalweg.drive import compiled
from thalweg.errors import ParameterError

EXAMPLE = Path(__file__).parent.parent.parent / "examples" / "custom_part.py"


@pytest.fixture(autouse=True)
def as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(methods, "REGISTERED", methods.REGISTERED.copy())
    from thalweg.descent import custom

    monkeypatch.setattr(custom, "REGISTERED", methods.REGISTERED)
    names = methods.BY_NAME.copy()
    monkeypatch.setattr(methods, "BY_NAME", names)
    monkeypatch.setattr(custom, "BY_NAME", names)


def test_the_example_runs_and_its_parts_have_the_same_bits_compiled(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    example = runpy.run_path(str(EXAMPLE))
    example["main"]()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("averaged descent")
    assert "converged" in lines[0]
    arguments: dict[str, Any] = {"options": {"theta": 0.5}, "max_iterations": 300}
    monkeypatch.setattr(compiled, "_machines", {})
    monkeypatch.setattr(compiled, "PATIENCE", float("inf"))
    plain = tw.descend("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1], "averaged descent", **arguments)
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    fast = tw.descend("(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1], "averaged descent", **arguments)
    assert compiled.machine_for(fast.method, 2).refused is None
    same(plain, fast)
    assert [m.name for m in methods.known()][-1] == "averaged descent"


SOURCE = """
import thalweg as tw

def fill(n, k, x, g, x_old, g_old, memory, p, d):
    for i in range(n):
        d[i] = -2.0 * g[i]

class Twice(tw.Direction):
    name = "twice"
    fill = staticmethod(fill)
"""


@pytest.mark.parametrize("readable", [True, False])
def test_a_part_typed_into_a_cell_runs(readable: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A notebook keeps the source of its cells; where nothing does, the part runs plain."""
    file = f"<cell {readable}>"
    if readable:
        monkeypatch.setitem(
            linecache.cache, file, (len(SOURCE), None, SOURCE.splitlines(keepends=True), file)
        )
    space: dict[str, Any] = {}
    shown = SOURCE if readable else "\n" + SOURCE  # other lines, since equal code is translated once
    exec(compile(shown, file, "exec"), space)  # as an interactive session does
    monkeypatch.setattr(compiled, "PATIENCE", 0)
    run = tw.descend(
        "x^2 + 3y^2", [1, 1], direction=space["Twice"](), step=tw.Constant(0.05), max_iterations=50
    )
    doubled = tw.descend("x^2 + 3y^2", [1, 1], step=tw.Constant(0.1), max_iterations=50)
    np.testing.assert_allclose(run.points, doubled.points, rtol=1e-12)
    assert (compiled.machine_for(run.method, 2).refused is None) == readable


def too_far(n, k, x, g, x_old, g_old, memory, p, d) -> None:
    for i in range(n + 1):
        d[i] = -g[0]


def forgetful(n, k, x, g, x_old, g_old, memory, p, d) -> None:
    memory[n] = 1.0


class TooFar(tw.Direction):
    name = "too far"
    fill = staticmethod(too_far)


class Forgetful(tw.Direction):
    name = "forgetful"
    fill = staticmethod(forgetful)

    def memory(self, n: int) -> int:
        return n


@pytest.mark.parametrize("part", [TooFar, Forgetful])
def test_a_part_that_leaves_its_arrays_is_not_registered(part: type[tw.Direction]) -> None:
    own = tw.Method(part.name, part.name, "", part, tw.Constant, ())
    with pytest.raises(ParameterError, match=f"{part.name}: fill reads or writes beyond its arrays"):
        tw.register(own)
    assert part.name not in {m.name for m in methods.known()}


def test_names_of_the_package_are_not_taken_and_ones_own_may_be_defined_anew() -> None:
    with pytest.raises(ParameterError, match="belongs to BFGS"):
        tw.register(tw.Method("B.F.G.S", "", "", tw.SteepestDescent, tw.Constant, ()))
    with pytest.raises(ParameterError, match="no class derived from StepRule"):
        tw.register(tw.Method("mine", "", "", tw.SteepestDescent, tw.SteepestDescent, ()))  # type: ignore[arg-type]
    for alpha in (0.1, 0.2):
        tw.register(
            tw.Method("mine", "Mine", "", tw.SteepestDescent, tw.Constant, (), defaults={"alpha": alpha})
        )
    assert tw.descend("x^2", [1.0], "mine", max_iterations=1).step_lengths[1] == 0.2
    assert [m.name for m in methods.known()].count("mine") == 1
