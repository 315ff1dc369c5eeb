"""The result of a run as JSON, for programs."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Final

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.columns import column_face, table_face
from landbridge.report.formats.values import plain_rows, rounded
from landbridge.studies.run.results import MapLine, MapPoint, RunResult

FORMAT: Final = "landbridge-result/1"
_FIELDS: Final = (
    "scenario_name",
    "scenario_title",
    "scenario_summary",
    "scenario_date",
    "scenario_sha256",
    "version",
    "baseline_year",
    "closure",
    "closure_explained",
    "numeraire",
    "draws",
    "seed",
)
_PLACE_DIGITS: Final = 6


def to_json(result: RunResult) -> str:
    """Write a run as JSON.

    Parameters
    ----------
    result
        What the run found.

    Returns
    -------
    str
        An object with ``format``, ``run``, ``headline``, ``tables`` (by name: ``columns`` with
        their units, ``rows`` as lists in the columns' order), ``lines``, ``points`` and
        ``notes``. Keys are sorted, floats have twelve significant digits, missing values are
        null. The same result gives the same text.
    """
    document: dict[str, object] = {
        "format": FORMAT,
        "run": {name: getattr(result, name) for name in _FIELDS},
        "headline": list(result.headline),
        "notes": [*result.warnings, *result.notes],
        "tables": {name: _table(result, name) for name in result.tables()},
        "lines": [_line(one) for one in result.lines],
        "points": [_point(one) for one in result.points],
    }
    if result.provenance is not None:
        document["provenance"] = asdict(result.provenance)
    return (
        json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
    )


def to_geojson(result: RunResult) -> str:
    """Write the lines and points of a run as GeoJSON (RFC 7946), for a GIS."""
    features: list[dict[str, object]] = [
        {
            "type": "Feature",
            "properties": {key: value for key, value in _line(one).items() if key != "points"},
            "geometry": {"type": "LineString", "coordinates": _line(one)["points"]},
        }
        for one in result.lines
    ]
    features += [
        {
            "type": "Feature",
            "properties": {
                key: value
                for key, value in _point(one).items()
                if key not in {"longitude", "latitude"}
            },
            "geometry": {
                "type": "Point",
                "coordinates": [
                    round(one.longitude, _PLACE_DIGITS),
                    round(one.latitude, _PLACE_DIGITS),
                ],
            },
        }
        for one in result.points
    ]
    document = {
        "type": "FeatureCollection",
        "name": result.scenario_name,
        "attribution": ATTRIBUTION,
        "features": features,
    }
    return json.dumps(document, ensure_ascii=False, sort_keys=True, allow_nan=False) + "\n"


def _table(result: RunResult, name: str) -> dict[str, object]:
    frame = result.tables()[name]
    faces = {
        column: column_face(column, frame[column], table=name, beside=frame.columns)
        for column in frame.columns
    }
    return {
        "title": table_face(name).title,
        "columns": [
            {"name": column, "title": face.title, "unit": face.unit}
            for column, face in faces.items()
        ],
        "rows": plain_rows(frame),
    }


def _line(one: MapLine) -> dict[str, object]:
    return {
        "name": one.name,
        "mode": one.mode,
        "change": one.change,
        "route": one.route,
        "points": [[round(x, _PLACE_DIGITS), round(y, _PLACE_DIGITS)] for x, y in one.points],
    }


def _point(one: MapPoint) -> dict[str, object]:
    return {
        "name": one.name,
        "kind": one.kind,
        "change": one.change,
        "longitude": rounded(one.longitude),
        "latitude": rounded(one.latitude),
        "detail": one.detail,
    }
