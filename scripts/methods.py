"""Writes docs/methods.md, the reference of the methods, from their tables and docstrings.

python -m scripts.methods           # writes it
python -m scripts.methods --check   # says whether it is up to date
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from thalweg.descent.methods import FITTING, METHODS, Method
from thalweg.descent.parameters import Parameter, short
from thalweg.descent.part import Part
from thalweg.descent.stopping import LIMITS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "methods.md"

HEAD = """# The methods

Made from the sources by `python -m scripts.methods`; a change belongs there. A method is a direction and a step rule
under a name; both can be set apart (`direction=`, `step=`), and every parameter below is an option:
`tw.descend(f, start, "bfgs", options={"c2": 0.5})`, or `--option c2=0.5` on the command line. `thalweg methods` prints
the same tables.

"""
FUNCTION = '"(1-x)^2 + 100*(y-x^2)^2", [-1.2, 1]'
FIT = """model = tw.LeastSquares("b*exp(-c*t)", {"t": [0, 1, 2, 3], "y": [2.0, 1.2, 0.7, 0.5]})
"""


def page() -> str:
    """The whole page."""
    methods = [*METHODS, *FITTING]
    contents = ", ".join(f"[{method.title}](#{_anchor(method.title)})" for method in methods)
    sections = [_section(method) for method in methods]
    parts = {part for method in methods for part in (method.direction, method.step)}
    files = sorted({part.__module__ for part in parts})
    sources = [_file(file, [part for part in parts if part.__module__ == file]) for file in files]
    return "\n".join(
        [
            HEAD + contents + ".\n",
            "## When a run ends\n",
            _table(LIMITS),
            *sections,
            "## Directions and step rules\n",
            *sources,
        ]
    )


def _section(method: Method) -> str:
    lines = [f"## {method.title}\n", f"`{method.name}`" + _aliases(method) + f". {method.summary}\n"]
    lines += [f"Direction: {_link(method.direction)}; step rule: {_link(method.step)}.\n"]
    if method.parameters:
        lines.append(_table(method.parameters))
    for preset in method.presets:
        values = ", ".join(f"{name} = {short(value)}" for name, value in preset.options.items())
        lines.append(f"Preset `{preset.name}`: {values}. {preset.help}\n")
    before, what = (FIT, "model, [1, 1]") if method in FITTING else ("", FUNCTION)
    call = f'{before}run = tw.descend({what}, "{method.name}")'
    lines.append(f"```python\nimport thalweg as tw\n\n{call}\n```\n")
    return "\n".join(lines)


def _file(module: str, parts: list[type[Part]]) -> str:
    """What a file says of itself, with its sources and formulas, and what its parts say beside that."""
    about = inspect.cleandoc(sys.modules[module].__doc__ or "")
    lines = [f"### {_home(module)}\n\n{about}\n"]
    for part in sorted(parts, key=lambda part: part.__name__):
        own = re.split(r"\n\s*(?:Args|Example|Raises|Attributes):", inspect.cleandoc(part.__doc__ or ""))[0]
        lines.append(f"#### {part.__name__}\n\n{own.strip()}\n")
    return "\n".join(lines)


def _table(rows: tuple[Parameter, ...]) -> str:
    lines = ["| parameter | default | range | meaning |", "|---|---|---|---|"]
    for row in rows:
        symbol = f" ({row.symbol})" if row.symbol else ""
        meaning = row.help.replace("|", "\\|")
        lines.append(f"| `{row.name}`{symbol} | {short(row.default)} | {row.allowed} | {meaning} |")
    return "\n".join(lines) + "\n"


def _aliases(method: Method) -> str:
    return f" (also {', '.join(f'`{alias}`' for alias in method.aliases)})" if method.aliases else ""


def _home(module: str) -> str:
    path = "src/" + module.replace(".", "/") + ".py"
    return f"[{path.removeprefix('src/thalweg/descent/')}](../{path})"


def _link(part: type[Part]) -> str:
    return f"[{part.__name__}](#{_anchor(part.__name__)})"


def _anchor(title: str) -> str:
    """The name that a heading has as the target of a link."""
    return "".join(_letters(title.casefold()))


def _letters(title: str) -> Iterator[str]:
    for letter in title:
        if letter.isalnum() or letter in "-_":
            yield letter
        elif letter == " ":
            yield "-"


def main(arguments: list[str]) -> int:
    """Write the page, or say whether it is up to date."""
    if arguments == ["--check"]:
        good = PAGE.exists() and PAGE.read_text(encoding="utf-8") == page()
        print("up to date" if good else f"{PAGE} is out of date: python -m scripts.methods")
        return 0 if good else 1
    PAGE.write_text(page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
