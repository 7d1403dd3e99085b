"""A problem packed into a link: a formula, or a model with the few rows that it is fitted to.

What a page is sent to draw is not what a link holds: the link holds all that the problem is made of, so that it opens
as the same problem elsewhere, to the last bit.  It is compressed JSON in URL-safe letters.  What is unpacked is read
as data, checked field by field, and its formula by the formula's own parser: nothing in a link is ever executed.
"""

from __future__ import annotations

import base64
import binascii
import zlib
from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

import msgspec
import numpy as np
from msgspec import Struct

from thalweg.errors import ThalwegError
from thalweg.lab.choices import suggested_options
from thalweg.lab.messages import PORT, Suggestion
from thalweg.lab.opening import OWN, Opening, check_size
from thalweg.lab.settings import MOST_ITERATIONS

if TYPE_CHECKING:
    from thalweg.objective.least_squares import LeastSquares

LONGEST_MADE = 16_384
"""Letters of a packed problem that is put into a link: programs that pass links on cut longer ones."""
LONGEST_READ = 65_536
"""Letters of a packed problem that is read."""
LARGEST = 4_000_000
"""Bytes that it may hold when it is unpacked."""
ADDRESS = f"http://127.0.0.1:{PORT}/"
"""Where a laboratory is, unless its port was taken."""


class LinkError(ThalwegError, ValueError):
    """A link holds no problem, or a problem does not go into a link."""


class FormulaOf(Struct, tag="formula", forbid_unknown_fields=True):
    """What a `Formula` is made of."""

    text: str
    syntax: str
    variables: list[str]
    parameters: dict[str, float]


class FitOf(Struct, tag="fit", forbid_unknown_fields=True, omit_defaults=True):
    """What a `LeastSquares` is made of."""

    model: str
    source: str
    columns: dict[str, list[float]]
    parameters: list[str]
    loss: str
    response: str | None = None
    weights: str | None = None
    errors: str | None = None
    robust: str = "linear"
    f_scale: float = 1.0
    ridge: float = 0.0
    groups: list[str] | None = None
    shared: list[str] = []


