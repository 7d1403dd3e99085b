"""The triangular factor R of a tall matrix whose rows are a formula's values, by Householder reflections.

R is upper triangular with R^T R = A^T A, and found without forming A^T A, so that half of the digits are not lost.
Where the rows of A are [J r], the slopes and the residual of a model, R holds all that a Gauss-Newton step needs.

A chunk of 65,536 rows is factored in blocks of 512 rows, each computed by the formula's own code and at once folded
into R while it is in the cache. To fold a block B is to triangularise [R; B]. As R is triangular already, reflector j
touches row j of R and the rows of B alone (Golub and Van Loan, *Matrix Computations*, 4th ed., 5.1 and 12.5.2; LAPACK's
dtpqrt). Two factors are merged in the same way, one of them being the block. The order of all operations is fixed by
the number of rows and columns, so the same rows give the same bits wherever they are factored.

    void factors(x, out, scratch, context, first, last)     R of each of these chunks: out (last - first, k, k)
    void reduced(x, out, context)                           half of |last column|^2, then scaled R, of the first chunk
    void fold(r, block, k, rows, stride)                    R (k, k) becomes that of [R; B]; B is spent

A block is stored column by column, `stride` numbers apart; its rows are a multiple of eight, rows of zeros where there
are fewer. The context is that of `row_passes`, with k terms and the address of this code, which stores the terms of the
rows from `begin` to `end`:

    void values(x, out, context, begin, end, stride)
"""

from __future__ import annotations

import ctypes
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from thalweg.kernel import fold, row_passes
from thalweg.kernel.build import Library, host
from thalweg.kernel.call import PointCall
from thalweg.kernel.code import LANES, Code

if TYPE_CHECKING:
    from thalweg.kernel.rows import Rows, ValueKernel

Array = NDArray[np.float64]

BLOCK = 512
"""Rows that are folded in at once: ten columns of them fit a first-level cache."""

_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64
_FACTORS = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _POINTER, _POINTER, _INTEGER, _INTEGER)
_FOLD = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _INTEGER, _INTEGER, _INTEGER)


def factors(x: Array, context: row_passes.Context, first: int, last: int) -> Array:
    """R (last - first, k, k) of each of these chunks at x; the signs of its rows are as they come."""
    k = int(context[row_passes.TERMS])
    out = np.empty((last - first, k, k))
    scratch = _aligned(k, BLOCK)
    library = _library()  # held meanwhile: of two threads that built one at the same time, one's is not kept
    call = _FACTORS(library["factors"])
    call(x.ctypes.data, out.ctypes.data, scratch.ctypes.data, context.ctypes.data, first, last)
    return out


MOST_COLUMNS = 64
"""Columns for which `ReducedPass` takes its room from the stack: a quarter of a megabyte."""


class ReducedPass:
    """F and the scaled factor of one chunk of rows, as an address for compiled callers; see `reduced` above.

    Args:
        kernel: The columns, as values of each row.
        rows: At most one chunk of them.
        scale: By which R is multiplied.
    """

    def __init__(self, kernel: ValueKernel, rows: Rows, scale: float) -> None:
        self._owner = kernel, rows, _library()
        self._context = context = kernel.context(rows)
        context.view(np.float64)[row_passes.DIVISOR] = scale
        self.address: int = self._owner[-1]["reduced"]
        self.context: int = context.ctypes.data
        self.call = PointCall(self.address, kernel.n, 1 + kernel.terms**2, self.context, self._owner)

    @staticmethod
    def takes(kernel: ValueKernel, rows: Rows) -> bool:
        """Whether they are few enough."""
        return rows.count <= row_passes.CHUNK and kernel.terms <= MOST_COLUMNS


