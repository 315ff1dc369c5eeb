"""Every test of a ledger on one line: on which side of its rule the number and its band lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from landbridge.claims.rules import Finding, Standing, bound_of
from landbridge.claims.tables import number_text
from landbridge.claims.verdict import Verdict
from landbridge.report.charts.base import CHART_WIDTH, shorten
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, drawing, element, line, text, tooltip

_ROW: Final = 18.0
_TOP: Final = 26.0
_NAME: Final = 40.0
_LEFT: Final = 420.0
_RIGHT: Final = 600.0
_MIDDLE: Final = (_LEFT + _RIGHT) / 2
_COLOURS: Final[dict[Standing, str]] = {
    "passed": palette.GAIN_INK,
    "failed": palette.LOSS_INK,
    "open": palette.MUTED,
    "refused": palette.MUTED,
}
_WORDS: Final[dict[Standing, str]] = {
    "passed": "holds",
    "failed": "fails",
    "open": "open",
    "refused": "not judged",
}


def claims_chart(verdicts: Sequence[Verdict], *, key: str) -> Markup:
    """Draw all tests that were judged, each on a scale of its own, its rule in the middle.

    Parameters
    ----------
    verdicts
        Judged claims, in order.
    key
        Unique on the page.
    """
    rows = [
        (verdict.claim.id if place == 0 else "", one)
        for verdict in verdicts
        for place, one in enumerate(found for found in verdict.findings if found.number)
    ]
    bottom = _TOP + _ROW * len(rows)
    parts: list[Markup] = [
        text((_MIDDLE - 12, 12), "misses the rule", fill=palette.MUTED, font_size=11,
             text_anchor="end"),
        text((_MIDDLE + 12, 12), "meets it", fill=palette.MUTED, font_size=11),
        line((_MIDDLE, 4), (_MIDDLE, bottom), stroke=palette.FAINT, stroke_width=1.5),
    ]  # fmt: skip
    told = []
    for place, (claim, one) in enumerate(rows):
        y = _TOP + _ROW * (place + 0.5)
        if claim:
            parts.append(
                line((4, y - _ROW / 2), (CHART_WIDTH - 4, y - _ROW / 2), stroke=palette.RULE)
            )
            parts.append(text((4, y + 4), claim, fill=palette.INK, font_weight="bold"))
        words, drawn = _row(one, y)
        parts += drawn
        told.append(f"{claim} {words}.".strip())
    return drawing(
        (CHART_WIDTH, bottom + 8),
        parts,
        title="Where each number lies against its rule",
        description=" ".join(told),
        key=key,
    )


def _row(one: Finding, y: float) -> tuple[str, list[Markup]]:
    found, bound = one.number, bound_of(one.test)
    if found is None or bound is None:
        return one.test.says, []
    sign, rule = bound
    away = [sign * (value - rule) for value in (found.central, found.low, found.high)]
    widest = max(abs(value) for value in away) or 1.0
    centre, low, high = (_MIDDLE + (_RIGHT - _LEFT) / 2 * value / widest for value in away)
    colour = _COLOURS[one.standing]
    number = number_text(found)
    words = f"{one.test.says}: {_WORDS[one.standing]}, {number}"
    room = CHART_WIDTH - _RIGHT - 18
    shown = shorten(number, 11, room=room)
    return words, [
        text((_NAME, y + 4), shorten(one.test.says, 11, room=_LEFT - _NAME - 14),
             fill=palette.INK, font_size=11),
        line((low, y), (high, y), stroke=colour, stroke_width=2),
        _mark(one.standing, centre, y=y, colour=colour, title=words),
        text((CHART_WIDTH - 4, y + 4), shown, fill=palette.MUTED, font_size=11,
             text_anchor="end"),
    ]  # fmt: skip


def _mark(standing: Standing, x: float, *, y: float, colour: str, title: str) -> Markup:
    """Draw a full dot for what holds, a ring for what is open, a cross for what fails."""
    if standing == "failed":
        path = f"M{x - 4:.1f} {y - 4:.1f}l8 8m0 -8l-8 8"
        return element(
            "path", {"d": path, "stroke": colour, "stroke_width": 2, "fill": "none"},
            *tooltip(title),
        )  # fmt: skip
    fill = colour if standing == "passed" else palette.PAPER
    return element(
        "circle",
        {"cx": x, "cy": y, "r": 4.0, "fill": fill, "stroke": colour, "stroke_width": 2},
        *tooltip(title),
    )