class Packed(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A problem, and how it is shown first."""

    of: FormulaOf | FitOf
    title: str
    start: list[float]
    ranges: list[tuple[float, float]]
    axes: tuple[int, int]
    methods: list[Suggestion]
    max_iterations: int
    gtol: float | None = None
    limits: dict[str, float] = {}
    bounds: list[tuple[float | None, float | None]] | None = None
    batches: tuple[int, int] | None = None
    minimisers: list[list[float]] = []
    estimates: list[tuple[float, float | None]] | None = None
    warnings: list[str] = []


def link(objective: object, start: Any = None) -> str:
    """A link that opens a formula, a fit or a run in the laboratory.

    Args:
        objective: As for `lab`: a formula or its text, a fit, a run, a `LeastSquares`.
        start: As for `lab`.

    Returns:
        The address, of a laboratory at the usual port. ``thalweg --open LINK`` opens it in a new one.

    Raises:
        LinkError: It does not go into a link: a Python function, or more rows than fit in.
        OpeningError: As for `lab`.

    Example:
        >>> import thalweg as tw
        >>> tw.link("x^2 + a*y^2", start=[3, 4])[:30]
        'http://127.0.0.1:8765/#shared='
    """
    from thalweg.lab.own import open_own

    opening = open_own(objective, start)
    if opening.unlinked is not None:
        raise LinkError(opening.unlinked)
    return f"{ADDRESS}#shared={opening.link}"


def linked(opening: Opening) -> Opening:
    """The opening with what a link carries of it, or the reason why none can."""
    try:
        return replace(opening, link=pack(opening), unlinked=None)
    except LinkError as error:
        return replace(opening, link=None, unlinked=str(error))


def shared_in(text: str) -> str:
    """The state that a link carries: what stands behind its ``#``.

    Raises:
        LinkError: There is nothing behind it.
    """
    fragment = urlsplit(text.strip()).fragment
    if not fragment:
        raise LinkError(f"a link to the laboratory has its problem behind a #, and {text[:60]!r} has none")
    return fragment


# ------------------------------------------------------------------------------------------------------------- packing


def pack(opening: Opening) -> str:
    """The problem in letters.

    Raises:
        LinkError: It does not go into a link.
    """
    packed = Packed(
        of=_parts(opening),
        title=opening.title,
        start=list(opening.start),
        ranges=list(opening.ranges),
        axes=opening.axes,
        methods=list(opening.methods),
        max_iterations=opening.max_iterations,
        gtol=opening.gtol,
        limits={name: value for name, value in opening.limits.items() if np.isfinite(value)},
        bounds=opening.told_bounds,
        batches=opening.batches,
        minimisers=[list(point) for point in opening.minimisers],
        estimates=opening.told_estimates,
        warnings=list(opening.warnings),
    )
    letters = base64.urlsafe_b64encode(zlib.compress(msgspec.json.encode(packed), 9)).decode().rstrip("=")
    if len(letters) > LONGEST_MADE:
        raise LinkError(
            f"the data are too many for a link: they take {len(letters):,} letters, and up to {LONGEST_MADE:,} "
            "pass through everywhere; share the file and the command instead"
        )
    return letters


def _parts(opening: Opening) -> FormulaOf | FitOf:
    from thalweg.objective.formula import Formula
    from thalweg.objective.function_squares import FunctionSquares
    from thalweg.objective.least_squares import LeastSquares

    objective = opening.objective
    if isinstance(objective, Formula):
        values = {info.name: info.default for info in opening.parameters}
        return FormulaOf(objective.text, objective.syntax, list(objective.variables), values)
    if isinstance(objective, LeastSquares) and not isinstance(objective, FunctionSquares):
        return _fit_parts(objective)
    raise LinkError("a Python function does not go into a link: share the script instead")


def _fit_parts(loss: LeastSquares) -> FitOf:
    if loss.rows * len(loss.read.columns) > LONGEST_MADE:  # a number takes a letter at the least
        raise LinkError(
            f"the data are too many for a link: {loss.rows:,} rows; share the file and the command instead"
        )
    _, (model, _, response, named, source) = cast(Any, loss).__reduce__()
    groups = loss.groups
    columns = [name for name in loss.read.columns if groups is None or name != _codes()]
    return FitOf(
        model=model,
        source=source,
        columns={name: loss.column(name).tolist() for name in columns},
        parameters=list(named["parameters"]),
        loss=named["loss"],
        response=response,
        weights=named.get("weights"),
        errors=named.get("errors"),
        robust=named["robust"],
        f_scale=named["f_scale"],
        ridge=named["ridge"],
        groups=None if groups is None else [groups.labels[int(code)] for code in loss.column(_codes())],
        shared=[] if groups is None else list(groups.shared),
    )


def _codes() -> str:
    from thalweg.objective.model import CODES

    return CODES


# ----------------------------------------------------------------------------------------------------------- unpacking


def unpack(letters: str) -> Opening:
    """The problem that was packed.

    Raises:
        LinkError: The letters are too many, or no packed problem.
        ThalwegError: The problem is packed rightly, and cannot be opened: its formula cannot be read, say.
    """
    packed = _read(letters)
    opening = _opened(packed.of)
    n = len(opening.variables)
    bounds = None
    if packed.bounds is not None:
        bounds = tuple(
            (-np.inf if low is None else low, np.inf if high is None else high) for low, high in packed.bounds
        )
    _check(packed, n, max(n, 2))
    start = tuple(packed.start)
    return replace(
        opening,
        problem=OWN,
        title=packed.title[:80],
        start=start,
        ranges=tuple(packed.ranges),
        axes=packed.axes,
        options=suggested_options(opening.objective, start),
        methods=tuple(packed.methods),
        max_iterations=packed.max_iterations,
        gtol=packed.gtol,
        limits=packed.limits,
        bounds=bounds,
        batches=packed.batches,
        minimisers=tuple(map(tuple, packed.minimisers)),
        estimates=None
        if packed.estimates is None
        else tuple((value, nan if error is None else error) for value, error in packed.estimates),
        warnings=tuple(text[:200] for text in packed.warnings[:8]),
        link=letters,
        unlinked=None,
    )


def _read(letters: str) -> Packed:
    if len(letters) > LONGEST_READ:
        raise LinkError(f"the link holds {len(letters):,} letters; at most {LONGEST_READ:,} are read")
    try:
        squeezed = base64.b64decode(letters + "=" * (-len(letters) % 4), altchars=b"-_", validate=True)
        reader = zlib.decompressobj()
        plain = reader.decompress(squeezed, LARGEST)
    except (binascii.Error, ValueError, zlib.error):
        raise LinkError("the link is damaged: it was cut short, or changed on its way") from None
    if reader.unconsumed_tail:
        raise LinkError(f"the link holds more than {LARGEST:,} bytes, which is more than is read")
    try:
        return msgspec.json.decode(plain, type=Packed)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise LinkError(
            "the link holds no problem that this version of Thalweg knows, or was cut short"
        ) from None


def _opened(of: FormulaOf | FitOf) -> Opening:
    from thalweg.lab.fits import open_squares
    from thalweg.lab.typed import check_length, open_formula
    from thalweg.objective.formula import Formula

    if isinstance(of, FormulaOf):
        check_length(of.text)
        formula = Formula(
            of.text, variables=of.variables, parameters=of.parameters, syntax=cast(Any, of.syntax)
        )
        return open_formula(formula)
    check_length(of.model)
    return replace(open_squares(_squares(of), title="A shared fit"), editable=False)


def _squares(of: FitOf) -> LeastSquares:
    from thalweg.objective.least_squares import LeastSquares
    from thalweg.rows.reading import table

    # Before anything is built: each group may have parameters of its own.
    own = [name for name in of.parameters if name not in of.shared]
    check_size(len(of.parameters) - len(own) + len(own) * len(set(of.groups or [""])))
    columns = table({name: np.array(values, dtype=float) for name, values in of.columns.items()})
    columns.source = of.source[:80]
    return LeastSquares(
        of.model,
        columns,
        of.response,
        parameters=of.parameters,
        loss=cast(Any, of.loss),
        weights=of.weights,
        errors=of.errors,
        robust=cast(Any, of.robust),
        f_scale=of.f_scale,
        ridge=of.ridge,
        groups=None if of.groups is None else np.array(of.groups),
        shared=of.shared,
    )


def _check(packed: Packed, n: int, ranges: int) -> None:
    """Refuse what does not go with a problem of n variables."""
    right = (
        len(packed.start) == n
        and len(packed.ranges) == ranges
        and all(low < high for low, high in packed.ranges)
        and all(0 <= axis < ranges for axis in packed.axes)
        and packed.axes[0] != packed.axes[1]
        and (packed.bounds is None or len(packed.bounds) == n)
        and all(len(point) == n for point in packed.minimisers)
        and (packed.estimates is None or len(packed.estimates) == n)
        and 0 <= packed.max_iterations <= MOST_ITERATIONS
        and set(packed.limits) <= {"ftol", "xtol", "max_evaluations"}
    )
    if not right:
        raise LinkError(f"the link holds a start, ranges or limits that do not go with its {n} variables")
