"""What a session refuses, and with what sentence: wrong formulas, requests beyond a limit, problems that are closed."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import thalweg as tw
from tests.lab.talk import ARMIJO, Talk, first_box
from thalweg.lab import messages
from thalweg.lab.messages import (
    Failed,
    Grid,
    Open,
    Opened,
    Paths,
    Probe,
    Reading,
    RunRequest,
)
from thalweg.lab.session import LARGEST_GRID, REVISIONS_KEPT
from thalweg.lab.settings import MOST_ITERATIONS
from thalweg.problems import find


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("x^2 + sni(y)", "sni"), ("x + * y", "*"), ("x $ y", "$"), ("(x + y", "(")],
)
def test_an_error_in_a_formula_is_placed_at_its_characters(talk: Talk, text: str, wrong: str) -> None:
    failed = talk.refused(Open, text=text)
    assert failed.request == "open"
    assert failed.position is not None
    assert failed.message
    assert "\n" not in failed.message
    if wrong != "(":
        assert text[failed.position : failed.position + failed.length] == wrong


def test_after_an_error_what_was_open_is_still_there(talk: Talk) -> None:
    opened = talk.open(text="x^2 + y^2")
    talk.refused(Open, text="x^2 +")
    assert talk.runs(opened, ARMIJO)[0].runs[0].success


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "x.__class__",
        "lambda: 0",
        "exec(x)",
        "[x for x in y]",
        "x" * 20_000,
        "x+" * 20_000 + "x",
        "(" * 9_000,
        "9^9^9^9^9 * x",
        "",
        "   ",
        "\0",
    ],
)
def test_nothing_typed_is_executed_or_too_much(talk: Talk, text: str) -> None:
    message, _ = talk.session.answer(Open(view="v", seq=1, text=text))
    assert isinstance(message, Failed | Opened)
    if isinstance(message, Failed):
        assert "inside the program" not in message.message


@pytest.mark.parametrize(
    ("method", "options", "says"),
    [
        ("magic", {}, "There is no method 'magic'"),
        ("armijo", {"c1": 3.0}, "c1 lies between"),
        ("armijo", {"c9": 3.0}, "has no parameter 'c9'"),
        ("bfgs", {"update": 9.0}, "pdate is one of"),
        ("gauss-newton", {}, "works on residuals"),
    ],
)
def test_what_a_method_cannot_do_is_its_own_verdict_and_the_others_go_on(
    talk: Talk, method: str, options: dict[str, float], says: str
) -> None:
    opened = talk.open(text="x^2 + y^2")
    runs, (path, _) = talk.runs(opened, RunRequest(id="1", method=method, options=options), ARMIJO)
    assert [info.mark for info in runs.runs] == ["failed", "converged"]
    assert runs.runs[0].headline == "cannot run here"
    assert says in runs.runs[0].verdict
    assert path.shape == (1, 6)


def test_a_choice_is_told_by_its_place(talk: Talk) -> None:
    opened = talk.open(problem="rosenbrock")
    dfp = RunRequest(id="1", method="bfgs", options={"update": 1.0})
    _, (path,) = talk.runs(opened, dfp)
    run = tw.descend(
        find("rosenbrock").objective(), opened.start, "bfgs", options={"update": "dfp"}, max_iterations=100
    )
    np.testing.assert_array_equal(path, run.path)


@pytest.mark.parametrize(
    ("request_type", "fields", "says"),
    [
        (Open, {}, "nothing to open"),
        (Open, {"problem": "everest"}, "no problem 'everest'"),
        (Open, {"text": "x + " + " + ".join(f"p{i}" for i in range(40))}, "at most"),
        (Grid, {"box": (0.0, 0.0, 0.0, 1.0), "shape": (9, 9)}, "box"),
        (Grid, {"box": (1.0, 0.0, 0.0, 1.0), "shape": (9, 9)}, "box"),
        (Grid, {"box": (0.0, math.inf, 0.0, 1.0), "shape": (9, 9)}, "box"),
        (Grid, {"box": (0.0, math.nan, 0.0, 1.0), "shape": (9, 9)}, "box"),
        (Grid, {"box": (0.0, 1.0, 0.0, 1.0), "shape": (LARGEST_GRID + 1, 9)}, "grid"),
        (Grid, {"box": (0.0, 1.0, 0.0, 1.0), "shape": (9, 1)}, "grid"),
        (Grid, {"box": (0.0, 1.0, 0.0, 1.0), "shape": (9, -9)}, "grid"),
        (Grid, {"box": (0.0, 1.0, 0.0, 1.0), "shape": (9, 9), "parameters": {"q": 1.0}}, "no parameter 'q'"),
        (Paths, {"start": [1.0]}, "start"),
        (Paths, {"start": [1.0, math.nan]}, "start"),
        (Paths, {"start": [1.0, 2.0, 3.0]}, "start"),
        (Paths, {"runs": [ARMIJO] * 9}, "at most 8 runs"),
        (Paths, {"max_iterations": MOST_ITERATIONS + 1}, "iterations"),
        (Paths, {"max_iterations": -1}, "iterations"),
        (Paths, {"gtol": -1.0}, "gtol"),
        (Paths, {"gtol": math.nan}, "gtol"),
        (Probe, {"point": [1.0]}, "point"),
        (Probe, {"point": [math.inf, 1.0]}, "point"),
    ],
)
def test_every_request_has_limits_that_are_said(
    talk: Talk, request_type: type[Any], fields: dict[str, Any], says: str
) -> None:
    opened = talk.open(text="x^2 + y^2")
    usual: dict[type[Any], dict[str, Any]] = {
        Open: {},
        Grid: {"revision": opened.revision},
        Probe: {"revision": opened.revision},
        Paths: {
            "revision": opened.revision,
            "start": [1.0, 1.0],
            "runs": [ARMIJO],
            "max_iterations": 10,
            "gtol": 1e-8,
        },
    }
    failed = talk.refused(request_type, **{**usual[request_type], **fields})
    assert says in failed.message
    assert "inside the program" not in failed.message
    assert failed.request == request_type.__struct_config__.tag
    assert not failed.reopen


def test_a_revision_that_is_not_open_asks_the_page_to_open_it_again(talk: Talk) -> None:
    opened = talk.open(text="x^2 + y^2")
    elsewhere = Talk()
    for request, fields in (
        (Grid, {"box": first_box(opened), "shape": (9, 9)}),
        (Paths, {"start": [1.0, 1.0], "runs": [ARMIJO], "max_iterations": 10, "gtol": 1e-8}),
        (Probe, {"point": [1.0, 1.0]}),
    ):
        assert elsewhere.refused(request, revision=opened.revision, **fields).reopen


def test_the_last_few_revisions_stay_open(talk: Talk) -> None:
    opened = [talk.open(text=f"x^2 + {i}y^2") for i in range(REVISIONS_KEPT + 1)]
    assert len({each.revision for each in opened}) == len(opened)
    for each in opened[1:]:
        talk.ask(Reading, Probe, revision=each.revision, point=[0.0, 0.0])
    assert talk.refused(Probe, revision=opened[0].revision, point=[0.0, 0.0]).reopen


_numbers = st.floats(allow_nan=True, allow_infinity=True)
_names = st.sampled_from(["x", "y", "a", "alpha", "c1", "initial", ""])
_requests: dict[str, Callable[..., st.SearchStrategy[Any]]] = {
    "grid": lambda revision: st.builds(
        Grid,
        view=st.just("v"),
        seq=st.just(1),
        revision=st.just(revision),
        box=st.tuples(_numbers, _numbers, _numbers, _numbers),
        shape=st.tuples(st.integers(-2, 40), st.integers(-2, 40)),
        parameters=st.dictionaries(_names, _numbers, max_size=2),
    ),
    "paths": lambda revision: st.builds(
        Paths,
        view=st.just("v"),
        seq=st.just(1),
        revision=st.just(revision),
        start=st.lists(_numbers, min_size=1, max_size=3),
        runs=st.lists(
            st.builds(
                RunRequest,
                id=st.just("1"),
                method=st.sampled_from(["armijo", "gradient descent", "x"]),
                options=st.dictionaries(_names, _numbers, max_size=2),
            ),
            max_size=3,
        ),
        max_iterations=st.integers(-1, 60),
        gtol=_numbers,
        parameters=st.dictionaries(_names, _numbers, max_size=2),
    ),
}


@pytest.mark.parametrize("kind", sorted(_requests))
@pytest.mark.parametrize("text", ["a*x^2 + y^4", "log(x) / y", "exp(exp(x)) * tan(a*y)"])
def test_no_request_breaks_the_session(kind: str, text: str) -> None:
    talk = Talk()
    opened = talk.open(text=text)

    @given(_requests[kind](opened.revision))
    def holds(request: messages.Request) -> None:
        message, _ = talk.session.answer(request)
        if isinstance(message, Failed):
            assert "inside the program" not in message.message
        for name in ("reference", "highest"):
            assert math.isfinite(getattr(message, name, 0.0))

    holds()
