"""Links: what is packed comes back, and what is damaged, strange or too much is refused in a sentence."""

from __future__ import annotations

import base64
import json
import math
import re
import zlib
from typing import Any
from urllib.parse import parse_qs

import msgspec
import numpy as np
import pytest

import thalweg as tw
from thalweg.lab.link import LARGEST, LONGEST_MADE, LONGEST_READ, LinkError, shared_in, unpack
from thalweg.lab.messages import (
    Failed,
    Open,
)
from thalweg.lab.session import Session


def packed(**changed: Any) -> str:
    """The letters of a small fit, some of its fields changed."""
    letters = tw.link(tw.fit("exp(-k*x)", {"x": [0.0, 1.0, 2.0], "y": [1.0, 0.4, 0.2]}, start=[1.0]))
    plain = json.loads(zlib.decompress(base64.urlsafe_b64decode(letters.split("shared=")[1] + "==")))
    return squeezed(json.dumps({**plain, **changed}).encode())


FORMULA = {"type": "formula", "text": "x", "syntax": "plain", "variables": ["x"], "parameters": {}}
FIT = {
    "type": "fit",
    "model": "exp(-k*x)",
    "source": "the data",
    "columns": {"x": [1.0], "y": [1.0]},
    "parameters": ["k"],
    "loss": "half",
}


def squeezed(plain: bytes) -> str:
    return base64.urlsafe_b64encode(zlib.compress(plain)).decode().rstrip("=")


def test_a_link_is_read_from_an_address_and_from_what_stands_behind_it() -> None:
    link = tw.link("x^2 + a*y^2", start=[3.0, 4.0])
    assert link.startswith("http://127.0.0.1:8765/#shared=")
    fields = parse_qs(shared_in(link + "&theme=dark"))
    assert fields["theme"] == ["dark"]
    opening = unpack(fields["shared"][0])
    assert (opening.text, opening.start) == ("x^2 + a*y^2", (3.0, 4.0))
    with pytest.raises(LinkError, match="behind a #"):
        shared_in("http://127.0.0.1:8765/")


@pytest.mark.parametrize(
    ("letters", "says"),
    [
        ("", "cut short"),
        ("no letters!", "damaged"),
        (packed()[:-9], "cut short|damaged"),
        ("A" * (LONGEST_READ + 1), "at most"),
        (squeezed(b" " * (LARGEST + 1)), "more than"),
        (squeezed(b"{}"), "no problem that this version"),
        (squeezed(b"[" * 100_000), "no problem that this version"),
        (packed(start=[1.0, 2.0]), "do not go with its 1 variables"),
        (packed(ranges=[[1.0, 0.0], [0.0, 1.0]]), "do not go with"),
        (packed(axes=[0, 7]), "do not go with"),
        (packed(max_iterations=10**9), "do not go with"),
        (packed(limits={"time_limit": 1e9}), "do not go with"),
        (packed(of=FORMULA | {"text": "x +"}), "Nothing follows"),
        (packed(of=FIT | {"columns": {"x": [1.0], "y": []}}), "column"),
        (packed(of=FIT | {"model": "__import__('os')"}), "__import__"),
        (packed(of=FIT | {"loss": "median"}), "loss is"),
        (packed(of=FIT | {"code": "1"}), "no problem that this version"),
        (packed(of=FIT | {"groups": [str(i) for i in range(5000)]}), "this has 5,000"),
        (packed(of=FORMULA | {"variables": ["x[1..1000000000]"]}), "too many elements"),
    ],
)
def test_a_damaged_or_strange_link_is_refused_in_a_sentence(letters: str, says: str) -> None:
    with pytest.raises(tw.ThalwegError, match=says):
        unpack(letters)
    failed, _ = Session().answer(Open(view="v", seq=1, shared=letters))
    assert isinstance(failed, Failed)
    assert "inside the program" not in failed.message


def test_what_a_link_cannot_carry_it_says() -> None:
    rows = np.linspace(0.0, 1.0, 4000)
    fit = tw.fit("m*x + b", {"x": rows, "y": np.sin(1e5 * rows)})
    with pytest.raises(LinkError, match=f"up to {LONGEST_MADE:,}"):
        tw.link(fit)


def test_not_a_number_comes_back_from_no_link() -> None:
    """JSON has no NaN, and what stands in its place is no number."""
    with pytest.raises(LinkError, match="no problem"):
        unpack(packed(start=[math.nan]))
    assert msgspec.json.encode([math.nan]) == b"[null]"


@pytest.mark.parametrize(
    ("response", "shown"), [("Signal [V]", "SignalV"), ("2nd <b>", "2nd &lt;b&gt;"), ("y", "y")]
)
def test_columns_whose_names_are_no_symbols_go_into_links(response: str, shown: str) -> None:
    fit = tw.fit("m*time_s + b", {"time (s)": [1, 2, 3, 4], response: [2, 3.3, 4, 5.2]}, response=response)
    opened = unpack(shared_in(tw.link(fit)).partition("=")[2])
    text = re.sub("<[^>]*>", "", opened.mathml)
    assert text.endswith(f"+b−{shown})2")
    assert opened.objective.value_and_gradient([1.0, 1.0])[0] == pytest.approx(0.5 * (0.3**2 + 0.2**2))
