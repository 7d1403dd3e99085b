"""What the documents promise holds: commands and files exist, README's lines run and show what it says."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def commands(text: str) -> list[list[str]]:
    """Each command line of the shell blocks as words, without comments and with continued lines joined."""
    lines = "\n".join(blocks(text, "sh")).replace("\\\n", " ").splitlines()
    return [words for line in lines if (words := shlex.split(line, comments=True))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_a_document_names_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    text = document.read_text(encoding="utf-8")
    named = {words[1] for words in commands(text) if words[0] == "make"} | set(
        re.findall(r"`make ([a-z-]+)", text)
    )
    assert named - targets == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    targets = re.findall(
        r"\]\(([^)#\s]+)[^)]*\)|(?:src|srcset)=\"([^\"]+)\"", document.read_text(encoding="utf-8")
    )
    local = [
        target
        for pair in targets
        if (target := "".join(pair)) and "://" not in target and not target.startswith("mailto:")
    ]
    assert [target for target in local if not (document.parent / target).exists()] == []


def slugs(document: Path) -> set[str]:
    """The anchors that the headings of a document have on GitHub."""
    text = re.sub(r"^```.*?^```$", "", document.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_heading_that_a_document_links_to_exists(document: Path) -> None:
    links = re.findall(r"\]\(([^)#\s:]*)#([^)\s]+)\)", document.read_text(encoding="utf-8"))
    targets = [(document.parent / name if name else document, anchor) for name, anchor in links]
    assert [anchor for target, anchor in targets if anchor not in slugs(target)] == []


def test_the_plan_of_the_house_has_every_folder() -> None:
    plan = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = "\n".join(re.findall(r"^\| (`.+?) \|", plan, re.MULTILINE))
    package = ROOT / "src" / "thalweg"
    folders = {path.parent.name for path in package.glob("*/__init__.py")}
    assert folders - set(re.findall(r"`(\w+)`", rows)) == set()


README_COMMANDS = [words[1:] for words in commands(README) if words[0] == "thalweg" and len(words) > 1]


@pytest.mark.parametrize("arguments", README_COMMANDS, ids=shlex.join)
def test_readmes_command_lines_work(arguments: list[str], tmp_path: Path) -> None:
    command = [sys.executable, "-m", "thalweg", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False)
    assert done.returncode in {0, 1}, done.stderr  # 1: the run did not converge, which README may show
    assert done.stdout.strip()
    assert not done.stderr


@pytest.mark.parametrize("code", blocks(README, "python"), ids=lambda code: code.splitlines()[0])
def test_readmes_python_prints_what_readme_says(code: str) -> None:
    """The comment after each `print(...)`, on its line or the next, is compared with what is printed."""
    said = re.findall(r"^print\(.*\)(?: +|\n)# (.+)$", code, re.MULTILINE)
    assert len(said) == len(re.findall(r"^print\(", code, re.MULTILINE)), "every print says what it shows"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.splitlines() == said
