"""When a run ends: the tests, their defaults, and the reasons.

The defaults stand here and nowhere else.  The tests themselves are made by the automaton (`advance.py`) at every new
iterate; limits on time, and callbacks, are the driver's, between two slices.
"""

from __future__ import annotations

from enum import IntEnum

from thalweg.descent.parameters import Parameter

GRADIENT_TOLERANCE = 1
FUNCTION_TOLERANCE = 2
STEP_TOLERANCE = 3
PRECISION_FLOOR = 4
LINE_SEARCH_FAILED = 5
NOT_DESCENT = 6
DIVERGED = 7
UNBOUNDED = 8
NON_FINITE = 9
MAX_ITERATIONS_REACHED = 10
MAX_EVALUATIONS_REACHED = 11
TIME_LIMIT = 12
CALLBACK = 13
INTERRUPTED = 14
RAISED = 15


class Reason(IntEnum):
    """Why a run ended.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("x^2 + y^2", [3, 4], step=tw.Constant(1.5))
        >>> run.reason is tw.Reason.DIVERGED, run.reason.text
        (True, 'the iterates diverged')
    """

    GRADIENT_TOLERANCE = GRADIENT_TOLERANCE
    FUNCTION_TOLERANCE = FUNCTION_TOLERANCE
    STEP_TOLERANCE = STEP_TOLERANCE
    PRECISION_FLOOR = PRECISION_FLOOR
    LINE_SEARCH_FAILED = LINE_SEARCH_FAILED
    NOT_DESCENT = NOT_DESCENT
    DIVERGED = DIVERGED
    UNBOUNDED = UNBOUNDED
    NON_FINITE = NON_FINITE
    MAX_ITERATIONS = MAX_ITERATIONS_REACHED
    MAX_EVALUATIONS = MAX_EVALUATIONS_REACHED
    TIME_LIMIT = TIME_LIMIT
    CALLBACK = CALLBACK
    INTERRUPTED = INTERRUPTED
    RAISED = RAISED

    @property
    def text(self) -> str:
        """The reason as a sentence without figures."""
        return _WORDS[self]


_WORDS = {
    Reason.GRADIENT_TOLERANCE: "the gradient norm fell to the tolerance",
    Reason.FUNCTION_TOLERANCE: "the decrease of f fell below its tolerance",
    Reason.STEP_TOLERANCE: "the step fell below its tolerance",
    Reason.PRECISION_FLOOR: "rounding hides any further decrease",
    Reason.LINE_SEARCH_FAILED: "no trial of the line search was low enough",
    Reason.NOT_DESCENT: "the direction does not go down",
    Reason.DIVERGED: "the iterates diverged",
    Reason.UNBOUNDED: "f falls without bound",
    Reason.NON_FINITE: "f or its gradient is not finite there",
    Reason.MAX_ITERATIONS: "the limit of iterations was reached",
    Reason.MAX_EVALUATIONS: "the limit of evaluations was reached",
    Reason.TIME_LIMIT: "the time limit was reached",
    Reason.CALLBACK: "the callback asked to stop",
    Reason.INTERRUPTED: "the run was interrupted",
    Reason.RAISED: "the function, or the callback, raised an exception",
}

LIMITS = (
    Parameter(
        "max_iterations", "k", 1000, 0, 1e9, "integer", "largest number of iterations", slider=(1, 1000)
    ),
    Parameter(
        "gtol",
        "ε",
        1e-8,
        0.0,
        float("inf"),
        "log",
        "stop when the gradient's 2-norm is at most this",
        slider=(1e-12, 1.0),
    ),
    Parameter(
        "ftol",
        "",
        0.0,
        0.0,
        1.0,
        "log",
        "stop when a step lowers f by less than this times |f|; 0: never",
        slider=(1e-16, 1e-2),
    ),
    Parameter(
        "xtol",
        "",
        0.0,
        0.0,
        1.0,
        "log",
        "stop when a step is shorter than this times |x|; 0: never",
        slider=(1e-16, 1e-2),
    ),
    Parameter(
        "max_evaluations",
        "",
        float("inf"),
        1,
        float("inf"),
        "integer",
        "largest number of evaluations of f",
        slider=(1, 1e6),
    ),
)

DEFAULTS: dict[str, float] = {row.name: float(row.default) for row in LIMITS}


def check_limits(values: tuple[float, ...]) -> dict[str, float]:
    """Limits in the order of the table, by name; ParameterError where one is out of its range."""
    return {row.name: float(row.check(value)) for row, value in zip(LIMITS, values, strict=True)}


ROUNDING = 10 * 2.0**-52
"""Differences of f up to this times |f| are rounding."""

FAINT = 1e-8
"""A rise of f by more than this times |f| is never taken for noise."""

STALL_LIMIT = 20
"""Iterations of a search in a row with no smaller f, no smaller gradient and f near its best, before a run ends at the
floor."""

# ------------------------------------------------------------------------------------- what passes for a minimiser

DECREASE_TOLERANCE = 5e-7
"""A run succeeds where the decrease that is still to be had is at most this times |f|; `verdict/arrival.py`."""

CURVATURE_TOLERANCE = 1e-8
"""Eigenvalues down to minus this times the largest one are no negative curvature."""

CERTIFICATE_BUDGET = 200
"""Gradients that a certificate may take where the Hessian is not known exactly."""
