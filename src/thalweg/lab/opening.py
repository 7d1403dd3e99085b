"""A problem that is open: an objective of any number of variables, with all that the page is told about it.

The map has two axes: two of the variables, the others being held where the page says; or the one variable there is,
and f.  Not here: what is made of a typed text (`typed.py`), of data (`fits.py`), of what a script hands over
(`own.py`), nor what is computed on an open problem (`session.py`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.lab import tables
from thalweg.lab.messages import DataInfo, Opened, ParameterInfo, Suggestion

if TYPE_CHECKING:
    from thalweg.objective.protocol import Objective

Box = tuple[float, float, float, float]
Range = tuple[float, float]
Point = tuple[float, ...]
Vector = NDArray[np.float64]

OWN = "own"
"""Identity, in the problem menu, of what a script or notebook has handed over."""
MOST_VARIABLES = 100
"""Variables that a problem may have here: each iterate of each path travels to the page."""
ITERATIONS = 100

FIRST_METHODS = (
    Suggestion(method="gradient descent", options={}),
    Suggestion(method="armijo", options={}),
)
"""What a page compares first, unless the problem has its own idea."""


class OpeningError(ThalwegError, ValueError):
    """What was asked for cannot be shown."""


@dataclass(frozen=True, kw_only=True)
class Data:
    """Rows of data as they are drawn."""

    column: str | None
    """The one column that predicts, if a curve can be drawn along it."""
    response: str
    abscissae: Vector
    responses: Vector
    at: Vector
    """Where a fitted curve is sampled."""
    every: int
    """One row of so many is drawn."""
    total: int
    description: str


@dataclass(frozen=True, kw_only=True)
class Opening:
    """An objective, and how it is shown first."""

    objective: Objective
    text: str
    title: str
    variables: tuple[str, ...]
    ranges: tuple[Range, ...]
    """For each variable; of one alone, also for f."""
    start: Point
    axes: tuple[int, int] = (0, 1)
    problem: str | None = None
    editable: bool = True
    mathml: str = ""
    parameters: tuple[ParameterInfo, ...] = ()
    bounds: tuple[Range, ...] | None = None
    equal_scale: bool = True
    options: Mapping[str, Mapping[str, float]] = field(default_factory=dict[str, Mapping[str, float]])
    methods: tuple[Suggestion, ...] = FIRST_METHODS
    max_iterations: int = ITERATIONS
    gtol: float | None = None
    limits: Mapping[str, float] = field(default_factory=dict[str, float])
    """What else ends a run, as `descend` names it."""
    batches: tuple[int, int] | None = None
    """Size and seed of the mini-batches on which methods run that can."""
    minimisers: tuple[Point, ...] = ()
    minimum: float | None = None
    estimates: tuple[tuple[float, float], ...] | None = None
    """Of a fit that was made, with their standard errors."""
    data: Data | None = None
    warnings: tuple[str, ...] = ()
    link: str | None = None
    unlinked: str | None = None

    @property
    def is_callable(self) -> bool:
        """Whether the objective is a Python callable: slow, uninterruptible, and able to raise anything."""
        return self.objective.native is None

    @property
    def works_on_residuals(self) -> bool:
        """Whether methods made for residuals can be run."""
        return hasattr(self.objective, "reduced")

    def at(self, parameters: Mapping[str, float]) -> Objective:
        """The objective with these values of its parameters; those not named keep theirs."""
        if not parameters:
            return self.objective
        known = {info.name for info in self.parameters}
        for name, value in parameters.items():
            if name not in known:
                raise OpeningError(f"the formula has no parameter {name!r}")
            check_finite(name, value)
        from thalweg.objective.formula import Formula

        assert isinstance(self.objective, Formula)  # nothing else has parameters
        return self.objective.with_parameters(**parameters)

    def _cautions(self) -> tuple[str, ...]:
        """What a formula's operations say of where f has no value or no slope."""
        from thalweg.objective.formula import Formula

        return self.objective.warnings if isinstance(self.objective, Formula) else ()

    def is_unchanged(self, parameters: Mapping[str, float]) -> bool:
        """Whether these parameters are those that the known minimum belongs to."""
        present = {info.name: info.default for info in self.parameters}
        return all(present.get(name) == value for name, value in parameters.items())

    @property
    def told_bounds(self) -> list[tuple[float | None, float | None]] | None:
        """The bounds as JSON has them, which has no infinities."""
        return None if self.bounds is None else [(_or_none(low), _or_none(high)) for low, high in self.bounds]

    @property
    def told_estimates(self) -> list[tuple[float, float | None]] | None:
        """The estimates and their standard errors as JSON has them, which has no NaN."""
        return (
            None if self.estimates is None else [(value, _or_none(error)) for value, error in self.estimates]
        )

    def opened(self, view: str, seq: int, revision: int) -> tuple[Opened, tuple[Vector, ...]]:
        """The message that tells the page, and its buffers."""
        data = self.data
        message = Opened(
            view=view,
            seq=seq,
            revision=revision,
            problem=self.problem,
            title=self.title,
            text=self.text,
            editable=self.editable,
            mathml=self.mathml,
            variables=[tables.symbol(name) for name in self.variables],
            parameters=list(self.parameters),
            ranges=list(self.ranges),
            axes=self.axes,
            bounds=self.told_bounds,
            equal_scale=self.equal_scale,
            start=list(self.start),
            options={name: dict(values) for name, values in self.options.items()},
            methods=list(self.methods),
            max_iterations=self.max_iterations,
            gtol=self.gtol,
            residuals=self.works_on_residuals,
            link=self.link,
            unlinked=self.unlinked,
            minimisers=[list(point) for point in self.minimisers],
            minimum=self.minimum,
            estimates=self.told_estimates,
            data=data
            and DataInfo(
                abscissa=data.column,
                response=data.response,
                rows=len(data.responses),
                total=data.total,
                description=data.description,
            ),
            warnings=[*self.warnings, *self._cautions()],
        )
        return message, (data.abscissae, data.responses, data.at) if data else ()


def _or_none(edge: float) -> float | None:
    return edge if isfinite(edge) else None


def check_finite(name: str, value: float) -> None:
    """Refuse a parameter's value that is no finite number.

    Raises:
        OpeningError: It is none.
    """
    if not isfinite(value):
        raise OpeningError(f"the parameter {name} is a finite number, not {value}")


def check_size(n: int) -> None:
    """Refuse more variables than can be shown.

    Raises:
        OpeningError: There are.
    """
    if n > MOST_VARIABLES:
        raise OpeningError(
            f"the laboratory shows up to {MOST_VARIABLES} variables, and this has {n:,}; "
            "in Python or on the command line any number can be descended"
        )