def merged(earlier: Array, later: Array) -> Array:
    """R (k, k) of all the rows that two factors stand for."""
    k = len(earlier)
    if not k:
        return earlier
    rows = -(-k // LANES) * LANES
    block = _aligned(k, rows)
    block[:] = 0.0
    block[:, :k] = later.T
    out = np.array(earlier)
    library = _library()
    _FOLD(library["fold"])(out.ctypes.data, block.ctypes.data, k, rows, rows)
    return out


def with_signs(factor: Array) -> Array:
    """R with no negative number on its diagonal, which makes it the only one where the columns are independent."""
    return np.where(np.diagonal(factor) < 0.0, -1.0, 1.0)[:, None] * factor + 0.0


def _aligned(rows: int, columns: int) -> Array:
    """An array whose rows begin at multiples of 64 bytes; `columns` is a multiple of eight."""
    memory = np.empty(rows * columns + LANES)
    start = -memory.ctypes.data // memory.itemsize % LANES
    return memory[start : start + rows * columns].reshape(rows, columns)


# ------------------------------------------------------------------------------------------------------------ the code


@lru_cache(maxsize=1)
def _library() -> Library:
    """The functions `fold` and `factors`, built on first use and kept."""
    module = host().module()
    vector = f"<{LANES} x double>"
    for result, function, arguments in (
        ("double", "sqrt.f64", "double"),
        ("double", "fabs.f64", "double"),
        (vector, f"fabs.v{LANES}f64", vector),
        ("double", f"vector.reduce.fmax.v{LANES}f64", vector),
        (vector, f"fmuladd.v{LANES}f64", f"{vector}, {vector}, {vector}"),
    ):
        module.declare(function, f"declare {result} @llvm.{function}({arguments})")
    words = {
        "V": vector,
        "LANES": LANES,
        "CHUNK_BITS": row_passes.CHUNK_BITS,
        "CHUNK": row_passes.CHUNK,
        "BLOCK": BLOCK,
        "TERMS": row_passes.TERMS,
        "CODE": row_passes.BLOCK_ADDRESS,
        "SCALE": row_passes.DIVISOR,
    }
    for name, arguments, text in _FUNCTIONS:
        code = Code(module)
        code.lines.append(text.format(**words).strip("\n"))
        module.define(name, arguments, code)
    return host().build(module)


_FACTORS_TEXT = """
  %rows = load i64, ptr %context
  %k.at = getelementptr i64, ptr %context, i64 {TERMS}
  %k = load i64, ptr %k.at
  %code.at = getelementptr ptr, ptr %context, i64 {CODE}
  %code = load ptr, ptr %code.at
  %size = mul i64 %k, %k
  br label %chunk
chunk:
  %c = phi i64 [%first, %entry], [%c.next, %chunk.done]
  %r = phi ptr [%out, %entry], [%r.next, %chunk.done]
  %begin = shl i64 %c, {CHUNK_BITS}
  %farthest = add i64 %begin, {CHUNK}
  %within = icmp slt i64 %farthest, %rows
  %end = select i1 %within, i64 %farthest, i64 %rows
  br label %clear
clear:
  %i = phi i64 [0, %chunk], [%i.next, %clear]
  %r.at = getelementptr double, ptr %r, i64 %i
  store double 0.0, ptr %r.at
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, %size
  br i1 %i.more, label %clear, label %block

block:
  %from = phi i64 [%begin, %clear], [%to, %fold]
  %beyond = add i64 %from, {BLOCK}
  %inside = icmp slt i64 %beyond, %end
  %to = select i1 %inside, i64 %beyond, i64 %end
  %count = sub i64 %to, %from
  %count.above = add i64 %count, 7
  %count.full = and i64 %count.above, -{LANES}
  %to.full = add i64 %from, %count.full
  call void %code(ptr %x, ptr %scratch, ptr %context, i64 %from, i64 %to.full, i64 {BLOCK})
  %gap = icmp slt i64 %count, %count.full
  br i1 %gap, label %column, label %fold
column:
  ; rows that are none become zeros
  %j = phi i64 [0, %block], [%j.next, %column.done]
  %offset = mul i64 %j, {BLOCK}
  %column.at = getelementptr double, ptr %scratch, i64 %offset
  br label %zero
zero:
  %z = phi i64 [%count, %column], [%z.next, %zero]
  %z.at = getelementptr double, ptr %column.at, i64 %z
  store double 0.0, ptr %z.at
  %z.next = add i64 %z, 1
  %z.more = icmp slt i64 %z.next, %count.full
  br i1 %z.more, label %zero, label %column.done
column.done:
  %j.next = add i64 %j, 1
  %j.more = icmp slt i64 %j.next, %k
  br i1 %j.more, label %column, label %fold
fold:
  call void @fold(ptr %r, ptr %scratch, i64 %k, i64 %count.full, i64 {BLOCK})
  %more = icmp slt i64 %to, %end
  br i1 %more, label %block, label %chunk.done

chunk.done:
  %c.next = add i64 %c, 1
  %r.next = getelementptr double, ptr %r, i64 %size
  %c.more = icmp slt i64 %c.next, %last
  br i1 %c.more, label %chunk, label %done
done:"""

# F and T of one chunk, for compiled callers: half the squared length of T's last column, then T = scale * R.
_REDUCED_TEXT = """
  %k.at = getelementptr i64, ptr %context, i64 {TERMS}
  %k = load i64, ptr %k.at
  %scale.at = getelementptr double, ptr %context, i64 {SCALE}
  %scale = load double, ptr %scale.at
  %room = mul i64 %k, {BLOCK}
  %scratch = alloca double, i64 %room, align 64
  %to = getelementptr double, ptr %out, i64 1
  call void @factors(ptr %x, ptr %to, ptr %scratch, ptr %context, i64 0, i64 1)
  %size = mul i64 %k, %k
  br label %scaled
scaled:
  %i = phi i64 [0, %entry], [%i.next, %scaled]
  %at = getelementptr double, ptr %to, i64 %i
  %one = load double, ptr %at
  %product = fmul double %one, %scale
  store double %product, ptr %at
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, %size
  br i1 %i.more, label %scaled, label %length
length:
  %j = phi i64 [0, %scaled], [%j.next, %length]
  %sum = phi double [0.0, %scaled], [%sum.next, %length]
  %j.next = add i64 %j, 1
  %past = mul i64 %j.next, %k
  %place = sub i64 %past, 1
  %last.at = getelementptr double, ptr %to, i64 %place
  %last = load double, ptr %last.at
  %square = fmul double %last, %last
  %sum.next = fadd double %sum, %square
  %j.more = icmp slt i64 %j.next, %k
  br i1 %j.more, label %length, label %half
half:
  %value = fmul double %sum.next, 0.5
  store double %value, ptr %out"""

_FUNCTIONS = (
    ("fold", "ptr noalias %r, ptr noalias %block, i64 %k, i64 %rows, i64 %stride", fold.TEXT),
    ("factors", "ptr %x, ptr %out, ptr %scratch, ptr %context, i64 %first, i64 %last", _FACTORS_TEXT),
    ("reduced", "ptr %x, ptr %out, ptr %context", _REDUCED_TEXT),
)
