"""How a run ended, why, and the figures that show it: one or two sentences.

On a quadratic the limit 2/L of a constant step is exact and holds everywhere.  On a curved function it is local, and
the sentences say where it was taken.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

import numpy as np

from thalweg.descent.directions import SteepestDescent
from thalweg.descent.steps.constant import Constant
from thalweg.descent.stopping import Reason
from thalweg.verdict.certificate import Certificate
from thalweg.verdict.curvature import (
    along_steps,
    eigensystem,
    eigenvalues,
    falls_ever_faster,
    growth_per_step,
    ran_away,
)
from thalweg.verdict.differences import misfit
from thalweg.verdict.hessian import by_differences

if TYPE_CHECKING:
    from thalweg.trajectory import Trajectory

Mark = Literal["converged", "limit", "diverged", "failed"]
STOPPED_BY_TEST = (
    Reason.GRADIENT_TOLERANCE,
    Reason.FUNCTION_TOLERANCE,
    Reason.STEP_TOLERANCE,
    Reason.PRECISION_FLOOR,
    Reason.LINE_SEARCH_FAILED,
    Reason.NOT_DESCENT,
)
LIMITS = (
    Reason.MAX_ITERATIONS,
    Reason.MAX_EVALUATIONS,
    Reason.TIME_LIMIT,
    Reason.CALLBACK,
    Reason.INTERRUPTED,
    Reason.RAISED,
)
FEW = 10  # variables, for which differences tell the curvature at the start
UNCERTAIN = 0.1  # how far it may be off
SAME = 1e-6  # relative difference up to which two curvatures are one: the function is quadratic


@dataclass(frozen=True)
class Verdict:
    """How a run ended.

    Attributes:
        success: Whether the end point passes as a minimiser, by its certificate; never where f or a given gradient
            is at fault.
        mark: The verdict in one word.
        headline: The verdict in a few words.
        markup: One or two sentences with figures; ``**`` encloses what is worth noticing.
        marks: (parameter, value, label): values that theory puts on a parameter of the method, such as 2/L.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("x^2 + 10 y^2", [3, 4], step=tw.Constant(0.5))
        >>> run.verdict.text
        'Step 0.5 is 5 times the limit 2/L = 0.1. Along the steepest direction each step multiplies the error by 9.'
    """

    success: bool
    mark: Mark
    headline: str
    markup: str
    marks: tuple[tuple[str, float, str], ...]

    @property
    def text(self) -> str:
        """The sentences without markup."""
        return self.markup.replace("**", "")


@dataclass(frozen=True)
class _StepLimit:
    """The largest curvature L that bounds a constant step, and where it was met."""

    L: float
    where: str  # "" where it holds everywhere

    @property
    def longest(self) -> float:
        return 2.0 / self.L


class _Case:
    """The figures of a run that the sentences draw on, each worked out when it is first wanted."""

    def __init__(self, run: Trajectory) -> None:
        self.run = run

    @property
    def certificate(self) -> Certificate:
        return self.run.certificate

    @cached_property
    def alpha(self) -> float | None:
        """The length of a constant step along -g, for which the limit 2/L holds; None for any other method.

        None with mini-batches too, each of which has curvatures of its own.
        """
        direction, step = self.run.method.direction, self.run.method.step
        along = (
            isinstance(direction, SteepestDescent) and isinstance(step, Constant) and self.run.batches is None
        )
        return float(step.values["alpha"]) if along else None

    @cached_property
    def step_limit(self) -> _StepLimit | None:
        """From the Hessian at the start, else from the curvature along the path, else from differences."""
        at_start = eigenvalues(self.run.objective, self.run.start)
        if at_start is not None and at_start[-1] > 0.0:
            largest = float(at_start[-1])
            at_end = eigenvalues(self.run.objective, self.run.x)
            second = eigenvalues(self.run.objective, self.run.points[-1]) if at_end is not None else None
            everywhere = [e for e in (at_end, second) if e is not None]
            same = everywhere and all(
                np.allclose(e, at_start, rtol=SAME, atol=SAME * largest) for e in everywhere
            )
            moved = bool((self.run.points[-1] != self.run.start).any())
            return _StepLimit(largest, "" if same and moved else " at the start")
        met = along_steps(self.run)
        met = met[met > 0.0]
        if not len(met):
            estimate = by_differences(self.run.objective, self.run.start) if self.run.n <= FEW else None
            if estimate is None:
                return None
            largest = float(eigensystem(estimate[0])[0][-1])
            known = float(np.linalg.norm(estimate[1])) <= UNCERTAIN * largest
            return _StepLimit(largest, " at the start") if known and largest > 0.0 else None
        settled = met[len(met) // 2 :]
        same = len(settled) > 3 and settled.max() - settled.min() <= 1e-3 * settled.max()
        return (
            _StepLimit(float(met.max()), "") if same else _StepLimit(float(met[0]), " along the first step")
        )

    @cached_property
    def growth(self) -> float:
        return growth_per_step(self.run)

    @property
    def grows(self) -> bool:
        """Whether f ended above its start."""
        return not self.run.values[-1] <= self.run.first_value


def judge_run(run: Trajectory) -> Verdict:
    """The verdict of a run."""
    with np.errstate(all="ignore"):  # where a run ended at 1e300, figures overflow
        return _judge(run)


def _judge(run: Trajectory) -> Verdict:
    case = _Case(run)
    reason = run.reason
    if reason in STOPPED_BY_TEST or reason in LIMITS:
        mark, headline, markup = _ended(case)
    elif reason is Reason.DIVERGED:
        mark, headline, markup = "diverged", f"diverged at step {run.nit + 1}", _too_long(case)
    elif reason is Reason.UNBOUNDED:
        mark, headline = "diverged", "f falls without bound"
        markup = f"f reached **-inf** at step {run.nit + 1}: it has no minimum in this direction."
    else:
        mark, headline, markup = _not_finite(case)
    if run.batches is not None:
        markup = f"{markup} {run.batches.told}"
    return Verdict(mark == "converged", mark, headline, markup, _marks(case))


def _counts(run: Trajectory) -> str:
    return f"{_count(run.nit, 'iteration')}, {_count(run.nfev, 'evaluation')}"


def _ended(case: _Case) -> tuple[Mark, str, str]:
    """The run ended at a point: is it a minimiser?"""
    run, certificate = case.run, case.certificate
    wrong = misfit(run)
    if wrong is not None:
        name = run.objective.variables[wrong.component]
        markup = (
            f"The gradient that is given **does not fit f**: its component {name} is {figure(wrong.given)} "
            f"at the end point, where differences of f give {figure(wrong.found)}."
        )
        return "failed", "the given gradient is wrong", markup
    if certificate.success:
        return _arrived(case)
    return _limited(case) if run.reason in LIMITS else _stopped(case)


def _arrived(case: _Case) -> tuple[Mark, str, str]:
    """The end point passes as a minimiser: with what right?"""
    run, certificate = case.run, case.certificate
    what = "a minimum" if certificate.kind == "minimum" else "stationary"
    if certificate.found == "lanczos":
        what += " as far as some products with the Hessian tell"
    elif certificate.kind == "unknown":
        what += ", though nothing tells the curvature there"
    if run.reason in (Reason.PRECISION_FLOOR, Reason.LINE_SEARCH_FAILED, Reason.NOT_DESCENT):
        what += "; rounding hides any further decrease"
    elif run.reason in LIMITS:
        what += f", reached when {run.reason.text}"
    markup = f"**f = {figure(run.fun, 6)}**, {what}: {_norm(certificate)}. {_counts(run)}."
    return "converged", converged(run.nit), markup


def converged(iterations: int) -> str:
    """The headline of a run that arrived after so many iterations."""
    return f"converged in {_count(iterations, 'iteration')}" if iterations else "started where it ended"


def _stopped(case: _Case) -> tuple[Mark, str, str]:
    """A test of the end point stopped the run at something that is no minimiser."""
    run, certificate = case.run, case.certificate
    norm = _norm(certificate)
    if certificate.kind in ("saddle", "maximum"):
        curvature = f", with curvature {figure(certificate.smallest)} along its way down"
        markup = (
            f"Stationary ({norm}) but **no minimum: a {certificate.kind}**"
            f"{curvature if certificate.smallest < 0.0 else ''}. A start a little beside it goes on."
        )
        return "failed", f"stopped at a {certificate.kind}", markup
    if certificate.kind == "flat":
        markup = (
            f"**f = {figure(run.fun, 6)}**, and flat all round ({norm}, no curvature): "
            "nothing here tells a minimum from a plateau."
        )
        return "failed", f"stopped on a plateau, at step {run.nit}", markup
    if ran_away(run, certificate.gradient_norm):
        markup = (
            f"|∇f| has grown from {figure(float(run.gradient_norms[0]))} to **{figure(certificate.gradient_norm)}** "
            f"while f fell to {figure(run.fun)}: it may have **no minimum**."
        )
        return "failed", f"ran away, by step {run.nit}", markup
    unknown = math.isnan(certificate.decrement)
    still = "" if unknown else f", and f may still fall by **{figure(certificate.decrement)}**"
    if run.reason is Reason.LINE_SEARCH_FAILED:
        markup = f"No trial of the line search was low enough, at {norm}{still}."
        return "failed", f"line search failed at step {run.nit + 1}", markup
    if run.reason is Reason.NOT_DESCENT:
        markup = f"The direction **does not go down**: its slope is not negative, at {norm}{still}."
        return "failed", f"no way down at step {run.nit + 1}", markup
    markup = f"{_sentence(run.reason)}, but {norm}{still}."
    if run.reason is Reason.GRADIENT_TOLERANCE:
        markup = f"{_sentence(run.reason)} ({norm}){still or ', where no minimum can be told'}."
    return "failed", f"stopped early, at step {run.nit}", markup


def _limited(case: _Case) -> tuple[Mark, str, str]:
    """A limit stopped the run: was it on its way?"""
    run = case.run
    what = {
        Reason.MAX_ITERATIONS: _count(run.nit, "iteration"),
        Reason.MAX_EVALUATIONS: _count(run.nfev, "evaluation"),
        Reason.TIME_LIMIT: f"{run.seconds:.3g} s",
        Reason.CALLBACK: "the callback's word",
    }.get(run.reason, _count(run.nit, "iteration"))
    last = float(run.gradient_norms[-1])
    alpha = case.alpha
    limit = case.step_limit if alpha is not None else None
    if alpha is not None and case.grows and limit is not None and alpha > limit.longest and run.nit > 0:
        return "diverged", f"diverging after {what}", _too_long(case)
    headline = {
        Reason.CALLBACK: "stopped by the callback",
        Reason.INTERRUPTED: f"interrupted after {what}",
        Reason.RAISED: f"ended by an exception after {what}",
    }.get(run.reason, f"not there after {what}")
    if run.batches is not None:  # whose path tells nothing of the pace
        return "limit", headline, f"**f = {figure(run.fun, 6)}**, {_norm(case.certificate)} after {what}."
    opening = f"|∇f| = **{figure(last)}** after {what}"
    shrink = case.growth
    if alpha is not None and limit is not None and alpha > limit.longest and not shrink < 0.999:
        markup = f"{opening}: it bounces, the step is **{_times(alpha / limit.longest)}** the limit {_two_over(limit)}."
        return "limit", headline, markup
    if ran_away(run, case.certificate.gradient_norm) or (shrink > 1.0 and falls_ever_faster(run)):
        fallen = figure(float(run.values[-1]))
        markup = f"{opening}, and growing while f falls, to {fallen}: it may have **no minimum**."
        return "limit", headline, markup
    if 0.0 < shrink < 1.0 and run.gtol > 0.0 and last > run.gtol:
        more = math.log(run.gtol / last) / math.log(shrink)
        if more < 1e9:
            rough = _count(round(float(f"{more:.2g}")), "more iteration")
            pace = f"{100 * (1 - shrink):.2g} % smaller each step"
            return "limit", headline, f"{opening}, {pace}: some **{rough}** to go at this pace."
    return "limit", headline, f"{opening}; f = {figure(run.fun, 6)}."


def _too_long(case: _Case) -> str:
    """Why a constant step diverged."""
    alpha, limit, growth = case.alpha, case.step_limit, case.growth
    grew = f" Each step multiplied the error by **{figure(growth)}**." if growth > 1.0 else ""
    if alpha is None:
        return f"f grew from {figure(case.run.first_value)} to {figure(case.run.values[-1])}.{grew}"
    step = f"Step **{figure(alpha, 6)}**"
    if limit is None:
        return f"{step} led out of the region where f is finite.{grew}"
    if alpha <= limit.longest:
        met = along_steps(case.run)
        highest = float(np.nanmax(met)) if len(met) and np.isfinite(met).any() else math.nan
        if highest * alpha > 2.0:
            return (
                f"{step} was short enough at the start, but on its way it met curvature {figure(highest)}, where it is "
                f"**{_times(alpha * highest / 2.0)}** the limit 2/L = {figure(2.0 / highest)}.{grew}"
            )
        return f"{step} led out of the region where f is finite.{grew}"
    # on a curved function the factor changes from step to step; there it is told for where the limit was taken
    factor = growth if growth > 1.0 and not limit.where else abs(1.0 - alpha * limit.L)
    along = "Along the steepest direction" + (" there" if limit.where else "")
    return (
        f"{step} is **{_times(alpha / limit.longest)}** the limit {_two_over(limit)}. "
        f"{along} each step multiplies the error by **{_apart_from_one(factor)}**."
    )


def _not_finite(case: _Case) -> tuple[Mark, str, str]:
    run = case.run
    if run.nit == 0 and len(run.trials) == 0:
        where = ", ".join(figure(x) for x in run.start[:6])
        return (
            "failed",
            "not finite at the start",
            f"f or its gradient is **not finite at the start** ({where}).",
        )
    markup = (
        f"Step {run.nit + 1} led to a point where f or its gradient is **not finite**: the edge of its domain, after "
        f"f = {figure(float(run.values[-1]), 6)}. A shorter step, or a line search, stays inside."
    )
    return "failed", f"left the domain at step {run.nit + 1}", markup


def _marks(case: _Case) -> tuple[tuple[str, float, str], ...]:
    if case.alpha is None:
        return ()
    limit = case.step_limit
    return () if limit is None else (("alpha", limit.longest, f"2/L{limit.where}"),)


# ------------------------------------------------------------------------------------------------ figures in words


def figure(value: float, digits: int = 3) -> str:
    """A figure with so many significant digits, as people write it.

    Example:
        >>> figure(0.00030616), figure(1.0), figure(123456.0)
        ('0.000306', '1', '1.23e+05')
    """
    if not math.isfinite(value):
        return str(value)
    size = abs(value)
    if size != 0.0 and not 1e-4 <= size < 10.0 ** max(digits, 5):
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        return f"{mantissa.rstrip('0').rstrip('.') if '.' in mantissa else mantissa}e{int(exponent):+03d}"
    return f"{value:.{digits}g}" if size < 10.0**digits else f"{value:.0f}"


def _times(factor: float) -> str:
    return f"{_apart_from_one(factor)} times"


def _apart_from_one(factor: float) -> str:
    """A factor with as many digits as tell it apart from 1."""
    digits = 3
    while digits < 12 and factor != 1.0 and float(figure(factor, digits)) == 1.0:
        digits += 1
    return figure(factor, digits)


def _two_over(limit: _StepLimit) -> str:
    return f"2/L = {figure(limit.longest)}{limit.where}"


def _norm(certificate: Certificate) -> str:
    return f"|∇f| = {figure(certificate.gradient_norm)}"


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _sentence(reason: Reason) -> str:
    return reason.text[0].upper() + reason.text[1:]
