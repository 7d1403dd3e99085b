"""The table that every adjustable number stands in once: name, symbol, default, range, scale, help.

Constructors, the command line, the sliders of the page and the reference are all generated from these rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Literal, SupportsFloat, cast

from thalweg.errors import ParameterError, meant

Scale = Literal["linear", "log", "integer", "choice"]
Value = float | str


@dataclass(frozen=True, slots=True)
class Parameter:
    """One adjustable number of a part or of a run.

    `low` and `high` bound what is allowed; `slider` is the useful range inside it, which a control offers.
    A choice is stored as its place in `choices`.

    Example:
        >>> Parameter("beta", "β", 0.9, 0.0, 1.0, "linear", "momentum").check(0.5)
        0.5
    """

    name: str
    symbol: str
    default: Value
    low: float
    high: float
    scale: Scale
    help: str
    choices: tuple[str, ...] = ()
    slider: tuple[float, float] | None = None

    @property
    def range(self) -> tuple[float, float]:
        """What a slider offers."""
        return self.slider or (self.low, self.high)

    @property
    def allowed(self) -> str:
        """What `check` lets through, in words.

        Example:
            >>> Parameter("beta", "β", 0.9, 0.0, 1.0, "linear", "momentum").allowed
            '0 to 1'
        """
        if self.choices:
            return ", ".join(self.choices)
        return f"{self.low:g} to {self.high:g}" if isfinite(self.high) else f"from {self.low:g}"

    def check(self, value: object) -> Value:
        """The value as the table stores it; ParameterError where the table does not allow it."""
        if self.scale == "choice":
            if value not in self.choices:
                raise ParameterError(
                    f"{self.name} is one of {', '.join(map(repr, self.choices))}, not {value!r}"
                )
            return str(value)
        try:
            number = float(cast(SupportsFloat, value))
        except (TypeError, ValueError):
            raise ParameterError(f"{self.name} is a number, not {value!r}") from None
        if self.scale == "integer" and isfinite(number) and number != int(number):
            raise ParameterError(f"{self.name} is a whole number, not {value!r}")
        if not self.low <= number <= self.high:
            raise ParameterError(
                f"{self.name} lies between {self.low:g} and {self.high:g}, not at {number:g}"
            )
        return number

    def slot(self, value: Value) -> float:
        """The number a compiled part sees for this value."""
        return float(self.choices.index(value)) if isinstance(value, str) else value


def short(value: Value) -> str:
    """A value as tables show it."""
    return value if isinstance(value, str) else f"{value:g}"


def unknown(owner: str, name: str, known: Sequence[str]) -> ParameterError:
    """The error for a parameter that there is not."""
    names = ", ".join(known) or "none"
    return ParameterError(
        f"{owner} has no parameter {name!r}{meant(name, known)}; its parameters are: {names}"
    )


def by_name(what: str, given: object, example: str) -> None:
    """Refuse what is no mapping of names.

    Raises:
        ParameterError: It is something else; the message shows what it should look like.
    """
    if given is not None and not isinstance(given, Mapping):
        raise ParameterError(f"{what} is a dict of names and values, such as {example}, not {given!r:.60}")


def values_from(owner: str, table: Iterable[Parameter], given: dict[str, object]) -> dict[str, Value]:
    """Every parameter of a table with its checked value: the given one, or the default."""
    known = {row.name: row for row in table}
    for name in given:
        if name not in known:
            raise unknown(owner, name, list(known))
    return {name: row.check(given[name]) if name in given else row.default for name, row in known.items()}
