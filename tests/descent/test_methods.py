"""Names and options become a composition, or one sentence."""

from __future__ import annotations

import math
from typing import Any

import pytest

import thalweg as tw
from thalweg.descent.compose import compose
from thalweg.descent.methods import METHODS, Method, find


def test_spaces_hyphens_and_case_do_not_matter() -> None:
    assert find("Gradient-Descent") is find("gradientdescent") is METHODS[0]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_what_a_page_shows_of_a_method_fits_a_slider(method: Method) -> None:
    rows = {row.name: row for row in method.parameters}
    for name in method.shown:
        low, high = rows[name].range
        assert rows[name].scale != "choice"
        assert -math.inf < low < high < math.inf


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (
            {"method": "newtonish"},
            r"there is no method 'newtonish' \(did you mean newton\?\); the methods are: gradient descent",
        ),
        ({"method": 3}, "there is no method 3"),
        ({"step": 0.1}, r"step is a StepRule such as Constant\(0.1\), not 0.1"),
        ({"direction": "down"}, r"direction is a Direction such as SteepestDescent\(\), not 'down'"),
        (
            {"direction": tw.QuasiNewton(), "step": tw.BarzilaiBorwein()},
            r"barzilai-borwein goes with SteepestDescent\(\), and not with quasi-newton: its length is an inverse",
        ),
        ({"preset": "best"}, "armijo has no preset 'best'; its presets are: origin"),
        ({"options": {"alpha": 1.0}}, "armijo has no parameter 'alpha'; its parameters are: c1"),
    ],
)
def test_what_makes_no_composition_is_refused_in_one_sentence(arguments: dict[str, Any], says: str) -> None:
    with pytest.raises(tw.ParameterError, match=says):
        compose(**arguments)
