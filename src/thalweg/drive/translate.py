"""Plain source of the automaton and its parts, translated into LLVM IR.

The language is small on purpose (`descent/vocabulary.py`): numbers, blocks and vectors, + - * /, comparisons, `abs`,
`if`, loops over `range`, and calls of functions that are written in it too.  Every call is inlined, every name is
resolved while translating, and the lanes of a block are part of its type, so that what is left is straight scalar
code.  Arithmetic is IEEE 754 without any fast-math flag, in the order in which it is written: the compiled code
gives the bits that the interpreter gives.

What is outside the language raises TranslationError, which names the line; such a part runs plain.
"""

from __future__ import annotations

import ast
import linecache
from collections import ChainMap, Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from types import CodeType, FunctionType
from typing import Any, Literal, TypeAlias, cast

from thalweg.descent import block, vocabulary
from thalweg.drive.turns import ask, ask_reduced
from thalweg.errors import ThalwegError
from thalweg.kernel.code import hexadecimal

UNROLLED = 3  # a loop of at most so many turns is written out
MAX_DEPTH = 32  # calls inside calls; recursion is not in the language


class TranslationError(ThalwegError):
    """A function uses something that compiled code has no meaning for; it can still run plain."""


# ------------------------------------------------------------------------------------------------ values


@dataclass(frozen=True, slots=True)
class Number:
    """A number while translating: its kind (i64, double, i1), LLVM operand, and value where it is known already."""

    kind: Literal["i64", "double", "i1"]
    operand: str
    known: int | None = None
    seldom: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """A block of `lanes` runs; `n` is the number of variables where it is known already."""

    address: str
    lanes: int
    n: int | None
    traits: int


@dataclass(frozen=True, slots=True)
class Vector:
    """Numbers `stride` apart in memory."""

    address: str
    stride: int


@dataclass(frozen=True, slots=True)
class Kernel:
    """The address of a point kernel, and of the context that it is called with."""

    function: str
    context: str


@dataclass(frozen=True, slots=True)
class Several:
    """A tuple of values."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word whose compiled meaning is built in."""

    name: str


@dataclass(frozen=True, slots=True)
class Nothing:
    """What a function without a value returns."""


Value: TypeAlias = Number | Block | Vector | Kernel | Several | Nothing | Word | FunctionType


@dataclass(slots=True)
class Slot:
    """A variable that is a number: where it lives on the stack."""

    kind: Literal["i64", "double", "i1"]
    address: str


class _WidenedError(Exception):
    """A variable holds an integer first and a real number later: begin again with a real one."""


def integer(value: int) -> Number:
    """A known integer."""
    return Number("i64", str(value), value)


def real(value: float) -> Number:
    """A known real number."""
    return Number("double", hexadecimal(value))


def truth(value: bool) -> Number:
    """A known truth value."""
    return Number("i1", "true" if value else "false", int(value))


# ------------------------------------------------------------------------------------------------ source


@lru_cache(maxsize=1024)
def definition(code: CodeType) -> ast.FunctionDef:
    """The syntax tree of the source that a function's code was made of."""
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename)
    if not lines:
        raise TranslationError(f"{code.co_name}: its source, {code.co_filename}, cannot be read")
    module, codes = _module("".join(lines), code.co_filename)
    place = (code.co_name, code.co_firstlineno)
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef) and (node.name, _first_line(node)) == place:
            if _what_runs(codes[place]) != _what_runs(code):
                break
            return node
    raise TranslationError(
        f"{code.co_name}: its source, {code.co_filename}, has changed since it was defined"
    )


def _what_runs(code: CodeType) -> tuple[object, ...]:
    """What of a function's code decides what it does; constants as they are written, since 0 == 0.0 == -0.0."""
    return code.co_code, code.co_names, code.co_varnames, repr(code.co_consts)


