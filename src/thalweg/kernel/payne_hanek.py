"""Trigonometric arguments too large for subtracting multiples of pi/2 in pieces: Payne and Hanek's reduction.

x = m 2^e is multiplied by just those 192 bits of 2/pi that matter: higher ones give whole turns, lower ones do not
reach the last place. This is a function of its own, built once in a process, since it is seldom entered.

Source: M. Payne and R. Hanek, "Radian reduction for trigonometric functions", SIGNUM Newsletter 18 (1983).
"""

from __future__ import annotations

import math
from itertools import pairwise

from thalweg.kernel import double_double
from thalweg.kernel.code import Code, Operand
from thalweg.kernel.module import Module

SYMBOL = "thalweg.reduce"

# The first 1216 bits of 2/pi after the binary point.
TWO_OVER_PI = int(
    "a2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73e"
    "e88235f52ebb4484e99c7026b45f7e413991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b7"
    "4f463f669e5fea2d7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6bab",
    16,
)
_WORDS = 19
_HALF_PI = (1.5707963267948966, 6.123233995736766e-17)


def where_large(
    code: Code, large: Operand, x: Operand, reduced: tuple[Operand, Operand, Operand]
) -> tuple[Operand, Operand, Operand]:
    """Return the reduction of x, done anew in the lanes where `large` holds.

    It ends the block `entry` of the function being written, and may be used once in it. The value in two pieces
    and the quadrant come in as they are right for the other lanes.
    """
    code.module.import_function(SYMBOL, f"declare void @{SYMBOL}(ptr, i64)", define)
    scratch = code.scratch(4 * code.width)
    places = [scratch]
    places += [code.value(f"getelementptr double, ptr {scratch}, i64 {i * code.width}") for i in (1, 2, 3)]
    kinds = (code.real, code.real, code.real, code.integer)

    if code.width == 1:
        some = large
    else:
        mask = code.value(f"bitcast {code.boolean} {large} to i{code.width}")
        some = code.value(f"icmp ne i{code.width} {mask}, 0")
    code.line(f'br i1 {some}, label %huge, label %reduced, !prof !{{!"branch_weights", i32 1, i32 100000}}')
    code.label("huge")
    marked = code.select(large, x, code.constant(-1.0))
    for kind, place, operand in zip(kinds, places, (marked, *reduced), strict=True):
        code.line(f"store {kind} {operand}, ptr {place}")
    code.line(f"call void @{SYMBOL}(ptr {scratch}, i64 {code.width})")
    again = [
        code.value(f"load {kind}, ptr {place}") for kind, place in zip(kinds[1:], places[1:], strict=True)
    ]
    code.line("br label %reduced")
    code.label("reduced")
    r, tail, quadrant = (
        code.value(f"phi {kind} [{before}, %entry], [{after}, %huge]")
        for kind, before, after in zip(kinds[1:], reduced, again, strict=True)
    )
    return r, tail, quadrant


def define(module: Module) -> None:
    """Add `void reduce(double* lanes, int64 width)` to the module.

    `lanes` holds four rows of that width: arguments, of which only the positive ones are treated, then for each
    the reduced value, its tail, and the quadrant as an integer in the place of a double.
    """
    code = Code(module)
    # One word of zeros before the bits, for arguments whose whole part has fewer bits than the window begins after.
    words = [0] + [TWO_OVER_PI >> 64 * (_WORDS - 1 - i) & (1 << 64) - 1 for i in range(_WORDS)]
    table = f"[{len(words)} x i64]"
    listed = ", ".join(f"i64 {word}" for word in words)
    module.declare("two_over_pi", f"@two_over_pi = internal constant {table} [{listed}]")
    for name in ("fshl.i64", "ctlz.i128"):
        kind = name.partition(".")[2]
        arguments = "i64, i64, i64" if name == "fshl.i64" else "i128, i1"
        module.declare(f"llvm.{name}", f"declare {kind} @llvm.{name}({arguments})")

    code.line("br label %lane")
    code.label("lane")
    code.line("%i = phi i64 [0, %entry], [%next, %skip]")
    code.line("%next = add i64 %i, 1")
    place = code.value("getelementptr double, ptr %lanes, i64 %i")
    x = code.value(f"load double, ptr {place}")
    treated = code.compare("ogt", x, code.constant(0.0))
    code.line(f"br i1 {treated}, label %large, label %skip")
    code.label("large")
    r, tail, quadrant = _reduce(code, x)
    for row, kind, result in ((1, "double", r), (2, "double", tail), (3, "i64", quadrant)):
        offset = code.value(f"mul i64 %width, {row}")
        to = code.value(f"getelementptr double, ptr {place}, i64 {offset}")
        code.line(f"store {kind} {result}, ptr {to}")
    code.line("br label %skip")
    code.label("skip")
    code.line("%more = icmp slt i64 %next, %width")
    code.line("br i1 %more, label %lane, label %done")
    code.label("done")
    module.define(SYMBOL, "ptr %lanes, i64 %width", code)


