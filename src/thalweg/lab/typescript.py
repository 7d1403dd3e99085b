"""Writes the page's message types from the Python ones: ``python -m thalweg.lab.typescript``.

One interface a class, with its tag as the literal type of ``kind`` and the docstrings as comments, and the constants
that both sides have.  The result,
``frontend/src/messages.ts``, is committed, and a test holds it equal to what this file would write.  Not here: the
messages themselves (`messages.py`), nor any checking at run time in the page.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import get_args

import msgspec
from msgspec import inspect as types

from . import messages

TARGET = Path("frontend/src/messages.ts")

_HEADING = """\
// Generated from src/thalweg/lab/messages.py by `python -m thalweg.lab.typescript`; edit that file, not this one.
"""


def generate() -> str:
    """The whole text of ``messages.ts``."""
    comments = _field_comments()
    requests: tuple[type, ...] = get_args(messages.Request)
    replies: tuple[type, ...] = get_args(messages.Reply)
    parts = [_HEADING, *_constants()]
    for cls in _structs():
        parts.append(_interface(cls, comments[cls.__name__], sent_by_page=cls in requests))
    parts.append(_union("Request", "What the page sends.", requests))
    parts.append(_union("Reply", "What the Python side answers.", replies))
    return "\n".join(parts)


def _constants() -> Iterator[str]:
    """The numbers that stand in capital letters, as TypeScript has them."""
    nodes = ast.parse(inspect.getsource(messages)).body
    for node, below in pairwise(nodes):
        match node, below:
            case (
                ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=int(number))),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                first, *others = name.lower().split("_")
                spelled = first + "".join(map(str.capitalize, others))
                yield "\n".join([*_comment(text, indent=""), f"export const {spelled} = {number};", ""])
            case _:
                pass


def _structs() -> Iterator[type[msgspec.Struct]]:
    """The message classes and what they are made of, in the order of the source; their common roots are left out."""
    for value in vars(messages).values():
        declared_here = getattr(value, "__module__", None) == messages.__name__
        is_struct = isinstance(value, type) and issubclass(value, msgspec.Struct)
        is_root = is_struct and issubclass(value, messages.Message) and value.__struct_config__.tag is None
        if is_struct and declared_here and not is_root:
            yield value


def _interface(cls: type[msgspec.Struct], comments: dict[str, str], *, sent_by_page: bool) -> str:
    info = types.type_info(cls)
    assert isinstance(info, types.StructType)
    lines = [*_comment(inspect.getdoc(cls) or "", indent=""), f"export interface {cls.__name__} {{"]
    if info.tag_field is not None:
        lines.append(f'  {info.tag_field}: "{info.tag}";')
    for field in info.fields:
        lines += _comment(comments.get(field.name, ""), indent="  ")
        # Python fills in what the page leaves out, but always sends every field itself.
        mark = "?" if sent_by_page and not field.required else ""
        lines.append(f"  {field.encode_name}{mark}: {_type(field.type)};")
    return "\n".join([*lines, "}", ""])


def _union(name: str, comment: str, members: tuple[type, ...]) -> str:
    return f"/** {comment} */\nexport type {name} = {' | '.join(member.__name__ for member in members)};\n"


def _type(kind: types.Type) -> str:
    """The TypeScript spelling of a field's type."""
    match kind:
        case types.StrType():
            return "string"
        case types.BoolType():
            return "boolean"
        case types.IntType() | types.FloatType():
            return "number"
        case types.NoneType():
            return "null"
        case types.LiteralType(values=values):
            return " | ".join(f'"{value}"' for value in values)
        case types.StructType(cls=cls):
            return cls.__name__
        case types.UnionType(types=members):
            return " | ".join(_type(member) for member in members)
        case types.TupleType(item_types=members):
            return f"[{', '.join(_type(member) for member in members)}]"
        case types.ListType(item_type=member):
            text = _type(member)
            return f"({text})[]" if "|" in text else f"{text}[]"
        case types.DictType(value_type=member):
            return f"Record<string, {_type(member)}>"
        case _:
            raise TypeError(f"no TypeScript type is known for {kind}")


def _comment(text: str, *, indent: str) -> list[str]:
    lines = text.replace("``", "`").splitlines()
    if not lines:
        return []
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    body = [f"{indent} * {line}".rstrip() for line in lines]
    return [f"{indent}/**", *body, f"{indent} */"]


def _field_comments() -> dict[str, dict[str, str]]:
    """For each class, the string that stands below a field (Python itself keeps no docstrings of fields)."""
    result: dict[str, dict[str, str]] = {}
    for node in ast.parse(inspect.getsource(messages)).body:
        if isinstance(node, ast.ClassDef):
            found = result.setdefault(node.name, {})
            for field, below in zip(node.body, node.body[1:], strict=False):
                match field, below:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                        value=ast.Constant(value=str(text))
                    ):
                        found[name] = inspect.cleandoc(text)
                    case _:
                        pass
    return result


def main() -> None:
    """Write the file, relative to the repository's root or to the path given."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else TARGET
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(generate(), encoding="utf-8")
    print(f"wrote {target}")


if __name__ == "__main__":
    main()
