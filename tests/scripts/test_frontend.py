"""The page is built when, and only when, what it is made of has changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import frontend


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A front end of two files, with a build that only copies."""
    root = tmp_path / "checkout"
    sources = root / "frontend"
    (sources / "src").mkdir(parents=True)
    (sources / "package.json").write_text("{}")
    (sources / "src" / "index.ts").write_text("one\n")
    bundle = root / "src" / "thalweg" / "lab" / "static" / "lab.js"
    monkeypatch.setattr(frontend, "ROOT", root)
    monkeypatch.setattr(frontend, "FRONTEND", sources)
    monkeypatch.setattr(frontend, "BUNDLE", bundle)
    monkeypatch.setattr(frontend, "STAMP", bundle.with_name(".stamp"))

    def run(*scripts: str) -> None:
        assert scripts == ("build",)
        bundle.parent.mkdir(parents=True, exist_ok=True)
        bundle.write_text((sources / "src" / "index.ts").read_text())

    monkeypatch.setattr(frontend, "run", run)
    return sources


def test_a_second_build_does_nothing(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not frontend.is_fresh()
    frontend.build()
    assert frontend.is_fresh()
    monkeypatch.setattr(frontend, "run", lambda *_: pytest.fail("built again"))
    frontend.build()


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: (tree / "src" / "index.ts").write_text("two\n"),
        lambda tree: (tree / "src" / "new.ts").write_text(""),
        lambda tree: (tree / "src" / "index.ts").rename(tree / "src" / "renamed.ts"),
        lambda tree: (tree / "package.json").write_text('{"a": 1}'),
        lambda tree: frontend.BUNDLE.unlink(),
        lambda tree: frontend.STAMP.unlink(),
    ],
    ids=["edited", "added", "renamed", "dependencies", "bundle lost", "stamp lost"],
)
def test_what_the_page_is_made_of_makes_it_stale(tree: Path, change: Callable[[Path], object]) -> None:
    frontend.build()
    change(tree)
    assert not frontend.is_fresh()


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: (tree / "src" / "index.ts").write_bytes(b"one\r\n"),
        lambda tree: (tree / "src" / "index.test.ts").write_text(""),
        lambda tree: ((tree / "node_modules").mkdir(), (tree / "node_modules" / "x.js").write_text("")),
        lambda tree: (tree / "src" / "index.ts").touch(),
    ],
    ids=["line ends", "test", "node_modules", "touched"],
)
def test_what_the_page_is_not_made_of_leaves_it_fresh(tree: Path, change: Callable[[Path], object]) -> None:
    frontend.build()
    change(tree)
    assert frontend.is_fresh()


def test_without_sources_the_bundle_that_is_there_is_used(tree: Path) -> None:
    frontend.build()
    (tree / "package.json").unlink()
    frontend.build()
    frontend.BUNDLE.unlink()
    with pytest.raises(frontend.FrontendError, match=r"bundle, src/thalweg/lab/static/lab\.js, is missing"):
        frontend.build()


def test_a_build_that_leaves_no_bundle_is_a_failure(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frontend, "run", lambda *_: None)
    with pytest.raises(frontend.FrontendError, match=r"left no src/thalweg/lab/static/lab\.js"):
        frontend.build()


@pytest.mark.parametrize(
    ("version", "suitable"),
    [
        ("v18.20.8", False), ("v20.18.3", False), ("v20.19.0", True), ("v21.7.0", False), ("v22.11.0", False),
        ("v22.12.0", True), ("v24.1.0", True), ("", False), ("nonsense", False),
    ],
)  # fmt: skip
def test_vite_says_which_nodes_it_runs_on(version: str, suitable: bool) -> None:
    assert frontend.is_suitable(version) is suitable


def test_without_any_node_the_error_says_what_would_help(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(frontend, "has_system_node", lambda: False)
    monkeypatch.setattr(frontend, "node_from_pypi", lambda: None)
    assert frontend.main(["lint"]) == 1
    said = capsys.readouterr().err
    assert "needs Node.js 20.19 or newer" in said
    assert "pip install" in said
