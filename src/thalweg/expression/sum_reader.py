"""The part of the parser that reads indices, elements of vectors, sums over indices and reductions of whole vectors."""

from __future__ import annotations

from collections.abc import Callable

from thalweg.expression import sums
from thalweg.expression.indexing import SUMS, WHOLE, Binder, Indexing
from thalweg.expression.indices import Affine, Header, number
from thalweg.expression.names import canonical
from thalweg.expression.precedence import BRACKET, OR, Pending
from thalweg.expression.stacks import Stacks
from thalweg.expression.tokens import Token
from thalweg.expression.vectors import Vector


class SumReader(Stacks):
    """What the parser (`parse`) does where an index, a sum or a vector is met; the rest of its work is its own."""

    tokens: list[Token]
    next: int
    known: dict[str, int]
    declared: dict[str, tuple[Callable[[int], int], int]]
    inferred: dict[str, int] | None
    """Variables that were found and their places, in order of appearance; None where all are declared."""
    vectors: dict[str, Vector]
    indexing: Indexing
    binders: list[Binder]
    """Sums that are being read, the innermost last."""

    def _indexed(self, name: str, token: Token) -> int | None:
        """Return the node of an index as a number, of x_i as the element x[i], None for other names."""
        scopes = self.indexing.scopes
        if name in scopes:
            return self.graph.index(scopes[name])
        base, _, index = name.rpartition("_")
        if base and index in scopes and name not in self.declared and base not in self.declared:
            return self._element(base, (0, ((scopes[index], 1),)), token, token.length)
        return None

    def _numbered(self, name: str, token: Token) -> int | None:
        """Return the node of x_1 where x is a vector."""
        base, _, index = name.rpartition("_")
        if base in self.vectors and (place := self.indexing.whole_number(index)) is not None:
            return self._element(base, number(place), token, token.length)
        if name in self.vectors or name in self.indexing.reach:
            if not self.indexing.whole:
                raise self._error(
                    token,
                    f"'{token.shown}' is a vector",
                    f"write an element, {name}[i], or norm({name}), dot({name}, {name})",
                )
            self._infer_vector(name)
            return self.indexing.whole_element(name, token, 0, 0)
        return None

    def _read_element(self, name: str, token: Token) -> bool:
        """Take what stands in square brackets: an index, or a slice x[1:-1] within a reduction of whole vectors."""
        opening = self.tokens[self.next]
        if name in self.declared or (
            self.inferred and name in self.inferred and name not in self.indexing.reach
        ):
            message = f"'{token.shown}' is one number and has no elements"
            raise self._error(token, message, "use round brackets for a product")
        if self.indexing.whole and self._is_slice():
            node = self._slice(name, token)
        else:
            reader = self.indexing.reader(self.tokens, self.next + 1)
            index = reader.read()
            self.next = reader.next
            self._end_of_index(opening)
            closing = self.tokens[self.next - 1]
            node = self._element(name, index, token, closing.position + 1 - token.position)
        self.operands.append(node)
        return False

    def _element(self, name: str, index: Affine, token: Token, extent: int) -> int:
        self._infer_vector(name)
        return self.indexing.element(name, index, token, extent)

    def _infer_vector(self, name: str) -> None:
        if self.inferred is not None and name not in self.inferred:
            self.inferred[name] = len(self.inferred)

    def _end_of_index(self, opening: Token) -> None:
        token = self.tokens[self.next]
        if token.kind == "comma":
            raise self._error(token, "A vector has one index", "write x[i]")
        if token.kind != "index" or token.text != "]":
            raise self._error(opening, "This '[' is never closed", f"expected ']' before '{token.shown}'")
        self.next += 1

    def _is_slice(self) -> bool:
        kinds = [token.text for token in self.tokens[self.next + 1 : self.next + 5]]
        return ":" in kinds

    def _slice(self, name: str, token: Token) -> int:
        """Return an element of x[a:], x[:-b] or x[a:-b], which skips a elements and drops b."""
        numbers = [0, 0]
        opening = self.tokens[self.next]
        self.next += 1
        for side in (0, 1):
            sign = self.tokens[self.next]
            negative = sign.text == "-"
            self.next += negative
            count = self.tokens[self.next]
            if count.kind == "number" and count.text.isdigit() and negative == (side == 1):
                numbers[side] = int(count.text[:9])
                self.next += 1
            elif negative or count.kind == "number":
                raise self._error(
                    count, "This slice cannot be read", f"write {name}[1:], {name}[:-1] or {name}[1:-1]"
                )
            if side == 0:
                self.next += 1  # the colon
        self._end_of_index(opening)
        self._infer_vector(name)
        return self.indexing.whole_element(name, token, *numbers)

    def _begin_sum(self, name: str, token: Token) -> bool:
        """Take the opening bracket of a sum, its index and its bounds, which stand behind its term."""
        opening = self.next
        form = sums.find(self.text, self.tokens, opening, token)
        if form is None:  # of whole vectors, where it is no function
            arguments = sums.arguments(self.tokens, opening) if name == "norm" else 1
            if arguments > 1:
                if arguments == 2:
                    self._check_order(opening, token)
                return False
            return self._begin_whole(name, token)
        if name not in SUMS:
            raise self._error(token, f"'{token.shown}' takes no index", "write a sum")
        over: list[Header] = []
        names: list[str] = []
        for loop in form.loops:
            reader = self.indexing.reader(self.tokens, loop.lower)
            lower = reader.read() if loop.lower >= 0 else number(loop.default)
            if loop.lower >= 0:
                loop.check(reader.next, self.text, self.tokens, loop.ends_lower)
            reader = self.indexing.reader(self.tokens, loop.upper)
            upper = reader.read()
            loop.check(reader.next, self.text, self.tokens, loop.ends_upper)
            if loop.excludes_upper:
                upper = upper[0] - 1, upper[1]
            index = canonical(loop.name.text)
            header = Header(len(self.indexing.loops), lower, upper)
            self.indexing.open(index, header, loop.name)
            for known in [each for each in self.known if canonical(each).rpartition("_")[2] == index]:
                del self.known[known]  # i, and x_i
            over.append(header)
            names.append(index)
        self._push(Pending(BRACKET, "sum of terms", self.tokens[opening], token))
        self.binders.append(Binder(SUMS[name], token, form.stop, form.after, tuple(over), tuple(names)))
        self.next = opening + 1
        return True

    def _check_order(self, opening: int, token: Token) -> None:
        """Refuse norm(x, 1), which is the sum of absolute values in many programs and hypot(x, 1) here."""
        before, order = self.tokens[opening : opening + sums.extent(self.tokens, opening)][-3:-1]
        if before.kind == "comma" and (order.kind == "number" or order.text in ("inf", "Inf", "Infinity")):
            write = {"1": "norm1(x)", "2": "norm(x)"}.get(order.text)
            hint = (
                f"write {write}, or hypot(x, {order.shown}) for two numbers" if write else "write hypot(x, y)"
            )
            raise self._error(order, f"'{token.shown}' takes no order behind a comma", hint)

    def _finish_sum(self, binder: Binder) -> None:
        self._reduce(OR)
        bracket = self.pending.pop()
        if bracket.operation != "sum of terms":
            raise self._unclosed(bracket)
        self._check_kinds(binder.operation, self.operands[-1:], binder.token)
        term = self.operands.pop()
        for over in reversed(binder.over):
            term = self.graph.total(binder.operation, term, over)
        self.operands.append(term)
        self.indexing.close(binder.names)
        self.next = binder.after

    def _begin_whole(self, name: str, token: Token) -> bool:
        depth = len(self.indexing.loops)
        self.indexing.open(f"({depth})", Header(depth, number(1), number(1)), token)
        self.indexing.whole.append({})
        self._push(Pending(BRACKET, name, self.tokens[self.next], token, None, len(self.operands)))
        self.next += 1
        return True

    def _finish_whole(self, bracket: Pending, closing: Token) -> None:
        name = bracket.operation
        token = bracket.function or closing
        count = len(self.operands) - bracket.below
        if count != (2 if name == "dot" else 1):
            raise self._error(
                token, f"'{token.shown}' takes {'two vectors' if name == 'dot' else 'one'}", None
            )
        length = self.indexing.length_of_whole(token)
        depth = len(self.indexing.loops) - 1
        self.indexing.close([f"({depth})"])
        graph = self.graph
        self._check_kinds(name, self.operands[-count:], token)
        term = self.operands.pop()
        if name == "dot":
            term = graph.multiply(self.operands.pop(), term)
        elif name == "norm":
            term = graph.integer_power(term, 2)
        elif name == "norm1":
            term = graph.call("abs", term)
        total = graph.total(WHOLE[name], term, Header(depth, number(1), number(length)))
        if name == "mean":
            total = graph.divide(total, graph.constant(float(length)))
        elif name == "norm":
            total = graph.call("sqrt", total)
        self.operands.append(total)
