"""A coefficient plot as SVG: a dot and its interval for each term, fits side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

import numpy as np

from landbridge.errors import InputError
from landbridge.gravity.panel import INTERCEPT
from landbridge.gravity.ppml.results import GravityFit
from landbridge.units import PERCENT

WIDTH: Final = 720.0
ROW: Final = 30.0
TOP: Final = 40.0
AXIS: Final = 46.0
"""Below the terms: the scale and what is drawn."""
LANE: Final = 12.0
GAP: Final = 12.0
LEGEND_LINE: Final = 22.0
LEAST_SCALE: Final = 320.0
RIGHT: Final = 24.0
LETTER: Final = 7.2
"""Mean width of a letter at 13 px."""
COLOURS: Final = ("#1f5a92", "#c4622d", "#3f7d4e", "#7a4f9a", "#8a6d1f", "#4a4a4a")
"""Tell apart in print and by colour-blind readers; shapes differ too."""
TICKS: Final = 6


def coefficient_plot(
    fits: Sequence[GravityFit],
    *,
    titles: Sequence[str] = (),
    terms: Sequence[str] = (),
    labels: Mapping[str, str] | None = None,
    heading: str = "Coefficients",
) -> str:
    """Draw coefficients with their intervals.

    Parameters
    ----------
    fits
        Drawn in one colour and shape each.
    titles
        For the legend; (1), (2) ... when left out.
    terms
        Which coefficients, in order; all but the intercept when left out.
    labels
        What a reader sees instead of a term.
    heading
        Title of the figure.

    Returns
    -------
    str
        An SVG document.

    Raises
    ------
    InputError
        There is nothing to draw.
    """
    names = list(titles) or [f"({number})" for number in range(1, len(fits) + 1)]
    every = dict.fromkeys(str(term) for fit in fits for term in fit.coefficients["term"])
    chosen = list(terms) or [term for term in every if term != INTERCEPT]
    rows = [(term, _ranges(fits, term)) for term in chosen]
    found = [value for _, ranges in rows for each in ranges if each for value in each]
    if not found or len(names) != len(fits):
        raise InputError("there is no coefficient to draw, or titles and fits differ in number.")
    shown = [(labels or {}).get(term, term) for term in chosen]
    low, high = min([*found, 0.0]), max([*found, 0.0])
    pad = 0.04 * (high - low or 1.0)
    left = 24.0 + LETTER * max(len(label) for label in shown)
    scale = _Scale(low - pad, high + pad, left, max(WIDTH, left + LEAST_SCALE) - RIGHT)
    width = scale.right + RIGHT
    tall = [max(ROW, LANE * sum(each is not None for each in ranges) + GAP) for _, ranges in rows]
    bottom = TOP + sum(tall)
    legend, legend_height = _legend(names, bottom + AXIS + LANE, width)
    height = bottom + AXIS + legend_height
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
            f' role="img" font-family="Helvetica, Arial, sans-serif" font-size="13">'
        ),
        f"<title>{escape(heading)}</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        f'<text x="12" y="22" font-weight="bold">{escape(heading)}</text>',
        *_axis(scale, bottom),
        (
            f'<text x="{(left + scale.right) / 2:.1f}" y="{bottom + 36:g}" text-anchor="middle"'
            f' fill="#444444">{escape(_intervals(fits))}</text>'
        ),
    ]
    top = TOP
    for label, (_, ranges), deep in zip(shown, rows, tall, strict=True):
        parts += _row(scale, label, ranges, top, deep)
        top += deep
    return "\n".join([*parts, *legend, "</svg>"]) + "\n"


def _row(
    scale: _Scale,
    label: str,
    ranges: Sequence[tuple[float, float, float] | None],
    top: float,
    deep: float,
) -> list[str]:
    """Draw one term: its name, and the fits that have it below each other."""
    middle = top + deep / 2.0
    parts = [
        f'<line x1="12" x2="{scale.right:.1f}" y1="{top:g}" y2="{top:g}" stroke="#efefef"/>',
        (
            f'<text x="{scale.left - 10:g}" y="{middle + 4:g}" text-anchor="end">'
            f"{escape(label)}</text>"
        ),
    ]
    present = [(at, each) for at, each in enumerate(ranges) if each is not None]
    for lane, (position, each) in enumerate(present):
        parts += _dot(scale, each, middle + LANE * (lane - (len(present) - 1) / 2.0), position)
    return parts


def _intervals(fits: Sequence[GravityFit]) -> str:
    levels = sorted({fit.spec.confidence for fit in fits})
    told = " and ".join(f"{PERCENT * level:g}" for level in levels)
    return f"Estimate and {told} percent interval"


class _Scale:
    """Places values on the horizontal axis."""

    def __init__(self, low: float, high: float, left: float, right: float) -> None:
        self.low, self.high, self.left, self.right = low, high, left, right

    def __call__(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return self.left + share * (self.right - self.left)

    def ticks(self) -> list[float]:
        rough = (self.high - self.low) / TICKS
        power = 10.0 ** np.floor(np.log10(rough))
        step = power * next(each for each in (1.0, 2.0, 5.0, 10.0) if each * power >= rough)
        first = int(np.ceil(self.low / step))
        last = int(np.floor(self.high / step))
        return [float(number * step) for number in range(first, last + 1)]


def _ranges(fits: Sequence[GravityFit], term: str) -> list[tuple[float, float, float] | None]:
    found: list[tuple[float, float, float] | None] = []
    for fit in fits:
        table = fit.coefficients[fit.coefficients["term"] == term]
        if table.empty:
            found.append(None)
            continue
        low, middle, high = (
            float(table[name].to_numpy()[0]) for name in ("low", "estimate", "high")
        )
        found.append((low, middle, high))
    return found


def _axis(scale: _Scale, bottom: float) -> list[str]:
    parts = []
    for tick in scale.ticks():
        x = scale(tick)
        zero = abs(tick) < 1e-12  # noqa: PLR2004 - rounding of the step
        colour = "#555555" if zero else "#e2e2e2"
        parts.append(
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP:g}" y2="{bottom:g}" stroke="{colour}"/>'
        )
        label = "0" if zero else f"{tick:.6g}"
        parts.append(
            f'<text x="{x:.1f}" y="{bottom + 18:g}" text-anchor="middle" fill="#444444">'
            f"{label}</text>"
        )
    return parts


def _dot(scale: _Scale, each: tuple[float, float, float], y: float, position: int) -> list[str]:
    colour = COLOURS[position % len(COLOURS)]
    low, middle, high = (scale(value) for value in each)
    line = (
        f'<line x1="{low:.1f}" x2="{high:.1f}" y1="{y:.1f}" y2="{y:.1f}"'
        f' stroke="{colour}" stroke-width="2"/>'
    )
    return [line, _mark(middle, y, position, colour)]


def _mark(x: float, y: float, position: int, colour: str) -> str:
    shape = position % 3
    if shape == 0:
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>'
    if shape == 1:
        return f'<rect x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7" fill="{colour}"/>'
    points = f"{x:.1f},{y - 5:.1f} {x + 5:.1f},{y + 4:.1f} {x - 5:.1f},{y + 4:.1f}"
    return f'<polygon points="{points}" fill="{colour}"/>'


def _legend(names: Sequence[str], y: float, width: float) -> tuple[list[str], float]:
    """Draw the legend, broken into lines, and measure its height; one fit needs none."""
    if len(names) == 1:
        return [], 0.0
    parts, x, first = [], 24.0, y
    for position, name in enumerate(names):
        long = 30.0 + LETTER * len(name)
        if x + long > width and x > 24.0:  # noqa: PLR2004 - the left edge
            x, y = 24.0, y + LEGEND_LINE
        parts.append(_mark(x, y - 4.0, position, COLOURS[position % len(COLOURS)]))
        parts.append(f'<text x="{x + 10:.1f}" y="{y:g}">{escape(name)}</text>')
        x += long
    return parts, y - first + LEGEND_LINE
