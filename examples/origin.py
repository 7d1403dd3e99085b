"""The question that Thalweg began with, answered with its own examples.

A fixed-step gradient descent works on x^2 + y^2 and on sin(x) cos(y), yet on the loss of a straight-line fit its points
reach 1e80 in a few steps. Why, and what helps?

Run it with ``python examples/origin.py``.
"""

from __future__ import annotations

import thalweg as tw
from thalweg.problems import find


def show(title: str, runs: list[tuple[str, tw.Trajectory]]) -> None:
    print(f"\n{title}")
    for label, run in runs:
        x = ", ".join(f"{value:.9g}" for value in run.x)
        print(f"  {label:<24}{run.headline:<30}{run.nfev:>7} evaluations   f = {run.fun:<12.9g} at ({x})")
        print(f"  {'':<24}{run.message}")


def fixed(
    objective: tw.Formula | tw.LeastSquares, start: list[float], alpha: float, **limits: float
) -> tw.Trajectory:
    return tw.descend(objective, start, step=tw.Constant(alpha), **limits)


bowl = tw.Formula("x^2 + y^2")
waves = tw.Formula("sin(x) cos(y)")
show(
    "x^2 + y^2 from (3, 4)",
    [("fixed step 0.1", fixed(bowl, [3, 4], 0.1)), ("Armijo", tw.descend(bowl, [3, 4], "armijo"))],
)
show(
    "sin x cos y from (1, 1.2)",
    [("fixed step 0.5", fixed(waves, [1, 1.2], 0.5)), ("Armijo", tw.descend(waves, [1, 1.2], "armijo"))],
)

# The regression: 300 points, the mean of the squared residuals of m t + b.
line = find("noisy-line").objective()
start = [0.0, 0.0]
show(
    "A straight line through noisy points: steps up to 2/L = 0.787 converge, longer ones do not",
    [
        (f"fixed step {alpha}", fixed(line, start, alpha, gtol=1e-4, max_iterations=2000))
        for alpha in (0.3936, 0.7086, 0.7794, 0.79)
    ]
    + [
        ("Armijo", tw.descend(line, start, "armijo", gtol=1e-4)),
        ("Armijo, origin's preset", tw.descend(line, start, "armijo", preset="origin", gtol=1e-4)),
    ],
)

# The same with an abscissa from 0 to 100: nothing has changed but the scale, and 2/L has fallen to 0.0003.
wide = find("wide-line").objective()
show(
    "The same with a wide abscissa: now the usual steps are hundreds of times too long",
    [
        (f"fixed step {alpha}", fixed(wide, start, alpha, gtol=1e-4, max_iterations=2000))
        for alpha in (0.1, 0.01, 0.001, 0.0001)
    ]
    + [("Armijo", tw.descend(wide, start, "armijo", gtol=1e-4))],
)
