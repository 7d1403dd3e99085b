"""A direction and a step rule with their values, put together from a method's name, preset and options.

Which pairs make sense is said by the parts themselves (`part.py`); here it is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import cast

from thalweg.descent.block import BATCHED, BOUNDED, SEARCHES, SECOND
from thalweg.descent.directions import SteepestDescent
from thalweg.descent.methods import Method, Preset, find, plain_name
from thalweg.descent.parameters import Value, by_name, unknown
from thalweg.descent.part import Direction, Part, StepRule
from thalweg.descent.steps import Backtracking
from thalweg.errors import ParameterError


@dataclass(frozen=True)
class Composition:
    """A direction and a step rule with their values: what a driver runs."""

    direction: Direction
    step: StepRule
    name: str = field(default="", compare=False)
    bounded: bool = False
    batched: bool = False

    @property
    def traits(self) -> int:
        """What compiled code and the block must be made for: a sum of the traits of block.py."""
        traits = self.direction.asks | self.step.asks
        traits |= (SEARCHES if self.step.searches else 0) | (BOUNDED if self.bounded else 0)
        return traits | (BATCHED if self.batched else 0)

    def __repr__(self) -> str:
        return f"{self.direction!r} with {self.step!r}"


def compose(
    method: str | None = None,
    *,
    direction: Direction | None = None,
    step: StepRule | None = None,
    options: Mapping[str, object] | None = None,
    preset: str | None = None,
    bounded: bool = False,
    batched: bool = False,
) -> Composition:
    """The composition that these arguments mean; `direction` and `step` override the method's own.

    Where variables are `bounded`, a method that searches by slopes backtracks in their place, since a path that bends
    at bounds has no slope there.

    Raises:
        ParameterError: An unknown method, preset or option, a value outside its range, or parts that make no sense
            together, or with bounds or mini-batches.

    Example:
        >>> compose("armijo", options={"c1": 0.1}).step.values["c1"]
        0.1
    """
    if not isinstance(cast(object, direction), Direction | None):
        raise ParameterError(f"direction is a Direction such as SteepestDescent(), not {direction!r}")
    if not isinstance(cast(object, step), StepRule | None):
        raise ParameterError(f"step is a StepRule such as Constant(0.1), not {step!r}")
    named = find(method if method is not None else ("gradient descent" if step is not None else "armijo"))
    given: dict[str, object] = {}
    if preset is not None:
        given |= _preset(named, preset).options
    by_name("options", options, "{'c1': 0.1}")
    given |= options or {}
    chosen_direction = direction or named.direction(**_of(named.direction, named.defaults))
    chosen_step = step or named.step(**_of(named.step, named.defaults))
    if bounded and step is None and not (chosen_step.bends or chosen_step.bounds_step):
        chosen_step = Backtracking(first_shrink_min=0.1)
    if chosen_direction.bounds_step != chosen_step.bounds_step:
        raise ParameterError(
            f"{chosen_direction.name!r} does not go with {chosen_step.name!r}: one bounds the step by a radius or a "
            "damping, the other searches along it"
        )
    if given:
        chosen_direction, chosen_step = _set(named, chosen_direction, chosen_step, given)
    if chosen_direction.steady and chosen_step.searches:
        raise ParameterError(
            f"{chosen_direction.name} goes with a step that is not searched for, such as Constant(0.01), and not with "
            f"{chosen_step.name}: {chosen_direction.steady}"
        )
    if chosen_step.along_gradient and not isinstance(chosen_direction, SteepestDescent):
        raise ParameterError(
            f"{chosen_step.name} goes with SteepestDescent(), and not with {chosen_direction.name}: "
            f"{chosen_step.along_gradient}"
        )
    bounded = bounded and not chosen_direction.bounds_step  # which keep bounds in a way of their own
    if bounded:
        reason = chosen_direction.unbounded
        if not reason and not chosen_step.bends:
            reason = f"the slopes that {chosen_step.name} looks at break where variables meet their bounds"
        if reason:
            raise ParameterError(
                f"bounds= does not go with {chosen_direction.name} and {chosen_step.name}: {reason}"
            )
    if batched:
        _refuse_batches(chosen_direction, chosen_step)
    name = named.name if step is None and direction is None else ""
    return Composition(chosen_direction, chosen_step, name, bounded, batched)


def _refuse_batches(direction: Direction, step: StepRule) -> None:
    """Mini-batches go with parts that look at one gradient at a time."""
    for part in (direction, step):
        reason = part.unbatched()
        if isinstance(part, Direction) and part.residuals:
            reason = "it works on the residuals of all rows"
        elif part.asks & SECOND:
            reason = "it works on second derivatives, which are those of all rows"
        if reason:
            raise ParameterError(
                f"batch_size= does not go with {part.name}: {reason}; gradient descent, heavy ball, adam and their "
                "like take it"
            )


def _of(part: type[Part], values: Mapping[str, Value]) -> dict[str, Value]:
    """Those of the values that the part's table has."""
    return {row.name: values[row.name] for row in part.table if row.name in values}


def _preset(method: Method, name: str) -> Preset:
    for preset in method.presets:
        if plain_name(preset.name) == plain_name(name):
            return preset
    names = ", ".join(p.name for p in method.presets) or "none"
    raise ParameterError(f"{method.name} has no preset {name!r}; its presets are: {names}")


def _set(
    method: Method, direction: Direction, step: StepRule, given: Mapping[str, object]
) -> tuple[Direction, StepRule]:
    """Hand each option to the part whose table has it."""
    of_direction = {row.name for row in direction.table}
    of_step = {row.name for row in step.table}
    for name in given:
        if name not in of_direction | of_step:
            raise unknown(method.name, name, sorted(of_direction | of_step))
    return (
        direction.replace({k: v for k, v in given.items() if k in of_direction}),
        step.replace({k: v for k, v in given.items() if k in of_step}),
    )
