"""The source of functions: their syntax trees, and what a translator wants to know of one before it begins."""

from __future__ import annotations

import ast
import linecache
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from types import CodeType

from thalweg.drive.translate.errors import TranslationError


@lru_cache(maxsize=1024)
def definition(code: CodeType) -> ast.FunctionDef:
    """The syntax tree of the source that a function's code was made of.

    Raises:
        TranslationError: The source cannot be read, or has changed since.
    """
    linecache.checkcache(code.co_filename)
    lines = linecache.getlines(code.co_filename)
    if not lines:
        raise TranslationError(f"{code.co_name}: its source, {code.co_filename}, cannot be read")
    functions, codes = _module("".join(lines), code.co_filename)
    place = (code.co_name, code.co_firstlineno)
    if place not in functions or _what_runs(codes[place]) != _what_runs(code):
        raise TranslationError(
            f"{code.co_name}: its source, {code.co_filename}, has changed since it was defined"
        )
    return functions[place]


def _what_runs(code: CodeType) -> tuple[object, ...]:
    """What of a function's code decides what it does; constants as they are written, since 0 == 0.0 == -0.0."""
    return code.co_code, code.co_names, code.co_varnames, repr(code.co_consts)


Place = tuple[str, int]
"""A function's name and first line."""


@lru_cache(maxsize=32)
def _module(source: str, file: str) -> tuple[dict[Place, ast.FunctionDef], dict[Place, CodeType]]:
    """A file's functions: their syntax trees, and their code."""
    module = ast.parse(source, file)
    functions = [node for node in _statements(module) if isinstance(node, ast.FunctionDef)]
    trees = {(node.name, _first_line(node)): node for node in functions}
    pending = [compile(module, file, "exec", dont_inherit=True)]
    codes: dict[Place, CodeType] = {}
    while pending:
        code = pending.pop()
        codes[code.co_name, code.co_firstlineno] = code
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return trees, codes


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """The statements in a node; expressions, most of a tree by far, are not looked into."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from _statements(child)


@lru_cache(maxsize=1024)
def assignments(tree: ast.FunctionDef) -> Counter[str]:
    """How often each name is assigned to."""
    return _assigned(_statements(tree))


@lru_cache(maxsize=1024)
def steady(tree: ast.FunctionDef) -> frozenset[str]:
    """Names that mean one value from their assignment to the end: parameters, and what the body itself sets once."""
    often, direct = assignments(tree), _assigned(tree.body)
    parameters = {argument.arg for argument in tree.args.args}
    return frozenset(
        {name for name in parameters if not often[name]}
        | {name for name in direct if often[name] == 1 and name not in parameters}
    )


def _assigned(statements: Iterable[ast.AST]) -> Counter[str]:
    """How often each name is assigned to by these statements themselves."""
    found: Counter[str] = Counter()
    for statement in statements:
        match statement:
            case ast.Assign(targets):
                found.update(name for target in targets for name in _names(target))
            case ast.AnnAssign(target) | ast.AugAssign(target) | ast.For(target):
                found.update(_names(target))
            case _:
                pass
    return found


def _names(target: ast.expr) -> list[str]:
    """The names that a target consists of."""
    names = (node for node in ast.walk(target) if isinstance(node, ast.Name))
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


@lru_cache(maxsize=1024)
def returns_early(tree: ast.FunctionDef) -> bool:
    """Whether a return stands anywhere but at the end."""
    last = tree.body[-1]
    return any(isinstance(node, ast.Return) and node is not last for node in _statements(tree))