@lru_cache(maxsize=32)
def _module(source: str, file: str) -> tuple[ast.Module, dict[tuple[str, int], CodeType]]:
    """A file's syntax tree, and the code of its functions by name and line."""
    module = ast.parse(source, file)
    pending = [compile(module, file, "exec", dont_inherit=True)]
    codes: dict[tuple[str, int], CodeType] = {}
    while pending:
        code = pending.pop()
        codes[code.co_name, code.co_firstlineno] = code
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return module, codes


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


@lru_cache(maxsize=1024)
def _assignments(tree: ast.FunctionDef) -> Counter[str]:
    """How often each name is assigned to."""
    names = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    return Counter(node.id for node in names if isinstance(node.ctx, ast.Store))


@lru_cache(maxsize=1024)
def _returns_early(tree: ast.FunctionDef) -> bool:
    """Whether a return stands anywhere but at the end."""
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return any(node is not tree.body[-1] for node in returns)


# ------------------------------------------------------------------------------------------------ translation


def translate(name: str, function: Callable[..., Any], parameters: Mapping[str, Any]) -> str:
    """LLVM IR of a C function `int64 name(...)` that calls `function`.

    `parameters` gives every parameter of `function` its meaning: "i64" for a C argument of that type, "vector" for a
    `double *`, ("block", lanes, n or None, traits) for a `double *` to a block, "kernel" for two arguments
    (address and context of a point kernel, or of a batch kernel where the block has several lanes); anything else is
    known now.
    """
    widened: set[tuple[CodeType, str]] = set()
    while True:
        try:
            return _Translator(widened).entry(name, cast(FunctionType, function), parameters)
        except _WidenedError as found:
            widened.add(found.args[0])


_ARITHMETIC: dict[type[ast.operator], tuple[str, str | None]] = {
    ast.Add: ("fadd", "add"),
    ast.Sub: ("fsub", "sub"),
    ast.Mult: ("fmul", "mul"),
    ast.Div: ("fdiv", None),
}
_COMPARISON: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("olt", "slt"),
    ast.LtE: ("ole", "sle"),
    ast.Gt: ("ogt", "sgt"),
    ast.GtE: ("oge", "sge"),
    ast.Eq: ("oeq", "eq"),
    ast.NotEq: ("une", "ne"),
}


