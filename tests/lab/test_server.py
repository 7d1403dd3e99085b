from __future__ import annotations

import asyncio
import http.client
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from thalweg.lab import server
from thalweg.lab.door import Door
from thalweg.lab.frame import pack, unpack
from thalweg.lab.messages import Hello, Open, Reply

BUNDLE_TEXT = "export function startApp() {}\n"


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """A laboratory that is being served in a thread, with a page of one line."""
    bundle = tmp_path_factory.mktemp("static") / "lab.js"
    bundle.write_text(BUNDLE_TEXT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(server, "BUNDLE", bundle)
        listener = server.listen(0)
        door = Door(listener.getsockname()[1])
        running = server.make_server(server.make_app(door))
        thread = threading.Thread(target=running.run, args=([listener],))
        thread.start()
        yield door
        running.should_exit = True
        thread.join()


def get(
    door: Door, path: str, *, host: str | None = None, **headers: str
) -> tuple[http.client.HTTPResponse, str]:
    """One request by hand; `host=""` leaves the header out."""
    connection = http.client.HTTPConnection("127.0.0.1", door.port, timeout=10)
    connection.putrequest("GET", path, skip_host=True)
    if host != "":
        connection.putheader("Host", host or f"127.0.0.1:{door.port}")
    for name, value in headers.items():
        connection.putheader(name.replace("_", "-"), value)
    connection.endheaders()
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response, text


def cookie_of(door: Door) -> str:
    return f"{door.cookie}={door.secret}"


def socket_of(
    door: Door, *, origin: str | None = "", cookie: str | None = "", host: str = ""
) -> ClientConnection:
    """A WebSocket with the page's own Origin and cookie unless others (or none) are given."""
    host = host or f"127.0.0.1:{door.port}"
    headers = {}
    if cookie is not None:
        headers["Cookie"] = cookie or cookie_of(door)
    plain = socket.create_connection(("127.0.0.1", door.port))
    return connect(
        f"ws://{host}/socket",
        sock=plain,
        origin=f"http://{host}" if origin == "" else origin,
        additional_headers=headers,
    )


# ------------------------------------------------------------------------------------------------------- coming in


def test_the_printed_address_gives_the_cookie_and_leads_to_the_page(door: Door) -> None:
    path = door.url.removeprefix(f"http://127.0.0.1:{door.port}")
    response, _ = get(door, path)
    assert (response.status, response.getheader("location")) == (303, "/")
    cookie = response.getheader("set-cookie") or ""
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert door.token not in cookie
    response, text = get(door, "/", Cookie=cookie.split(";")[0])
    assert response.status == 200
    assert "startApp" in text
    assert door.token not in text
    assert door.secret not in text


def test_the_module_is_served_as_javascript(door: Door) -> None:
    response, text = get(door, "/lab.js", Cookie=cookie_of(door))
    assert (response.status, text) == (200, BUNDLE_TEXT)
    assert (response.getheader("content-type") or "").startswith("text/javascript")


@pytest.mark.parametrize("path", ["/", "/lab.js", "/socket", "/nothing"])
@pytest.mark.parametrize("cookie", [None, "", "x=y", "thalweg=;;;", "wrong"])
def test_nothing_is_answered_without_the_cookie(door: Door, path: str, cookie: str | None) -> None:
    headers = {} if cookie is None else {"Cookie": f"{door.cookie}=no" if cookie == "wrong" else cookie}
    response, text = get(door, path, **headers)
    assert response.status == 403
    assert "address" in text
    assert BUNDLE_TEXT not in text


@pytest.mark.parametrize("token", ["", "wrong", "%C3%BC", "a" * 5000])
def test_a_wrong_token_gives_nothing(door: Door, token: str) -> None:
    response, text = get(door, f"/?token={token}")
    assert response.status == 403
    assert response.getheader("set-cookie") is None
    assert "address" in text


def test_another_program_s_cookie_on_another_port_does_not_disturb(door: Door) -> None:
    others = f"thalweg-1=something; {cookie_of(door)}; session=abc"
    assert get(door, "/", Cookie=others)[0].status == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8765",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "10.0.0.1",
        "[::2]",
        "",
    ],
)
def test_a_rebound_name_is_turned_away_even_with_the_cookie(door: Door, host: str) -> None:
    for path in ("/", "/lab.js", f"/?token={door.token}"):
        response, text = get(door, path, host=host, Cookie=cookie_of(door))
        assert response.status in (400, 421)
        assert response.getheader("set-cookie") is None
        assert "startApp" not in text


