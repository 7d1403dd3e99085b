"""The source of functions: their syntax trees, and what a translator wants to know of one before it begins."""

from __future__ import annotations

import ast
import linecache
from collections import Counter
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
    trees = {
        (node.name, _first_line(node)): node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)
    }
    pending = [compile(module, file, "exec", dont_inherit=True)]
    codes: dict[Place, CodeType] = {}
    while pending:
        code = pending.pop()
        codes[code.co_name, code.co_firstlineno] = code
        pending += [constant for constant in code.co_consts if isinstance(constant, CodeType)]
    return trees, codes


def _first_line(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


@lru_cache(maxsize=1024)
def assignments(tree: ast.FunctionDef) -> Counter[str]:
    """How often each name is assigned to."""
    return _stores(tree)


@lru_cache(maxsize=1024)
def steady(tree: ast.FunctionDef) -> frozenset[str]:
    """Names that mean one value from their assignment to the end: parameters, and what the body itself sets once."""
    often = assignments(tree)
    parameters = {argument.arg for argument in tree.args.args}
    direct = _stores(*(node for node in tree.body if isinstance(node, ast.Assign | ast.AnnAssign)))
    return frozenset(
        {name for name in parameters if not often[name]}
        | {name for name in direct if often[name] == 1 and name not in parameters}
    )


def _stores(*nodes: ast.AST) -> Counter[str]:
    names = (each for node in nodes for each in ast.walk(node) if isinstance(each, ast.Name))
    return Counter(name.id for name in names if isinstance(name.ctx, ast.Store))


@lru_cache(maxsize=1024)
def returns_early(tree: ast.FunctionDef) -> bool:
    """Whether a return stands anywhere but at the end."""
    returns = [node for node in ast.walk(tree) if isinstance(node, ast.Return)]
    return any(node is not tree.body[-1] for node in returns)
