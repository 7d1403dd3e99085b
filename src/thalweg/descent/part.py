"""What a direction and a step rule are: plain mathematics of one run, with a table of parameters.

A part is a class that names its functions and its parameters; an instance holds parameter values.  Its functions are
written once, in the words of `vocabulary.py`; drivers run them as they stand or compiled.  The mathematics of a part
knows nothing of lanes, drivers or the function that is minimised.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Self

from thalweg.descent.block import DIRECTION, RULE, Array
from thalweg.descent.parameters import Parameter, Value, values_from
from thalweg.errors import ParameterError

MOST_PARAMETERS = DIRECTION - RULE
"""Places that a part's parameters have in a run's vector."""


Products = tuple[float, ...]
"""d.d, g.g, s.s, s.y and y.y, as a step rule sees them; and d.H d, where it asks for it."""


CHANGE_OF_ROWS = "it learns curvature from how the gradient changes, and between two batches the rows change"
"""Why some directions do not go with mini-batches."""


class Part:
    """A part with its parameter values; see `Direction` and `StepRule`."""

    name: ClassVar[str]
    table: ClassVar[tuple[Parameter, ...]] = ()
    __signature__: ClassVar[inspect.Signature]

    def __init__(self, **values: object) -> None:
        self.values: dict[str, Value] = values_from(self.name, self.table, values)

    def __init_subclass__(cls) -> None:
        """Give the constructor the signature that the table implies.

        Raises:
            ParameterError: The table has more parameters than there is room for.
        """
        if len(cls.table) > MOST_PARAMETERS:
            raise ParameterError(
                f"a part has at most {MOST_PARAMETERS} parameters, and {cls.__name__} has {len(cls.table)}"
            )
        keyword = inspect.Parameter.KEYWORD_ONLY
        cls.__signature__ = inspect.Signature(
            [inspect.Parameter(row.name, keyword, default=row.default) for row in cls.table]
        )

    def slots(self) -> list[float]:
        """Parameter values in the order of the table, as compiled code sees them."""
        return [row.slot(self.values[row.name]) for row in self.table]

    def replace(self, values: dict[str, object]) -> Self:
        """The same part with some values changed."""
        return type(self)(**{**self.values, **values})

    def unbatched(self) -> str:
        """Why it makes no sense where every iterate is evaluated on a mini-batch of its own; empty where it does."""
        return ""

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.values.items())
        return f"{type(self).__name__}({shown})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and type(self) is type(other) and self.values == other.values

    def __hash__(self) -> int:
        return hash((type(self), tuple(self.values.items())))


class Direction(Part):
    """A search direction: `fill(n, k, x, g, x_old, g_old, memory, p, d)` writes d.

    x and g are the new iterate and its gradient, x_old and g_old the previous ones (meaningless at k = 0), d still
    holds the previous direction.  The numbers of `memory` are the direction's own and start at zero.

    A direction that has to know more says so in `asks`, a sum of requests of block.py.  Its `fill` then returns what it
    wants to be told, or 0 once d is written, and is called again when it has been told.  What it is told stands in
    `memory` before its own numbers:

    - `HESSIAN`: the Hessian at x, n by n, row by row.
    - `ELSEWHERE`: v (n), which it writes, then f and the gradient (n) at v.  Before it asks, f is that at x.
    - `PRODUCT`: v (n), which it writes, then f at x, then the Hessian at x times v (n).

    Of the last two it may ask for one only; the Hessian stands behind it.

    Example:
        >>> def fill(n, k, x, g, x_old, g_old, memory, p, d):
        ...     for i in range(n):
        ...         d[i] = -p[0] * g[i]
        >>> class Scaled(Direction):
        ...     name = "scaled"
        ...     table = (Parameter("scale", "", 2.0, 0.1, 10.0, "log", "factor of -g"),)
        ...     fill = staticmethod(fill)
        >>> Scaled(scale=3)
        Scaled(scale=3.0)
    """

    fill: ClassVar[Callable[..., Any]]
    residuals: ClassVar[bool] = False
    """Whether it works on residuals and their slopes (`descent/reduced.py`), which only a fit has."""
    bounds_step: ClassVar[bool] = False
    """Whether it belongs to `descent/trust_region`, and goes with a rule that does."""
    asks: ClassVar[int] = 0
    steady: ClassVar[str] = ""
    """Why step rules that search make no sense along this direction; empty where they do."""
    unbounded: ClassVar[str] = ""
    """Why variables cannot have bounds; empty where they can."""

    def memory(self, n: int) -> int:
        """How many numbers the direction keeps between iterations."""
        return 0

    def bound(self, memory: Array, lower: Array, upper: Array) -> None:
        """Write bounds (n,) of the variables to the memory of a run that begins.

        Only directions of `descent/trust_region` do it; for all others `descent/box.py` keeps the bounds.
        """


class StepRule(Part):
    """A step rule: two functions on scalars.

    `first(k, phi, slope, last_alpha, last_phi, last_slope, products, p, s)` gives the first trial of a search; at k = 0
    there was no last one, or it has been forgotten, and what is said of it is meaningless.  `dd, gg, ss, sy, yy =
    products` are the scalar products of d, of the gradient, of the last step s and of the gradient's change y over it.
    `judge(alpha, phi, slope, phi_0, slope_0, p, s)` answers a trial with a judgement and the next step length.
    `phi` is +inf where the trial is not finite, `slope` is NaN where the gradient is not known; a rule that needs it
    answers SLOPE_WANTED and is asked again.  It may be asked twice about an accepted trial and must answer alike.
    `s` is the rule's own memory, at most 32 numbers.

    Example:
        >>> from thalweg.descent.judgement import SUFFICIENT_DECREASE, TOO_HIGH
        >>> def first(k, phi, slope, last_alpha, last_phi, last_slope, products, p, s):
        ...     return 1.0
        >>> def judge(alpha, phi, slope, phi_0, slope_0, p, s):
        ...     if phi < phi_0 + 1e-4 * alpha * slope_0:
        ...         return SUFFICIENT_DECREASE, alpha
        ...     return TOO_HIGH, 0.5 * alpha
        >>> class Halving(StepRule):
        ...     name = "halving"
        ...     first = staticmethod(first)
        ...     judge = staticmethod(judge)
        >>> Halving()
        Halving()
    """

    first: ClassVar[Callable[..., float]]
    judge: ClassVar[Callable[..., tuple[Any, float]]]
    asks: ClassVar[int] = 0
    """`CURVATURE`: a sixth product, d.H d, which takes a product with the Hessian in every iteration."""
    searches: ClassVar[bool] = True
    """Whether the rule only makes sense along a direction that goes down."""
    along_gradient: ClassVar[str] = ""
    """Why it makes sense along -g alone, where it does."""
    bends: ClassVar[bool] = False
    """Whether it makes sense along a path that bends where variables meet their bounds: a search by slopes does not."""
    bounds_step: ClassVar[bool] = False
    """Whether it belongs to `descent/trust_region`, and goes with a direction that does."""

    def unbatched(self) -> str:
        """See `Part.unbatched`."""
        return "it compares a trial on one batch with an iterate on another" if self.searches else ""
