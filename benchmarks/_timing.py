"""Timing contenders side by side, and writing the figures down.

Contenders take turns, round by round, so that whatever else the machine does falls on all of them alike.  What is
reported of each is the median and, in brackets, the smallest and the largest round.
"""

from __future__ import annotations

import statistics
import subprocess
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

ROUND_SECONDS = 2e-3
"""A contender that is quicker than this is called several times a round."""


@dataclass(frozen=True)
class Times:
    """Seconds of one call, one number a round."""

    rounds: Sequence[float]

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    @property
    def least(self) -> float:
        return min(self.rounds)

    def __str__(self) -> str:
        if len(self.rounds) == 1:
            return seconds(self.median)
        return f"{seconds(self.median)} ({seconds(self.least)} – {seconds(max(self.rounds))})"


def alternate(contenders: Mapping[str, Callable[[], Any]], rounds: int = 9) -> dict[str, Times]:
    """Call the contenders in turn, `rounds` times after one call that is not counted."""
    calls: dict[str, int] = {}
    for name, contender in contenders.items():
        contender()
        begun = perf_counter()
        contender()
        calls[name] = max(1, round(ROUND_SECONDS / max(perf_counter() - begun, 1e-9)))
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, contender in contenders.items():
            many = range(calls[name])
            begun = perf_counter()
            for _ in many:
                contender()
            times[name].append((perf_counter() - begun) / len(many))
    return {name: Times(each) for name, each in times.items()}


def alternate_processes(commands: Mapping[str, Sequence[str]], rounds: int = 5) -> dict[str, Times]:
    """The same for whole processes, from their start to their end; what they print is dropped."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            begun = perf_counter()
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times[name].append(perf_counter() - begun)
    return {name: Times(each) for name, each in times.items()}


def seconds(value: float) -> str:
    """Seconds with three digits and a fitting unit."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale:
            return f"{_three(value / scale)} {unit}"
    return f"{_three(value / 1e-9)} ns"


def times_faster(peer: Times, ours: Times) -> str:
    """How many times as long a peer takes, by medians."""
    return f"{_three(peer.median / ours.median)} ×"


def _three(value: float) -> str:
    return f"{value:.0f}" if value >= 99.95 else f"{value:.1f}" if value >= 9.995 else f"{value:.2f}"


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; all columns but the first are set to the right."""
    lines = [columns, ["---", *["---:"] * (len(columns) - 1)], *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


# ------------------------------------------------------------------------------------------------ figures to reach


@dataclass(frozen=True)
class Figure:
    """Something that is to be reached, and what was measured."""

    what: str
    wanted: str
    measured: str
    reached: bool


figures: list[Figure] = []
"""What the benchmarks of this process have measured so far; `run.py` makes a table of it."""


def at_most(what: str, measured: float, limit: float, show: Callable[[float], str] = seconds) -> None:
    """Note a figure that is to be small."""
    figures.append(Figure(what, f"≤ {show(limit)}", show(measured), measured <= limit))


def at_least(what: str, measured: float, limit: float, show: Callable[[float], str] = seconds) -> None:
    """Note a figure that is to be large."""
    figures.append(Figure(what, f"≥ {show(limit)}", show(measured), measured >= limit))


def ratio(value: float) -> str:
    """A ratio of two times."""
    return f"{_three(value)} ×"
