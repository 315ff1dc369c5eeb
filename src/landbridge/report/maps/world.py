"""Map of the world: who gains and who loses."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd

from landbridge.report.maps.base import (
    Economies,
    class_legend,
    economies_of,
    fill_of,
    hatchings,
    land,
    small_print,
)
from landbridge.report.maps.boundaries import Area, Boundaries, BoundaryView, read_boundaries
from landbridge.report.maps.projection import Frame, equal_earth, fit
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, drawing, element, group, tooltip

WIDTH = 1100.0
KEY = "world"
# Where there is land that trades: no room is spent on the Antarctic.
EXTENT = np.array([[-169.0, 0.0], [191.0, 0.0], [11.0, -56.0], [11.0, 82.0]])
# The edge of the map then runs through the Bering Strait and cuts no land.
MIDDLE_MERIDIAN = 11.0
# An economy smaller than this on the map is drawn as a dot, pixels.
SMALLEST_SEEN = 5.0


def world_map(income: pd.DataFrame, *, view: BoundaryView = BoundaryView.UN) -> Markup:
    """Draw the change of real income of every economy.

    Parameters
    ----------
    income
        The table ``income`` of a run.
    view
        Without boundaries each economy is a dot at its centre.
    """
    boundaries = read_boundaries()
    economies = economies_of(income)
    frame = world_frame()
    ground = land(boundaries, frame, economies=economies, view=view, key=KEY)
    dots = group(economy_dots(boundaries, frame, economies, view, key=KEY))
    legend = class_legend(economies, (12, frame.height + 24), key=KEY, width=760)
    print_, tall = small_print(boundaries, (12, frame.height + 82))
    clip = element("clipPath", {"id": f"{KEY}-frame"}, frame_box(frame))
    return drawing(
        (WIDTH, frame.height + 82 + tall),
        [
            hatchings(KEY),
            element("defs", {}, clip),
            group([ground, dots], {"clip_path": f"url(#{KEY}-frame)"}),
            legend,
            print_,
        ],
        title="Change of real income by economy, world",
        description=describe(economies, boundaries),
        key=KEY,
    )


def describe(economies: Economies, boundaries: Boundaries) -> str:
    """Say in words what the map shows, and which economies it cannot show."""
    values = np.array(list(economies.changes.values()))
    gains, losses = int((values > 0).sum()), int((values < 0).sum())
    missing = boundaries.missing(list(economies.changes))
    lacking = f" Not on the map: {', '.join(missing)}." if missing else ""
    return (
        f"{gains} economies gain and {losses} lose; the table of winners and losers gives every "
        f"number.{lacking}"
    )


def world_frame() -> Frame:
    """Fit the frame of a map of the world."""
    return fit(
        partial(equal_earth, middle=MIDDLE_MERIDIAN),
        EXTENT,
        width=WIDTH,
        ratios=(0.4, 0.6),
        margin=0.01,
        middle_meridian=MIDDLE_MERIDIAN,
    )


def frame_box(frame: Frame) -> Markup:
    """Draw the box beyond which nothing is shown."""
    return element("rect", {"x": 0, "y": 0, "width": frame.width, "height": frame.height})


def economy_dots(
    boundaries: Boundaries, frame: Frame, economies: Economies, view: BoundaryView, *, key: str
) -> list[Markup]:
    """Draw the economies that are too small to see as dots; all of them without boundaries."""
    dots = []
    for code in economies.changes:
        area = boundaries.areas.get(code)
        if area is None:
            continue
        if view is BoundaryView.UN and _extent(boundaries, frame, area) > SMALLEST_SEEN:
            continue
        x, y = frame(np.array([area.centre]))[0]
        dots.append(
            element(
                "circle",
                {
                    "cx": float(x),
                    "cy": float(y),
                    "r": 2.6 if view is BoundaryView.UN else 4.2,
                    "fill": fill_of(economies, code, key=key),
                    "stroke": palette.MUTED,
                    "stroke_width": 0.6,
                },
                *tooltip(economies.titles[code]),
            )
        )
    return dots


def _extent(boundaries: Boundaries, frame: Frame, area: Area) -> float:
    sizes = [
        float(np.ptp(frame(boundaries.ring(polygon[0])), axis=0).max()) for polygon in area.polygons
    ]
    return max(sizes, default=0.0)
