"""The messages between the laboratory's page and its Python side, each typed once.

The TypeScript types of the page (``frontend/src/messages.ts``) are generated from these classes, and its constants
from those here; a test holds them equal.
Every message carries the `view` it belongs to (two views of one widget both receive every reply) and the sequence
number `seq` of the request it is, or answers.  The page owns the state: each request says all that it needs, so a
reply can be judged stale and a dropped connection loses nothing.

Arrays travel as binary buffers behind the message, in the order that each class documents.  Not here: how messages
are framed (`frame.py`) and what answers them (`session.py`).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

MOST_RUNS = 8
"""Runs that are compared at once."""

PORT = 8765
"""Where a laboratory listens, unless the port is taken."""


class Message(Struct, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """Common root: which view, and which request."""

    view: str
    seq: int


# -------------------------------------------------------------------------------------------- what both sides describe


class ParameterInfo(Struct, kw_only=True):
    """One adjustable number, as a slider needs it; generated from a parameter table."""

    name: str
    symbol: str
    """Short mathematical symbol, for example ``α``; equals the name where there is none."""
    default: float
    low: float
    high: float
    scale: Literal["linear", "log", "integer", "choice"]
    """Of a choice, every value is a place in `choices`."""
    help: str
    choices: list[str] = []


class MethodInfo(Struct, kw_only=True):
    """One method of the family with its adjustable parameters and presets."""

    name: str
    title: str
    summary: str
    parameters: list[ParameterInfo]
    """All that can be set; those that matter most come first."""
    main: int
    """How many matter most: the others are shown where they are asked for."""
    residuals: bool
    """Whether it works on residuals, which only a fit to data has."""
    presets: list[Preset]


class Preset(Struct, kw_only=True):
    """Named option values of a method, for example the origin's Armijo setting."""

    name: str
    title: str
    help: str
    options: dict[str, float]


class ProblemInfo(Struct, kw_only=True):
    """One line of the problem menu."""

    id: str
    title: str
    group: str
    text: str


class Mark(Struct, kw_only=True):
    """A value that theory puts on a slider, for example 2/L on the step length."""

    parameter: str
    value: float
    label: str


class Suggestion(Struct, kw_only=True):
    """A method that a problem is first shown with, and the values that are set for it."""

    method: str
    options: dict[str, float]


# ---------------------------------------------------------------------------------------------- from the page


class Hello(Message, tag="hello"):
    """The page is there; answered by `Welcome`."""


class Open(Message, tag="open"):
    """Open a problem of the catalogue, what a link holds, or the given text; answered by `Opened` or `Failed`."""

    problem: str | None = None
    """Identity in the catalogue; its text is used unless `text` is given, its data in any case."""
    shared: str | None = None
    """A packed problem, as a link carries it (`Opened.link`)."""
    text: str | None = None
    parameters: dict[str, float] = {}


class Grid(Message, tag="grid"):
    """Values of the function over a box; answered by `Field`."""

    revision: int
    box: tuple[float, float, float, float]
    """x0, x1, y0, y1."""
    shape: tuple[int, int]
    """Columns (along x), rows (along y); one row where there is one variable, and y0, y1 say nothing."""
    axes: tuple[int, int] = (0, 1)
    """Which variables run along x and y."""
    at: list[float] = []
    """The point (n,) through which the map is a slice; of no more than two variables it may be left out."""
    parameters: dict[str, float] = {}


class RunRequest(Struct, kw_only=True):
    """One run of a comparison."""

    id: str
    method: str
    options: dict[str, float]


class RunsAsked(Message):
    """Runs from one start: what `Paths` and `Advise` have in common."""

    revision: int
    start: list[float]
    runs: list[RunRequest]
    max_iterations: int
    gtol: float
    parameters: dict[str, float] = {}


class Paths(RunsAsked, tag="paths"):
    """Run these methods from this start; answered by `Runs`."""


class Advise(RunsAsked, tag="advise"):
    """What helps those of these runs that do not arrive; answered by `Advice`.  A page asks it once a hand rests."""


class RunPoint(Struct, kw_only=True):
    """A point (n,) at which a run is shown."""

    id: str
    x: list[float]


class Predict(Message, tag="predict"):
    """The model of a problem with data at these points; answered by `Predicted`."""

    revision: int
    points: list[RunPoint]


class Probe(Message, tag="probe"):
    """Value and gradient norm at a point, for the read-out; answered by `Reading`."""

    revision: int
    point: list[float]
    parameters: dict[str, float] = {}


# ---------------------------------------------------------------------------------------------- to the page


class Welcome(Message, tag="welcome"):
    """What there is: problems, methods, the limits every run has; and what to open first."""

    version: str
    problems: list[ProblemInfo]
    methods: list[MethodInfo]
    limits: list[ParameterInfo]
    """`max_iterations` and `gtol`, with their ranges."""
    first: str
    """Identity of the problem to open first."""


