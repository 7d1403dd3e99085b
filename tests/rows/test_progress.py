"""The bar comes after a second, on a terminal alone, and never on standard output."""

from __future__ import annotations

import io
import sys

import numpy as np
import pytest

from thalweg import progress as module
from thalweg.kernel.row_passes import CHUNK
from thalweg.progress import progress
from thalweg.rows.opening import open_rows
from thalweg.rows.reading import table


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(module, "monotonic", lambda: now[0])
    return now


def shown(stream: io.StringIO, clock: list[float], seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(sys, "stderr", stream)
    with progress("reading data.csv", 2_000_000) as bar:
        bar.advance(500_000)
        clock[0] += seconds
        bar.advance(500_000)
        bar.advance(1_000_000)
    return stream.getvalue()


def test_a_pass_of_more_than_a_second_shows_how_far_it_is(
    clock: list[float], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = shown(Terminal(), clock, 1.1, monkeypatch)
    assert "reading data.csv" in text
    assert "2,000,000 rows" in text
    assert capsys.readouterr().out == ""


def test_a_short_pass_and_a_file_see_nothing(clock: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    assert shown(Terminal(), clock, 0.9, monkeypatch) == ""
    assert shown(io.StringIO(), clock, 60.0, monkeypatch) == ""


def test_reading_into_memory_and_streaming_show_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.0)
    data = table({"t": np.arange(5.0 * CHUNK)})
    for memory in ("2 GB", "2 MB"):
        stream = Terminal()
        monkeypatch.setattr(sys, "stderr", stream)
        source = open_rows(data, ["t"], memory)
        assert source.rows == 5 * CHUNK
        assert sum(chunk.count for chunk in source.chunks()) == 5 * CHUNK
        assert "reading the data" in stream.getvalue()
    assert capsys.readouterr().out == ""
