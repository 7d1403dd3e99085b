"""NIST's reference data: digits that agree with the certified values, and the time of a fit.

Every program fits the 27 nonlinear sets from both of NIST's starts, and the 11 linear sets, by its defaults; peers are
given the model as a function. "Digits" are those of the worst parameter (at most 11 for nonlinear sets, 15 for linear
ones), "errors" counts standard errors right to 4 digits. Times are of fits that are made again, as in an application:
Thalweg's with its table of standard errors, `curve_fit`'s with the covariance that it always computes.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from statistics import mean
from typing import Any

import numpy as np

import thalweg as tw
from benchmarks._timing import alternate, at_least, at_most, table, times_faster
from thalweg.drive import warm
from thalweg.nist.peers import peers
from thalweg.nist.scores import Score, plain_data, score, thalweg
from thalweg.nist.sets import Kind, reference_set, reference_sets

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "Misra1a": lambda x, b1, b2: b1 * (1 - np.exp(-b2 * x)),
    "Thurber": lambda x, b1, b2, b3, b4, b5, b6, b7: (
        (b1 + x * (b2 + x * (b3 + x * b4))) / (1 + x * (b5 + x * (b6 + x * b7)))
    ),
    "Kirby2": lambda x, b1, b2, b3, b4, b5: (b1 + x * (b2 + x * b3)) / (1 + x * (b4 + x * b5)),
}
"""What `curve_fit` is timed with: written as fast as NumPy goes."""


def scores_of(kind: Kind) -> dict[str, list[Score]]:
    """One score a fit, by program."""
    solvers = {"Thalweg": thalweg, **peers(kind)}
    sets = reference_sets(kind)
    return {
        name: [each for given in sets for each in score(given, solver)] for name, solver in solvers.items()
    }


def accuracy(kind: Kind) -> tuple[str, dict[str, list[Score]]]:
    """The table of one kind of sets."""
    found = scores_of(kind)
    rows = [
        [
            name, f"{sum(each.solved for each in scores)} of {len(scores)}",
            f"{mean(each.digits for each in scores):.2f}", f"{min(each.digits for each in scores):.1f}",
            sum(each.error_digits >= 4.0 for each in scores), sum(each.claimed for each in scores),
            sum(each.wrong for each in scores),
        ]
        for name, scores in found.items()
    ]  # fmt: skip
    return table([f"{kind} sets", "solved", "digits", "at least", "errors", "claimed", "wrong"], rows), found


def fits(name: str) -> dict[str, Callable[[], Any]]:
    """The same fit from NIST's second start, by each."""
    from scipy.optimize import curve_fit

    given = reference_set(name)
    data, start = plain_data(given), given.starts[1]
    x, y, function = np.asarray(data["x"]), np.asarray(data["y"]), FUNCTIONS[name]

    def peer() -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return curve_fit(function, x, y, start)  # pyright: ignore[reportUnknownVariableType]

    def ours() -> Any:
        return tw.fit(given.model, data, parameters=given.parameters, start=start)

    return {"curve_fit": peer, "fit": ours, "fit, errors": lambda: ours().standard_errors}


def speed() -> str:
    """Times of fits made again, their method translated before, as it is after a dozen fits."""
    warm("levenberg-marquardt")
    rows: list[list[object]] = []
    medians: list[float] = []
    for name in FUNCTIONS:
        times = alternate(fits(name))
        rows.append([name, *times.values(), times_faster(times["curve_fit"], times["fit, errors"])])
        medians.append(times["fit, errors"].median)
    at_most("a fit of Misra1a with standard errors, made again", medians[0], 1e-3)
    return table(["set", "curve_fit", "Thalweg", "with standard errors", "faster"], rows)


def main() -> str:
    nonlinear, found = accuracy("nonlinear")
    ours = found["Thalweg"]
    at_least("NIST's nonlinear fits of 54 to 4 digits and more", sum(each.solved for each in ours), 54, str)
    at_least(
        "digits of NIST's nonlinear fits on average",
        mean(each.digits for each in ours),
        10.3,
        "{:.2f}".format,
    )
    at_least(
        "their standard errors of 54 to 4 digits", sum(each.error_digits >= 4.0 for each in ours), 51, str
    )
    at_least("successes claimed of 54", sum(each.claimed for each in ours), 54, str)
    at_most("wrong successes on NIST's sets", sum(each.wrong for each in ours), 0, str)
    linear, exact = accuracy("linear")
    least = min(each.digits for each in exact["Thalweg"])
    at_least("digits of NIST's linear fits, the least", least, 13.0, "{:.1f}".format)
    return "\n\n".join([nonlinear, linear, speed()])


if __name__ == "__main__":
    print(main())