class DataInfo(Struct, kw_only=True):
    """Data behind a least-squares problem, for the plots of the fit."""

    abscissa: str | None
    """The one column that predicts; None where there are several, or groups of rows: then no curve is drawn."""
    response: str
    rows: int
    """Rows that are drawn."""
    total: int
    """Rows that are fitted."""
    description: str
    """The loss, the model and the data in words."""


class Opened(Message, tag="opened"):
    """A problem is open.  Buffers, where `data` is given: abscissa (empty where there is none), response (float64,
    `data.rows` each; a sample when there are many), then the abscissae at which every run's curve is sampled
    (float64)."""

    revision: int
    """Number of this state; requests name it, and replies to an older one are stale."""
    problem: str | None
    title: str
    text: str
    editable: bool
    """False for a Python function, whose text cannot be typed."""
    mathml: str
    variables: list[str]
    parameters: list[ParameterInfo]
    """The formula's own parameters, with their present value as default."""
    ranges: list[tuple[float, float]]
    """What the map shows of each variable; of one variable alone, followed by what it shows of f."""
    axes: tuple[int, int]
    """Which of the ranges the map shows first, across and up."""
    bounds: list[tuple[float | None, float | None]] | None
    """Lowest and highest value of each variable; both are the same where it is fixed."""
    equal_scale: bool
    """Equal scale on both axes of the map (formulas); a fit's parameters need not have it."""
    start: list[float]
    options: dict[str, dict[str, float]]
    """Suggested option values by method name (a step length that fits this problem)."""
    methods: list[Suggestion]
    """The comparison that is shown first."""
    max_iterations: int
    gtol: float | None
    """None for the tolerance that every run has."""
    residuals: bool
    """Whether methods that work on residuals can be run."""
    link: str | None
    """The problem, packed for a link; None where its identity or its text says it, or where none can (`unlinked`)."""
    unlinked: str | None
    """Why a link cannot carry it."""
    minimisers: list[list[float]]
    minimum: float | None
    estimates: list[tuple[float, float | None]] | None
    """Of a fit that was made: each parameter with its standard error, None where it has none."""
    data: DataInfo | None
    warnings: list[str]


class Field(Message, tag="field"):
    """Values over a box, its edges included.  Buffer: float32 (rows, columns) of f - `reference`; column i stands at
    x0 + i (x1 - x0) / (columns - 1), row 0 at y0; non-finite stays so."""

    revision: int
    box: tuple[float, float, float, float]
    axes: tuple[int, int]
    shape: tuple[int, int]
    """Columns, rows; fewer than were asked for where the function is slow."""
    reference: float
    """The known minimum, or the smallest finite value seen."""
    highest: float
    """Largest finite value of f - reference; 0 where there is none."""
    trouble: str | None = None
    """What a Python function raised at some of the points, which are drawn as undefined."""


class Remedy(Struct, kw_only=True):
    """What would help a run that did not arrive, and was tried out from its start."""

    label: str
    result: str
    method: str
    options: dict[str, float]
    start: list[float] | None
    """Another start, where that is the remedy."""


class RunInfo(Struct, kw_only=True):
    """How one run ended."""

    id: str
    mark: Literal["converged", "limit", "diverged", "failed"]
    headline: str
    """A few words, for example ``diverged at step 4``."""
    verdict: str
    """One or two sentences with figures; ``**`` encloses what is set in bold."""
    reason: str
    success: bool
    iterations: int
    evaluations: int
    gradient_evaluations: int
    x: list[float]
    fun: float | None
    """Value at `x`; None where it is not finite (the function is undefined at the start)."""
    milliseconds: float
    marks: list[Mark]


class Runs(Message, tag="runs"):
    """The runs, in the order asked.  Buffers: for each run its path, float64 (k+1, n+4) with columns x[0..n-1], f,
    gradient norm, step length, evaluations so far; where the problem has data, followed by the run's fitted curve
    (float64) at the abscissae given in `Opened`, and its prediction (float64) for each row that is drawn."""

    revision: int
    start: list[float]
    runs: list[RunInfo]


class Predicted(Message, tag="predicted"):
    """Buffers: for each run its curve and its predictions, as behind `Runs`."""

    revision: int
    ids: list[str]


class Advice(Message, tag="advice"):
    """Remedies by the identity of the run, none where it arrived or where nothing helps."""

    revision: int
    remedies: dict[str, list[Remedy]]


class Reading(Message, tag="reading"):
    """Value and gradient norm at a point; None where they are not finite."""

    revision: int
    point: list[float]
    value: float | None
    gradient_norm: float | None


class Failed(Message, tag="failed"):
    """A request that cannot be met, in one sentence; what was shown before stays."""

    request: str
    """The kind of the request: ``open``, ``grid``, ``paths``, ``advise``, ``predict``, ``probe`` or ``message``."""
    message: str
    hint: str | None = None
    position: int | None = None
    """0-based character of the text, where the error has one."""
    length: int = 0
    reopen: bool = False
    """The revision is not open here (the program was started again, or much has been opened since): open it again."""


Request = Hello | Open | Grid | Paths | Advise | Predict | Probe
Reply = Welcome | Opened | Field | Runs | Advice | Predicted | Reading | Failed
