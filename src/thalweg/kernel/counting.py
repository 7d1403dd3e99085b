"""A loop over whole numbers, with values that one turn hands to the next: its basic blocks and phi nodes."""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from thalweg.kernel.code import Code, Operand


class Counting:
    """A loop whose body is what is written within a `with` statement.

    Args:
        code: Where it is written, behind what is there.
        first: The number of the first turn.
        stop: The loop ends before a number that is not less (not less or equal, where it is `inclusive`).
        step: By how much the number grows; `following` may be set instead, within the body.
        carried: Types and first values of what one turn hands to the next; `carried` then holds this turn's values, and
            `handed` is to be set to the next one's.
    """

    def __init__(
        self,
        code: Code,
        first: Operand | int,
        stop: Operand | int,
        step: int = 1,
        carried: Sequence[tuple[str, Operand]] = (),
        inclusive: bool = False,
    ) -> None:
        before, head, body, self._after, self._end = code.labels("before", "head", "body", "after", "end")
        self._code, self._head, self._step = code, head, step
        for label in (before, head):
            code.branch(label)
            code.label(label)
        self.number: Operand = code.phi("i64", (str(first), before))
        self.carried = [code.phi(kind, (value, before)) for kind, value in carried]
        self.following: Operand | None = None
        self.handed: Sequence[Operand] = ()
        relation = "sle" if inclusive else "slt"
        code.branch(body, self._end, code.value(f"icmp {relation} i64 {self.number}, {stop}"))
        code.label(body)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        code, after = self._code, self._after
        code.branch(after)
        code.label(after)
        following = self.following or code.value(f"add i64 {self.number}, {self._step}")
        code.complete(self.number, following, after)
        for phi, value in zip(self.carried, self.handed, strict=True):
            code.complete(phi, value, after)
        code.branch(self._head)
        code.label(self._end)