def _reduce(code: Code, x: Operand) -> tuple[Operand, Operand, Operand]:
    value = code.value
    bits = code.bits(x)
    exponent = value(f"lshr i64 {bits}, 52")  # x is positive
    fraction = value(f"and i64 {bits}, {(1 << 52) - 1}")
    m = value(f"or i64 {fraction}, {1 << 52}")  # x = m 2^e, e = exponent - 1075

    # The window begins after bit e - 2 of 2/pi, whose product with m 2^e is a multiple of 4; the table after bit -64.
    start = value(f"sub i64 {exponent}, {1075 + 2 - 64}")
    shift = value(f"and i64 {start}, 63")
    first = value(f"lshr i64 {start}, 6")
    words: list[Operand] = []
    for i in range(4):
        index = value(f"add i64 {first}, {i}")
        # An infinite argument reads the last words; its result is replaced below.
        inside = value(f"icmp ult i64 {index}, {_WORDS + 1}")
        index = value(f"select i1 {inside}, i64 {index}, i64 {_WORDS}")
        place = value(f"getelementptr i64, ptr @two_over_pi, i64 {index}")
        words.append(value(f"load i64, ptr {place}"))
    window = [value(f"call i64 @llvm.fshl.i64(i64 {a}, i64 {b}, i64 {shift})") for a, b in pairwise(words)]

    # The highest 128 of the product's lowest 192 bits: two of the quadrant, then the fraction of it.
    wide_m = value(f"zext i64 {m} to i128")
    high, middle, low = (value(f"mul i128 {wide_m}, {value(f'zext i64 {word} to i128')}") for word in window)
    product = value(f"add i128 {middle}, {value(f'lshr i128 {low}, 64')}")
    product = value(f"add i128 {product}, {value(f'shl i128 {high}, 64')}")
    fraction = value(f"shl i128 {product}, 2")  # as a signed number, between -1/2 and 1/2 of a quadrant
    negative = value(f"icmp slt i128 {fraction}, 0")
    quadrant = value(f"trunc i128 {value(f'lshr i128 {product}, 126')} to i64")
    quadrant = value(f"add i64 {quadrant}, {value(f'zext i1 {negative} to i64')}")

    # The fraction's size, normalised: its first 106 bits in two doubles.
    opposite = value(f"sub i128 0, {fraction}")
    size = value(f"select i1 {negative}, i128 {opposite}, i128 {fraction}")
    zeros = value(f"call i128 @llvm.ctlz.i128(i128 {size}, i1 0)")
    normal = value(f"shl i128 {size}, {zeros}")
    scale = value(f"trunc i128 {zeros} to i64")
    parts: list[Operand] = []
    for drop in (75, 22):
        part = value(f"trunc i128 {value(f'lshr i128 {normal}, {drop}')} to i64")
        part = value(f"and i64 {part}, {(1 << 53) - 1}")
        part = value(f"sitofp i64 {part} to double")
        exponent = value(f"sub i64 {1023 + drop - 128}, {scale}")
        parts.append(code.multiply(part, code.from_bits(value(f"shl i64 {exponent}, 52"))))

    # Times pi/2, in two doubles.
    high, low = parts
    first, second = (code.constant(piece) for piece in _HALF_PI)
    r, tail = double_double.product(code, high, first)
    tail = code.add(tail, code.add(code.multiply(high, second), code.multiply(low, first)))
    infinite = code.compare("oeq", x, code.constant(math.inf))
    r = code.select(infinite, code.constant(math.nan), r)
    minus_r, minus_tail = code.negate(r), code.negate(tail)
    sign = f"select i1 {negative}, double"
    return value(f"{sign} {minus_r}, double {r}"), value(f"{sign} {minus_tail}, double {tail}"), quadrant