class _Translator:
    def __init__(self, widened: set[tuple[CodeType, str]]) -> None:
        self.widened = widened
        self.lines: list[str] = []
        self.stack: list[str] = []  # allocations, which stand in the entry block
        self.counter = 0
        self.stores = 0  # into memory, which outlives the call
        self.calls: list[_Call] = []

    # -------------------------------------------------------------------------------------------- the whole

    def entry(self, name: str, function: FunctionType, parameters: Mapping[str, Any]) -> str:
        arguments: list[str] = []
        values: dict[str, Value] = {}
        for parameter, meaning in parameters.items():
            operand = f"%arg.{parameter}"
            match meaning:
                case "i64":
                    arguments.append(f"i64 {operand}")
                    values[parameter] = Number("i64", operand)
                case "vector":
                    arguments.append(f"ptr noalias {operand}")
                    values[parameter] = Vector(operand, 1)
                case ("block", int(lanes), n, int(traits)):
                    arguments.append(f"ptr noalias {operand}")
                    values[parameter] = Block(operand, lanes, n, traits)
                case "kernel":
                    arguments += [f"ptr {operand}", f"ptr {operand}.context"]
                    values[parameter] = Kernel(operand, f"{operand}.context")
                case _:
                    values[parameter] = self.constant(meaning)
        result = self.inline(function, list(values.values()))
        answer = result.operand if isinstance(result, Number) and result.kind == "i64" else "0"
        body = "\n  ".join([*self.stack, "br label %begin", "begin:", *self.lines, f"ret i64 {answer}"])
        return (
            f"define i64 @{name}({', '.join(arguments)}) nounwind {{\nentry:\n  {body}\n}}\n"
            "declare double @llvm.sqrt.f64(double)\ndeclare double @llvm.fabs.f64(double)\n"
            '!0 = !{!"branch_weights", i32 1, i32 2000}\n'
        )

    def fresh(self) -> str:
        self.counter += 1
        return f"%v{self.counter}"

    def label(self, purpose: str) -> str:
        self.counter += 1
        return f"{purpose}{self.counter}"

    def emit(self, instruction: str) -> str:
        """Append an instruction; returns the name of its result."""
        name = self.fresh()
        self.lines.append(f"{name} = {instruction}")
        return name

    def begin(self, label: str) -> None:
        self.lines.append(f"{label}:")

    def jump(self, label: str) -> None:
        self.lines.append(f"br label %{label}")

    def branch(self, condition: Number, yes: str, no: str) -> None:
        weights = ", !prof !0" if condition.seldom else ""
        self.lines.append(f"br i1 {condition.operand}, label %{yes}, label %{no}{weights}")

    def allocate(self, kind: str) -> str:
        name = self.fresh()
        self.stack.append(f"{name} = alloca {kind}")
        return name

    # -------------------------------------------------------------------------------------------- functions

    def inline(self, function: FunctionType, arguments: list[Value]) -> Value:
        """The body of a function in place of its call."""
        if len(self.calls) >= MAX_DEPTH:
            raise TranslationError(f"{function.__name__}: calls are nested more than {MAX_DEPTH} deep")
        call = _Call(self, function)
        names = [a.arg for a in call.tree.args.args]
        if len(names) != len(arguments):
            raise call.error(call.tree, f"takes {len(names)} arguments and is given {len(arguments)}")
        self.calls.append(call)
        for name, value in zip(names, arguments, strict=True):
            call.assign(call.tree, name, value)
        result = call.run()
        self.calls.pop()
        return result

    def constant(self, value: object) -> Value:
        """What a value that is known now means in compiled code."""
        match value:
            case bool():
                return truth(value)
            case int():
                return integer(int(value))
            case float():
                return real(value)
            case FunctionType():
                return Word(value.__name__) if value in _WORDS else value
            case _:
                raise TranslationError(f"{value!r} has no meaning in compiled code")

    # -------------------------------------------------------------------------------------------- numbers

    def to_real(self, value: Number) -> Number:
        if value.kind == "double":
            return value
        if value.known is not None:
            return real(float(value.known))
        return Number(
            "double",
            self.emit(f"{'sitofp i64' if value.kind == 'i64' else 'uitofp i1'} {value.operand} to double"),
        )

    def to_integer(self, value: Number) -> Number:
        if value.kind == "i64":
            return value
        if value.known is not None:
            return integer(value.known)
        return Number(
            "i64",
            self.emit(f"{'fptosi double' if value.kind == 'double' else 'zext i1'} {value.operand} to i64"),
        )

    def arithmetic(self, operation: ast.operator, left: Number, right: Number) -> Number | None:
        names = _ARITHMETIC.get(type(operation))
        if names is None:
            return None
        of_reals, of_integers = names
        if "double" in (left.kind, right.kind) or of_integers is None:
            left, right = self.to_real(left), self.to_real(right)
            return Number("double", self.emit(f"{of_reals} double {left.operand}, {right.operand}"))
        left, right = self.to_integer(left), self.to_integer(right)
        if left.known is not None and right.known is not None:
            a, b = left.known, right.known
            return integer({"add": a + b, "sub": a - b, "mul": a * b}[of_integers])
        return Number("i64", self.emit(f"{of_integers} nsw i64 {left.operand}, {right.operand}"))

    def compare(self, operation: ast.cmpop, left: Number, right: Number) -> Number | None:
        names = _COMPARISON.get(type(operation))
        if names is None:
            return None
        of_reals, of_integers = names
        if "double" in (left.kind, right.kind):
            left, right = self.to_real(left), self.to_real(right)
            return Number("i1", self.emit(f"fcmp {of_reals} double {left.operand}, {right.operand}"))
        left, right = self.to_integer(left), self.to_integer(right)
        if left.known is not None and right.known is not None:
            a, b = left.known, right.known
            holds = {"slt": a < b, "sle": a <= b, "sgt": a > b, "sge": a >= b, "eq": a == b, "ne": a != b}
            return truth(holds[of_integers])
        return Number("i1", self.emit(f"icmp {of_integers} i64 {left.operand}, {right.operand}"))

    def select(self, condition: Number, yes: Number, no: Number) -> Number:
        if condition.known is not None:
            return yes if condition.known else no
        if yes.kind != no.kind:
            yes, no = self.to_real(yes), self.to_real(no)
        chosen = f"select i1 {condition.operand}, {yes.kind} {yes.operand}, {no.kind} {no.operand}"
        return Number(yes.kind, self.emit(chosen))

    # -------------------------------------------------------------------------------------------- memory

    def element(self, base: str, index: Number) -> str:
        """The address of an element."""
        if index.known == 0:
            return base
        return self.emit(f"getelementptr inbounds double, ptr {base}, i64 {index.operand}")

    def times(self, index: Number, factor: int) -> Number:
        return cast(Number, self.arithmetic(ast.Mult(), index, integer(factor)))

    def plus(self, a: Number, b: Number) -> Number:
        return cast(Number, self.arithmetic(ast.Add(), a, b))

    def load(self, address: str) -> Number:
        return Number("double", self.emit(f"load double, ptr {address}"))

    def store(self, value: Number, address: str) -> None:
        self.stores += 1
        self.lines.append(f"store double {self.to_real(value).operand}, ptr {address}")

    # -------------------------------------------------------------------------------------------- words

    def word(self, name: str, arguments: list[Any]) -> Value:
        """The compiled meaning of a word of the vocabulary."""
        match name, arguments:
            case "width", [Block() as a]:
                return integer(a.lanes)
            case "size", [Block() as a]:
                if a.n is not None:
                    return integer(a.n)
                return self.to_integer(self.load(self.element(a.address, integer(block.SIZE * a.lanes))))
            case "has", [Block() as a, Number(known=int(traits))]:
                return truth(bool(a.traits & traits))
            case "lane", [Block() as a, Number() as row, Number() as index]:
                return Vector(self.element(a.address, self.plus(self.times(row, a.lanes), index)), a.lanes)
            case "tail", [Vector() as v, Number() as index]:
                return Vector(self.element(v.address, self.times(index, v.stride)), v.stride)
            case "sqrt", [Number() as x]:
                root = f"call double @llvm.sqrt.f64(double {self.to_real(x).operand})"
                return Number("double", self.emit(root))
            case "pick", [Number("i1") as condition, Number() as yes, Number() as no]:
                return self.select(condition, yes, no)
            case "seldom", [Number("i1") as condition]:
                return replace(condition, seldom=True)
            case "abs", [Number("i64" | "double") as x]:
                size = f"call double @llvm.fabs.f64(double {self.to_real(x).operand})"
                return Number("double", self.emit(size))
            case "float", [Number() as x]:
                return self.to_real(x)
            case "int", [Number() as x]:
                return self.to_integer(x)
            case "ask", [Kernel() as kernel, Block() as a]:
                self.ask(kernel, a)
                return Nothing()
            case "ask_reduced", [Kernel() as kernel, Block(lanes=1) as a]:
                self.ask_reduced(kernel, a)
                return Nothing()
            case _:
                raise TranslationError(f"{name} is not used in this way in compiled code")

    def ask(self, kernel: Kernel, a: Block) -> None:
        """Value and gradient at the trial point of every lane, whatever of the two is wanted, or at its vector.

        Where a lane wants a second derivative, its driver has told it already.
        """
        n = cast(Number, self.word("size", [a]))
        trial = self.element(a.address, integer(block.TRIAL * a.lanes))
        told = self.element(trial, self.times(n, a.lanes))
        requests = [self.element(a.address, integer(block.REQUEST * a.lanes + i)) for i in range(a.lanes)]
        if not a.traits & block.ASKING:
            self.evaluate(kernel, a, trial, told)
            for request in requests:  # after the call, behind which the optimiser knows nothing of the block
                self.store(real(block.BOTH), request)
            return
        # lanes among others are evaluated whether they want it or not, and so are told once more what they know
        here, elsewhere, after = self.label("here"), self.label("elsewhere"), self.label("after")
        both, known = real(block.BOTH), [self.load(request) for request in requests]
        near = [cast(Number, self.compare(ast.LtE(), each, both)) for each in known]
        if a.lanes == 1:
            self.branch(near[0], here, elsewhere)
            self.begin(here)
        self.evaluate(kernel, a, trial, told)
        for request, each, within in zip(requests, known, near, strict=True):
            self.store(self.select(within, both, each), request)
        if a.lanes == 1:
            self.jump(after)
            self.begin(elsewhere)
        if a.traits & block.ELSEWHERE:
            if a.lanes == 1:
                wanted = cast(Number, self.compare(ast.Eq(), known[0], real(block.ELSEWHERE)))
                ahead = self.label("ahead")
                self.branch(wanted, ahead, after)
                self.begin(ahead)
            vector = cast(Number, self.inline(vocabulary.vector, [a]))
            v = self.element(a.address, self.times(vector, a.lanes))
            self.evaluate(kernel, a, v, self.element(v, self.times(n, a.lanes)))
        if a.lanes == 1:
            self.jump(after)
            self.begin(after)

    def evaluate(self, kernel: Kernel, a: Block, x: str, told: str) -> None:
        """A call of the kernel for all lanes."""
        count = "" if a.lanes == 1 else f", i64 {a.lanes}, i64 {a.lanes}"
        self.lines.append(
            f"call void {kernel.function}(ptr {x}, ptr {told}, ptr {kernel.context}{count}) nounwind"
        )

    def ask_reduced(self, kernel: Kernel, a: Block) -> None:
        """F and the factor T at the trial point, to where the direction's memory begins."""
        x = self.element(a.address, integer(block.TRIAL))
        place = cast(Number, self.inline(vocabulary.memory, [a]))
        to = self.element(a.address, place)
        self.lines.append(f"call void {kernel.function}(ptr {x}, ptr {to}, ptr {kernel.context}) nounwind")


