"""Parts that the charts share: axes, bands, legends."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, bar, group, line, text
from landbridge.report.svg.labels import text_width
from landbridge.report.svg.scales import Scale, tick_text

CHART_WIDTH = 900.0
AXIS_SIZE = 11.0


def ticks_below(scale: Scale, top: float, *, bottom: float, title: str) -> Markup:
    """Draw the ticks of a horizontal axis with faint rules upward, and its title below."""
    parts: list[Markup] = []
    for value in scale.ticks:
        x = scale(value)
        rule = palette.FAINT if value == 0 else palette.RULE
        parts.append(line((x, top), (x, bottom), stroke=rule, stroke_width=1))
        parts.append(
            text((x, bottom + 15), tick_text(value, scale), fill=palette.MUTED,
                 font_size=AXIS_SIZE, text_anchor="middle")
        )  # fmt: skip
    middle = (scale.start + scale.end) / 2
    parts.append(
        text((middle, bottom + 33), title, fill=palette.MUTED, font_size=AXIS_SIZE,
             text_anchor="middle")
    )  # fmt: skip
    return group(parts)


def whisker(scale: Scale, low: float, *, high: float, y: float, colour: str) -> Markup:
    """Draw a band as a line with ends."""
    left, right = scale(low), scale(high)
    return group(
        [
            line((left, y), (right, y)),
            line((left, y - 3.5), (left, y + 3.5)),
            line((right, y - 3.5), (right, y + 3.5)),
        ],
        {"stroke": colour, "stroke_width": 1.4},
    )


def colour_legend(
    entries: Sequence[tuple[str, str]], corner: tuple[float, float], *, width: float = CHART_WIDTH
) -> tuple[Markup, float]:
    """Draw a legend of colours in rows.

    Parameters
    ----------
    entries
        Colour and words of each.

    Returns
    -------
    tuple
        The legend, and the height that it takes, pixels.
    """
    x, y = corner
    left, parts = x, []
    for colour, words in entries:
        wide = 18 + text_width(words, AXIS_SIZE) + 18
        if left + wide > width and left > x:
            left, y = x, y + 18
        parts.append(
            bar((left, y - 9), (12, 11), fill=colour, stroke=palette.MUTED, stroke_width=0.4)
        )
        parts.append(text((left + 18, y), words, fill=palette.INK, font_size=AXIS_SIZE))
        left += wide
    return group(parts), y - corner[1] + 18


def shorten(words: str, size: float, *, room: float) -> str:
    """Cut a text that is wider than its room and say so with an ellipsis.

    Examples
    --------
    >>> shorten("Pakistan", 12, room=200)
    'Pakistan'
    """
    if text_width(words, size) <= room:
        return words
    while words and text_width(f"{words}…", size) > room:
        words = words[:-1].rstrip()
    return f"{words}…"
