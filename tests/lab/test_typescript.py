from __future__ import annotations

from pathlib import Path

from thalweg.lab import typescript

ROOT = Path(__file__).parents[2]


def test_the_page_has_the_types_that_the_messages_have_now() -> None:
    written = (ROOT / typescript.TARGET).read_text(encoding="utf-8")
    assert written == typescript.generate(), "run: python -m thalweg.lab.typescript"