_WORDS = frozenset(
    (
        ask,
        ask_reduced,
        *(
            getattr(vocabulary, name)
            for name in ("width", "size", "has", "lane", "tail", "sqrt", "pick", "seldom")
        ),
    )
)


class _Call:
    """One call while its body is being translated: its names, and where it returns to."""

    def __init__(self, translator: _Translator, function: FunctionType) -> None:
        self.t = translator
        self.function = function
        self.code = function.__code__
        self.tree = definition(self.code)
        cells = (cell.cell_contents for cell in function.__closure__ or ())
        self.outer = ChainMap(dict(zip(self.code.co_freevars, cells, strict=True)), function.__globals__)
        self.assignments = _assignments(self.tree)
        self.names: dict[str, Slot | Value] = {}
        self.exit: str | None = None  # label behind the body, where a return jumps from its midst
        self.answers: Slot | list[Slot] | None = None

    def error(self, node: ast.AST, message: str) -> TranslationError:
        line = getattr(node, "lineno", 0)
        return TranslationError(f"{self.code.co_filename}:{line}: {self.code.co_name}: {message}")

    # -------------------------------------------------------------------------------------------- body and return

    def run(self) -> Value:
        *body, last = self.tree.body
        if not _returns_early(self.tree):
            self.statements(body)
            if isinstance(last, ast.Return):
                return Nothing() if last.value is None else self.value(last.value)
            self.statement(last)
            return Nothing()
        self.exit = self.t.label("exit")
        if not self.statements(self.tree.body):
            self.t.jump(self.exit)
        self.t.begin(self.exit)
        match self.answers:
            case None:
                return Nothing()
            case Slot() as slot:
                return self.read(slot)
            case slots:
                return Several(tuple(self.read(slot) for slot in slots))

    def give(self, node: ast.Return) -> None:
        """A return from the midst of the body."""
        value = Nothing() if node.value is None else self.value(node.value)
        match value:
            case Number():
                slot = (
                    self.answers
                    if isinstance(self.answers, Slot)
                    else Slot(value.kind, self.t.allocate(value.kind))
                )
                self.answers = slot
                self.write(node, slot, value, "the value returned")
            case Several(items):
                numbers = [item for item in items if isinstance(item, Number)]
                if len(numbers) < len(items):
                    raise self.error(node, "only numbers are returned in a tuple")
                slots = self.answers if isinstance(self.answers, list) else []
                self.answers = slots
                for place, item in enumerate(numbers):
                    if place == len(slots):
                        slots.append(Slot(item.kind, self.t.allocate(item.kind)))
                    self.write(node, slots[place], item, f"value {place} returned")
            case Nothing():
                pass
            case _:
                raise self.error(node, "returns something that is not a number")
        assert self.exit is not None
        self.t.jump(self.exit)

    # -------------------------------------------------------------------------------------------- statements

    def statements(self, body: list[ast.stmt]) -> bool:
        """Translate statements in turn; True where the last one jumps away."""
        return any(self.statement(node) for node in body)

    def statement(self, node: ast.stmt) -> bool:
        match node:
            case ast.Expr(ast.Constant()) | ast.Pass():
                pass
            case ast.Expr(value):
                self.value(value)
            case ast.Assign([target], value):
                self.target(target, self.value(value))
            case ast.AnnAssign(target, value=ast.expr() as value):
                self.target(target, self.value(value))
            case ast.AugAssign(target, operation, value):
                left = self.number(ast.copy_location(_as_read(target), target))
                self.target(target, self.binary(node, operation, left, self.number(value)))
            case ast.Return():
                self.give(node)
                return True
            case ast.If():
                return self.conditional(node)
            case ast.For(ast.Name(name), ast.Call(ast.Name("range"), [*bounds]), body, []):
                self.loop(node, name, [self.number(bound) for bound in bounds], body)
            case ast.While(condition, body, []):
                self.loop_while(condition, body)
            case _:
                raise self.error(node, f"{type(node).__name__} is not in the language of parts")
        return False

    def conditional(self, node: ast.If) -> bool:
        condition = self.condition(node.test)
        if condition.known is not None:
            return self.statements(node.body if condition.known else node.orelse)
        yes, no, after = self.t.label("then"), self.t.label("else"), self.t.label("after")
        self.t.branch(condition, yes, no)
        ended: list[bool] = []
        for label, body in ((yes, node.body), (no, node.orelse)):
            self.t.begin(label)
            ended.append(self.statements(body))
            if not ended[-1]:
                self.t.jump(after)
        if not all(ended):
            self.t.begin(after)
        return all(ended)

    def loop(self, node: ast.stmt, name: str, bounds: list[Number], body: list[ast.stmt]) -> None:
        start, stop = (integer(0), bounds[0]) if len(bounds) == 1 else (bounds[0], bounds[1])
        if len(bounds) > 2 or start.kind != "i64" or stop.kind != "i64":
            raise self.error(node, "a loop goes over range(stop) or range(start, stop)")
        if start.known is not None and stop.known is not None and stop.known - start.known <= UNROLLED:
            for turn in range(start.known, stop.known):
                self.names[name] = integer(turn)
                if self.statements(body):
                    break
            return
        counter = Slot("i64", self.t.allocate("i64"))
        head, inside, after = self.t.label("head"), self.t.label("body"), self.t.label("after")
        self.write(node, counter, start, name)
        self.t.jump(head)
        self.t.begin(head)
        now = self.read(counter)
        self.t.branch(cast(Number, self.t.compare(ast.Lt(), now, stop)), inside, after)
        self.t.begin(inside)
        self.names[name] = now
        if not self.statements(body):
            self.write(node, counter, self.t.plus(now, integer(1)), name)
            self.t.jump(head)
        self.t.begin(after)
        del self.names[name]

    def loop_while(self, test: ast.expr, body: list[ast.stmt]) -> None:
        head, inside, after = self.t.label("head"), self.t.label("body"), self.t.label("after")
        self.t.jump(head)
        self.t.begin(head)
        self.t.branch(self.condition(test), inside, after)
        self.t.begin(inside)
        if not self.statements(body):
            self.t.jump(head)
        self.t.begin(after)

    # -------------------------------------------------------------------------------------------- assignment

    def target(self, node: ast.expr, value: Value) -> None:
        match node:
            case ast.Name(name):
                self.assign(node, name, value)
            case ast.Tuple(items) if isinstance(value, Several) and len(items) == len(value.items):
                for item, each in zip(items, value.items, strict=True):
                    self.target(item, each)
            case ast.Subscript() if isinstance(value, Number):
                self.t.store(value, self.address(node))
            case _:
                raise self.error(node, "cannot be assigned to")

    def assign(self, node: ast.AST, name: str, value: Value) -> None:
        held = self.names.get(name)
        if not isinstance(value, Number):
            if held is not None:
                raise self.error(node, f"{name} is assigned twice, and is not a number")
            self.names[name] = value
        elif isinstance(held, Slot):
            self.write(node, held, value, name)
        elif value.known is not None and self.assignments[name] <= 1:
            self.names[name] = value
        elif held is not None:
            raise self.error(node, f"{name} is something else already")
        else:
            if (self.code, name) in self.t.widened:
                value = self.t.to_real(value)
            slot = Slot(value.kind, self.t.allocate(value.kind))
            self.names[name] = slot
            self.write(node, slot, value, name)

    def read(self, slot: Slot) -> Number:
        return Number(slot.kind, self.t.emit(f"load {slot.kind}, ptr {slot.address}"))

    def write(self, node: ast.AST, slot: Slot, value: Number, name: str) -> None:
        if slot.kind == "double":
            value = self.t.to_real(value)
        elif slot.kind == "i64" and value.kind == "double":
            raise _WidenedError((self.code, name))
        elif slot.kind != value.kind:
            raise self.error(node, f"{name} is a number here and a truth value there")
        self.t.lines.append(f"store {slot.kind} {value.operand}, ptr {slot.address}")

    def address(self, node: ast.Subscript) -> str:
        base = self.value(node.value)
        index = self.value(node.slice)
        match base, index:
            case Block(), Several((Number("i64") as row, Number("i64") as lane)):
                return self.t.element(base.address, self.t.plus(self.t.times(row, base.lanes), lane))
            case Vector(), Number("i64"):
                return self.t.element(base.address, self.t.times(index, base.stride))
            case _:
                raise self.error(node, "blocks are indexed by [row, lane], vectors by [index]")

    # -------------------------------------------------------------------------------------------- expressions

    def number(self, node: ast.expr) -> Number:
        value = self.value(node)
        if not isinstance(value, Number):
            raise self.error(node, "is not a number")
        return value

    def condition(self, node: ast.expr) -> Number:
        value = self.number(node)
        if value.kind != "i1":
            raise self.error(node, "is a number, where a comparison is wanted")
        return value

    def binary(self, node: ast.AST, operation: ast.operator, left: Number, right: Number) -> Number:
        result = self.t.arithmetic(operation, left, right)
        if result is None:
            raise self.error(
                node, f"{type(operation).__name__} is not in the language of parts, which has + - * /"
            )
        return result

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.Constant(bool() | int() | float() as value):
                return self.t.constant(value)
            case ast.Name(name):
                return self.name(node, name)
            case ast.Tuple(items):
                return Several(tuple(self.value(item) for item in items))
            case ast.BinOp(left, operation, right):
                return self.binary(node, operation, self.number(left), self.number(right))
            case ast.UnaryOp(ast.USub(), operand):
                return self.negative(self.number(operand))
            case ast.UnaryOp(ast.Not(), operand):
                value = self.condition(operand)
                return self.t.select(value, truth(False), truth(True))
            case ast.Compare(left, operations, comparators):
                return self.comparison(node, left, operations, comparators)
            case ast.BoolOp(operation, [first, *others]):
                return self.logic(
                    operation, [self.condition(first), *self.either_way(others, self.condition)]
                )
            case ast.IfExp(test, yes, no):
                return self.t.select(self.condition(test), *self.either_way([yes, no], self.number))
            case ast.Subscript():
                return self.t.load(self.address(node))
            case ast.Call(function, arguments, []):
                return self.call(node, self.value(function), [self.value(argument) for argument in arguments])
            case _:
                raise self.error(node, f"{type(node).__name__} is not in the language of parts")

    def either_way(
        self, nodes: list[ast.expr], translated: Callable[[ast.expr], Number]
    ) -> tuple[Number, ...]:
        """Operands that Python computes only where they are needed: here they are computed in any case."""
        stores = self.t.stores
        values = tuple(translated(node) for node in nodes)
        if self.t.stores != stores:
            raise self.error(
                nodes[0], "what is computed only on a condition must not write: use an if statement"
            )
        return values

    def name(self, node: ast.expr, name: str) -> Value:
        held = self.names.get(name)
        if isinstance(held, Slot):
            return self.read(held)
        if held is not None:
            return held
        if name in self.outer:
            return self.t.constant(self.outer[name])
        if name in ("abs", "int", "float"):
            return Word(name)
        raise self.error(node, f"{name} is not known here")

    def negative(self, value: Number) -> Number:
        if value.kind == "double":
            return Number("double", self.t.emit(f"fneg double {value.operand}"))
        return cast(Number, self.t.arithmetic(ast.Sub(), integer(0), value))

    def comparison(
        self, node: ast.expr, left: ast.expr, operations: list[ast.cmpop], comparators: list[ast.expr]
    ) -> Number:
        values = [self.number(left), *(self.number(each) for each in comparators)]
        results: list[Number] = []
        for operation, a, b in zip(operations, values, values[1:], strict=False):
            result = self.t.compare(operation, a, b)
            if result is None:
                raise self.error(node, f"{type(operation).__name__} is not in the language of parts")
            results.append(result)
        return self.logic(ast.And(), results)

    def logic(self, operation: ast.boolop, conditions: list[Number]) -> Number:
        total, *others = conditions
        for each in others:
            if isinstance(operation, ast.And):
                total = self.t.select(total, each, truth(False))
            else:
                total = self.t.select(total, truth(True), each)
        return total

    def call(self, node: ast.expr, function: Value, arguments: list[Value]) -> Value:
        if isinstance(function, Word):
            try:
                return self.t.word(function.name, arguments)
            except TranslationError as problem:
                raise self.error(node, str(problem)) from None
        if isinstance(function, FunctionType):
            return self.t.inline(function, arguments)
        raise self.error(node, "calls something that is not a function of the language")


def _as_read(target: ast.expr) -> ast.expr:
    """The same place, to be read."""
    match target:
        case ast.Subscript(value, index):
            return ast.Subscript(value, index, ast.Load())
        case ast.Name(name):
            return ast.Name(name, ast.Load())
        case _:
            return target
