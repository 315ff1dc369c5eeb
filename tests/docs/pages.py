"""The pages of the docs as the tests read them: their fenced blocks and the commands they name."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(r"^```(?P<word>\w*)[^\n]*\n(?P<text>.*?)^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(landbridge [^`]+)`")
STARTS = (("landbridge",), ("python3", "start.py"))
# Columns of a text block: what follows two spaces is a remark.
REMARK = re.compile(r"\s{2,}.*$")


@dataclass(frozen=True)
class Block:
    """A fenced block: the page it stands on, its first line, its language, and its text."""

    page: str
    line: int
    language: str
    text: str


@dataclass(frozen=True)
class Command:
    """A command line of ``landbridge`` that a page shows, without the program's name."""

    page: str
    line: int
    words: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where it stands, and what it is."""
        return f"{self.page}:{self.line} {' '.join(self.words)}"


def pages() -> list[Path]:
    """List the pages: the README, how to contribute, and all of the docs."""
    found = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [page for page in found if page.exists()]


def page_name(page: Path) -> str:
    """Name a page by its path in the repository."""
    return page.relative_to(ROOT).as_posix()


def blocks(page: Path, *languages: str) -> list[Block]:
    """Read the fenced blocks of a page in some languages, in their order."""
    text = page.read_text(encoding="utf-8")
    return [
        Block(page_name(page), text.count("\n", 0, found.start()) + 2, found["word"], found["text"])
        for found in FENCE.finditer(text)
        if found["word"] in languages
    ]


def fenced_commands(page: Path) -> list[Command]:
    """Read the commands in the shell blocks and text blocks of a page, remarks left out."""
    found: list[Command] = []
    for block in blocks(page, "sh", "text"):
        joined = block.text.replace("\\\n", " ")
        for number, line in enumerate(joined.splitlines()):
            bare = REMARK.sub("", line) if block.language == "text" else line
            words = tuple(shlex.split(bare, comments=True)) if _is_command(line) else ()
            found += [
                Command(block.page, block.line + number, words[len(start) :])
                for start in STARTS
                if words[: len(start)] == start
            ]
    return found


def indented_commands(page: Path) -> list[Command]:
    """Read the commands that stand indented, as code without a fence."""
    name = page_name(page)
    lines = FENCE.sub("", page.read_text(encoding="utf-8")).replace("\\\n", " ").splitlines()
    found = []
    for line in lines:
        bare = REMARK.sub("", line.removeprefix("    "))
        if line.startswith("    ") and _is_command(bare + " "):
            words = tuple(shlex.split(bare, comments=True))
            start = next(start for start in STARTS if words[: len(start)] == start)
            found.append(Command(name, 0, words[len(start) :]))
    return found


def inline_commands(page: Path) -> list[Command]:
    """Read the commands that stand in running text."""
    text = FENCE.sub("", page.read_text(encoding="utf-8"))
    return [
        Command(page_name(page), 0, tuple(shlex.split(found.replace("\n", " "))[1:]))
        for found in INLINE.findall(text)
    ]


def prose(text: str) -> str:
    """Leave out code, tables and addresses: what remains is running text."""
    text = FENCE.sub(" ", text)
    return re.sub(r"^\|.*$|`[^`]*`|\]\([^)]*\)", " ", text, flags=re.MULTILINE)


def _is_command(line: str) -> bool:
    return any(line.startswith(" ".join(start) + " ") for start in STARTS)
