"""The page on the architecture shows the rooms that stand."""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

import landbridge

from .pages import ROOT, pages

pytestmark = pytest.mark.unit

SOURCE = Path(landbridge.__file__).parent
PAGE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def drawing() -> Iterator[ModuleType]:
    patch = pytest.MonkeyPatch()
    patch.syspath_prepend(str(ROOT / "tools"))
    yield importlib.import_module("draw_house")
    patch.undo()
    sys.modules.pop("draw_house", None)


def test_the_page_names_every_room_and_no_other() -> None:
    named = set(re.findall(r"^\| `(\w+)` \|", PAGE, flags=re.MULTILINE))
    assert named == {path.parent.name for path in SOURCE.glob("*/__init__.py")}


def test_the_page_names_every_module_beside_the_rooms() -> None:
    beside = {path.stem for path in SOURCE.glob("*.py")} - {"__init__", "__main__"}
    assert {name for name in beside if f"`{name}`" not in PAGE} == set()


@pytest.mark.slow
def test_the_drawing_shows_what_stands_and_no_room_uses_one_above_it(drawing: ModuleType) -> None:
    rooms = drawing.read_house()
    shown = (ROOT / "docs" / "house.svg").read_text(encoding="utf-8")
    assert shown == drawing.draw(rooms), "run python tools/draw_house.py"
    order = [room.name for room in rooms]
    for place, room in enumerate(rooms):
        assert room.uses <= set(order[place:]), room.name


def test_a_link_from_page_to_page_leads_somewhere() -> None:
    lost = [
        f"{page.name}: {target}"
        for page in pages()
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
        if not (page.parent / target).exists()
    ]
    assert not lost


def test_the_readme_of_the_tools_names_every_tool_and_no_other() -> None:
    readme = (ROOT / "tools" / "README.md").read_text(encoding="utf-8")
    there = {path.name for path in (ROOT / "tools").glob("*.py")}
    named = set(re.findall(r"\b[a-z_]+\.py\b", readme))
    assert named == there
