"""What answers a page: a state machine with a message in and an answer out, and neither sockets nor threads.

A session holds the last few problems that its page has opened, each under a revision number; the page owns all else,
and says it in every request.  An answer is computed by a generator that pauses between slices of work, so that
whoever drives it can let a more urgent request pass.  Everything a page can ask for has a limit, and nothing that it
sends is ever executed.  Not here: what can be opened (`opening.py`, `own.py`), nor how messages travel.
"""

from __future__ import annotations

import logging
import secrets
from collections import OrderedDict
from collections.abc import Generator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.lab import grids, runs, tables
from thalweg.lab.link import unpack
from thalweg.lab.messages import (
    MOST_RUNS,
    Advice,
    Advise,
    Failed,
    Field,
    Grid,
    Hello,
    Open,
    Paths,
    Predict,
    Predicted,
    Probe,
    ProblemInfo,
    Reading,
    Remedy,
    Reply,
    Request,
    Runs,
    RunsAsked,
    Welcome,
)
from thalweg.lab.opening import OWN, Box, Opening
from thalweg.lab.remedies import remedies
from thalweg.lab.settings import MOST_ITERATIONS
from thalweg.lab.typed import open_problem, open_text
from thalweg.version import __version__

REVISIONS_KEPT = 8
LARGEST_GRID = 1024
"""Columns, or rows."""
LARGEST_COORDINATE = 1e100

_log = logging.getLogger(__name__)


class Answer(NamedTuple):
    """A reply and the arrays that travel behind it."""

    message: Reply
    buffers: tuple[NDArray[Any], ...] = ()


Work = Generator[None, None, Answer]


class RequestError(ThalwegError, ValueError):
    """A request goes beyond a limit, or names what is not there."""


class UnknownRevisionError(ThalwegError, LookupError):
    """A request names a problem that is not open here (any more)."""


