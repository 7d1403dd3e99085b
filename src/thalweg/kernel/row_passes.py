"""Passes over all rows, whatever the formula: how the sums of its blocks of rows are added up.

Rows come in chunks of 65,536. A chunk is summed in blocks of 2,048 rows, a block in eight lanes by the formula's own
code (`rows`), and the chunks' sums are added by a binary tree. So the sum of a million rows goes through some 300
roundings at most, and the order of all additions is fixed by the number of rows alone: threads that share the chunks
get the same bits.

    void point(x, out, context)                        the scaled sums of all terms at x (n)
    void batch(x, out, context, count, stride)         the same at `count` points: x (n, stride), out (terms, stride)
    void subtree(x, out, context, first, last)         unscaled sums of these chunks

These are built once in a process. The context is an array of 8-byte slots in the order below, then the addresses of the
columns; it holds the address of the formula's code, which sums the rows from `begin` to `end`, multiples of eight:

    void block(x, out, context, begin, end)            sums lane by lane: out (terms, 8)

Memory comes from the stack and contexts are only read, so threads may share one.
"""

from __future__ import annotations

import ctypes
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from thalweg.kernel.build import Library, host
from thalweg.kernel.code import LANES, Code

CHUNK_BITS = 16
CHUNK = 1 << CHUNK_BITS
"""Rows whose sum is one leaf of the tree."""

BLOCK = 2048
"""Rows that are summed in lanes before they join their chunk's sum."""

LEVELS = 40
"""Depth of the tree: 2^40 chunks are more rows than memory holds."""

# slots of the context
ROWS = 0
TERMS = 1
VARIABLES = 2
BLOCK_ADDRESS = 3
DIVISOR = 4
"""A double: the sums are divided by it, after each was multiplied by its scale."""
SCALES = 5
"""Address of one double for each term."""
COLUMNS = 6

Context = NDArray[np.int64]

_POINTER, _INTEGER = ctypes.c_void_p, ctypes.c_int64
_SUBTREE_TYPE = ctypes.CFUNCTYPE(None, _POINTER, _POINTER, _POINTER, _INTEGER, _INTEGER)


def subtree(x: NDArray[np.float64], context: Context, first: int, last: int) -> NDArray[np.float64]:
    """The unscaled sums (terms,) of these chunks at x (n,), added by the tree that they make by themselves."""
    out = np.empty(int(context[TERMS]))
    library = passes()  # held meanwhile: of two threads that built one at the same time, one's is not kept
    call = _SUBTREE_TYPE(library["subtree"])
    call(x.ctypes.data, out.ctypes.data, context.ctypes.data, first, last)
    return out


@lru_cache(maxsize=1)
def passes() -> Library:
    """The functions `point`, `batch` and `subtree`, built on first use and kept."""
    module = host().module()
    module.declare("llvm.memcpy", "declare void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)")
    words = {
        "V": f"<{LANES} x double>",
        "NUMBERS": ", ".join(f"i64 {lane}" for lane in range(LANES)),
        "LANES": LANES,
        "CHUNK_BITS": CHUNK_BITS,
        "CHUNK": CHUNK,
        "CHUNK_LESS_ONE": CHUNK - 1,
        "BLOCK": BLOCK,
        "LEVELS": LEVELS,
        "TERMS": TERMS,
        "VARIABLES": VARIABLES,
        "BLOCK_ADDRESS": BLOCK_ADDRESS,
        "DIVISOR": DIVISOR,
        "SCALES": SCALES,
    }
    for name, arguments, text in _FUNCTIONS:
        code = Code(module)
        code.lines.append(text.format(**words).strip("\n"))
        module.define(name, arguments, code)
    return host().build(module)


def across(name: str, lanes: str) -> str:
    """Code for the sum %name over the eight lanes of %lanes: halves are added to halves."""
    return f"""
  %{name}.low4 = shufflevector {{V}} %{lanes}, {{V}} poison, <4 x i32> <i32 0, i32 1, i32 2, i32 3>
  %{name}.high4 = shufflevector {{V}} %{lanes}, {{V}} poison, <4 x i32> <i32 4, i32 5, i32 6, i32 7>
  %{name}.four = fadd <4 x double> %{name}.low4, %{name}.high4
  %{name}.low2 = shufflevector <4 x double> %{name}.four, <4 x double> poison, <2 x i32> <i32 0, i32 1>
  %{name}.high2 = shufflevector <4 x double> %{name}.four, <4 x double> poison, <2 x i32> <i32 2, i32 3>
  %{name}.two = fadd <2 x double> %{name}.low2, %{name}.high2
  %{name}.low1 = extractelement <2 x double> %{name}.two, i64 0
  %{name}.high1 = extractelement <2 x double> %{name}.two, i64 1
  %{name} = fadd double %{name}.low1, %{name}.high1"""


