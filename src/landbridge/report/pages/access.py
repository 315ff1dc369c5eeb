"""Access to the sea as a folder of files: page, workbook, map, tables, layers for a GIS."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge import codes
from landbridge.freight.network.geometry import ATTRIBUTION, map_lines
from landbridge.report.formats.geolayers import GeoLayer
from landbridge.report.maps.access import access_map
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.network import MapWords
from landbridge.report.pages.parts.layers import with_layers
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.access.answer import AccessAnswer
from landbridge.studies.access.study import Access
from landbridge.studies.access.ways import Line, ways_to_ports
from landbridge.studies.chain.assumptions import central_freight
from landbridge.studies.contract import Study
from landbridge.studies.run.results import MapLine

DRAWN: Final = 8
"""Ports on the map."""
ON_PAGE: Final = 25
"""Ports in the table of the page; files hold them all."""
LEFT_OUT: Final = frozenset({"port", "longitude", "latitude", "iso3"})


def present_access(
    study: Study[AccessAnswer], view: BoundaryView = BoundaryView.UN
) -> Presentation:
    """Compose the files of access to the sea.

    Parameters
    ----------
    study
        Access of one economy, or of all landlocked ones.
    view
        Which boundaries the map draws.

    Returns
    -------
    Presentation
        ``access.html``, ``access.xlsx``, ``access.json`` and ``tables/*.csv``; for one economy
        ``map.svg``, ``access.geojson`` and ``access.gpkg`` as well.
    """
    answer = study.found
    if answer.access is None:
        return present_page(_page(study, {}))
    drawn = _drawn(answer.access)
    ways = ways_to_ports(
        answer.network,
        central_freight(answer.basis.parameters),
        answer.access.iso3,
        [str(port) for port in drawn["port"]],
    )
    chart = _map(study, answer.access, drawn, ways, view)
    made = present_page(_page(study, {"map": chart}))
    return with_layers(made, access_layers(answer.access, drawn, ways), name=study.name)


def access_layers(found: Access, drawn: pd.DataFrame, ways: list[Line]) -> list[GeoLayer]:
    """Lay ports, and the ways to those that are drawn, out as layers for a GIS.

    Parameters
    ----------
    found
        Its ports are the points.
    drawn, ways
        Ports of the map, and the way to each; empty where there is none over land.
    """
    places = tuple(
        ((float(x), float(y)),)
        for x, y in zip(found.ports["longitude"], found.ports["latitude"], strict=True)
    )
    layers = [GeoLayer("ports", places, found.ports.drop(columns=["longitude", "latitude"]))]
    real = [index for index, way in enumerate(ways) if way]
    if real:
        table = drawn.iloc[real][["port", "name"]].reset_index(drop=True)
        layers.append(GeoLayer("ways", tuple(ways[index] for index in real), table))
    return layers


def _share(found: Access) -> str:
    return "share_percent_after" if found.is_compared else "share_percent"


def _drawn(found: Access) -> pd.DataFrame:
    column = _share(found)
    drawn = found.ports.sort_values(column, ascending=False, kind="stable").head(DRAWN)
    return drawn[drawn[column] > 0].reset_index(drop=True)


def _map(
    study: Study[AccessAnswer],
    found: Access,
    drawn: pd.DataFrame,
    ways: list[Line],
    view: BoundaryView,
) -> Markup:
    words = MapWords(
        title=study.title,
        description=f"The ports that would win most of the goods of {codes.name_of(found.iso3)} "
        "that go by sea.",
        note="Area of a dot: share of the goods that go by sea. Line: least-cost path from "
        "the largest centre to the port; none where that way would go by sea.",
    )
    network = study.found.network
    return access_map(
        drawn,
        ways,
        words,
        ground=[MapLine(one.name, one.mode, one.change, one.points) for one in map_lines(network)],
        column=_share(found),
        view=view,
    )


def _page(study: Study[AccessAnswer], charts: dict[str, Markup]) -> StudyPage:
    answer, made = study.found, study.provenance
    draws = f"{made.draws} draws, seed {made.seed}" if made.draws else "no draws"
    change = f"compared with {answer.what}" if answer.after is not None else "as it stands"
    meta = f"World of {made.baseline_year}; freight network {change}; {draws}."
    return StudyPage(
        name=study.name,
        title=study.title,
        kicker="ways to the sea, and access to markets",
        meta=meta,
        headline=study.headline,
        notes=study.notes,
        tables={**study.tables, "certificate": study.certificate},
        sections=_sections(study, charts, meta),
        charts=charts,
        provenance=study.provenance,
    )


def _sections(
    study: Study[AccessAnswer], charts: dict[str, Markup], meta: str
) -> tuple[Section, ...]:
    tables = {**study.tables, "certificate": study.certificate}
    banded = study.provenance.draws > 0
    main = next(iter(study.tables))
    columns = [str(one) for one in tables[main].columns if one not in LEFT_OUT]
    first = table_on_page(tables, main, meta=meta, banded=banded, columns=columns, rows=ON_PAGE)
    others = [
        table_on_page(tables, name, meta=meta, banded=banded)
        for name in study.tables
        if name != main
    ]
    figures = tuple(
        Figure(
            drawn,
            "Map: ways to the sea",
            f"Ports by the share they would win, and the ways to them. Source: {source_of(meta)} "
            f"{ATTRIBUTION}",
        )
        for drawn in charts.values()
    )
    checks = table_on_page(tables, "certificate", meta=meta, banded=False)
    return (
        Section("headline", "What it comes to", (Part(figures=figures, tables=(first,)),)),
        *(
            [
                Section(
                    "more", "Markets, and what stands for defaults", (Part(tables=tuple(others)),)
                )
            ]
            if others
            else []
        ),
        Section(
            "certificate",
            "Certificate and what it rests on",
            (Part(notes=tuple(study.notes), tables=(checks,)),),
        ),
    )
