from __future__ import annotations

import ast
import asyncio
import builtins
import json
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import thalweg as tw
from thalweg.lab import messages, widget
from thalweg.lab.widget import LabWidget


@pytest.fixture(autouse=True)
def page(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A page of one line, whether or not the real one has been built."""
    bundle = tmp_path / "lab.js"
    bundle.write_text("export default { render() {} }\n")
    monkeypatch.setattr(widget, "BUNDLE", bundle)
    monkeypatch.setattr(LabWidget, "_esm", bundle.read_text(), raising=False)


class Notebook:
    """Stands for the page's side of a widget: sends requests, and keeps what comes back."""

    def __init__(self, lab: LabWidget, monkeypatch: pytest.MonkeyPatch) -> None:
        self.lab: Any = lab
        self.received: list[tuple[dict[str, Any], list[bytes]]] = []
        self.threads: list[threading.Thread] = []
        self._arrived = threading.Semaphore(0)
        monkeypatch.setattr(lab, "send", self._take)

    def _take(self, content: dict[str, Any], buffers: list[bytes]) -> None:
        self.received.append((content, buffers))
        self.threads.append(threading.current_thread())
        self._arrived.release()

    def ask(self, **content: Any) -> tuple[dict[str, Any], list[bytes]]:
        self.lab._handle_custom_msg({"view": "v", "seq": 1, **content}, [])
        assert self._arrived.acquire(timeout=10)
        return self.received[-1]


def test_a_widget_talks_as_the_server_does(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(tw.Lab("x^2 + a*y^2", start=[1.0, 2.0]), monkeypatch)
    welcome, _ = notebook.ask(kind="hello")
    opened, _ = notebook.ask(kind="open", problem=welcome["first"])
    assert (opened["kind"], opened["start"]) == ("opened", [1.0, 2.0])
    field, (values,) = notebook.ask(
        kind="grid", revision=opened["revision"], box=[0, 1, 0, 2], shape=[2, 3], parameters={"a": 10.0}
    )
    assert field["shape"] == [2, 3]
    expected = [[0, 1], [10, 11], [40, 41]]
    np.testing.assert_allclose(np.frombuffer(values, np.float32).reshape(3, 2) + field["reference"], expected)
    runs, (path,) = notebook.ask(
        kind="paths",
        revision=opened["revision"],
        start=[1, 2],
        runs=[{"id": "r", "method": "armijo", "options": {}}],
        max_iterations=50,
        gtol=1e-8,
    )
    assert runs["runs"][0]["success"]
    assert np.frombuffer(path).reshape(-1, 6)[0, :3].tolist() == [1.0, 2.0, 5.0]
    assert set(notebook.threads) == {threading.main_thread()}


def test_a_callable_is_worked_on_beside_the_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    notebook = Notebook(tw.Lab(lambda x: x[0] ** 2 + x[1] ** 2), monkeypatch)
    opened, _ = notebook.ask(kind="open", problem="own")
    reading, _ = notebook.ask(kind="probe", revision=opened["revision"], point=[3, 4])
    assert reading["value"] == 25.0
    assert threading.main_thread() not in notebook.threads


def test_what_is_no_request_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    failed, _ = Notebook(tw.Lab(), monkeypatch).ask(kind="dance", seq=9)
    assert (failed["kind"], failed["request"], failed["seq"]) == ("failed", "message", 9)


def test_every_message_becomes_plain_json() -> None:
    reading = messages.Reading(
        view="v", seq=1, revision=2, point=[0.0], value=float("inf"), gradient_norm=1.0
    )
    plain = widget.plain(reading)
    assert plain == {
        "kind": "reading",
        "view": "v",
        "seq": 1,
        "revision": 2,
        "point": [0.0],
        "value": None,
        "gradient_norm": 1.0,
    }


def test_a_page_that_was_not_built_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(widget, "BUNDLE", tmp_path / "nowhere.js")
    with pytest.raises(tw.ThalwegError, match=r"scripts\.frontend build"):
        tw.Lab()


def test_without_anywidget_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def refuse(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name == "anywidget":
            raise ModuleNotFoundError("No module named 'anywidget'", name="anywidget")
        return real_import(name, *arguments, **keywords)

    monkeypatch.delitem(sys.modules, "thalweg.lab.widget")
    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(tw.ThalwegError, match=r"pip install 'thalweg\[notebook\]'"):
        tw.Lab()


def test_lab_can_be_called_whatever_was_imported_first() -> None:
    import thalweg.lab.session

    assert callable(tw.lab)
    assert callable(thalweg.lab)


def test_lab_does_not_block_a_notebook() -> None:
    async def cell() -> None:
        tw.lab("x^2")

    with pytest.raises(tw.ThalwegError, match=r"use Lab"):
        asyncio.run(cell())


def test_the_example_notebook_runs() -> None:
    notebook = json.loads(
        (Path(__file__).parents[2] / "examples" / "laboratory.ipynb").read_text(encoding="utf-8")
    )
    names: dict[str, Any] = {}
    shown: list[object] = []
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            *before, last = ast.parse("".join(cell["source"])).body
            assert isinstance(last, ast.Expr)
            exec(compile(ast.Module(before, []), "cell", "exec"), names)
            shown.append(eval(compile(ast.Expression(last.value), "cell", "eval"), names))
    assert len(shown) == 3
    assert all(isinstance(widget, LabWidget) for widget in shown)


def test_in_a_notebook_fits_and_runs_open_themselves_as_widgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builtins, "__IPYTHON__", True, raising=False)
    run = tw.descend("x^2 + 3y^2 + z^4", [1.0, 2.0, 3.0], "bfgs")
    fit = tw.fit("a*exp(-k*t)", {"t": [0.0, 1.0, 2.0], "y": [1.0, 0.4, 0.2]}, start=[1.0, 1.0])

    async def open_all() -> list[Any]:
        return [run.lab(), fit.lab(), fit.lab(start=[2.0, 2.0]), tw.lab("x^2")]

    widgets = asyncio.run(open_all())
    starts = []
    for shown in widgets:
        opened, _ = Notebook(shown, monkeypatch).ask(kind="open", problem="own")
        starts.append(opened["start"])
    assert starts[:3] == [[1.0, 2.0, 3.0], [1.0, 1.0], [2.0, 2.0]]