_CHUNK = (
    """
  ; sums of one chunk
  %rows = load i64, ptr %context
  %terms.at = getelementptr i64, ptr %context, i64 {TERMS}
  %terms = load i64, ptr %terms.at
  %block.at = getelementptr ptr, ptr %context, i64 {BLOCK_ADDRESS}
  %block = load ptr, ptr %block.at
  %totals = alloca {V}, i64 %terms
  %lanes = alloca {V}, i64 %terms
  %begin = shl i64 %chunk, {CHUNK_BITS}
  %farthest = add i64 %begin, {CHUNK}
  %within = icmp slt i64 %farthest, %rows
  %end = select i1 %within, i64 %farthest, i64 %rows
  %full = and i64 %end, -{LANES}
  br label %clear
clear:
  %j0 = phi i64 [0, %entry], [%j0.next, %clear]
  %total0 = getelementptr {V}, ptr %totals, i64 %j0
  store {V} zeroinitializer, ptr %total0
  %j0.next = add i64 %j0, 1
  %j0.more = icmp slt i64 %j0.next, %terms
  br i1 %j0.more, label %clear, label %blocks

blocks:
  %from = phi i64 [%begin, %clear], [%to, %add]
  %any = icmp slt i64 %from, %full
  br i1 %any, label %sum, label %rest
sum:
  %beyond = add i64 %from, {BLOCK}
  %inside = icmp slt i64 %beyond, %full
  %to = select i1 %inside, i64 %beyond, i64 %full
  call void %block(ptr %x, ptr %lanes, ptr %context, i64 %from, i64 %to)
  br label %add
add:
  %j1 = phi i64 [0, %sum], [%j1.next, %add]
  %total1 = getelementptr {V}, ptr %totals, i64 %j1
  %lane1 = getelementptr {V}, ptr %lanes, i64 %j1
  %old1 = load {V}, ptr %total1
  %more1 = load {V}, ptr %lane1
  %new1 = fadd {V} %old1, %more1
  store {V} %new1, ptr %total1
  %j1.next = add i64 %j1, 1
  %j1.more = icmp slt i64 %j1.next, %terms
  br i1 %j1.more, label %add, label %blocks

rest:
  ; fewer than eight rows are left, in as many lanes
  %left = sub i64 %end, %full
  %any.left = icmp sgt i64 %left, 0
  br i1 %any.left, label %sum.rest, label %across
sum.rest:
  %full.next = add i64 %full, {LANES}
  call void %block(ptr %x, ptr %lanes, ptr %context, i64 %full, i64 %full.next)
  %left.first = insertelement <{LANES} x i64> poison, i64 %left, i64 0
  %left.all = shufflevector <{LANES} x i64> %left.first, <{LANES} x i64> poison, <{LANES} x i32> zeroinitializer
  %real = icmp slt <{LANES} x i64> <{NUMBERS}>, %left.all
  br label %add.rest
add.rest:
  %j2 = phi i64 [0, %sum.rest], [%j2.next, %add.rest]
  %total2 = getelementptr {V}, ptr %totals, i64 %j2
  %lane2 = getelementptr {V}, ptr %lanes, i64 %j2
  %old2 = load {V}, ptr %total2
  %more2 = load {V}, ptr %lane2
  %masked = select <{LANES} x i1> %real, {V} %more2, {V} zeroinitializer
  %new2 = fadd {V} %old2, %masked
  store {V} %new2, ptr %total2
  %j2.next = add i64 %j2, 1
  %j2.more = icmp slt i64 %j2.next, %terms
  br i1 %j2.more, label %add.rest, label %across

across:
  ; halves of the lanes are added to halves
  %j3 = phi i64 [0, %rest], [0, %add.rest], [%j3.next, %across]
  %total3 = getelementptr {V}, ptr %totals, i64 %j3
  %eight = load {V}, ptr %total3"""
    + across("one", "eight")
    + """
  %out.at = getelementptr double, ptr %out, i64 %j3
  store double %one, ptr %out.at
  %j3.next = add i64 %j3, 1
  %j3.more = icmp slt i64 %j3.next, %terms
  br i1 %j3.more, label %across, label %done
done:"""
)

# A binary counter: level k holds the sum of 2^k neighbouring chunks while bit k of the count is set.
_SUBTREE = """
  %terms.at = getelementptr i64, ptr %context, i64 {TERMS}
  %terms = load i64, ptr %terms.at
  %chunks = sub i64 %last, %first
  %size = mul i64 %terms, {LEVELS}
  %levels = alloca double, i64 %size
  br label %loop
loop:
  %c = phi i64 [0, %entry], [%c.next, %put]
  %chunk = add i64 %first, %c
  call void @chunk(ptr %x, ptr %out, ptr %context, i64 %chunk)
  br label %test
test:
  %k = phi i64 [0, %loop], [%k.next, %merged]
  %start = mul i64 %k, %terms
  %level = getelementptr double, ptr %levels, i64 %start
  %shifted = lshr i64 %c, %k
  %taken = trunc i64 %shifted to i1
  br i1 %taken, label %merge, label %put
merge:
  call void @add_earlier(ptr %level, ptr %out, i64 %terms)
  br label %merged
merged:
  %k.next = add i64 %k, 1
  br label %test
put:
  %bytes = mul i64 %terms, 8
  call void @llvm.memcpy.p0.p0.i64(ptr %level, ptr %out, i64 %bytes, i1 false)
  %c.next = add i64 %c, 1
  %more = icmp slt i64 %c.next, %chunks
  br i1 %more, label %loop, label %lowest

lowest:
  ; what is left on the levels, from the lowest up; the lowest is the last one put
  %k.above = add i64 %k, 1
  br label %gather
gather:
  %g = phi i64 [%k.above, %lowest], [%g.next, %gathered]
  %left = lshr i64 %chunks, %g
  %over = icmp eq i64 %left, 0
  br i1 %over, label %done, label %look
look:
  %g.taken = trunc i64 %left to i1
  br i1 %g.taken, label %g.merge, label %gathered
g.merge:
  %g.start = mul i64 %g, %terms
  %g.level = getelementptr double, ptr %levels, i64 %g.start
  call void @add_earlier(ptr %g.level, ptr %out, i64 %terms)
  br label %gathered
gathered:
  %g.next = add i64 %g, 1
  br label %gather
done:"""

