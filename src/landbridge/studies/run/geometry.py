"""Trips and network of a run as lines and points for the map."""

from __future__ import annotations

from landbridge.errors import NoRouteError
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.freight.network.geometry import map_lines as network_lines
from landbridge.freight.network.geometry import map_points as network_points
from landbridge.freight.routes.least_cost import best_trip
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.watched import ReportedTrip
from landbridge.studies.run.results import MapLine, MapPoint

SEA_SEPARATOR = ">"


def reported_trips(inputs: Inputs, freight: FreightParameters) -> list[ReportedTrip]:
    """Route every trip before and after, leg by leg; an impossible one is left out."""
    found = []
    for request, (origin, destination) in zip(inputs.scenario.trips, inputs.trips, strict=True):
        for stage, network in (("before", inputs.before), ("after", inputs.after)):
            try:
                trip = best_trip(network, freight, origin, destination)
            except NoRouteError:
                continue
            found.append(ReportedTrip(request.origin, request.destination, stage, trip))
    return found


def route_texts(inputs: Inputs, trips: list[ReportedTrip]) -> list[tuple[str, str]]:
    """Tell the way of each trip in words, before and after; "no way" where there is none."""
    texts = {(t.origin, t.destination, t.stage): t.trip.text for t in trips}
    return [
        (
            texts.get((request.origin, request.destination, "before"), "no way"),
            texts.get((request.origin, request.destination, "after"), "no way"),
        )
        for request in inputs.scenario.trips
    ]


def map_lines(inputs: Inputs, trips: list[ReportedTrip]) -> tuple[MapLine, ...]:
    """Gather the network's lines, and what of them a reported trip uses."""
    used = {"before": _used(trips, "before"), "after": _used(trips, "after")}
    legs = [
        (pair[0], pair[1])
        for name in sorted(used["before"] | used["after"])
        if len(pair := name.split(SEA_SEPARATOR)) == 2  # noqa: PLR2004 - from and to
    ]
    lines = network_lines(inputs.after, before=inputs.before, sea_legs=legs)
    return tuple(
        MapLine(
            name=line.name,
            mode=line.mode,
            change=line.change,
            points=line.points,
            # Before, a link that something joins on its way was whole.
            route=_route(
                bool({line.link, line.whole} & used["before"]), line.link in used["after"]
            ),
        )
        for line in lines
    )


def map_points(inputs: Inputs, trips: list[ReportedTrip]) -> tuple[MapPoint, ...]:
    """Gather the ends of trips, and the borders, gauge breaks and ports on the way after."""
    ends = dict.fromkeys(place for trip in inputs.trips for place in trip)
    names = dict(zip(inputs.after.nodes["name"], inputs.after.nodes["node"], strict=True))
    events: dict[str, str] = {}
    for reported in trips:
        if reported.stage != "after":
            continue
        legs = reported.trip.legs
        for kind, name in zip(legs["kind"], legs["from_name"], strict=True):
            if kind in {"crossing", "gauge_break", "port"} and name in names:
                events.setdefault(names[name], str(kind).replace("_", " "))
    marks = dict.fromkeys(ends, "") | {k: v for k, v in events.items() if k not in ends}
    return tuple(
        MapPoint(
            name=point.name,
            kind=marks[point.node] or point.kind,
            change="existing",
            longitude=point.longitude,
            latitude=point.latitude,
        )
        for point in network_points(inputs.after, marks)
    )


def _used(trips: list[ReportedTrip], stage: str) -> set[str]:
    return {name for reported in trips if reported.stage == stage for name in reported.trip.links}


def _route(before: bool, after: bool) -> str:  # noqa: FBT001 - two plain facts
    return {(False, False): "", (True, False): "before", (False, True): "after"}.get(
        (before, after), "both"
    )
