"""A page that talks with a session, for the tests of what the session answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from thalweg.lab.messages import Failed, Field, Grid, Message, Open, Opened, Paths, RunRequest, Runs
from thalweg.lab.opening import Box
from thalweg.lab.session import Session

M = TypeVar("M", bound=Message)

FIXED = RunRequest(id="fixed", method="gradient descent", options={"alpha": 0.1})
ARMIJO = RunRequest(id="armijo", method="armijo", options={})


@dataclass
class Talk:
    """A page that asks; it numbers its requests and checks that every answer is to what was asked."""

    session: Session = field(default_factory=Session)
    numbers: Any = field(default_factory=lambda: count(1))

    def ask(self, kind: type[M], request: type[Any], **fields: Any) -> tuple[M, tuple[NDArray[Any], ...]]:
        seq = next(self.numbers)
        message, buffers = self.session.answer(request(view="v", seq=seq, **fields))
        assert (message.view, message.seq) == ("v", seq)
        assert isinstance(message, kind), message
        return message, buffers

    def open(self, **fields: Any) -> Opened:
        return self.ask(Opened, Open, **fields)[0]

    def field(self, opened: Opened, **fields: Any) -> tuple[Field, NDArray[np.float64]]:
        """The field, and its values with the reference added again."""
        axes = opened.axes
        asked = {
            "revision": opened.revision,
            "box": first_box(opened),
            "shape": (33, 21),
            "axes": axes,
            **fields,
        }
        reply, (values,) = self.ask(Field, Grid, **asked)
        assert values.dtype == np.float32
        assert values.shape == (reply.shape[1], reply.shape[0])
        return reply, values.astype(np.float64) + reply.reference

    def runs(self, opened: Opened, *runs: RunRequest, **fields: Any) -> tuple[Runs, tuple[NDArray[Any], ...]]:
        asked = {"start": opened.start, "max_iterations": 100, "gtol": 1e-8, **fields}
        return self.ask(Runs, Paths, revision=opened.revision, runs=list(runs), **asked)

    def refused(self, request: type[Any], **fields: Any) -> Failed:
        return self.ask(Failed, request, **fields)[0]


def first_box(opened: Opened) -> Box:
    """What the map of a problem shows first."""
    (x0, x1), (y0, y1) = (opened.ranges[axis] for axis in opened.axes)
    return x0, x1, y0, y1
