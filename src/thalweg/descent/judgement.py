"""What a step rule answers to a trial: one code that says both what to do and why.

The code's range is the action, so the automaton needs no second table: below `REJECTED` the trial becomes the new
iterate, below `FAILED` another step length is tried, below `QUESTION` the search is given up, and a question wants
the slope at the same trial before it answers.
"""

from __future__ import annotations

from enum import IntEnum

STEP_TAKEN = 0
SUFFICIENT_DECREASE = 1
DECREASE_WITHIN_ROUNDING = 2
WOLFE = 3
APPROXIMATE_WOLFE = 4
DECREASE = 5

REJECTED = 10
TOO_HIGH = 10
NOT_FINITE = 11
TOO_FLAT = 12
BEYOND = 13
PROBED = 14

FAILED = 20
OUT_OF_TRIALS = 20
NO_ROOM = 21
AT_TARGET = 22

QUESTION = 30
SLOPE_WANTED = 30


class Judgement(IntEnum):
    """The judgement of one trial, as `run.trials` holds it.

    Example:
        >>> import thalweg as tw
        >>> run = tw.descend("x^2 + 10 y^2", [3, 4], "armijo", max_iterations=1)
        >>> [tw.Judgement(trial["judgement"]).name for trial in run.trials]
        ['TOO_HIGH', 'SUFFICIENT_DECREASE']
    """

    STEP_TAKEN = STEP_TAKEN
    SUFFICIENT_DECREASE = SUFFICIENT_DECREASE
    DECREASE_WITHIN_ROUNDING = DECREASE_WITHIN_ROUNDING
    WOLFE = WOLFE
    APPROXIMATE_WOLFE = APPROXIMATE_WOLFE
    DECREASE = DECREASE
    TOO_HIGH = TOO_HIGH
    NOT_FINITE = NOT_FINITE
    TOO_FLAT = TOO_FLAT
    BEYOND = BEYOND
    PROBED = PROBED
    OUT_OF_TRIALS = OUT_OF_TRIALS
    NO_ROOM = NO_ROOM
    AT_TARGET = AT_TARGET
    SLOPE_WANTED = SLOPE_WANTED

    @property
    def accepted(self) -> bool:
        """Whether the trial became the next iterate."""
        return self < REJECTED

    @property
    def text(self) -> str:
        """The judgement in words."""
        return _WORDS[self]


_WORDS = {
    Judgement.STEP_TAKEN: "taken: a constant step asks nothing",
    Judgement.SUFFICIENT_DECREASE: "accepted: sufficient decrease",
    Judgement.DECREASE_WITHIN_ROUNDING: "accepted: f is flat to rounding, the slope decides",
    Judgement.WOLFE: "accepted: sufficient decrease, and the slope is nearly gone",
    Judgement.APPROXIMATE_WOLFE: "accepted: the slope is nearly gone, and f has hardly risen",
    Judgement.DECREASE: "accepted: the lowest of the trials, since no better one can be found",
    Judgement.TOO_HIGH: "rejected: above the line of sufficient decrease",
    Judgement.NOT_FINITE: "rejected: not finite there",
    Judgement.TOO_FLAT: "rejected: the slope still falls too steeply",
    Judgement.BEYOND: "rejected: the slope rises again",
    Judgement.PROBED: "only looked at, to guess the first trial by",
    Judgement.OUT_OF_TRIALS: "rejected, and no trials left",
    Judgement.NO_ROOM: "rejected, and the interval holds no other number",
    Judgement.AT_TARGET: "rejected: f was at its least value already, or below",
    Judgement.SLOPE_WANTED: "undecided: its slope is wanted",
}
