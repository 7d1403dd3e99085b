"""How a message with its buffers becomes one binary frame of the WebSocket, and back.

A frame is the header's length (u32, little-endian), the header (the message as JSON, with `lens`: the byte length of
each buffer), padding to a multiple of 8, then the buffers, each padded to a multiple of 8, so that the page can lay
typed arrays over them without a copy.  Not here: what the messages say (`messages.py`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, cast

import msgspec
from numpy.typing import NDArray

from thalweg.errors import ThalwegError
from thalweg.lab.messages import Message, Request

_LENGTH = struct.Struct("<I")


class FrameError(ThalwegError, ValueError):
    """What arrived is not a request; `view` and `seq` are those it named, as far as they could be read."""

    def __init__(self, message: str, view: str = "", seq: int = 0) -> None:
        super().__init__(message)
        self.view = view
        self.seq = seq


def pack(message: Message, buffers: Sequence[NDArray[Any]] = ()) -> bytes:
    """The frame of a message and its arrays.

    Example:
        >>> from thalweg.lab.messages import Hello
        >>> frame = pack(Hello(view="v", seq=1))
        >>> len(frame) % 8, request_from(unpack(frame)[0])
        (0, Hello(view='v', seq=1))
    """
    header = msgspec.json.encode(message)
    lengths = msgspec.json.encode([buffer.nbytes for buffer in buffers])
    header = header[:-1] + b',"lens":' + lengths + b"}"  # every message has a kind, so the comma is right
    parts = [_LENGTH.pack(len(header)), header, _padding(_LENGTH.size + len(header))]
    for buffer in buffers:
        parts += [buffer.tobytes(), _padding(buffer.nbytes)]
    return b"".join(parts)


def unpack(frame: bytes) -> tuple[dict[str, object], list[memoryview]]:
    """The message in a frame as plain JSON data, and the bytes of its buffers.

    Raises:
        FrameError: The frame is cut short, or its header is not a JSON object.
    """
    if len(frame) < _LENGTH.size:
        raise FrameError("the frame ends before its header")
    (length,) = cast(tuple[int], _LENGTH.unpack_from(frame))
    end = _LENGTH.size + length
    if end > len(frame):
        raise FrameError("the frame ends inside its header")
    try:
        header: dict[str, object] = msgspec.json.decode(frame[_LENGTH.size : end], type=dict[str, object])
        lengths = msgspec.convert(header.pop("lens", []), type=list[int])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise FrameError(f"the frame's header is not understood: {error}") from None
    buffers: list[memoryview] = []
    offset = _aligned(end)
    for nbytes in lengths:
        if nbytes < 0 or offset + nbytes > len(frame):
            raise FrameError("the frame ends inside a buffer")
        buffers.append(memoryview(frame)[offset : offset + nbytes])
        offset = _aligned(offset + nbytes)
    return header, buffers


def request_from(content: object) -> Request:
    """The request that plain JSON data describe; in a notebook they arrive without a frame.

    Raises:
        FrameError: They describe none; it says which field is wrong.
    """
    try:
        return msgspec.convert(content, type=Request)
    except (msgspec.ValidationError, RecursionError) as error:
        named = cast(dict[str, object], content) if isinstance(content, dict) else {}
        view, seq = named.get("view"), named.get("seq")
        raise FrameError(
            f"the request is not understood: {error}",
            view if isinstance(view, str) else "",
            seq if isinstance(seq, int) else 0,
        ) from None


def _aligned(length: int) -> int:
    return (length + 7) // 8 * 8


def _padding(length: int) -> bytes:
    return b"\0" * (_aligned(length) - length)
