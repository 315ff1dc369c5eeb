"""Small builder of SVG: every text and attribute is escaped here, and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

Value = str | float | int


@dataclass(frozen=True)
class Markup:
    """A piece of markup that is already safe to put into a page."""

    text: str

    def __html__(self) -> str:
        """Hand the text to a template as it stands."""
        return self.text

    def __str__(self) -> str:
        """Return the markup."""
        return self.text


def number(value: float) -> str:
    """Write a coordinate with at most one decimal.

    Examples
    --------
    >>> number(3.0), number(2.26), number(-0.01)
    ('3', '2.3', '0')
    """
    text = f"{value:.1f}"
    text = text.removesuffix(".0")
    return "0" if text == "-0" else text


def element(
    name: str, attributes: Mapping[str, Value] | None = None, *children: Markup | str
) -> Markup:
    """Build one element; plain strings among the children are escaped.

    Attribute names write ``_`` for ``-`` (``stroke_width``) and a trailing ``_`` is dropped
    (``class_``).

    Examples
    --------
    >>> str(element("text", {"x": 1, "font_size": 12}, "a < b"))
    '<text x="1" font-size="12">a &lt; b</text>'
    """
    parts = []
    for key, value in (attributes or {}).items():
        written = number(value) if isinstance(value, float) else str(value)
        shown = key.rstrip("_").replace("_", "-")
        parts.append(f' {shown}="{escape(written, quote=True)}"')
    inside = "".join(
        child.text if isinstance(child, Markup) else escape(child, quote=False)
        for child in children
    )
    opening = f"<{name}{''.join(parts)}"
    return Markup(f"{opening}>{inside}</{name}>" if inside else f"{opening}/>")


def group(
    children: Iterable[Markup | str], attributes: Mapping[str, Value] | None = None
) -> Markup:
    """Put elements under one parent."""
    return element("g", attributes, *children)


def text(place: tuple[float, float], words: str, **style: Value) -> Markup:
    """Write a line of text."""
    return element("text", {"x": place[0], "y": place[1], **style}, words)


def line(start: tuple[float, float], end: tuple[float, float], **style: Value) -> Markup:
    """Draw a straight line."""
    return element("line", {"x1": start[0], "y1": start[1], "x2": end[0], "y2": end[1], **style})


def bar(
    corner: tuple[float, float], size: tuple[float, float], *, title: str = "", **style: Value
) -> Markup:
    """Draw a rectangle, with a tooltip when there is a title."""
    box: dict[str, Value] = {
        "x": corner[0],
        "y": corner[1],
        "width": max(size[0], 0.0),
        "height": max(size[1], 0.0),
    }
    return element("rect", {**box, **style}, *tooltip(title))


def tooltip(title: str) -> tuple[Markup, ...]:
    """Draw the tooltip of a shape; nothing when there is nothing to say."""
    return (element("title", {}, title),) if title else ()


def drawing(
    size: tuple[float, float],
    children: Iterable[Markup | str],
    *,
    title: str,
    description: str,
    key: str,
) -> Markup:
    """Close a drawing: size, and the text that stands for it when it cannot be seen.

    Parameters
    ----------
    size
        Width and height, pixels at full size; the drawing scales with the page.
    children
        What is drawn.
    title, description
        Text alternative.
    key
        Unique on the page.
    """
    width, height = size
    return element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(width)} {number(height)}",
            "width": number(width),
            "height": number(height),
            "role": "img",
            "aria_labelledby": f"{key}-title {key}-description",
            "font_family": FONTS,
            "font_size": 12,
        },
        element("title", {"id": f"{key}-title"}, title),
        element("desc", {"id": f"{key}-description"}, description),
        *children,
    )


FONTS = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"


def svg_file(drawn: Markup) -> str:
    """Write a drawing as the text of a file."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'
