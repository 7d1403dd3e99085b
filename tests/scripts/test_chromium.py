"""A Chromium that is there is used; where there is none, the ways to one are tried in their order."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts import chromium


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine whose PATH is one empty folder, without Playwright's browser."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CHROME", raising=False)
    monkeypatch.setattr(chromium, "_playwrights_own", lambda: None)
    return tmp_path


def program(path: Path) -> None:
    path.write_text("#!/bin/sh\n")
    path.chmod(0o755)


def test_a_chromium_on_the_path_is_found(bare: Path) -> None:
    assert chromium.find() is None
    program(bare / "chromium")
    assert chromium.find() == str(bare / "chromium")


def test_the_one_that_chrome_names_comes_first(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "chromium")
    program(bare / "mine")
    monkeypatch.setenv("CHROME", str(bare / "mine"))
    assert chromium.find() == str(bare / "mine")


def test_a_wrong_chrome_is_said_and_not_passed_over(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(bare / "chromium")
    monkeypatch.setenv("CHROME", "/nowhere/chrome")
    with pytest.raises(chromium.NoBrowserError, match="/nowhere/chrome"):
        chromium.find()


def test_debians_package_comes_before_playwrights_download(
    bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[str] = []
    monkeypatch.setattr(chromium, "_install_debian_package", lambda: tried.append("debian"))

    def download() -> None:
        tried.append("playwright")
        program(bare / "chromium")

    monkeypatch.setattr(chromium, "_download_with_playwright", download)
    assert chromium.obtain() == str(bare / "chromium")
    assert tried == ["debian", "playwright"]


def test_without_any_way_to_one_the_program_fails(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(chromium, "_install_debian_package", lambda: None)
    monkeypatch.setattr(chromium, "_download_with_playwright", lambda: None)
    assert chromium.main() == 1
    assert "install Chromium or Chrome, or name one in CHROME" in capsys.readouterr().err
