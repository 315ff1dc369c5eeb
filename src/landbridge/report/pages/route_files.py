"""Routes as a folder of files: page, workbook, charts, map, tables, layers for a GIS."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Final

import pandas as pd

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.charts.routes.activities import activity_bars
from landbridge.report.charts.routes.distance import distance_chart
from landbridge.report.formats.columns import column_face, table_face
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.route_tables import route_layers, route_tables, shapes_of
from landbridge.report.formats.values import plain_rows
from landbridge.report.maps.boundaries import BoundaryView, read_boundaries
from landbridge.report.maps.route import route_map
from landbridge.report.pages.parts.effects import effects_sections
from landbridge.report.pages.parts.html import page
from landbridge.report.pages.parts.layers import with_layers
from landbridge.report.pages.parts.workbook import ReadmeSections, write_book
from landbridge.report.pages.routes import headline as headline_of
from landbridge.report.pages.routes import route_sections
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup, svg_file
from landbridge.studies.contract import Provenance
from landbridge.studies.routes.comparison import Compared
from landbridge.version import VERSION

TEMPLATE: Final = "routes.html.j2"
FORMAT: Final = "landbridge-routes/1"


def present_routes(
    compared: Compared,
    *,
    tables: Mapping[str, pd.DataFrame] | None = None,
    headline: Sequence[str] = (),
    notes: Sequence[str] = (),
    provenance: Provenance | None = None,
    view: BoundaryView = BoundaryView.UN,
) -> Presentation:
    """Compose the files of routes.

    Parameters
    ----------
    compared
        The routes.
    tables
        Tables beside those of `route_tables`; of the same name they take their place.
    headline
        Sentences; those of the routes themselves where absent.
    notes
        What a reader must know beyond what the routes say themselves.
    provenance
        What they were made from.
    view
        Which boundaries the maps draw.

    Returns
    -------
    Presentation
        ``routes.html`` (one page that asks nothing of the outside), ``routes.xlsx``,
        ``routes.json``, ``routes.geojson``, ``routes.gpkg``, ``map.svg``, a chart each of time and
        cost as ``*.svg``, and ``tables/*.csv``.
    """
    found = {**route_tables(compared), **(tables or {})}
    said = tuple(headline or headline_of(compared))
    shapes = shapes_of(compared)
    layers = route_layers(compared, shapes)
    figures = {
        "map": route_map(compared, shapes_by_route=shapes, view=view),
        **_charts(compared),
    }
    texts = {
        "routes.html": render_routes(compared, found, figures["map"], said),
        "routes.json": routes_json(compared, found, notes, provenance, said),
        **{f"{name}.svg": svg_file(drawn) for name, drawn in figures.items()},
        **{f"tables/{name}.csv": to_csv(table) for name, table in found.items()},
    }
    made = Presentation(
        texts=texts,
        writers={
            "routes.xlsx": lambda path: write_book(
                path,
                title=compared.comparison.title,
                readme=_readme(compared, found, said, notes),
                tables=found,
            ),
        },
        figures=figures,
        page="routes.html",
        document="routes.json",
    )
    return with_layers(made, layers, name="routes", collection=compared.comparison.name)


def render_routes(
    compared: Compared,
    tables: Mapping[str, pd.DataFrame] | None = None,
    drawn_map: Markup | None = None,
    headline: Sequence[str] = (),
) -> str:
    """Write the page of routes: the same routes give the same text.

    Parameters
    ----------
    compared
        The routes.
    tables, drawn_map
        As `route_tables` and `route_map` give them; made here when absent.
    headline
        As in `present_routes`.
    """
    found = route_tables(compared) if tables is None else tables
    drawn = route_map(compared) if drawn_map is None else drawn_map
    sections = route_sections(compared, found, drawn, source=_source())
    return page(
        TEMPLATE,
        title=compared.comparison.title,
        lead="",
        meta=_meta(compared),
        version=VERSION,
        headline=headline or headline_of(compared),
        sections=(*sections, *effects_sections(found, sections, source=_source())),
    )


def routes_json(
    compared: Compared,
    tables: Mapping[str, pd.DataFrame] | None = None,
    notes: Sequence[str] = (),
    provenance: Provenance | None = None,
    headline: Sequence[str] = (),
) -> str:
    """Write routes as JSON: ``format``, ``routes`` (what was asked), ``tables``, ``notes``."""
    found = route_tables(compared) if tables is None else tables
    document: dict[str, object] = {
        "format": FORMAT,
        "name": compared.comparison.name,
        "title": compared.comparison.title,
        "draws": compared.draws,
        "seed": compared.seed,
        "attribution": ATTRIBUTION,
        "headline": list(headline or headline_of(compared)),
        "notes": _notes(compared, notes),
        "tables": {name: _table(name, table) for name, table in found.items()},
    }
    if provenance is not None:
        document["provenance"] = asdict(provenance)
    return (
        json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
    )


def _table(name: str, frame: pd.DataFrame) -> dict[str, object]:
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


def _charts(compared: Compared) -> dict[str, Markup]:
    kinds = list(dict.fromkeys(_kind(compared)))
    drawn = {}
    for kind in kinds:
        own = [p for p, k in zip(compared.profiles, _kind(compared), strict=True) if k == kind]
        after = f"-{kind}" if kind and len(kinds) > 1 else ""
        drawn[f"time{after}"] = distance_chart(own, quantity="hours", key="time")
        drawn[f"cost{after}"] = distance_chart(own, quantity="usd_per_tonne", key="cost")
        drawn[f"activities-time{after}"] = activity_bars(own, quantity="hours", key="bars-time")
        drawn[f"activities-cost{after}"] = activity_bars(
            own, quantity="usd_per_tonne", key="bars-cost"
        )
    return drawn


def _kind(compared: Compared) -> list[str]:
    return ["" if one.shipment is None else one.shipment.name for one in compared.profiles]


def _meta(compared: Compared) -> str:
    settings = ", ".join(dict.fromkeys(one.title for one in compared.settings))
    draws = f"{compared.draws} draws, seed {compared.seed}" if compared.draws else "no draws"
    return f"Network: {settings}; {draws}."


def _source() -> str:
    return f"Landbridge {VERSION}, freight network; the rows name their own sources."


def _notes(compared: Compared, notes: Sequence[str]) -> list[str]:
    told = (compared.comparison.note, *compared.notes, *notes)
    return list(dict.fromkeys(note for note in told if note))


def _readme(
    compared: Compared,
    tables: Mapping[str, pd.DataFrame],
    headline: Sequence[str],
    notes: Sequence[str],
) -> ReadmeSections:
    boundaries = read_boundaries()
    return [
        ("Headline", [("", sentence) for sentence in headline]),
        ("Routes", [(profile.label, profile.trip.text) for profile in compared.profiles]),
        ("Network and draws", [("", _meta(compared))]),
        (
            "Sheets",
            [
                (
                    table_face(name).sheet,
                    f"{table_face(name).title}: {table_face(name).description}",
                )
                for name in tables
            ],
        ),
        ("Notes", [("", note) for note in _notes(compared, notes)]),
        ("Maps", [("", f"{boundaries.disclaimer} {boundaries.own_disclaimer} {ATTRIBUTION}")]),
    ]
