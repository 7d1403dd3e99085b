"""Methods of one's own: tried out, then listed with the others under their names.

A direction or a step rule needs no registration to run: `descend(f, start, direction=Mine())` takes it as it is.  It
runs plain at once, and compiled once it has been at work long enough, where its source can be read and keeps to the
vocabulary; else it stays plain.  Compiled code checks no index, which is why `register` tries the parts out first, on
arrays that are as long as they are declared and no longer.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import numpy as np

from thalweg.descent.block import CURVATURE, ELSEWHERE, HESSIAN, PRODUCT, RULE_ROWS
from thalweg.descent.compose import compose
from thalweg.descent.methods import BY_NAME, REGISTERED, Method, plain_name
from thalweg.descent.part import Direction, StepRule
from thalweg.errors import ParameterError

SIZES = (1, 2, 5)
ITERATIONS = 4
ANSWERS = 100  # that a direction may ask for in one iteration of the trial


def register(method: Method) -> Method:
    """List a method with the others: `descend`, `compare` and the rest then take its name, in this process.

    Args:
        method: The row of the table: name, parts, and what a page shows of it.

    Returns:
        The same method.

    Raises:
        ParameterError: Its name is taken by a method of the package, its parts do not go together, or one of them reads
            or writes beyond its arrays.

    Example:
        >>> import thalweg as tw
        >>> own = tw.Method(
        ...     "slow descent",
        ...     "Slow",
        ...     "A short step.",
        ...     tw.SteepestDescent,
        ...     tw.Constant,
        ...     (),
        ...     defaults={"alpha": 1e-3},
        ... )
        >>> tw.register(own).name
        'slow descent'
        >>> tw.descend("x^2", [1], "slow descent", max_iterations=1).x
        array([0.998])
    """
    if not isinstance(cast(object, method), Method):
        raise ParameterError(f"register takes a Method, not {method!r:.60}")
    for name in (method.name, *method.aliases):
        taken = BY_NAME.get(plain_name(name))
        if taken is not None and taken not in REGISTERED:
            raise ParameterError(
                f"the name {name!r} belongs to {taken.title}; a method of your own needs another one"
            )
    for part, kind in ((cast(Any, method.direction), Direction), (cast(Any, method.step), StepRule)):
        if not (isinstance(part, type) and issubclass(part, kind)):
            raise ParameterError(f"{method.name}: {part!r} is no class derived from {kind.__name__}")
    composition = compose(direction=method.direction(), step=method.step())
    try_direction(composition.direction)
    try_step(composition.step)
    for old in [each for each in REGISTERED if plain_name(each.name) == plain_name(method.name)]:
        REGISTERED.remove(old)  # a cell of a notebook that is run again
    REGISTERED.append(method)
    BY_NAME.update({plain_name(name): method for name in (method.name, *method.aliases)})
    return method


def try_direction(direction: Direction) -> None:
    """Call `fill` on arrays of just the declared length; ParameterError where it goes beyond them."""
    if direction.residuals or direction.bounds_step:
        return
    for n in SIZES:
        rng = np.random.default_rng(n)
        told = (2 * n + 1 if direction.asks & (ELSEWHERE + PRODUCT) else 0) + (
            n * n if direction.asks & HESSIAN else 0
        )
        memory, d, p = np.zeros(told + direction.memory(n)), np.zeros(n), np.array(direction.slots())
        x_old, g_old = np.zeros(n), np.zeros(n)
        for k in range(ITERATIONS):
            x, g = rng.standard_normal(n), rng.standard_normal(n)
            for _ in range(ANSWERS):
                arguments = (n, float(k), x, g, x_old, g_old, memory, p, d)
                wanted = _within(direction.name, "fill", direction.fill, arguments)
                if not wanted:
                    break
                if wanted not in (ELSEWHERE, HESSIAN, PRODUCT) or not direction.asks & wanted:
                    raise ParameterError(
                        f"{direction.name}: fill asks for {wanted!r}, which `asks` does not declare"
                    )
                memory[:told] = rng.standard_normal(told)
            x_old, g_old = x, g


def try_step(step: StepRule) -> None:
    """The same for `first` and `judge`."""
    if step.bounds_step:
        return
    p, s = np.array(step.slots()), np.zeros(RULE_ROWS)
    products = (1.0,) * (6 if step.asks & CURVATURE else 5)
    for k in range(ITERATIONS):
        alpha = _within(step.name, "first", step.first, (float(k), 1.0, -1.0, 1.0, 2.0, -1.0, products, p, s))
        for phi in (2.0, 1.0 - 0.5 * float(alpha), 0.5):
            answer = _within(step.name, "judge", step.judge, (float(alpha), phi, -0.5, 1.0, -1.0, p, s))
            if not isinstance(answer, tuple) or len(cast(tuple[object, ...], answer)) != 2:
                raise ParameterError(
                    f"{step.name}: judge answers with a judgement and a step length, not {answer!r:.60}"
                )


def _within(name: str, what: str, function: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
    with np.errstate(all="ignore"):
        try:
            return function(*arguments)
        except IndexError as error:
            raise ParameterError(
                f"{name}: {what} reads or writes beyond its arrays ({error}); `memory(n)` says how many it has"
            ) from error
