"""The laboratory as a notebook's widget: the same page and the same session, over custom messages with buffers.

Formulas and fits answer within milliseconds, in the kernel's own thread; a Python callable is worked on in a thread,
so that a slow one does not hold up the notebook.  Not here: anything that the page draws.
"""

from __future__ import annotations

from typing import Any, cast

import anywidget
import msgspec

from thalweg.errors import ThalwegError
from thalweg.lab.frame import FrameError, request_from
from thalweg.lab.messages import Failed, Message
from thalweg.lab.opening import Opening
from thalweg.lab.session import Answer, Session
from thalweg.lab.shell import BUNDLE, UNBUILT
from thalweg.lab.worker import Client, Worker


class LabWidget(anywidget.AnyWidget):
    """The laboratory's page in a notebook; made by `thalweg.Lab`."""

    if BUNDLE.exists():  # anywidget reads the file with the class
        _esm = BUNDLE

    def __init__(self, own: Opening | None = None) -> None:
        if not BUNDLE.exists():
            raise ThalwegError(UNBUILT)
        super().__init__()
        self._client = Client(Session(own), self._deliver)
        self._worker = Worker() if own is not None and own.is_callable else None
        cast(Any, self).on_msg(self._receive)

    def _receive(self, widget: object, content: object, buffers: object) -> None:
        try:
            request = request_from(content)
        except FrameError as error:
            refusal = Failed(view=error.view, seq=error.seq, request="message", message=str(error))
            self._deliver(Answer(refusal))
            return
        if self._worker is None:
            self._deliver(self._client.session.answer(request))
        else:
            self._worker.put(self._client, request)

    def _deliver(self, answer: Answer) -> None:
        cast(Any, self).send(plain(answer.message), [array.tobytes() for array in answer.buffers])


def plain(message: Message) -> dict[str, Any]:
    """The message as JSON data; what is not finite becomes null, as in a frame."""
    return cast("dict[str, Any]", msgspec.json.decode(msgspec.json.encode(message)))
