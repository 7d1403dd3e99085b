"""The code that folds a block B of rows into a triangular factor R, which becomes that of [R; B].

One Householder reflector a column, scaled so that no square leaves the range of numbers; `row_factors` says in what
order blocks are folded, and from where.

    void fold(r, block, k, rows, stride)                    R (k, k) becomes that of [R; B]; B is spent

Words in braces are filled in there.
"""

from __future__ import annotations

from thalweg.kernel.row_passes import across


def _loop(name: str, before: str, body: str) -> str:
    """A loop over the block's rows, eight at a time: %name.i is the row; the code goes on at %name.end."""
    return f"""
  br label %{name}
{name}:
  %{name}.i = phi i64 [0, %{before}], [%{name}.next, %{name}]
{body.strip(chr(10))}
  %{name}.next = add i64 %{name}.i, {{LANES}}
  %{name}.more = icmp slt i64 %{name}.next, %rows
  br i1 %{name}.more, label %{name}, label %{name}.end
{name}.end:"""


def _eight(name: str, array: str, row: str) -> str:
    """Eight numbers of a column of the block, from this row on."""
    return f"""
  %{name}.at = getelementptr double, ptr %{array}, i64 %{row}
  %{name} = load {{V}}, ptr %{name}.at, align 64"""


def _spread(name: str, number: str) -> str:
    """A number in every lane."""
    return f"""
  %{name}.one = insertelement {{V}} poison, double %{number}, i64 0
  %{name} = shufflevector {{V}} %{name}.one, {{V}} poison, <{{LANES}} x i32> zeroinitializer"""


TEXT = "".join(
    [
        """
  br label %column
column:
  %j = phi i64 [0, %entry], [%j.next, %column.done]
  %row = mul i64 %j, %k
  %row.at = getelementptr double, ptr %r, i64 %row
  %top.at = getelementptr double, ptr %row.at, i64 %j
  %top = load double, ptr %top.at
  %own.offset = mul i64 %j, %stride
  %own = getelementptr double, ptr %block, i64 %own.offset

  ; the largest magnitude, and the power of two that brings it near 1: then no square leaves the range""",
        _loop(
            "most",
            "column",
            "  %largest = phi {V} [zeroinitializer, %column], [%larger, %most]"
            + _eight("b0", "own", "most.i")
            + """
  %size = call {V} @llvm.fabs.v8f64({V} %b0)
  %grows = fcmp ogt {V} %size, %largest
  %larger = select <{LANES} x i1> %grows, {V} %size, {V} %largest""",
        ),
        """
  %most.block = call double @llvm.vector.reduce.fmax.v8f64({V} %larger)
  %most.top = call double @llvm.fabs.f64(double %top)
  %top.larger = fcmp ogt double %most.top, %most.block
  %most.all = select i1 %top.larger, double %most.top, double %most.block
  %most.bits = bitcast double %most.all to i64
  %exponent = lshr i64 %most.bits, 52
  %inverse = sub i64 2046, %exponent
  %is.normal = icmp sgt i64 %inverse, 1
  %power.exponent = select i1 %is.normal, i64 %inverse, i64 1
  %power.bits = shl i64 %power.exponent, 52
  %power = bitcast i64 %power.bits to double
  %alpha = fmul double %top, %power""",
        _spread("powers", "power"),
        """

  ; the square of what is to become zero""",
        _loop(
            "square",
            "most.end",
            "  %squares = phi {V} [zeroinitializer, %most.end], [%squares.next, %square]"
            + _eight("b1", "own", "square.i")
            + """
  %b1.scaled = fmul {V} %b1, %powers
  %squares.next = call {V} @llvm.fmuladd.v8f64({V} %b1.scaled, {V} %b1.scaled, {V} %squares)""",
        ),
        across("below", "squares.next"),
        """
  %nothing = fcmp oeq double %below, 0.0
  br i1 %nothing, label %column.done, label %reflect

reflect:
  ; v = (1, b/(alpha - beta)) and tau = (beta - alpha)/beta, with beta of the sign that cancels nothing
  %alpha.square = fmul double %alpha, %alpha
  %all.square = fadd double %alpha.square, %below
  %norm = call double @llvm.sqrt.f64(double %all.square)
  %norm.negative = fneg double %norm
  %alpha.negative = fcmp olt double %alpha, 0.0
  %beta = select i1 %alpha.negative, double %norm, double %norm.negative
  %beta.less = fsub double %beta, %alpha
  %tau = fdiv double %beta.less, %beta
  %alpha.less = fneg double %beta.less
  %factor = fdiv double 1.0, %alpha.less
  %power.back = fdiv double 1.0, %power
  %new.top = fmul double %beta, %power.back
  store double %new.top, ptr %top.at""",
        _spread("factors", "factor"),
        _loop(
            "vector",
            "reflect",
            _eight("b2", "own", "vector.i")
            + """
  %b2.scaled = fmul {V} %b2, %powers
  %v2 = fmul {V} %b2.scaled, %factors
  store {V} %v2, ptr %b2.at, align 64""",
        ),
        """
  %c.first = add i64 %j, 1
  br label %other

other:
  ; the columns after it: w = tau (r + v.b), then r - w and b - w v
  %c = phi i64 [%c.first, %vector.end], [%c.next, %take.end]
  %others = icmp slt i64 %c, %k
  br i1 %others, label %project, label %column.done
project:
  %upper.at = getelementptr double, ptr %row.at, i64 %c
  %upper = load double, ptr %upper.at
  %other.offset = mul i64 %c, %stride
  %other.column = getelementptr double, ptr %block, i64 %other.offset""",
        _loop(
            "dot",
            "project",
            "  %parts = phi {V} [zeroinitializer, %project], [%parts.next, %dot]"
            + _eight("v3", "own", "dot.i")
            + _eight("b3", "other.column", "dot.i")
            + """
  %parts.next = call {V} @llvm.fmuladd.v8f64({V} %v3, {V} %b3, {V} %parts)""",
        ),
        across("product", "parts.next"),
        """
  %whole = fadd double %upper, %product
  %w = fmul double %whole, %tau
  %new.upper = fsub double %upper, %w
  store double %new.upper, ptr %upper.at
  %w.negative = fneg double %w""",
        _spread("less", "w.negative"),
        _loop(
            "take",
            "dot.end",
            _eight("v4", "own", "take.i")
            + _eight("b4", "other.column", "take.i")
            + """
  %b4.new = call {V} @llvm.fmuladd.v8f64({V} %less, {V} %v4, {V} %b4)
  store {V} %b4.new, ptr %b4.at, align 64""",
        ),
        """
  %c.next = add i64 %c, 1
  br label %other

column.done:
  %j.next = add i64 %j, 1
  %j.more = icmp slt i64 %j.next, %k
  br i1 %j.more, label %column, label %done
done:""",
    ]
)
