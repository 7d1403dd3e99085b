"""The page on methods is the one that the sources make, and its examples run."""

from __future__ import annotations

import re
from typing import Any

import pytest

import thalweg as tw
from scripts.methods import PAGE, page
from thalweg.descent.methods import FITTING, METHODS

TEXT = page()
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == TEXT, "python -m scripts.methods writes it anew"


def test_every_method_and_every_parameter_stands_there() -> None:
    for method in (*METHODS, *FITTING):
        assert f"\n## {method.title}\n" in TEXT
        for row in method.parameters:
            assert f"| `{row.name}`" in TEXT
        for part in (method.direction, method.step):
            assert f"\n#### {part.__name__}\n" in TEXT


def test_every_link_within_the_page_has_its_heading() -> None:
    headings = re.findall(r"^#+ (.+)$", TEXT, re.MULTILINE)
    targets = {re.sub(r"[^\w-]", "", heading.casefold().replace(" ", "-")) for heading in headings}
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) - targets == set()


@pytest.mark.parametrize("code", EXAMPLES, ids=lambda code: code.rsplit('"', 2)[1])
def test_the_examples_run(code: str) -> None:
    names: dict[str, Any] = {}
    exec(code, names)
    assert isinstance(names["run"], tw.Trajectory)
    assert names["run"].fun <= names["run"].first_value


def test_there_is_an_example_of_each() -> None:
    assert len(EXAMPLES) == len(METHODS) + len(FITTING)
