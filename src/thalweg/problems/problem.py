"""What the catalogue says about a problem, and the objective it makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thalweg.objective.formula import Formula
    from thalweg.objective.least_squares import LeastSquares

Point = tuple[float, ...]


@dataclass(frozen=True)
class Data:
    """The rows that a model is fitted to."""

    csv: str
    """Name of a file in the catalogue's folder `data`."""
    abscissa: str
    """The column that a plot of the fit has along its horizontal axis."""
    response: str
    """The column that the model is to predict."""

    @property
    def path(self) -> Path:
        """Where the file is."""
        return Path(__file__).parent / "data" / self.csv


@dataclass(frozen=True)
class Problem:
    """One function to minimise, and what is known about it."""

    id: str
    """Identity: lower-case words joined by hyphens."""
    title: str
    group: str
    """Heading in a menu."""
    text: str
    """The formula; with `data`, the model."""
    variables: tuple[str, ...]
    box: tuple[Point, ...]
    """(low, high) for each variable: the part worth looking at."""
    start: Point
    """A start from which the methods show what they do."""
    minimisers: tuple[Point, ...]
    """The global minimisers, those in the box where there are infinitely many; empty where f is unbounded below."""
    minimum: float | None
    """The value there; None where f is unbounded below."""
    max_iterations: int
    """Enough to see where the methods go from `start`."""
    options: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    """Values of a method's parameters that suit the problem, by the method's name."""
    note: str = ""
    """What it is known for: one sentence."""
    data: Data | None = None
    """For a fit: the loss is the mean of the squared residuals of the model on these rows."""

    def objective(self) -> Formula | LeastSquares:
        """The function itself, new at every call."""
        if self.data is not None:
            from thalweg.objective.least_squares import LeastSquares

            return LeastSquares(self.text, self.data.path, self.data.response, parameters=self.variables)
        from thalweg.objective.formula import Formula

        return Formula(self.text, variables=self.variables)
