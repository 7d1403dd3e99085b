"""The named methods: which direction goes with which step rule, under what name, and their presets.

Everything that lists methods (command line, page, reference) reads this table; `compose.py` makes what is run of a row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from thalweg.descent.directions import (
    AdaGrad,
    Adam,
    ConjugateGradient,
    Coordinate,
    GaussNewton,
    HeavyBall,
    LimitedMemory,
    Lion,
    Nesterov,
    Newton,
    NewtonCG,
    QuasiNewton,
    RMSProp,
    SteepestDescent,
)
from thalweg.descent.parameters import Parameter, Value
from thalweg.descent.part import Direction, StepRule
from thalweg.descent.steps import (
    Backtracking,
    BarzilaiBorwein,
    Constant,
    HagerZhang,
    MoreThuente,
    Polyak,
    QuadraticStep,
    StrongWolfe,
)
from thalweg.descent.trust_region.dogleg import Dogleg, TrustRadius
from thalweg.descent.trust_region.levenberg_marquardt import LevenbergMarquardt, NielsenDamping
from thalweg.errors import ParameterError, nearest


@dataclass(frozen=True)
class Preset:
    """Parameter values that belong together, under a name."""

    name: str
    title: str
    help: str
    options: Mapping[str, Value]


@dataclass(frozen=True)
class Method:
    """A named composition of a direction and a step rule.

    Example:
        >>> import thalweg as tw
        >>> own = tw.Method("short", "Short", "Short steps.", tw.SteepestDescent, tw.Constant, ("alpha",))
        >>> [row.name for row in own.parameters]
        ['alpha']
    """

    name: str
    title: str
    summary: str
    direction: type[Direction]
    step: type[StepRule]
    shown: tuple[str, ...]
    """Parameters that a page shows as sliders; all of them can be set."""
    aliases: tuple[str, ...] = ()
    presets: tuple[Preset, ...] = ()
    defaults: Mapping[str, Value] = field(default_factory=dict[str, Value])
    """Where the method's defaults differ from those of its parts."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the direction, then of the step rule, with the method's defaults."""
        rows = self.direction.table + self.step.table
        return tuple(replace(row, default=self.defaults.get(row.name, row.default)) for row in rows)


METHODS: tuple[Method, ...] = (
    Method(
        name="gradient descent",
        title="Fixed step",
        summary="Steepest descent with the same step length at every iteration.",
        direction=SteepestDescent,
        step=Constant,
        shown=("alpha",),
        aliases=("fixed", "fixed step", "constant", "gd"),
    ),
    Method(
        name="armijo",
        title="Armijo",
        summary="Steepest descent; each step backtracks by interpolation until Armijo's condition holds.",
        direction=SteepestDescent,
        step=Backtracking,
        shown=("initial", "c1"),
        aliases=("backtracking", "armijo line search"),
        presets=(
            Preset(
                name="origin",
                title="Origin's setting",
                help="c1 = 1/2, and a shrink between 0.5 and 0.9: the setting this laboratory began with. Without the "
                "upper limit of 0.9 it can hang, since the parabola's minimiser meets c1 = 1/2 with equality.",
                options={
                    "c1": 0.5,
                    "initial": 100.0,
                    "shrink_min": 0.5,
                    "shrink_max": 0.9,
                    "first_shrink_min": 0.5,
                },
            ),
        ),
    ),
    Method(
        name="barzilai-borwein",
        title="Barzilai-Borwein",
        summary="Steepest descent; the step length comes from the last step's curvature, and f may rise for a while.",
        direction=SteepestDescent,
        step=BarzilaiBorwein,
        shown=("window",),
        aliases=("bb", "spectral gradient"),
    ),
    Method(
        name="polyak step",
        title="Polyak's step",
        summary="Steepest descent; each step goes to where the tangent reaches the least value f*.",
        direction=SteepestDescent,
        step=Polyak,
        shown=("f_star", "alpha_max"),
    ),
    Method(
        name="heavy ball",
        title="Heavy ball",
        summary="Momentum: each step carries on a share of the last one.",
        direction=HeavyBall,
        step=Constant,
        shown=("alpha", "beta"),
        aliases=("momentum", "polyak momentum"),
        defaults={"alpha": 0.01},
    ),
    Method(
        name="nesterov",
        title="Nesterov",
        summary="Momentum whose gradient is taken where the momentum leads; with restarts where it has overshot.",
        direction=Nesterov,
        step=Constant,
        shown=("alpha",),
        aliases=("accelerated gradient", "nesterov accelerated gradient", "nag"),
        defaults={"alpha": 0.01},
    ),
    Method(
        name="adagrad",
        title="AdaGrad",
        summary="Each coordinate divided by the root of the sum of its squared gradients.",
        direction=AdaGrad,
        step=Constant,
        shown=("alpha",),
    ),
    Method(
        name="rmsprop",
        title="RMSProp",
        summary="Each coordinate divided by the root of the running mean of its squared gradients.",
        direction=RMSProp,
        step=Constant,
        shown=("alpha", "rho"),
        defaults={"alpha": 0.01},
    ),
    Method(
        name="adam",
        title="Adam",
        summary="Momentum over the root of the mean squared gradient, each with its bias taken out.",
        direction=Adam,
        step=Constant,
        shown=("alpha", "beta1", "beta2"),
        defaults={"alpha": 0.01},
    ),
    Method(
        name="adamw",
        title="AdamW",
        summary="Adam with decoupled weight decay.",
        direction=Adam,
        step=Constant,
        shown=("alpha", "beta1", "beta2", "weight_decay"),
        defaults={"alpha": 0.01, "weight_decay": 0.01},
    ),
    Method(
        name="amsgrad",
        title="AMSGrad",
        summary="Adam that divides by the largest mean squared gradient so far.",
        direction=Adam,
        step=Constant,
        shown=("alpha", "beta1", "beta2"),
        defaults={"alpha": 0.01, "amsgrad": "yes"},
    ),
    Method(
        name="lion",
        title="Lion",
        summary="The sign of an interpolated momentum: every coordinate moves by the same length.",
        direction=Lion,
        step=Constant,
        shown=("alpha", "beta1", "beta2"),
        defaults={"alpha": 0.001},
    ),
    Method(
        name="conjugate gradient",
        title="Conjugate gradient",
        summary="Nonlinear conjugate gradients and Moré and Thuente's search, begun where the slopes' ratio says.",
        direction=ConjugateGradient,
        step=MoreThuente,
        shown=("c2", "initial"),
        aliases=("cg", "nonlinear cg"),
        defaults={"c2": 0.1, "first_trial": "slope ratio"},
    ),
    Method(
        name="hager-zhang",
        title="Hager-Zhang",
        summary="CG_DESCENT: conjugate gradients that always go down, and a search by approximate Wolfe conditions.",
        direction=ConjugateGradient,
        step=HagerZhang,
        shown=("delta", "sigma"),
        aliases=("cg_descent", "hager zhang"),
        defaults={"beta": "hager-zhang", "sigma": 0.5},
    ),
    Method(
        name="bfgs",
        title="BFGS",
        summary="Quasi-Newton with a dense approximation of the inverse Hessian and a strong Wolfe search.",
        direction=QuasiNewton,
        step=StrongWolfe,
        shown=("c1", "c2"),
    ),
    Method(
        name="dfp",
        title="DFP",
        summary="Quasi-Newton by the older formula of Davidon, Fletcher and Powell.",
        direction=QuasiNewton,
        step=StrongWolfe,
        shown=("c1", "c2"),
        defaults={"update": "dfp", "c2": 0.1},
    ),
    Method(
        name="sr1",
        title="SR1",
        summary="Quasi-Newton by symmetric updates of rank one.",
        direction=QuasiNewton,
        step=StrongWolfe,
        shown=("c1", "c2"),
        defaults={"update": "sr1"},
    ),
    Method(
        name="l-bfgs",
        title="L-BFGS",
        summary="Quasi-Newton from the last few pairs of steps and gradient changes, for many variables.",
        direction=LimitedMemory,
        step=StrongWolfe,
        shown=("pairs", "c2"),
    ),
    Method(
        name="newton",
        title="Newton",
        summary="Newton's direction from the exact Hessian, modified where it is not positive definite.",
        direction=Newton,
        step=Backtracking,
        shown=("c1", "refresh"),
        defaults={"first_shrink_min": 0.1},
    ),
    Method(
        name="newton-cg",
        title="Newton-CG",
        summary="Newton's equation solved by conjugate gradients as far as it is worth it, without any matrix.",
        direction=NewtonCG,
        step=Backtracking,
        shown=("c1", "forcing"),
        defaults={"first_shrink_min": 0.1},
        aliases=("truncated newton",),
    ),
    Method(
        name="coordinate descent",
        title="Coordinate descent",
        summary="One variable at a time, each with the step that is exact on a quadratic.",
        direction=Coordinate,
        step=QuadraticStep,
        shown=("c1",),
        aliases=("gauss-seidel",),
    ),
)

FITTING: tuple[Method, ...] = (
    Method(
        name="gauss-newton",
        title="Gauss-Newton",
        summary="The step to the minimum of the linearised residuals, shortened by Armijo's condition.",
        direction=GaussNewton,
        step=Backtracking,
        shown=("c1",),
        aliases=("gn",),
        defaults={"initial": 1.0},
    ),
    Method(
        name="levenberg-marquardt",
        title="Levenberg-Marquardt",
        summary="Gauss-Newton, damped towards steepest descent as far as its promises are not kept.",
        direction=LevenbergMarquardt,
        step=NielsenDamping,
        shown=("damping",),
        aliases=("lm", "levenberg", "marquardt"),
    ),
    Method(
        name="dogleg",
        title="Dogleg",
        summary="Gauss-Newton within a radius, bent towards steepest descent where it would leave it.",
        direction=Dogleg,
        step=TrustRadius,
        shown=("reach",),
        aliases=("powell dogleg",),
    ),
)
"""Methods for residuals, which only a fit of a model to data has."""


def plain_name(name: object) -> str:
    """A name without what does not matter in it."""
    return "".join(c for c in str(name).casefold() if c.isalnum())


BY_NAME = {
    plain_name(name): method for method in METHODS + FITTING for name in (method.name, *method.aliases)
}


REGISTERED: list[Method] = []
"""Methods of a user's own; see `descent/custom.py`."""


def known() -> tuple[Method, ...]:
    """All methods that a menu lists, those of a user's own last."""
    return METHODS + tuple(REGISTERED)


def every() -> tuple[Method, ...]:
    """All methods, with those that need residuals."""
    return METHODS + FITTING + tuple(REGISTERED)


def find(name: str) -> Method:
    """The method of this name; spaces, hyphens and case do not matter.

    Raises:
        ParameterError: There is no such method; the message lists those there are.
    """
    method = BY_NAME.get(plain_name(name))
    if method is None:
        near = nearest(plain_name(name), BY_NAME)
        hint = "" if near is None else f" (did you mean {BY_NAME[near].name}?)"
        names = ", ".join(m.name for m in every())
        raise ParameterError(f"there is no method {name!r}{hint}; the methods are: {names}")
    return method
