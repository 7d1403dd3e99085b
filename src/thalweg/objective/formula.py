"""A typed formula as an objective: read, differentiated and built into machine code."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import ArrayLike

from thalweg.errors import ParameterError, ThalwegError, meant
from thalweg.expression import printing, symbolic
from thalweg.expression.cautions import cautions
from thalweg.expression.dialects import Syntax, recognise
from thalweg.expression.errors import FormulaError
from thalweg.expression.graph import FormulaSizeError
from thalweg.expression.indexing import size
from thalweg.expression.names import canonical
from thalweg.expression.parse import parse
from thalweg.expression.parsed import Parsed
from thalweg.kernel.call import PointCall, call_batch
from thalweg.kernel.kernel import Kernel
from thalweg.objective.arrays import points, symmetric
from thalweg.objective.protocol import Native, PointError, Vector

MOST_COLUMNS = 5_000
"""Variables up to which the Hessian of a formula with sums over indices is made as a matrix."""


class Formula:
    """A function of n variables, given as text or as an expression of SymPy's.

    Args:
        text: Such as "(1-x)^2 + a*(y-x^2)^2", "Sin[x] Cos[y]" or "\\sin x \\cos y"; or a SymPy expression, which
            is walked as an object.
        variables: Their names, in the order of a point's coordinates, a vector as "x[1..10]". By default every name
            that is not a parameter, in order of first appearance (of an expression of SymPy's: sorted); a vector has
            as many elements as the formula reaches.
        parameters: Names that stand for numbers, with their values. They can be changed (`with_parameters`) without
            building anything anew, but for those that bounds of sums depend on.
        syntax: How the text is written: "plain", "mathematica" or "latex"; "auto" finds out.

    Raises:
        FormulaError: The text cannot be read; it names the character.
        ParameterError: A parameter's value is not a number, or the formula does not have it.

    Points are arrays (n,) or, for N of them, (n, N); results then have N as their last dimension. The same point has
    the same value and gradient to the last bit in both. Nan and infinities pass through. Machine code is built when
    the first value is wanted; a formula is pickled as its text.

    Example:
        >>> f = Formula("(1-x)^2 + a*(y-x^2)^2", parameters={"a": 100})
        >>> f.variables
        ('x', 'y')
        >>> f.value([-1.2, 1])
        24.199999999999996
        >>> f.gradient([-1.2, 1])
        array([-215.6,  -88. ])
        >>> f.with_parameters(a=1).value([[0, 1], [0, 1]])
        array([1., 0.])
    """

    gradient_is_free = True
    """Value and gradient come together."""

    def __init__(
        self,
        text: str | object,
        *,
        variables: Sequence[str] | None = None,
        parameters: Mapping[str, float] | None = None,
        syntax: Syntax = "auto",
    ) -> None:
        given = {canonical(name): value for name, value in (parameters or {}).items()}
        values = {name: _number(name, value) for name, value in given.items()}
        sizes = {name: whole for name, value in values.items() if (whole := size(value)) is not None}
        if isinstance(text, str):
            parsed = parse(text, variables=variables, parameters=tuple(given), syntax=syntax, sizes=sizes)
            _check_parameters(parsed, text)
        else:
            text, syntax, variables = _written(text, sizes, tuple(given), variables)
            parsed = parse(text, variables=variables, parameters=tuple(given), syntax=syntax, sizes=sizes)
        if not parsed.variables:
            raise FormulaError(text, 0, 0, "The formula has no variable", "x would be one")
        self.text: str = text
        self.syntax: Syntax = recognise(text, given) if syntax == "auto" else syntax
        """The language of the text: "plain", "mathematica" or "latex"."""
        self._parsed = parsed
        self._values = np.array([values[name] for name in parsed.parameters])

    # ------------------------------------------------------------------------------------------- what it consists of

    @property
    def n(self) -> int:
        """Number of variables."""
        return len(self._parsed.variables)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the order of a point's coordinates."""
        return self._parsed.variables

    @property
    def parameters(self) -> dict[str, float]:
        """Names and values of the parameters; a copy."""
        return dict(zip(self._parsed.parameters, self._values.tolist(), strict=True))

    @property
    def made_of(self) -> tuple[object, ...]:
        """What it is made of: two formulas made of the same are the same function."""
        return self.text, self.syntax, self.variables, self.parameters

    def with_parameters(self, **values: float) -> Formula:
        """Return the same formula with other values for some of its parameters; nothing is built anew.

        Raises ParameterError for a name that is not a parameter, or a value that is not a number.
        """
        changed = self.parameters
        for name, value in values.items():
            if canonical(name) not in changed:
                known = ", ".join(changed) or "none"
                raise ParameterError(
                    f"{name!r} is not a parameter of {self.text!r}; its parameters are: {known}"
                )
            changed[canonical(name)] = value
        if any(canonical(name) in self._parsed.sizes for name in values):
            return Formula(self.text, parameters=changed, syntax=self.syntax)
        other = object.__new__(Formula)
        other.text, other.syntax, other._parsed = self.text, self.syntax, self._parsed
        other._values = np.array([_number(name, value) for name, value in changed.items()])
        other._kernel = self._kernel
        return other

    @property
    def warnings(self) -> tuple[str, ...]:
        """Where the formula may be undefined, bend or jump, as far as its operations tell; nothing is computed.

        >>> Formula("x*log(x) + |y|").warnings
        ('may be undefined for x <= 0 (log)', 'not differentiable where y = 0 (abs)')
        """
        return cautions(self._parsed)

    def describe(self) -> str:
        """Return the text, followed by the parameters.

        >>> Formula("a*x^2", parameters={"a": 3}).describe()
        'a*x^2, a = 3'
        """
        return ", ".join([self.text, *(f"{name} = {value:g}" for name, value in self.parameters.items())])

    def to_text(self) -> str:
        """Return the formula as plain text with the fewest brackets, whatever it was typed in.

        Raises FormulaSizeError if the text would be too long, as all of these do.

        >>> Formula(r"\\frac{x^{2}}{2} \\sin y").to_text()
        'x^2/2*sin(y)'
        """
        return printing.to_text(self._parsed)

    def to_python(self) -> str:
        """Return a Python expression in the formula's names and NumPy, imported as np.

        >>> Formula("e^-x^2 |y|").to_python()
        'np.exp(-x**2)*np.abs(y)'
        """
        return printing.to_python(self._parsed)

    def to_mathematica(self) -> str:
        """Return the formula in Mathematica's language.

        >>> Formula("sin(2pi x)/3").to_mathematica()
        'Sin[2*Pi*x]/3'
        """
        return printing.to_mathematica(self._parsed)

    def to_latex(self) -> str:
        """Return the formula in LaTeX, without dollar signs.

        >>> print(Formula("sin(2pi x)/3").to_latex())
        \\frac{\\sin\\left(2 \\pi x\\right)}{3}
        """
        return printing.to_latex(self._parsed)

    def to_mathml(self) -> str:
        """Return the formula as MathML."""
        return printing.to_mathml(self._parsed)

    def to_javascript(self) -> str:
        """Return a JavaScript expression in the formula's names.

        >>> Formula("sqrt(x) y^2").to_javascript()
        'Math.sqrt(x)*y**2'
        """
        return printing.to_javascript(self._parsed)

    def to_julia(self) -> str:
        """Return a Julia expression in the formula's names.

        >>> Formula("sqrt(x) y^2").to_julia()
        'sqrt(x)*y^2'
        """
        return printing.to_julia(self._parsed)

    def __repr__(self) -> str:
        parameters = f", parameters={self.parameters}" if self._values.size else ""
        return f"Formula({self.text!r}, variables={self._parsed.compact}{parameters})"

    def __getstate__(self) -> dict[str, Any]:
        return {
            "text": self.text,
            "variables": self._parsed.compact,
            "parameters": self.parameters,
            "syntax": self.syntax,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(**state)

    # ------------------------------------------------------------------------------------------------- what it gives

    @overload
    def value(self, x: Sequence[float]) -> float: ...
    @overload
    def value(self, x: ArrayLike) -> Any: ...
    def value(self, x: ArrayLike) -> Any:
        """Return the value: a float at x (n,), an array (N,) at x (n, N).

        Raises PointError if x is not numbers of such a shape, as all of these do.
        """
        point = self._points(x)
        if point.ndim == 1:
            return self._point_call(point).item(0)
        return self._batch(point)[0]

    def gradient(self, x: ArrayLike) -> Vector:
        """Return the gradient, of the shape of x."""
        return self.value_and_gradient(x)[1]

    def value_and_gradient(self, x: ArrayLike) -> tuple[Any, Vector]:
        """Return the value, a float or (N,), and the gradient, of the shape of x."""
        point = self._points(x)
        out = self._point_call(point) if point.ndim == 1 else self._batch(point)
        return (out.item(0), out[1:].copy()) if point.ndim == 1 else (out[0], out[1:])

    def hessian(self, x: ArrayLike) -> Vector:
        """Return the matrix of second derivatives: (n, n) at x (n,), (n, n, N) at x (n, N).

        Of a formula with sums over indices it is made column by column, of n products with a vector.

        Raises FormulaSizeError for such a formula of more than 5,000 variables: `hessian_product` has no limit.
        """
        point = self._points(x)
        if self._parsed.graph.has_loops:
            return self._hessian_by_columns(point)
        if point.ndim == 1:
            return symmetric(self._hessian_call(point), self.n)
        triangles = [self._hessian_call(column).copy() for column in point.T]
        return symmetric(np.array(triangles).reshape(-1, self.n * (self.n + 1) // 2).T, self.n)

    def _hessian_by_columns(self, point: Vector) -> Vector:
        if self.n > MOST_COLUMNS:
            raise FormulaSizeError(
                f"The Hessian of {self.n:,} variables has {self.n**2:,} entries; hessian_product(x, v) multiplies "
                f"it by a vector, and matrices are made up to {MOST_COLUMNS:,} variables."
            )
        if point.ndim == 2:
            matrices = [self._hessian_by_columns(column) for column in point.T]
            return np.array(matrices).reshape(-1, self.n, self.n).transpose(1, 2, 0)
        matrix = np.array([self.hessian_product(point, row) for row in np.eye(self.n)])
        return (matrix + matrix.T) / 2.0

    def hessian_product(self, x: ArrayLike, v: ArrayLike) -> Vector:
        """Return the Hessian at x (n,) times v (n,), exact, and without forming the matrix.

        >>> Formula("(1-x)^2 + 100*(y-x^2)^2").hessian_product([-1.2, 1], [1, 0])
        array([1330.,  480.])
        """
        both = np.concatenate((self._one_point(x), self._one_point(v)))
        return self._product_call(both).copy()

    def evaluate(
        self, x: Vector, *, value: bool = True, gradient: bool = True
    ) -> tuple[float, Vector | None]:
        """Return value and gradient (n,) at x (n,); as they come together, one is computed with the other."""
        out = self._point_call(x)
        return out.item(0) if value else math.nan, out[1:].copy() if gradient else None

    @property
    def native(self) -> Native:
        """Addresses of the machine code, valid while this formula is referenced; built on access."""
        return Native(self._kernel.point, self._context, lambda: self._kernel.batch)

    # ----------------------------------------------------------------------------------------------- how it is called

    @cached_property
    def _kernel(self) -> Kernel:
        return Kernel.from_graph(self._parsed.graph, self._parsed.root, self.n)

    @cached_property
    def _context(self) -> int:
        return self._values.ctypes.data

    @cached_property
    def _point_call(self) -> PointCall:
        owner = self._kernel, self._values
        return PointCall(self._kernel.point, self.n, 1 + self.n, self._context, owner)

    @cached_property
    def _hessian_call(self) -> PointCall:
        owner = self._kernel, self._values
        return PointCall(self._kernel.hessian, self.n, self.n * (self.n + 1) // 2, self._context, owner)

    @cached_property
    def _product_call(self) -> PointCall:
        owner = self._kernel, self._values
        return PointCall(self._kernel.hessian_product, 2 * self.n, self.n, self._context, owner)

    def _batch(self, points: Vector) -> Vector:
        return call_batch(self._kernel.batch, points, 1 + self.n, self._context)

    def _points(self, x: ArrayLike) -> Vector:
        return points(x, self.variables, self.text)

    def _one_point(self, x: ArrayLike) -> Vector:
        point = self._points(x)
        if point.ndim == 2:
            raise PointError(f"here x and v are one point ({self.n},) each, not several {point.shape}")
        return point


def _written(
    given: object, sizes: Mapping[str, int], parameters: Sequence[str], variables: Sequence[str] | None
) -> tuple[str, Syntax, Sequence[str] | None]:
    """Return an expression object as plain text, and its variables."""
    if not symbolic.is_expression(given):
        raise ThalwegError(f"A formula is text or an expression of SymPy's, not {given!r}.")
    text, names, has_vectors = symbolic.plain_text(given)
    if variables is None and not has_vectors:
        variables = [name for name in names if name not in parameters]
    parsed = parse(text, variables=variables, parameters=parameters, syntax="plain", sizes=sizes)
    _check_parameters(parsed, text)
    return printing.to_text(parsed), "plain", variables


def _check_parameters(parsed: Parsed, text: str) -> None:
    for name in parsed.idle:
        question = meant(name, [each for each in parsed.symbols if each not in parsed.idle])
        raise ParameterError(f"the parameter {name!r} does not occur in {text!r}{question}")


def _number(name: str, value: Any) -> float:
    if np.ndim(value):
        raise ParameterError(
            f"the parameter {name!r} must be one number, not {np.size(value)}; a model of data is a LeastSquares, "
            f'as in LeastSquares("a*x + b", {{"x": [1, 2, 3], "y": [2, 4, 7]}}, "y")'
        )
    try:
        return float(value)
    except (TypeError, ValueError):
        raise ParameterError(f"the value of the parameter {name!r} must be a number, not {value!r}") from None
