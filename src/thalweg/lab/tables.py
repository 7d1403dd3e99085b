"""The tables of the library as the page needs them: methods, parameters, limits, problems."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import floor, isfinite, log10

from thalweg.descent.methods import Method, every, find
from thalweg.descent.parameters import Parameter, Value
from thalweg.descent.stopping import LIMITS
from thalweg.lab.messages import MethodInfo, ParameterInfo, Preset

_LIMITS_SHOWN = ("max_iterations", "gtol")


def methods() -> list[MethodInfo]:
    """Every method, with its parameters."""
    return [_method(method) for method in every()]


def options(method: str, given: Mapping[str, float]) -> dict[str, Value]:
    """Options as `descend` takes them; a page says a choice by its place.

    Raises:
        ParameterError: There is no such method.

    Example:
        >>> options("bfgs", {"c1": 0.1, "update": 1.0})
        {'c1': 0.1, 'update': 'dfp'}
    """
    choices = {row.name: row.choices for row in find(method).parameters if row.choices}
    return {name: _chosen(value, choices.get(name, ())) for name, value in given.items()}


def _chosen(value: float, choices: Sequence[str]) -> Value:
    return choices[int(value)] if value in range(len(choices)) else value


def title(method: str) -> str:
    """What a method is called on the page."""
    return find(method).title


def limits() -> list[ParameterInfo]:
    """What ends every run, as far as a page shows it."""
    return [_slider(row) for row in LIMITS if row.name in _LIMITS_SHOWN]


def parameter(name: str, value: float, default: float = 1.0) -> ParameterInfo:
    """A formula's own parameter.  Its range goes by `default`, so that it stands still while the value changes,
    and is widened only where the value lies outside."""
    span = 5.0 * (one_two_five_above(abs(default)) if default else 1.0)
    low, high = -span, span
    return ParameterInfo(
        name=name,
        symbol=symbol(name),
        default=value,
        low=min(low, value),
        high=max(high, value),
        scale="linear",
        help=f"the parameter {name} of the formula",
    )


def symbol(name: str) -> str:
    """A name as the page writes it: Greek letters as letters.

    Example:
        >>> symbol("theta1"), symbol("a")
        ('θ1', 'a')
    """
    from thalweg.expression.names import GREEK

    stem = name.rstrip("0123456789_")
    return GREEK.get(stem, stem) + name[len(stem) :]


def one_two_five_above(value: float) -> float:
    """The smallest of ... 0.5, 1, 2, 5, 10, 20 ... that is not below a positive value."""
    return next(rung for rung in _one_two_five(value) if rung >= value)


def one_two_five_below(value: float) -> float:
    """The largest of ... 0.5, 1, 2, 5, 10, 20 ... that is not above a positive value.

    Example:
        >>> one_two_five_below(0.34), one_two_five_above(0.34)
        (0.2, 0.5)
    """
    return next(rung for rung in reversed(_one_two_five(value)) if rung <= value)


def _method(method: Method) -> MethodInfo:
    rows = {row.name: row for row in method.parameters}
    main = [rows[name] for name in method.shown if name in rows]
    others = [row for row in rows.values() if row not in main]
    return MethodInfo(
        name=method.name,
        title=method.title,
        summary=method.summary,
        parameters=[_slider(row) for row in main + others],
        main=len(main),
        residuals=method.direction.residuals,
        presets=[
            Preset(
                name=p.name,
                title=p.title,
                help=p.help,
                options={name: rows[name].slot(value) for name, value in p.options.items()},
            )
            for p in method.presets
        ],
    )


def _slider(row: Parameter) -> ParameterInfo:
    low, high = (0.0, float(len(row.choices) - 1)) if row.choices else row.range
    if not (isfinite(low) and isfinite(high)):
        raise TypeError(f"{row.name} cannot be shown as a slider")
    default = row.slot(row.default)
    return ParameterInfo(
        name=row.name,
        symbol=row.symbol or row.name,
        default=default,
        low=low,
        high=max(high, default),
        scale=row.scale,
        help=row.help,
        choices=list(row.choices),
    )


def _one_two_five(value: float) -> list[float]:
    """1, 2, 5 and 10 times the power of ten that leads `value`, which is positive."""
    power = 10.0 ** floor(log10(value))
    return [power, 2.0 * power, 5.0 * power, 10.0 * power]
