from __future__ import annotations

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thalweg.lab.frame import FrameError, pack, request_from, unpack
from thalweg.lab.messages import Grid, Hello, Reading


def page_frame(header: object, *buffers: bytes) -> bytes:
    """A frame as the page writes it: independent of `pack`."""
    text = json.dumps(header).encode()
    frame = struct.pack("<I", len(text)) + text
    for buffer in buffers:
        frame += b"\0" * (-len(frame) % 8) + buffer
    return frame + b"\0" * (-len(frame) % 8)


@given(st.text(max_size=40), st.integers(0, 2**53), st.lists(st.lists(st.floats(), max_size=9), max_size=4))
def test_a_frame_returns_what_was_packed(view: str, seq: int, rows: list[list[float]]) -> None:
    arrays = [np.array(row) for row in rows]
    frame = pack(Hello(view=view, seq=seq), arrays)
    content, buffers = unpack(frame)
    assert request_from(content) == Hello(view=view, seq=seq)
    assert [bytes(buffer) for buffer in buffers] == [array.tobytes() for array in arrays]


@given(st.lists(st.integers(0, 20), max_size=4))
def test_every_buffer_stands_at_a_multiple_of_eight(sizes: list[int]) -> None:
    arrays = [np.full(size, 255, dtype=np.uint8) for size in sizes]
    frame = pack(Hello(view="v", seq=1), arrays)
    (length,) = struct.unpack_from("<I", frame)
    header = json.loads(frame[4 : 4 + length])
    assert header["lens"] == sizes
    offset = -(-(4 + length) // 8) * 8
    for size in sizes:
        assert frame[offset : offset + size] == b"\xff" * size
        offset += -(-size // 8) * 8
    assert len(frame) == offset


def test_a_frame_that_the_page_wrote_is_read() -> None:
    header = {
        "kind": "grid",
        "view": "a",
        "seq": 3,
        "revision": 7,
        "box": [0, 1, -1, 1],
        "shape": [4, 5],
        "lens": [],
    }
    content, buffers = unpack(page_frame(header))
    assert request_from(content) == Grid(view="a", seq=3, revision=7, box=(0.0, 1.0, -1.0, 1.0), shape=(4, 5))
    assert buffers == []


def test_what_is_not_finite_is_null_in_the_header() -> None:
    frame = pack(
        Reading(view="v", seq=1, revision=1, point=[0.0], value=float("nan"), gradient_norm=float("inf"))
    )
    content, _ = unpack(frame)
    assert content["value"] is None
    assert content["gradient_norm"] is None


@pytest.mark.parametrize(
    ("frame", "says"),
    [
        (b"", "before its header"),
        (b"\1\0", "before its header"),
        (struct.pack("<I", 100) + b"{}", "inside its header"),
        (struct.pack("<I", 2**32 - 1) + b"{}", "inside its header"),
        (page_frame([1]), "not understood"),
        (struct.pack("<I", 4) + b"\xff\xfe{}", "not understood"),
        (struct.pack("<I", 60_000) + b"[" * 60_000, "not understood"),
        (page_frame({"lens": [8]}), "inside a buffer"),
        (page_frame({"lens": [-8]}, b"12345678"), "inside a buffer"),
        (page_frame({"lens": "x"}), "not understood"),
    ],
)
def test_a_broken_frame_is_refused_with_a_sentence(frame: bytes, says: str) -> None:
    with pytest.raises(FrameError, match=says):
        unpack(frame)


@pytest.mark.parametrize(
    ("content", "view", "seq"),
    [
        ({"kind": "dance", "view": "a", "seq": 4}, "a", 4),
        ({"kind": "welcome", "view": "a", "seq": 4}, "a", 4),
        ({"kind": "hello", "view": "a", "seq": 4, "extra": 1}, "a", 4),
        ({"kind": "grid", "view": "a", "seq": 4, "revision": 1, "box": [0, 1], "shape": [4, 5]}, "a", 4),
        ({"kind": "hello", "view": 3, "seq": "x"}, "", 0),
        ("hello", "", 0),
    ],
)
def test_what_is_no_request_is_refused_and_its_sender_named(content: object, view: str, seq: int) -> None:
    with pytest.raises(FrameError) as caught:
        request_from(content)
    assert (caught.value.view, caught.value.seq) == (view, seq)
