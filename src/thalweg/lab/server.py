"""The laboratory's own server: the page, and its socket, on loopback only.

The socket listens before the address is printed.  The event loop only passes frames on; a worker's thread computes.
Not here: who may come in (`door.py`), and what is answered (`session.py`).
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import threading
import webbrowser

import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket

from thalweg.errors import ThalwegError
from thalweg.lab import shell
from thalweg.lab.door import Door, values
from thalweg.lab.frame import FrameError, pack, request_from, unpack
from thalweg.lab.messages import PORT, Failed
from thalweg.lab.opening import Opening
from thalweg.lab.session import Answer, Session
from thalweg.lab.worker import Client, Worker

BUNDLE = shell.BUNDLE
LARGEST_MESSAGE = 1 << 24
"""Bytes of a message from the page.  A larger one ends the line, so that a text must be refused far below."""

_PORTS_TRIED = 50


class ServerError(ThalwegError):
    """The laboratory cannot be served."""


def serve(
    own: Opening | None = None, *, port: int | None = None, open_browser: bool = True, fragment: str = ""
) -> None:
    """Serve the laboratory until Ctrl-C.

    Args:
        own: What is opened first, and stands first in the problem menu.
        port: The port; by default 8765 or the next free one.
        open_browser: Whether to open a browser, where there is a screen.
        fragment: The state that the page is opened with, as a link has it behind its ``#``.

    Raises:
        ServerError: The page has not been built, or the port is taken.
    """
    if not BUNDLE.exists():
        raise ServerError(shell.UNBUILT)
    listener = listen(port)
    door = Door(listener.getsockname()[1])
    server = make_server(make_app(door, own))
    threading.Thread(target=_warm, name="thalweg-warm", daemon=True).start()
    url = f"{door.url}#{fragment}" if fragment else door.url
    print(f"Thalweg is at {url}\nCtrl-C stops it.", flush=True)
    if open_browser and _has_screen():
        # In a thread, since some systems wait for the browser.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
    with contextlib.suppress(KeyboardInterrupt):
        server.run([listener])


def listen(port: int | None = None) -> socket.socket:
    """A socket that listens on loopback: at this port, or by default at 8765 or the next free one.

    Raises:
        ServerError: The port is taken, or not allowed.
    """
    last: OSError | None = None
    for candidate in [port] if port is not None else [*range(PORT, PORT + _PORTS_TRIED), 0]:
        # The protocol is named, since asyncio lets small answers go at once (TCP_NODELAY) only where it is: else every
        # other answer of a drag waits for the page's next request, a frame long.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if sys.platform != "win32":  # there the option would let two programs share the port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", candidate))
            listener.listen(64)
        except OSError as error:
            listener.close()
            last = error
        else:
            return listener
    assert last is not None
    raise ServerError(
        f"port {port or PORT} cannot be used ({last.strerror or last}): choose another with --port"
    )


def make_server(app: ASGIApp) -> uvicorn.Server:
    """The server, as it is run here and in tests."""
    return uvicorn.Server(
        uvicorn.Config(
            app,
            loop="asyncio",
            http="h11",
            log_level="error",
            log_config=None,
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,  # compressing a map of 1 MB takes longer than sending it
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )


def make_app(door: Door, own: Opening | None = None) -> ASGIApp:
    """The application behind its door."""
    worker = Worker()

    async def page(request: Request) -> Response:
        return HTMLResponse(shell.PAGE)

    async def bundle(request: Request) -> Response:
        return FileResponse(BUNDLE, media_type="text/javascript")

    async def connection(websocket: WebSocket) -> None:
        await _converse(websocket, Session(own), worker)

    routes = [Route("/", page), Route("/lab.js", bundle), WebSocketRoute("/socket", connection)]
    return _Guarded(Starlette(routes=routes), door)


class _Guarded:
    """Lets in what the door admits, hands out the cookie for the token, and puts the headers on every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self._app = app
        self._door = door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            response = self._refusal(HTTPConnection(scope))
            await (response or self._app)(scope, receive, self._with_headers(scope, send))
        elif scope["type"] == "websocket":
            door, headers = self._door, scope["headers"]
            if door.is_local(headers) and door.is_own_page(headers) and door.has_cookie(headers):
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": 4403})
        else:
            await self._app(scope, receive, send)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        """What is answered instead of the page; None where the request may pass."""
        door, headers = self._door, request.scope["headers"]
        if not door.is_local(headers):
            return HTMLResponse(shell.STRANGER, 421)
        if values(headers, b"origin") and not door.is_own_page(headers):
            return HTMLResponse(shell.LOCKED, 403)
        token = request.query_params.get("token")
        if token is not None and request.url.path == "/":
            if not door.is_token(token):
                return HTMLResponse(shell.LOCKED, 403)
            response = RedirectResponse("/", 303)
            response.set_cookie(door.cookie, door.secret, httponly=True, samesite="strict")
            return response
        if door.has_cookie(headers):
            return None
        if request.url.path == "/" and request.headers.get("sec-fetch-site") == "cross-site":
            return HTMLResponse(shell.AGAIN)
        return HTMLResponse(shell.LOCKED, 403)

    @staticmethod
    def _with_headers(scope: Scope, send: Send) -> Send:
        host = next(iter(values(scope["headers"], b"host")), "")
        extra = [
            (name.lower().encode(), text.encode("latin-1")) for name, text in shell.headers(host).items()
        ]

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *extra]
            await send(message)

        return sending


async def _converse(websocket: WebSocket, session: Session, worker: Worker) -> None:
    """Pass requests to the worker and its answers back, until the page goes."""
    await websocket.accept()
    loop = asyncio.get_running_loop()
    outgoing: asyncio.Queue[bytes] = asyncio.Queue()

    def deliver(answer: Answer) -> None:
        frame = pack(answer.message, answer.buffers)
        with contextlib.suppress(RuntimeError):  # the loop has closed: the program is ending
            loop.call_soon_threadsafe(outgoing.put_nowait, frame)

    async def send() -> None:
        while True:
            await websocket.send_bytes(await outgoing.get())

    client = Client(session, deliver)
    sending = asyncio.create_task(send())
    try:
        while (message := await websocket.receive())["type"] == "websocket.receive":
            try:
                worker.put(client, request_from(unpack(message.get("bytes") or b"")[0]))
            except FrameError as error:
                refusal = Failed(view=error.view, seq=error.seq, request="message", message=str(error))
                outgoing.put_nowait(pack(refusal))
    finally:
        worker.forget(client)
        sending.cancel()
        with contextlib.suppress(
            asyncio.CancelledError, Exception
        ):  # the page has gone in the middle of a frame
            await sending


def _warm() -> None:
    """Get the compiled parts ready while the page loads; until then plain ones serve."""
    from thalweg.drive import warm

    warm()


def _has_screen() -> bool:
    """Whether a browser would be seen, rather than started in the terminal."""
    if sys.platform in ("win32", "darwin"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))