class Session:
    """The Python side of one page.

    Args:
        own: What a script or notebook wants shown; it is opened first, and stands first in the menu.

    Example:
        >>> session = Session()
        >>> welcome = session.answer(Hello(view="v", seq=1)).message
        >>> welcome.first
        'paraboloid'
    """

    def __init__(self, own: Opening | None = None) -> None:
        self._own = own
        self._openings: OrderedDict[int, Opening] = OrderedDict()
        # A page that comes back after a restart still names its old revision: no other session may know that number.
        self._last_revision = secrets.randbelow(2**40)

    def answer(self, request: Request) -> Answer:
        """The answer to a request, computed in one go."""
        work = self.work(request)
        while True:
            try:
                next(work)
            except StopIteration as done:
                return done.value

    def work(self, request: Request) -> Work:
        """The answer to a request as work in slices: the generator pauses between them, and returns the answer.

        Nothing is raised: what goes wrong is said in a `Failed`.
        """
        try:
            match request:
                case Hello():
                    return self._welcome(request)
                case Open():
                    return self._open(request)
                case Grid():
                    return (yield from self._field(request))
                case Paths():
                    return (yield from self._runs(request))
                case Advise():
                    return (yield from self._advice(request))
                case Predict():
                    return self._predicted(request)
                case Probe():
                    return self._reading(request)
        except UnknownRevisionError as error:
            return _failed(request, str(error), reopen=True)
        except ThalwegError as error:
            return _refused(request, error)
        except Exception as error:
            _log.exception("request failed")
            return _failed(request, f"this failed inside the program: {type(error).__name__}: {error}")
        yield  # pragma: no cover - makes the function a generator whichever case is taken

    # ------------------------------------------------------------------------------------------------- the requests

    def _welcome(self, request: Hello) -> Answer:
        from thalweg.problems import PROBLEMS

        menu = [ProblemInfo(id=p.id, title=p.title, group=p.group, text=p.text) for p in PROBLEMS]
        if self._own is not None:
            menu.insert(0, ProblemInfo(id=OWN, title=self._own.title, group="Yours", text=self._own.text))
        return Answer(
            Welcome(
                view=request.view,
                seq=request.seq,
                version=__version__,
                problems=menu,
                methods=tables.methods(),
                limits=tables.limits(),
                first=menu[0].id,
            )
        )

    def _open(self, request: Open) -> Answer:
        opening = self._opening(request)
        self._last_revision += 1
        self._openings[self._last_revision] = opening
        while len(self._openings) > REVISIONS_KEPT:
            self._openings.popitem(last=False)
        return Answer(*opening.opened(request.view, request.seq, self._last_revision))

    def _opening(self, request: Open) -> Opening:
        from thalweg.problems import find

        if request.shared is not None:
            return unpack(request.shared)
        if request.problem == OWN and self._own is not None:
            if request.text is None or request.text == self._own.text or not self._own.editable:
                return self._own
            return open_text(request.text, request.parameters)
        if request.problem is not None:
            return open_problem(find(request.problem), request.text, request.parameters)
        if request.text is None:
            raise RequestError("there is nothing to open: neither a problem nor a text is named")
        return open_text(request.text, request.parameters)

    def _field(self, request: Grid) -> Work:
        opening = self._find(request.revision)
        n = len(opening.variables)
        box, shape = _checked_box(request.box), _checked_shape(request.shape, n)
        plane = _checked_slice(request, n)
        objective = opening.at(request.parameters)
        known = opening.minimum if opening.is_unchanged(request.parameters) else None
        grid = yield from grids.field(objective, grids.Slice(box, shape, *plane), known)
        message = Field(
            view=request.view,
            seq=request.seq,
            revision=request.revision,
            box=box,
            axes=request.axes,
            shape=(grid.values.shape[1], grid.values.shape[0]),
            reference=grid.reference,
            highest=grid.highest,
            trouble=grid.trouble,
        )
        return Answer(message, (grid.values,))

    def _setting(self, request: RunsAsked) -> runs.Setting:
        opening = self._find(request.revision)
        _checked_point(request.start, "start", len(opening.variables))
        if len(request.runs) > MOST_RUNS:
            raise RequestError(f"at most {MOST_RUNS} runs are compared, not {len(request.runs)}")
        if not 0 <= request.max_iterations <= MOST_ITERATIONS:
            raise RequestError(
                f"a run here has at most {MOST_ITERATIONS:,} iterations, not {request.max_iterations:,}"
            )
        if not request.gtol >= 0.0:
            raise RequestError(f"gtol is a number from 0 on, not {request.gtol}")
        return runs.Setting.of(opening, opening.at(request.parameters), request)

    def _runs(self, request: Paths) -> Work:
        setting = self._setting(request)
        infos: list[Any] = []
        buffers: list[NDArray[Any]] = []
        for asked in request.runs:
            info, arrays = runs.run(setting, asked)
            infos.append(info)
            buffers += arrays
            yield
        message = Runs(
            view=request.view, seq=request.seq, revision=request.revision, start=request.start, runs=infos
        )
        return Answer(message, tuple(buffers))

    def _advice(self, request: Advise) -> Work:
        setting = self._setting(request)
        found: dict[str, list[Remedy]] = {}
        for asked in request.runs:
            found[asked.id] = remedies(setting, asked)
            yield
        return Answer(Advice(view=request.view, seq=request.seq, revision=request.revision, remedies=found))

    def _predicted(self, request: Predict) -> Answer:
        opening = self._find(request.revision)
        if opening.data is None or len(request.points) > MOST_RUNS:
            raise RequestError(f"a model with data is predicted at up to {MOST_RUNS} points")
        buffers: list[NDArray[Any]] = []
        for point in request.points:
            x = _checked_point(point.x, "point", len(opening.variables))
            buffers += runs.predictions(opening, x)
        ids = [point.id for point in request.points]
        reply = Predicted(view=request.view, seq=request.seq, revision=request.revision, ids=ids)
        return Answer(reply, tuple(buffers))

    def _reading(self, request: Probe) -> Answer:
        opening = self._find(request.revision)
        point = _checked_point(request.point, "point", len(opening.variables))
        value, slope = grids.reading(opening.at(request.parameters), point)
        return Answer(
            Reading(
                view=request.view,
                seq=request.seq,
                revision=request.revision,
                point=request.point,
                value=value,
                gradient_norm=slope,
            )
        )

    def _find(self, revision: int) -> Opening:
        opening = self._openings.get(revision)
        if opening is None:
            raise UnknownRevisionError("this problem is not open any more; it has to be opened again")
        self._openings.move_to_end(revision)
        return opening


