"""One pass over rows: sums of terms and the triangular factor of a matrix of terms, leaf by leaf up a fixed tree.

A leaf is what one chunk of 65,536 rows of the fixed grid gives; leaves are merged by a binary tree, neighbours first.
Wherever a chunk's rows come from and whoever computes its leaf, the answer has the same bits.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from thalweg.kernel import row_factors, row_passes
from thalweg.kernel.row_passes import CHUNK

if TYPE_CHECKING:
    from thalweg.kernel.rows import Rows, SumKernel, ValueKernel

Array = NDArray[np.float64]
T = TypeVar("T")

SHARED = 8
"""Chunks from which on threads share a pass: half a million rows, a tenth of a millisecond and more."""

MOST_GROUPED = 4
"""A thread takes at most 2^4 chunks at once, a million rows."""

_NO_SUMS, _NO_FACTOR = np.empty(0), np.empty((0, 0))


class Reduced(NamedTuple):
    """What a pass finds over some rows."""

    rows: int
    """How many they are."""
    sums: Array
    """(terms,) the sums of a `SumKernel`, times its scales; empty where no sums were asked for."""
    factor: Array
    """(k, k) upper triangular R with R^T R = A^T A, where A are the values of a `ValueKernel`; its diagonal is not
    negative. (0, 0) where none was asked for."""


class Subtree(NamedTuple, Generic[T]):
    """What 2^height neighbouring leaves of the tree gave, the first of which is that of chunk number `first`."""

    first: int
    height: int
    value: T


def grown(subtrees: Iterable[Subtree[T]], merge: Callable[[T, T], T]) -> list[Subtree[T]]:
    """Subtrees that follow one another, with those merged that are siblings in the tree: what is left of them.

    They may be part of the whole: which are siblings their places say.

    Example:
        >>> leaves = [Subtree(place, 0, letter) for place, letter in enumerate("abcde", start=3)]
        >>> [subtree.value for subtree in grown(leaves, lambda a, b: f"({a}{b})")]
        ['a', '((bc)(de))']
    """
    left: list[Subtree[T]] = []
    for subtree in subtrees:
        left.append(subtree)
        while (
            len(left) > 1 and left[-1].height == left[-2].height and not left[-2].first >> left[-2].height & 1
        ):
            later, earlier = left.pop(), left.pop()
            left.append(Subtree(earlier.first, earlier.height + 1, merge(earlier.value, later.value)))
    return left


def joined(subtrees: Sequence[Subtree[T]], merge: Callable[[T, T], T]) -> T:
    """What all leaves give, from what is left of them: at the end of the tree a subtree without a sibling waits."""
    *others, last = subtrees
    whole = last.value
    for earlier in reversed(others):
        whole = merge(earlier.value, whole)
    return whole


def tree(leaves: Iterable[T], merge: Callable[[T, T], T]) -> T:
    """Leaves merged as the chunks of a pass are: neighbours first, and a last one without a neighbour waits.

    Keeps no more than one subtree of each height, so the leaves may come one by one.

    Example:
        >>> tree("abcde", lambda earlier, later: f"({earlier}{later})")
        '(((ab)(cd))e)'
    """
    return joined(grown((Subtree(place, 0, leaf) for place, leaf in enumerate(leaves)), merge), merge)


class RowPass:
    """What is to be found in one pass over the rows; pickled as the formulas it is made of.

    Args:
        sums: Terms to be summed.
        factor: Terms that are the columns of a matrix, whose factor R is wanted.
    """

    def __init__(self, sums: SumKernel | None = None, factor: ValueKernel | None = None) -> None:
        self.sums = sums
        self.factor = factor

    def leaf(self, x: Array, rows: Rows, first: int = 0, last: int = 1) -> Reduced:
        """What these chunks of rows give at x (n,) by the tree that they make, before scales and signs."""
        sums, factor = _NO_SUMS, _NO_FACTOR
        if self.sums is not None:
            sums = row_passes.subtree(x, self.sums.context(rows), first, last)
        if self.factor is not None:
            each = row_factors.factors(x, self.factor.context(rows), first, last)
            factor = tree(each, row_factors.merged)
        return Reduced(min(last * CHUNK, rows.count) - first * CHUNK, sums, factor)

    def leaves(self, x: Array, rows: Rows) -> Iterable[Reduced]:
        """What groups of neighbouring chunks give, each a full subtree but for the last; threads share them."""
        chunks = -(-rows.count // CHUNK)
        if chunks < SHARED:
            return [self.leaf(x, rows, 0, chunks)]
        cores = os.cpu_count() or 1
        group = 1 << max(0, min(MOST_GROUPED, (chunks // (2 * cores)).bit_length() - 1))

        def take(first: int) -> Reduced:
            return self.leaf(x, rows, first, min(first + group, chunks))

        return _threads(os.getpid()).map(take, range(0, chunks, group))

    @staticmethod
    def merge(earlier: Reduced, later: Reduced) -> Reduced:
        """What both parts give together."""
        with np.errstate(all="ignore"):  # infinities are answers
            sums = earlier.sums + later.sums
        return Reduced(earlier.rows + later.rows, sums, row_factors.merged(earlier.factor, later.factor))

    def finish(self, whole: Reduced) -> Reduced:
        """The answer, from what the tree left."""
        if self.sums is not None:
            with np.errstate(all="ignore"):  # infinities are answers
                whole = whole._replace(sums=whole.sums * self.sums.scales)
        return whole._replace(factor=row_factors.with_signs(whole.factor))

    def __call__(self, x: Array, rows: Rows) -> Reduced:
        """The answer at x (n,) over rows in memory."""
        x = np.ascontiguousarray(x, dtype=np.float64)
        return self.finish(tree(self.leaves(x, rows), self.merge))


@lru_cache(maxsize=1)
def _threads(process: int) -> ThreadPoolExecutor:
    """Threads of this process, for a child that was forked has none of its parent's."""
    return ThreadPoolExecutor(os.cpu_count())
