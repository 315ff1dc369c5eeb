"""Map of one route by mode, or of several in colours of their own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from landbridge.formats import duration, significant
from landbridge.freight.network.geometry import map_lines
from landbridge.freight.profile.time_cost import Profile
from landbridge.freight.routes.leg_shapes import Shape
from landbridge.report.formats.route_tables import shapes_of
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.network import (
    MapWords,
    Sample,
    Stroke,
    network_map,
    route_strokes,
)
from landbridge.report.svg import palette
from landbridge.report.svg.builder import Markup
from landbridge.studies.routes.comparison import Compared
from landbridge.studies.run.results import MapLine, MapPoint

_MODES = {
    "road": "by road",
    "rail": "by rail",
    "sea": "by sea",
    "ferry": "by ferry",
    "air": "by air",
}
_WIDTH_ALONE = 3.2
_KINDS = {"crossing": "crossing", "gauge_break": "terminal", "transfer": "terminal", "port": "port"}
_KIND_WORDS = {
    "city": "origin, destination, place asked for",
    "crossing": "border crossing",
    "terminal": "change of gauge or of mode",
    "port": "port",
}


def route_map(
    compared: Compared,
    *,
    shapes_by_route: Sequence[Sequence[Shape]] | None = None,
    view: BoundaryView = BoundaryView.UN,
    key: str = "route-map",
) -> Markup:
    """Draw routes on the network.

    Parameters
    ----------
    compared
        The routes; of several kinds of shipment the first is drawn.
    shapes_by_route
        As `route_tables.shapes_of` gives them.
    view
        Which boundaries to draw.
    key
        Unique on the page.
    """
    first = [n for n, one in enumerate(compared.profiles) if _kind(one) == _kind_first(compared)]
    profiles = [compared.profiles[n] for n in first]
    every = shapes_of(compared) if shapes_by_route is None else shapes_by_route
    shapes = [every[n] for n in first]
    strokes, legend = (
        _by_mode(profiles[0], shapes[0]) if len(profiles) == 1 else _by_route(profiles, shapes)
    )
    points = _points(profiles, shapes)
    legend += [
        Sample(words, mark=kind)
        for kind, words in _KIND_WORDS.items()
        if any(one.kind == kind for one in points)
    ]
    network = compared.settings[first[0]].network
    ground = [MapLine(one.name, one.mode, one.change, one.points) for one in map_lines(network)]
    told = "; ".join(f"{profile.label}: {profile.trip.text}" for profile in profiles)
    words = MapWords(compared.comparison.title, f"{told}.")
    return network_map(strokes, points, words, ground=ground, legend=legend, key=key, view=view)


def _kind(profile: Profile) -> str:
    return "" if profile.shipment is None else profile.shipment.name


def _kind_first(compared: Compared) -> str:
    return _kind(compared.profiles[0])


def _by_mode(profile: Profile, shapes: Sequence[Shape]) -> tuple[list[Stroke], list[Sample]]:
    strokes = []
    used: dict[str, Stroke] = {}
    legs = profile.trip.legs
    for shape, mode, name in zip(shapes, legs["mode"], legs["name"], strict=True):
        if len(shape) > 1:
            colour = palette.MODE_COLOURS.get(str(mode), palette.AFTER)
            used.setdefault(str(mode), Stroke((), colour, _WIDTH_ALONE))
            strokes.append(Stroke(shape, colour, _WIDTH_ALONE, title=str(name)))
    return strokes, [Sample(_MODES.get(mode, mode), stroke) for mode, stroke in used.items()]


def _by_route(
    profiles: Sequence[Profile], shapes: Sequence[Sequence[Shape]]
) -> tuple[list[Stroke], list[Sample]]:
    strokes: list[Stroke] = []
    legend: list[Sample] = []
    for place, (profile, own) in enumerate(zip(profiles, shapes, strict=True)):
        like = route_strokes(place, of=len(profiles))
        hours, usd = profile.sums(np.ones(len(profile.rows), dtype=bool))
        told = f"{duration(float(hours[0]))}, {significant(float(usd[0]))} USD/t"
        legend.append(Sample(f"{profile.label} ({told})", like))
        whole: list[tuple[float, float]] = []
        for shape in own:
            if len(shape) > 1:
                whole.extend(point for point in shape if not whole or point != whole[-1])
        strokes.append(
            Stroke(tuple(whole), like.colour, like.width, like.dashes, title=profile.label)
        )
    return strokes, legend


def _points(profiles: Sequence[Profile], shapes: Sequence[Sequence[Shape]]) -> list[MapPoint]:
    found: dict[str, MapPoint] = {}
    for profile, own in zip(profiles, shapes, strict=True):
        legs = profile.trip.legs
        ends = [shape for shape in own if len(shape) > 1]
        for name, place in (
            (profile.trip.origin, ends[0][0]),
            (profile.trip.destination, ends[-1][-1]),
        ):
            found.setdefault(name, MapPoint(name, "city", "existing", *place))
        for shape, kind, name in zip(own, legs["kind"], legs["from_name"], strict=True):
            if len(shape) == 1 and kind in _KINDS:
                mark = MapPoint(str(name), _KINDS[kind], "existing", *shape[0])
                found.setdefault(str(name), mark)
        for name in profile.breaks:
            passed = _start(own, legs, name)
            if passed is not None:
                found.setdefault(name, MapPoint(name, "city", "existing", *passed))
    return list(found.values())


def _start(shapes: Sequence[Shape], legs: pd.DataFrame, name: str) -> tuple[float, float] | None:
    starts = zip(shapes, legs["from_name"], strict=True)
    return next((shape[0] for shape, start in starts if start == name and len(shape) > 1), None)
