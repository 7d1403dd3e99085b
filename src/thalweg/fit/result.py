"""What a fit gives: estimates with their uncertainty, the report that people read, and what the residuals tell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from thalweg.errors import ParameterError
from thalweg.fit import export, spread
from thalweg.fit.bands import Band
from thalweg.fit.cautions import cautions
from thalweg.fit.diagnostics import Diagnostics
from thalweg.fit.profile import Profile, profile
from thalweg.fit.solution import Solution
from thalweg.fit.statistics import LEVEL, Statistics
from thalweg.fit.table import report, to_html, to_text
from thalweg.trajectory import Trajectory
from thalweg.verdict.verdict import converged

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Real = NDArray[np.float64]
Interval = tuple[float, float]
Picture = Literal["fit", "residuals", "profile", "correlation"]


class Fit:
    """A fitted model, as `thalweg.fit` returns it; printed, it is the table of its estimates.

    Attributes:
        solution: What the descent found.

    Example:
        >>> import thalweg as tw
        >>> data = {"t": [0, 1, 2, 3], "y": [1.0, 3.1, 4.9, 7.0]}
        >>> fit = tw.fit("m*t + b", data, start={"m": 1, "b": 0})
        >>> {name: round(value, 6) for name, value in fit.parameters.items()}
        {'m': 1.98, 'b': 1.03}
        >>> fit.confidence_intervals()["m"]
        (1.79..., 2.16...)
    """

    def __init__(self, solution: Solution) -> None:
        self.solution = solution

    # ------------------------------------------------------------------------------------------------- the estimates

    @property
    def run(self) -> Trajectory:
        """The descent, with its path, trials and verdict."""
        return self.solution.run

    @cached_property
    def statistics(self) -> Statistics:
        """The numbers as arrays, in the order of the parameters; those below are the same by name."""
        solution = self.solution
        account = solution.account
        about = spread.of_response(account, solution.objective.is_linear)
        return Statistics(
            names=solution.names,
            x=solution.x,
            factor=solution.factor,
            rss=solution.rss,
            least=solution.rss if solution.objective.is_separable else 2.0 * solution.loss,
            influence=account.influence,
            rows=account.rows,
            known=solution.objective.knows_errors,
            log_weights=account.log_weights,
            total=about.total,
            size=about.size,
            about_mean=about.about_mean,
            held=~solution.free,
            inverse=None if solution.direct is None else solution.direct.inverse,
        )

    @property
    def parameters(self) -> dict[str, float]:
        """The estimates."""
        return self._named(self.solution.x)

    @property
    def standard_errors(self) -> dict[str, float]:
        """Of the estimates; infinite for what the data do not determine, nan for what was not fitted."""
        return self._named(self.statistics.standard_errors)

    @property
    def covariance(self) -> Real:
        """Of the estimates, (p, p), in the order of `parameters`."""
        return self.statistics.covariance

    @property
    def correlation(self) -> Real:
        """Of the estimates, (p, p)."""
        return self.statistics.correlation

    def confidence_intervals(
        self, level: float = LEVEL, method: Literal["asymptotic", "profile"] = "asymptotic"
    ) -> dict[str, Interval]:
        """An interval for each parameter.

        Args:
            level: The confidence, of each on its own.
            method: "asymptotic": estimate -+ t standard errors. "profile": where the best fit with that parameter held
                is not worse than chance allows (`profile`), which holds for models that are far from linear too.

        Raises:
            ParameterError: The level is not between 0 and 1, or the method is another.
        """
        if method == "asymptotic":
            return {
                name: (float(low), float(high))
                for name, (low, high) in zip(
                    self.solution.names, self.statistics.intervals(level), strict=True
                )
            }
        if method == "profile":
            return {name: self.profile(name, level).interval for name in self.solution.names}
        raise ParameterError(f"method is 'asymptotic' or 'profile', not {method!r}")

    def profile(self, name: str, level: float = LEVEL) -> Profile:
        """The profile of a parameter: the cost of holding it away from its estimate, and the interval that follows.

        Raises:
            ParameterError: There is no such parameter, or the level is not between 0 and 1.
            ProfileError: A better fit is met on the way.
        """
        names = self.solution.names
        if name not in names:
            raise ParameterError(f"the parameters are {', '.join(names)}; there is none named {name!r}")
        solution = self.solution
        return profile(solution.objective, self.statistics, names.index(name), level, solution.bounds)

    # ------------------------------------------------------------------------------------------------- the whole fit

    @property
    def rss(self) -> float:
        """The weighted sum of squared residuals, under a robust loss or a penalty too."""
        return self.statistics.rss

    @property
    def degrees_of_freedom(self) -> int:
        """Rows less fitted parameters."""
        return self.statistics.dof

    @property
    def residual_standard_deviation(self) -> float:
        """The root of rss / degrees of freedom; nan where there are none."""
        return self.statistics.residual_standard_deviation

    @property
    def r_squared(self) -> float:
        """The part of the response's variation that the model explains."""
        return self.statistics.r_squared

    @property
    def adjusted_r_squared(self) -> float:
        """R^2 with variances in place of sums of squares."""
        return self.statistics.adjusted_r_squared

    @property
    def log_likelihood(self) -> float:
        """Of normal errors, at the estimates."""
        return self.statistics.log_likelihood

    @property
    def aic(self) -> float:
        """Akaike's information criterion, as R's `AIC` has it."""
        return self.statistics.aic

    @property
    def bic(self) -> float:
        """The Bayesian information criterion, as R's `BIC` has it."""
        return self.statistics.bic

    @property
    def success(self) -> bool:
        """Whether the estimates are at a minimum, by the descent's verdict, and one that the data determine."""
        determined = not np.isinf(np.diag(self.statistics.unscaled_covariance)).any()
        return self.solution.direct is not None or (self.solution.arrived and determined)

    @property
    def message(self) -> str:
        """How the estimates were found, in words."""
        if self.solution.direct is not None:
            return "The model is linear in its parameters and was solved directly."
        return self.run.message

    @cached_property
    def cautions(self) -> list[str]:
        """What should be known before the numbers are believed, a sentence each."""
        is_there = self.solution.arrived
        arrived = [] if is_there else [f"The fit has not arrived: {self.message}"]
        return [*arrived, *self.solution.warnings, *cautions(self.statistics)]

    # ------------------------------------------------------------------------------------------------- row by row

    @cached_property
    def fitted(self) -> Real:
        """The prediction for each row of the data, (rows,)."""
        return self.solution.objective.predict(self.solution.x)

    @cached_property
    def residuals(self) -> Real:
        """Response less prediction, (rows,), without weights."""
        return self.solution.objective.observed - self.fitted

    def predict(self, data: object = None) -> Real:
        """The fitted curve, (rows,), on these data or on others with the columns that the model uses.

        Where it uses one column alone, numbers (rows,) also do.
        """
        return self.fitted if data is None else self.solution.objective.predict(self.solution.x, data)

    def band(
        self,
        data: object = None,
        *,
        level: float = LEVEL,
        kind: Literal["confidence", "prediction"] = "confidence",
    ) -> Band:
        """The fitted curve with a band, row by row.

        Args:
            data: Other data with the columns that the model uses; by default those of the fit.
            level: The confidence, at each row on its own.
            kind: "confidence": where the true curve is. "prediction": where a new response falls, of weight 1 or, for
                the fit's own rows, of theirs.

        Raises:
            ParameterError: The level is not between 0 and 1, the kind is another, or new responses are wanted of a fit
                whose rows have errors of their own.

        Example:
            >>> import thalweg as tw
            >>> fit = tw.fit("m*t + b", {"t": [0, 1, 2, 3], "y": [1.0, 3.1, 4.9, 7.0]}, start=[1, 0])
            >>> fit.band({"t": [1.5, 10]}).standard_error.round(3)
            array([0.047, 0.364])
        """
        if kind not in ("confidence", "prediction"):
            raise ParameterError(f"kind is 'confidence' or 'prediction', not {kind!r}")
        found = self.statistics
        slopes = self.solution.objective.jacobian(self.solution.x, data)
        error = found.deviation(slopes)
        if kind == "prediction":
            error = np.hypot(error, self._deviation_of_new(data))
        return Band(self.predict(data), error, found.quantile(level))

    def _deviation_of_new(self, data: object) -> Real | float:
        """The standard deviation of a response about the curve, (rows,) or for all."""
        found, roots = self.statistics, self.solution.objective.weight_roots
        if data is None and roots is not None:
            with np.errstate(divide="ignore"):
                return math.sqrt(found.variance) / roots
        if found.known:
            raise ParameterError(
                "the errors of the fit's rows are their own, and those of new rows are not known; "
                "a band of kind='confidence' needs none"
            )
        return found.residual_standard_deviation

    @cached_property
    def diagnostics(self) -> Diagnostics:
        """What the residuals tell: leverage, standardised residuals, influence, runs, normality.

        Runs and neighbours are taken along the predictor where there is one, else in the order of the rows.
        """
        solution, found = self.solution, self.statistics
        objective = solution.objective
        slopes, roots = objective.jacobian(solution.x)[:, found.free], objective.weight_roots
        q, _ = np.linalg.qr(slopes if roots is None else roots[:, None] * slopes)
        order = None
        if len(objective.columns) == 1:
            order = np.argsort(objective.column(objective.columns[0]), kind="stable")
        residuals = self.residuals if roots is None else roots * self.residuals
        return Diagnostics(residuals, q, math.sqrt(found.variance), known=found.known, order=order)

    # ------------------------------------------------------------------------------------------------- printed, kept

    def describe(self) -> str:
        """One line for people: the response, the model and the data."""
        objective = self.solution.objective
        rows = objective.rows
        return f"{objective.equation}, {rows:,} row{'s' * (rows != 1)} of {objective.source}"

    @property
    def how(self) -> str:
        """One line: the method, how it ended, and what it took."""
        if self.solution.direct is not None:
            return self.message
        run = self.run
        ended = converged(run.nit) if self.solution.arrived else run.headline
        if self.solution.arrived and self.solution.was_sought and not run.nit:
            ended = "arrived in the search for a start"
        return f"{run.method.name}: {ended}, {run.nfev:,} evaluation{'s' * (run.nfev != 1)}"

    def summary(self, level: float = LEVEL) -> str:
        """The report as plain text, with intervals of this confidence."""
        return to_text(report(self, level))

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        values = ", ".join(
            f"{name} = {value:.7g} ± {error:.2g}"
            for (name, value), error in zip(
                self.parameters.items(), self.statistics.standard_errors, strict=True
            )
        )
        return f"<Fit: {values}; residual standard deviation {self.residual_standard_deviation:.4g}>"

    def _repr_html_(self) -> str:
        return to_html(report(self))

    def to_dict(self, level: float = LEVEL) -> dict[str, Any]:
        """Everything in the report, in full precision, as numbers, texts, lists and dictionaries that JSON knows.

        Where there is no finite number, it is nan or infinite, which `json.dumps` writes as its dialect has it.
        """
        return export.to_dict(self, level)

    def to_frame(self, level: float = LEVEL, library: Literal["pandas", "polars"] | None = None) -> Any:
        """The table of estimates as a data frame, a row a parameter.

        Args:
            level: The confidence of the intervals.
            library: Whose frame; by default pandas' where that is installed, else Polars'.

        Raises:
            ParameterError: The library is another, or not installed.
        """
        return export.to_frame(self, level, library)

    def plot(self, kind: Picture = "fit", **options: Any) -> Figure:
        """A picture of the fit, by matplotlib (the extra `figure`).

        Args:
            kind: "fit": the curve with its bands over the data; for several predictors, observed against fitted.
                "residuals": against the fitted values, and against normal scores. "profile": how far each parameter's
                likelihood is from that of a linear model. "correlation": of the estimates.
            options: ``theme="light"`` or ``"dark"``; ``level=0.95``; for "fit", ``axes=`` to draw into.

        Returns:
            The figure.

        Raises:
            FigureError: Matplotlib is not installed.
            ParameterError: There is no such kind, or an option is not one of its.
        """
        from thalweg.fit.pictures import draw

        return draw(self, kind, **options)

    def lab(self, start: Sequence[float] | None = None) -> Any:
        """Open the fit in the laboratory; see `thalweg.lab`, and `thalweg.link` for a link to it.

        Args:
            start: Where its methods start, in the order of the parameters; by default where the fit did.

        Returns:
            In a notebook the widget; else, when the laboratory is stopped, None.
        """
        import thalweg

        return thalweg.lab(self, start)

    def _named(self, values: ArrayLike) -> dict[str, float]:
        return dict(zip(self.solution.names, np.asarray(values).tolist(), strict=True))
