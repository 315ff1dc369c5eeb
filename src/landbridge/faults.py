"""Faults of TOML files: on which line a key stands, and which of pydantic's faults are real."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any


def own_faults(entries: Sequence[Any]) -> list[Any]:
    """Drop "too short" of a list whose entries are at fault: pydantic counts only good ones.

    Parameters
    ----------
    entries
        From ``ValidationError.errors()``.
    """
    inner = [tuple(entry["loc"]) for entry in entries if entry["type"] != "too_short"]
    return [
        entry
        for entry in entries
        if entry["type"] != "too_short" or not any(_within(loc, entry["loc"]) for loc in inner)
    ]


def line_of(text: str, path: Sequence[int | str]) -> int | None:
    """Find the line (from 1) on which a key stands, for messages; None when it is not found.

    Parameters
    ----------
    text
        The file's text.
    path
        Keys and indices from the root, e.g. ``("measures", 2, "hours")``.
    """
    lines = text.splitlines()
    start, end = 0, len(lines)
    found: int | None = None
    for position, part in enumerate(path):
        if isinstance(part, int):
            owner = re.escape(str(path[position - 1]))
            heads = _matching(lines, rf"\s*\[\[\s*([\w-]+\.)*{owner}\s*\]\]")
            if part < len(heads):
                found, start, end = heads[part], heads[part], _end_of(lines, heads[part])
            continue
        heads = _matching(lines, rf"\s*\[\s*([\w-]+\.)*{re.escape(part)}\s*\]")
        if heads and position + 1 < len(path):
            found, start, end = heads[0], heads[0], _end_of(lines, heads[0])
            continue
        key = re.compile(rf"\s*([\w-]+\.)*\"?{re.escape(part)}\"?\s*=")
        found = next((number for number in range(start, end) if key.match(lines[number])), found)
    return None if found is None else found + 1


def _within(inner: Sequence[int | str], outer: Sequence[int | str]) -> bool:
    return len(inner) > len(outer) and tuple(inner[: len(outer)]) == tuple(outer)


def _matching(lines: Sequence[str], pattern: str) -> list[int]:
    compiled = re.compile(pattern)
    return [number for number, line in enumerate(lines) if compiled.match(line)]


def _end_of(lines: Sequence[str], start: int) -> int:
    """Find the header after a line, or the end of the file."""
    later = [number for number in _matching(lines, r"\s*\[") if number > start]
    return later[0] if later else len(lines)