def superseded(request: Request) -> Answer:
    """The answer to a request whose place a newer one has taken: it says nothing, since its page will not read it."""
    view, seq = request.view, request.seq
    match request:
        case Grid():
            empty = np.empty((0, 0), dtype=np.float32)
            return Answer(
                Field(
                    view=view,
                    seq=seq,
                    revision=request.revision,
                    box=request.box,
                    axes=request.axes,
                    shape=(0, 0),
                    reference=0.0,
                    highest=0.0,
                ),
                (empty,),
            )
        case Paths():
            return Answer(Runs(view=view, seq=seq, revision=request.revision, start=request.start, runs=[]))
        case Advise():
            return Answer(Advice(view=view, seq=seq, revision=request.revision, remedies={}))
        case Predict():
            return Answer(Predicted(view=view, seq=seq, revision=request.revision, ids=[]))
        case Probe():
            point = request.point
            nothing = Reading(
                view=view, seq=seq, revision=request.revision, point=point, value=None, gradient_norm=None
            )
            return Answer(nothing)
        case _:
            return _failed(request, "a newer request has taken the place of this one")


def _failed(request: Request, message: str, *, reopen: bool = False) -> Answer:
    kind = type(request).__struct_config__.tag
    return Answer(
        Failed(view=request.view, seq=request.seq, request=str(kind), message=message, reopen=reopen)
    )


def _refused(request: Request, error: ThalwegError) -> Answer:
    from thalweg.expression.errors import FormulaError

    answer = _failed(request, str(error))
    if isinstance(error, FormulaError):
        failed = answer.message
        assert isinstance(failed, Failed)
        failed.message, failed.hint = error.message, error.hint
        failed.position, failed.length = error.position, error.length
    return answer


def _checked_box(box: Box) -> Box:
    x0, x1, y0, y1 = box
    if not all(abs(edge) <= LARGEST_COORDINATE for edge in box) or not (x0 < x1 and y0 < y1):
        raise RequestError(f"a box is x0 < x1, y0 < y1 with finite edges, not {list(box)}")
    return box


def _checked_shape(shape: tuple[int, int], n: int) -> tuple[int, int]:
    columns, rows = shape
    if n == 1:
        rows = 2 if rows == 1 else 0
    if not all(2 <= side <= LARGEST_GRID for side in (columns, rows)):
        along = "from 2 to" if n > 1 else "one row, and from 2 to"
        raise RequestError(f"a grid has {along} {LARGEST_GRID} columns and rows, not {shape[0]} x {shape[1]}")
    return shape


def _checked_slice(request: Grid, n: int) -> tuple[tuple[int, int], NDArray[np.float64]]:
    """The axes, and the point through which the map goes."""
    first, second = request.axes
    if n > 1 and not (0 <= first < n and 0 <= second < n and first != second):
        raise RequestError(
            f"the axes of a map are two of the {n} variables, counted from 0, not {first}, {second}"
        )
    if n <= 2 and not request.at:
        return request.axes, np.zeros(n)
    return request.axes, _checked_point(request.at, "point of the slice", n)


def _checked_point(point: list[float], name: str, n: int) -> NDArray[np.float64]:
    if len(point) != n or not all(abs(coordinate) <= LARGEST_COORDINATE for coordinate in point):
        raise RequestError(
            f"the {name} has {_WORDS.get(n, n)} finite coordinates, one for each variable, not {point}"
        )
    return np.array(point, dtype=np.float64)


_WORDS = {1: "one", 2: "two"}
