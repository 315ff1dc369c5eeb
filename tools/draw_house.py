"""Draw the house: the rooms of the package, what they hold, and which uses which.

    python tools/draw_house.py

Writes ``docs/house.svg`` from the source alone: the order of the rooms comes from the first
contract of import-linter in ``pyproject.toml``, what a room is from the first line of its
docstring, the marks from the imports. Nothing in it is written by hand.
"""

from __future__ import annotations

import ast
import textwrap
import tomllib
from dataclasses import dataclass
from html import escape
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "landbridge"
OUTPUT = ROOT / "docs" / "house.svg"
PACKAGE = "landbridge"

# Measures of the drawing, in pixels.
WIDTH, MARGIN, HEAD = 980, 16, 118
NAME_AT, TEXT_AT, GRID_AT, CELL = 26, 128, 640, 17
LINE, PAD, LETTERS = 15, 8, 82
STYLE = (
    "text{font-family:system-ui,sans-serif;font-size:12px;fill:#1f2933}"
    ".name{font-weight:600;font-size:13px}.inner{fill:#52606d}"
    ".room{fill:#f5f7fa;stroke:#cbd2d9}.grid{stroke:#e4e7eb}.use{fill:#1f5f8b}.self{fill:#cbd2d9}"
)


@dataclass(frozen=True)
class Room:
    """A package or module right under the root: its name, its sentence, the rooms inside."""

    name: str
    says: str
    inner: tuple[str, ...]
    uses: frozenset[str]


def read_house() -> list[Room]:
    """Read the rooms from the source, the highest layer first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = settings["tool"]["importlinter"]["contracts"][0]["layers"]
    order = [name.strip() for layer in layers for name in layer.split("|")]
    return [read_room(name, order) for name in order]


def read_room(name: str, order: list[str]) -> Room:
    """Read one room of the house: a folder with modules, or a single module."""
    folder = SOURCE / name
    head = folder / "__init__.py" if folder.is_dir() else SOURCE / f"{name}.py"
    trees = {
        path: ast.parse(path.read_text(encoding="utf-8"))
        for path in (sorted(folder.rglob("*.py")) if folder.is_dir() else [head])
    }
    says = (ast.get_docstring(trees[head]) or "").splitlines()[0]
    inner = sorted(part.parent.name for part in folder.glob("*/__init__.py"))
    used = {room for tree in trees.values() for room in imported(tree)}
    return Room(name, says, tuple(inner), frozenset(used & set(order) - {name}))


def imported(tree: ast.Module) -> set[str]:
    """Find the rooms that a module imports, wherever in it the import stands."""
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None and not node.level:
            whole = node.module == PACKAGE
            names |= {f"{PACKAGE}.{a.name}" for a in node.names} if whole else {node.module}
    parts = [name.split(".") for name in names]
    return {part[1] for part in parts if part[0] == PACKAGE and len(part) > 1}


def draw(rooms: list[Room]) -> str:
    """Draw the rooms under each other, and beside them a mark for every room that one uses."""
    shapes: list[str] = []
    top = HEAD
    middles: list[float] = []
    for room in rooms:
        lines = textwrap.wrap(room.says, LETTERS)
        lines += textwrap.wrap(" \N{MIDDLE DOT} ".join(room.inner), LETTERS)
        height = PAD * 2 + LINE * max(len(lines), 1)
        shapes.append(
            f'<rect class="room" x="{MARGIN}" y="{top}" width="{GRID_AT - MARGIN - 12}" '
            f'height="{height}" rx="4"/>'
        )
        first = top + PAD + LINE - 3
        shapes.append(text(NAME_AT, first, room.name, kind="name"))
        count = len(textwrap.wrap(room.says, LETTERS))
        shapes += [
            text(TEXT_AT, first + LINE * at, line, kind="says" if at < count else "inner")
            for at, line in enumerate(lines)
        ]
        middles.append(top + height / 2)
        top += height + 6
    shapes += grid(rooms, middles, top)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top + MARGIN}" '
        'role="img" aria-labelledby="house">'
        '<title id="house">The rooms of Landbridge and which uses which</title>'
        f"<style>{STYLE}</style>"
        f'<rect width="{WIDTH}" height="{top + MARGIN}" fill="#fff"/>'
    )
    note = "A mark: the room of this row imports from the room of that column."
    body = "\n".join([text(MARGIN, 24, note, kind="inner"), *shapes])
    return f"{head}\n{body}\n</svg>\n"


def grid(rooms: list[Room], middles: list[float], bottom: float) -> list[str]:
    """Draw the columns, and the marks of what each room uses."""
    shapes = []
    for column, room in enumerate(rooms):
        x = GRID_AT + CELL * column + CELL / 2
        shapes.append(
            f'<line class="grid" x1="{x:g}" y1="{HEAD - 4}" x2="{x:g}" y2="{bottom:g}"/>'
            f'<text transform="translate({x + 4:g} {HEAD - 10}) rotate(-60)">'
            f"{escape(room.name)}</text>"
        )
    for row, room in enumerate(rooms):
        for column, other in enumerate(rooms):
            x = GRID_AT + CELL * column + CELL / 2
            if row == column:
                shapes.append(mark(x, middles[row], "self"))
            elif other.name in room.uses:
                shapes.append(mark(x, middles[row], "use"))
    return shapes


def mark(x: float, y: float, kind: str) -> str:
    """Draw a mark."""
    return f'<circle class="{kind}" cx="{x:g}" cy="{y:g}" r="5"/>'


def text(x: float, y: float, words: str, *, kind: str) -> str:
    """Draw a line of text."""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}">{escape(words)}</text>'


def main() -> None:
    """Write the drawing."""
    OUTPUT.write_text(draw(read_house()), encoding="utf-8")
    print(f"{OUTPUT}: {len(read_house())} rooms")


if __name__ == "__main__":
    main()