_POINT = """
  %rows = load i64, ptr %context
  %terms.at = getelementptr i64, ptr %context, i64 {TERMS}
  %terms = load i64, ptr %terms.at
  %above = add i64 %rows, {CHUNK_LESS_ONE}
  %chunks = lshr i64 %above, {CHUNK_BITS}
  call void @subtree(ptr %x, ptr %out, ptr %context, i64 0, i64 %chunks)
  %divisor.at = getelementptr double, ptr %context, i64 {DIVISOR}
  %divisor = load double, ptr %divisor.at
  %scales.at = getelementptr ptr, ptr %context, i64 {SCALES}
  %scales = load ptr, ptr %scales.at
  br label %scaled
scaled:
  %j = phi i64 [0, %entry], [%j.next, %scaled]
  %out.at = getelementptr double, ptr %out, i64 %j
  %scale.at = getelementptr double, ptr %scales, i64 %j
  %sum = load double, ptr %out.at
  %factor = load double, ptr %scale.at
  %product = fmul double %sum, %factor
  %result = fdiv double %product, %divisor
  store double %result, ptr %out.at
  %j.next = add i64 %j, 1
  %j.more = icmp slt i64 %j.next, %terms
  br i1 %j.more, label %scaled, label %done
done:"""

_ADD_EARLIER = """
  br label %loop
loop:
  %j = phi i64 [0, %entry], [%j.next, %loop]
  %earlier.at = getelementptr double, ptr %earlier, i64 %j
  %later.at = getelementptr double, ptr %later, i64 %j
  %a = load double, ptr %earlier.at
  %b = load double, ptr %later.at
  %sum = fadd double %a, %b
  store double %sum, ptr %later.at
  %j.next = add i64 %j, 1
  %more = icmp slt i64 %j.next, %terms
  br i1 %more, label %loop, label %done
done:"""

_BATCH = """
  %terms.at = getelementptr i64, ptr %context, i64 {TERMS}
  %terms = load i64, ptr %terms.at
  %n.at = getelementptr i64, ptr %context, i64 {VARIABLES}
  %n = load i64, ptr %n.at
  %from = alloca double, i64 %n
  %to = alloca double, i64 %terms
  %any = icmp sgt i64 %count, 0
  br i1 %any, label %take, label %done
take:
  %i = phi i64 [0, %entry], [%i.next, %next]
  br label %in
in:
  %k = phi i64 [0, %take], [%k.next, %in]
  %x.row = mul i64 %k, %stride
  %x.place = add i64 %x.row, %i
  %x.at = getelementptr double, ptr %x, i64 %x.place
  %x.value = load double, ptr %x.at
  %from.at = getelementptr double, ptr %from, i64 %k
  store double %x.value, ptr %from.at
  %k.next = add i64 %k, 1
  %k.more = icmp slt i64 %k.next, %n
  br i1 %k.more, label %in, label %pass
pass:
  call void @point(ptr %from, ptr %to, ptr %context)
  br label %give
give:
  %j = phi i64 [0, %pass], [%j.next, %give]
  %to.at = getelementptr double, ptr %to, i64 %j
  %value = load double, ptr %to.at
  %out.row = mul i64 %j, %stride
  %out.place = add i64 %out.row, %i
  %out.at = getelementptr double, ptr %out, i64 %out.place
  store double %value, ptr %out.at
  %j.next = add i64 %j, 1
  %j.more = icmp slt i64 %j.next, %terms
  br i1 %j.more, label %give, label %next
next:
  %i.next = add i64 %i, 1
  %i.more = icmp slt i64 %i.next, %count
  br i1 %i.more, label %take, label %done
done:"""

_FUNCTIONS = (
    ("chunk", "ptr %x, ptr %out, ptr %context, i64 %chunk", _CHUNK),
    ("add_earlier", "ptr %earlier, ptr %later, i64 %terms", _ADD_EARLIER),
    ("subtree", "ptr %x, ptr %out, ptr %context, i64 %first, i64 %last", _SUBTREE),
    ("point", "ptr %x, ptr %out, ptr %context", _POINT),
    ("batch", "ptr %x, ptr %out, ptr %context, i64 %count, i64 %stride", _BATCH),
)
