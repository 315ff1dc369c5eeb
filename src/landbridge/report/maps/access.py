"""Map of an economy's ways to the sea: the ports that would win its cargo, and the ways there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import pandas as pd

from landbridge.formats import duration, share
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.network import MapWords, Sample, Stroke, network_map
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup
from landbridge.studies.run.results import MapLine, MapPoint
from landbridge.units import HOURS_PER_DAY

LARGEST_DOT: Final = 30.0
SMALLEST_DOT: Final = 6.0
WIDEST: Final = 6.0
THINNEST: Final = 1.0
Line = tuple[tuple[float, float], ...]


def access_map(
    ports: pd.DataFrame,
    ways: Sequence[Line],
    words: MapWords,
    *,
    ground: Sequence[MapLine] = (),
    column: str = "share_percent",
    view: BoundaryView = BoundaryView.UN,
) -> Markup:
    """Draw ports by the share of cargo they would win, and the ways to them.

    Parameters
    ----------
    ports
        Columns name, longitude, latitude, days_out and the share; most important first.
    ways
        The way to each of the ports, in their order; empty where none is to be drawn.
    words
        Title, text alternative and note.
    ground
        The rest of the network.
    column
        Where the share stands, percent.
    view
        Which boundaries to draw.
    """
    shares = ports[column].to_numpy(dtype=np.float64)
    most = float(shares.max(initial=0.0)) or 1.0
    lines = [
        Stroke(way, palette.AFTER, max(THINNEST, WIDEST * float(own / most) ** 0.5))
        for own, way in zip(shares, ways, strict=True)
        if way
    ]
    dots, points = [], []
    for own, row in zip(shares, ports.to_dict(orient="records"), strict=True):
        place = (float(row["longitude"]), float(row["latitude"]))
        told = f"{row['name']}: {share(float(own))}"
        width = max(SMALLEST_DOT, LARGEST_DOT * float(own / most) ** 0.5)
        # A line of hardly any length with round ends is a dot.
        end = (place[0] + 1e-3, place[1])
        dots.append(Stroke((place, end), palette.ACCENT, width, title=told))
        detail = f"{share(float(own))}, {duration(float(row['days_out']) * HOURS_PER_DAY)}"
        points.append(MapPoint(str(row["name"]), "port", "existing", *place, detail=detail))
    return network_map(
        [*lines[::-1], *dots[::-1]],
        points,
        words,
        ground=ground,
        legend=[
            Sample("share of the port", Stroke((), palette.ACCENT, 9.0)),
            Sample("way to it", Stroke((), palette.AFTER, 3.0)),
            Sample("port", mark="port"),
        ],
        key="access",
        view=view,
    )