@pytest.mark.parametrize(
    "host", ["localhost:{port}", "LOCALHOST:{port}", "[::1]:{port}", "localhost:9000", "localhost"]
)
def test_a_forwarded_port_is_let_in(door: Door, host: str) -> None:
    assert get(door, "/", host=host.format(port=door.port), Cookie=cookie_of(door))[0].status == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:3000", "https://127.0.0.1:{port}"]
)
def test_a_foreign_origin_is_turned_away(door: Door, origin: str) -> None:
    foreign = origin.format(port=door.port)
    assert get(door, "/", Cookie=cookie_of(door), Origin=foreign)[0].status == 403
    with pytest.raises(InvalidStatus, match="403"):
        socket_of(door, origin=foreign)


def test_a_link_from_another_site_asks_again_from_here(door: Door) -> None:
    response, text = get(door, "/", Sec_Fetch_Site="cross-site")
    assert response.status == 200
    assert 'http-equiv="refresh"' in text
    assert "startApp" not in text


def test_every_answer_is_fenced_in(door: Door) -> None:
    for response, _ in (
        get(door, "/"),
        get(door, "/", Cookie=cookie_of(door)),
        get(door, "/", host="evil.example"),
    ):
        policy = response.getheader("content-security-policy") or ""
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.getheader("x-content-type-options") == "nosniff"
        assert response.getheader("access-control-allow-origin") is None


# ------------------------------------------------------------------------------------------------------- the socket


def test_the_socket_answers_in_binary_frames_without_compression(door: Door) -> None:
    with socket_of(door) as page:
        assert page.response is not None
        assert "sec-websocket-extensions" not in page.response.headers
        page.send(pack(Hello(view="v", seq=7)))
        frame = page.recv(timeout=10)
        assert isinstance(frame, bytes)
        reply = msgspec.convert(unpack(frame)[0], Reply)
        assert (type(reply).__name__, reply.view, reply.seq) == ("Welcome", "v", 7)


def test_the_socket_wants_origin_and_cookie(door: Door) -> None:
    for refused in (
        {"origin": None},
        {"cookie": None},
        {"cookie": f"{door.cookie}=wrong"},
        {"host": "evil.example"},
    ):
        with pytest.raises(InvalidStatus, match="403"):
            socket_of(door, **refused)


@pytest.mark.parametrize("frame", [b"", b"\xff" * 40, "text"])
def test_a_broken_frame_is_answered_and_the_line_stays_open(door: Door, frame: bytes | str) -> None:
    with socket_of(door) as page:
        page.send(frame)
        page.send(pack(Hello(view="v", seq=1)))
        kinds = [unpack(bytes(page.recv(timeout=10)))[0]["kind"] for _ in range(2)]  # type: ignore[arg-type]
        assert kinds == ["failed", "welcome"]


def test_a_text_of_a_million_characters_is_refused_with_a_sentence(door: Door) -> None:
    with socket_of(door) as page:
        page.send(pack(Open(view="v", seq=1, text="x+" * 700_000)))
        reply = unpack(bytes(page.recv(timeout=10)))[0]  # type: ignore[arg-type]
        assert reply["kind"] == "failed"
        assert "1,400,000 characters" in str(reply["message"])


def test_two_pages_are_answered_side_by_side(door: Door) -> None:
    with socket_of(door) as one, socket_of(door) as other:
        one.send(pack(Hello(view="one", seq=1)))
        other.send(pack(Hello(view="other", seq=2)))
        assert unpack(bytes(other.recv(timeout=10)))[0]["view"] == "other"  # type: ignore[arg-type]
        assert unpack(bytes(one.recv(timeout=10)))[0]["view"] == "one"  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------------------ the listener


def test_a_second_start_takes_another_port() -> None:
    with server.listen() as first, server.listen() as second:
        assert first.getsockname()[1] != second.getsockname()[1]
        assert first.getsockname()[0] == second.getsockname()[0] == "127.0.0.1"


def test_small_answers_go_at_once() -> None:
    """Without TCP_NODELAY an answer in two writes waits until the page has acknowledged the first one."""

    async def option_of_a_connection() -> int:
        asked: asyncio.Future[int] = asyncio.get_running_loop().create_future()

        def met(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            line = writer.get_extra_info("socket")
            asked.set_result(line.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY))
            writer.close()

        listener = server.listen(0)
        async with await asyncio.start_server(met, sock=listener):
            _, page = await asyncio.open_connection(*listener.getsockname())
            found = await asked
            page.close()
        return found

    assert asyncio.run(option_of_a_connection()) != 0


def test_a_port_that_is_taken_is_said() -> None:
    with server.listen(0) as first, pytest.raises(server.ServerError, match=r"port \d+ cannot be used"):
        server.listen(first.getsockname()[1])


def test_a_page_that_was_not_built_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(server, "BUNDLE", tmp_path / "lab.js")
    with pytest.raises(server.ServerError, match="make lab"):
        server.serve(open_browser=False)
