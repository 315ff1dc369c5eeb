"""Map of the world: who is inside a scenario or outside, and gains or loses."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pandas as pd

from landbridge.report.formats.frames import texts
from landbridge.report.maps.base import economies_of, hatchings, land, small_print
from landbridge.report.maps.boundaries import BoundaryView, read_boundaries
from landbridge.report.maps.choropleth import CLASSES_A_SIDE, class_colour
from landbridge.report.maps.world import WIDTH, economy_dots, frame_box, world_frame
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup, bar, drawing, element, group, text

KEY: Final = "integration"
_STEP: Final = 205.0
FILLS: Final = {
    "inside, gains": class_colour(CLASSES_A_SIDE),
    "outside, gains": class_colour(1),
    "next to nothing": palette.NEAR_ZERO,
    "outside, loses": f"url(#{KEY}-loss1)",
    "inside, loses": f"url(#{KEY}-loss{CLASSES_A_SIDE})",
}
"""Fill of each kind, in the order of the legend; losses are hatched."""


def integration_map(economies: pd.DataFrame, *, view: BoundaryView = BoundaryView.UN) -> Markup:
    """Draw every economy by whether the scenario names it and whether it gains.

    Parameters
    ----------
    economies
        The table ``integration_economies`` of a run.
    view
        Without boundaries each economy is a dot at its centre.
    """
    boundaries, frame = read_boundaries(), world_frame()
    kinds = texts(economies, "effect")
    told = economies_of(economies)
    told = replace(
        told,
        fills={
            code: FILLS[kind] for code, kind in zip(texts(economies, "iso3"), kinds, strict=True)
        },
    )
    ground = land(boundaries, frame, economies=told, view=view, key=KEY)
    dots = group(economy_dots(boundaries, frame, told, view, key=KEY))
    print_, tall = small_print(boundaries, (12, frame.height + 68))
    clip = element("clipPath", {"id": f"{KEY}-frame"}, frame_box(frame))
    counts = ", ".join(f"{kinds.count(kind)} {kind}" for kind in FILLS if kind in kinds)
    return drawing(
        (WIDTH, frame.height + 68 + tall),
        [
            hatchings(KEY),
            element("defs", {}, clip),
            group([ground, dots], {"clip_path": f"url(#{KEY}-frame)"}),
            _legend((12, frame.height + 24)),
            print_,
        ],
        title="Inside and outside the scenario, gains and losses",
        description=f"Economies: {counts}. The table gives every number.",
        key=KEY,
    )


def _legend(corner: tuple[float, float]) -> Markup:
    x, y = corner
    parts = [
        text((x, y), "Named by the scenario (inside) or not, and its change of real income",
             fill=palette.INK, font_weight=600)
    ]  # fmt: skip
    for place, (kind, fill) in enumerate(FILLS.items()):
        left = x + place * _STEP
        parts += [
            bar((left, y + 9), (24, 13), fill=fill, stroke=palette.BORDER, stroke_width=0.5),
            text((left + 31, y + 20), kind, fill=palette.INK, font_size=11),
        ]
    return group(parts)
