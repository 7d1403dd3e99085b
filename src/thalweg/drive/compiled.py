"""Methods as machine code: what there is to call, and when it is worth translating.

A composition is translated as a whole, with its parts inlined, in about a tenth of a second.  Until a composition has
been at work long enough to have paid for that (`PATIENCE`), the plain source serves; `warm` translates ahead.  Nothing
is kept on disk.  Within a process the key of a translation is the parts' own code with all that it refers to, so a part
that is edited and defined anew is translated anew.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from types import CodeType, FunctionType
from typing import Any, cast

from thalweg.descent.advance import advance, resume
from thalweg.descent.block import ASKING, KERNEL
from thalweg.descent.compose import Composition, compose
from thalweg.descent.methods import find
from thalweg.descent.reduced import advance_reduced
from thalweg.descent.trust_region import advance as trust_region
from thalweg.drive import turns

PATIENCE = 2_000
"""Plain turns of a composition, some 30 us each with few variables, after which it is translated."""
OWN_SIZES = (1, 2)
"""Numbers of variables for which code of their own is made; all others share one."""

Call = Callable[..., int]


@dataclass
class Machine:
    """One composition for one number of variables: how long it has run plain, and its machine code once there is."""

    parts: tuple[FunctionType, FunctionType, FunctionType]
    n: int | None
    traits: int
    automaton: Callable[..., int] = advance
    ask: Callable[..., None] = turns.ask
    plain_turns: int = 0
    refused: str | None = None
    """Why it cannot be translated; it stays plain."""
    lock: threading.Lock = field(default_factory=threading.Lock)
    _run: Call | None = None
    _step: Call | None = None
    _lockstep: dict[int, Call | None] = field(default_factory=dict[int, "Call | None"])
    _alive: list[object] = field(default_factory=list[object])

    @property
    def resume(self) -> Callable[..., None]:
        """The automaton's own `resume`, which is never translated."""
        return trust_region.resume if self.automaton is trust_region.advance else resume

    def run(self, *, now: bool = False) -> Call | None:
        """`run(a, p, path, log, budget, kernel, context)` of addresses, as in `turns.run`; None while it is plain."""
        if self._run is None and (now or self.plain_turns >= PATIENCE):
            meaning = {
                **self._block(1, kernel=True),
                "path": "vector",
                "log": "vector",
                "budget": "i64",
                "objective": "kernel",
            }
            self._run = self._translate(
                "run", turns.run, {**meaning, "ask": self.ask, "step": self.automaton}
            )
        return self._run

    def step(self, *, now: bool = False) -> Call | None:
        """`step(a, p, path, log)` of addresses: one turn of the automaton; None while it is plain."""
        if self._step is None and (now or self.plain_turns >= PATIENCE):
            self._step = self._translate(
                "step", self.automaton, {**self._block(1), "path": "vector", "log": "vector"}
            )
        return self._step

    def lockstep(self, lanes: int) -> Call | None:
        """`lockstep(a, p, none, budget, wanted, batch kernel, context)`, as in `turns.lockstep`, translated now."""
        if lanes not in self._lockstep:
            meaning = {
                **self._block(lanes, kernel=True),
                "none": "vector",
                "budget": "i64",
                "wanted": "i64",
                "objective": "kernel",
            }
            self._lockstep[lanes] = self._translate("lockstep", turns.lockstep, {**meaning, "step": advance})
        return self._lockstep[lanes]

    def _block(self, lanes: int, *, kernel: bool = False) -> dict[str, object]:
        further = KERNEL if kernel and not self.traits & ASKING else 0
        return {"a": ("block", lanes, self.n, self.traits | further), "p": "vector"}

    def _translate(self, name: str, function: Callable[..., Any], meaning: dict[str, object]) -> Call | None:
        if self.refused is not None:
            return None
        from thalweg.drive import translate
        from thalweg.kernel.build import host

        fill, first, judge = self.parts
        with self.lock:
            try:
                ir = translate.translate(
                    name, function, {**meaning, "fill": fill, "first": first, "judge": judge}
                )
            except translate.TranslationError as problem:
                self.refused = str(problem)
                return None
            # where each turn is a pass over rows the automaton's own speed matters little, and the wait for it more
            code = host().optimise(ir, [name], thoroughly=self.ask is not turns.ask_reduced)
            self._alive.append(code)
        arguments = [each for kind in meaning.values() for each in _C_TYPES.get(cast(Any, kind), ())]
        arguments[:0] = [ctypes.c_void_p]  # the block
        return cast(Call, ctypes.CFUNCTYPE(ctypes.c_int64, *arguments)(code[name]))


_C_TYPES: dict[object, tuple[Any, ...]] = {
    "vector": (ctypes.c_void_p,),
    "i64": (ctypes.c_int64,),
    "kernel": (ctypes.c_void_p, ctypes.c_void_p),
}

_machines: dict[Hashable, Machine] = {}


def machine_for(composition: Composition, n: int) -> Machine:
    """The machine of a composition; always the same one while its parts' code stays the same."""
    direction, step = composition.direction, composition.step
    size = n if n in OWN_SIZES else None
    parts = (direction.fill, step.first, step.judge)
    # the package's own parts are keys themselves, so that `source` need not be asked
    made_for = (size, composition.traits)
    found = _machines.get((*parts, *made_for))
    if found is None:
        key = (*(source(part) for part in parts), *made_for)
        made = Machine(cast(Any, parts), *made_for, *_turn(composition))
        found = _machines.get(key) or _machines.setdefault(key, made)
    return found


def _turn(composition: Composition) -> tuple[Callable[..., int], Callable[..., None]]:
    """The automaton that a composition is made for, and what asks for what it is told."""
    if composition.direction.bounds_step:
        return trust_region.advance, turns.ask_reduced
    if composition.direction.residuals:
        return advance_reduced, turns.ask_reduced
    if composition.batched:
        return advance, turns.ask_batches
    return advance, turns.ask


def source(function: Callable[..., Any]) -> Hashable:
    """A function's code together with everything that it refers to: equal only where translations are equal."""
    if not isinstance(function, FunctionType) or str(function.__module__).startswith("thalweg."):
        # what is no function runs plain; and the package's own source does not change while it runs
        return function
    return _resolved(function, set())


def _resolved(function: FunctionType, seen: set[CodeType]) -> Hashable:
    code = function.__code__
    if code in seen:
        return code.co_name
    seen.add(code)
    names = {name: function.__globals__.get(name) for name in code.co_names}
    names |= dict(
        zip(code.co_freevars, (cell.cell_contents for cell in function.__closure__ or ()), strict=True)
    )
    referred: list[Hashable] = []
    for name, value in sorted(names.items()):
        referred.append((name, _resolved(value, seen) if isinstance(value, FunctionType) else repr(value)))
    return (code, tuple(referred))


def warm(names: Iterable[str]) -> None:
    """Translate these methods for two variables and for any number, so that no later run has to wait."""
    for method in map(find, names):
        composition = compose(method.name)
        for n in (2, 3):
            machine_for(composition, n).run(now=True)
