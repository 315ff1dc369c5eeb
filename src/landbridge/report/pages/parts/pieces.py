"""Pieces that a page is made of."""

from __future__ import annotations

from dataclasses import dataclass, field

from landbridge.report.pages.parts.html_tables import PageTable
from landbridge.report.svg.builder import Markup


@dataclass(frozen=True)
class Figure:
    """A drawing with its caption."""

    svg: Markup
    label: str
    caption: str


@dataclass(frozen=True)
class Part:
    """A piece of a section."""

    title: str = ""
    sentences: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    figures: tuple[Figure, ...] = ()
    paired: bool = False
    tables: tuple[PageTable, ...] = ()
    folded: tuple[PageTable, ...] = ()
    folded_title: str = ""


@dataclass(frozen=True)
class Section:
    """A section of the page."""

    key: str
    title: str
    parts: tuple[Part, ...] = field(default=())
