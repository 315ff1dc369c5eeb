"""The map of strokes on the network: what is drawn is what was given, and says whose borders."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest

from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.compiled import load_network
from landbridge.freight.routes.least_cost import best_trip
from landbridge.freight.routes.leg_shapes import leg_shapes
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.network import MapWords, Sample, Stroke, network_map, route_strokes
from landbridge.studies.run.results import MapLine, MapPoint

pytestmark = pytest.mark.unit

WAY = ((67.0, 24.85), (71.09, 34.12), (69.18, 34.53))


def drawn(view: BoundaryView = BoundaryView.UN, points: tuple[MapPoint, ...] = ()) -> str:
    stroke = Stroke(WAY, "#123456", 3.0, "4 2", title="Karachi - Kabul <by road>")
    words = MapWords("A way", "From Karachi to Kabul.", "Lengths are recalled.")
    ground = [MapLine("x", "rail", "existing", WAY)] * 3
    legend = [Sample("this way", stroke), Sample("port", mark="port")]
    return str(network_map([stroke], points, words, ground=ground, legend=legend, view=view))


def test_a_map_draws_strokes_marks_legend_and_disclaimer() -> None:
    text = drawn(points=(MapPoint("Karachi", "port", "existing", 67.0, 24.85),))
    ET.fromstring(text)  # noqa: S314 - our own drawing
    assert text.count("#123456") == 2  # the line and its sample
    assert "Karachi - Kabul &lt;by road&gt;" in text
    for words in ("this way", "other railway", "Lengths are recalled.", "United Nations"):
        assert words in text
    assert ">Afghanistan<" in text


def test_without_boundaries_no_economy_is_named() -> None:
    text = drawn(BoundaryView.NONE)
    assert "Afghanistan" not in text
    assert "3 2.5" not in text  # dashes of undetermined borders


def test_routes_beside_each_other_differ_and_the_first_is_broadest() -> None:
    strokes = [route_strokes(number, of=4) for number in range(4)]
    assert len({(one.colour, one.dashes) for one in strokes}) == 4
    widths = [one.width for one in strokes]
    assert widths == sorted(widths, reverse=True)


def test_the_shapes_of_legs_join_to_the_whole_way() -> None:
    network = load_network()
    trips = [
        best_trip(network, central_parameters(), *ends)
        for ends in (("Moscow", "Karachi"), ("Karachi", "Kabul"))
    ]
    for trip, shapes in zip(trips, leg_shapes(network, trips), strict=True):
        assert len(shapes) == len(trip.legs)
        moving = [shape for shape in shapes if len(shape) > 1]
        joined = [place for shape in moving for place in shape]
        steps = [place for place in joined if place in set(trip.points)]
        assert steps[0] == trip.points[0]
        assert steps[-1] == trip.points[-1]
        for before, after in pairwise(moving):
            assert np.allclose(before[-1], after[0])
