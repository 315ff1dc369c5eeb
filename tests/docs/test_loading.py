"""Nothing below the model loads the world or the network by itself: the model hands them down."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import landbridge

pytestmark = pytest.mark.unit

SOURCE = Path(landbridge.__file__).parent
LOADERS = {
    "load_baseline": {"basis.py", "world/baseline.py"},
    "load_network": {"basis.py", "freight/network/compiled.py"},
}


def calls_of(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Find what is called or handed on by name, with the line; text of docstrings is no call."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom):
            yield from ((one.name, node.lineno) for one in node.names)


def test_only_the_basis_and_the_loaders_themselves_load_the_world_and_the_network() -> None:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        place = path.relative_to(SOURCE).as_posix()
        for name, line in calls_of(ast.parse(path.read_text(encoding="utf-8"))):
            if name in LOADERS and place not in LOADERS[name]:
                found.append(f"{place}:{line} {name}")
    assert not found, "take a basis or a world as an argument"


def test_a_call_is_found_and_a_docstring_is_not() -> None:
    text = '"""Say load_network()."""\nimport x\nx.load_baseline()\nrun(load_network)\n'
    names = [name for name, _ in calls_of(ast.parse(text))]
    assert names.count("load_network") == 1
    assert "load_baseline" in names
