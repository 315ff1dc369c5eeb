"""What carries the world's goods, as a folder of files: page, workbook, map, tables, layers."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.freight.flows.lines import FlowLine, lines_of
from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.geolayers import GeoLayer
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.critical import flow_map
from landbridge.report.maps.network import MapWords
from landbridge.report.pages.parts.layers import with_layers
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.carriage.answer import CarriageAnswer, Flows
from landbridge.studies.contract import Study

ON_PAGE: Final = 40
"""Rows of a long table on the page; files hold them all."""


def present_carriage(
    study: Study[CarriageAnswer], view: BoundaryView = BoundaryView.UN
) -> Presentation:
    """Compose the files of flows of freight.

    Parameters
    ----------
    study
        The flows.
    view
        Which boundaries the map draws.

    Returns
    -------
    Presentation
        ``freight-flows.html``, ``.xlsx``, ``.json``, ``.geojson``, ``.gpkg``, ``map.svg`` and
        ``tables/*.csv``.
    """
    answer = study.found
    shown = answer.after or answer.before
    lines = _lines(shown)
    words = MapWords(
        title=study.title,
        description=f"Flows of goods in {study.provenance.baseline_year} over the freight network.",
        note="Width of a line: tonnes a year, all classes of cargo, both ways.",
    )
    made = present_page(_page(study, {"map": flow_map(lines, words, view=view)}))
    layers = [
        GeoLayer(name, tuple(one.points for one in mine), _layer_table(mine))
        for name, mine in (
            ("flows", _lines(answer.before)),
            *((("flows_after", lines),) if answer.after is not None else ()),
        )
    ]
    return with_layers(made, layers, name=study.name)


def _lines(flows: Flows) -> list[FlowLine]:
    return list(lines_of(flows.network, flows.arcs(), flows.legs()))


def _layer_table(lines: list[FlowLine]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "name": [one.name for one in lines],
            "mode": [one.mode for one in lines],
            "million_tonnes": [one.flow for one in lines],
        }
    )


def _page(study: Study[CarriageAnswer], charts: dict[str, Markup]) -> StudyPage:
    made = study.provenance
    on = f"of {', '.join(made.scenarios)}" if made.scenarios else "as it stands"
    meta = f"World of {made.baseline_year}; freight network {on}; no draws."
    tables = {**study.tables, "certificate": study.certificate}
    return StudyPage(
        name=study.name,
        title=study.title,
        kicker="what carries what",
        meta=meta,
        headline=study.headline,
        notes=study.notes,
        tables=tables,
        sections=_sections(study, tables, charts, meta),
        charts=charts,
        provenance=study.provenance,
    )


def _sections(
    study: Study[CarriageAnswer],
    tables: dict[str, pd.DataFrame],
    charts: dict[str, Markup],
    meta: str,
) -> tuple[Section, ...]:
    drawn = Figure(
        charts["map"],
        "Map: flows of goods",
        f"Tonnes a year over links and sea lanes. Source: {source_of(meta)} {ATTRIBUTION}",
    )
    split = [
        table_on_page(tables, name, meta=meta, banded=False, rows=ON_PAGE)
        for name in ("mode_split", "mode_split_pairs")
        if name in tables
    ]
    emitted = [
        table_on_page(tables, name, meta=meta, banded=False, rows=ON_PAGE)
        for name in ("emissions", "emissions_pairs", "carbon_revenue", "emissions_published")
        if name in tables
    ]
    full = [
        table_on_page(tables, name, meta=meta, banded=False, rows=ON_PAGE)
        for name in ("stranded", "full_places")
        if name in tables
    ]
    stranded = Section("stranded", "What cannot go", (Part(tables=tuple(full)),))
    passing = table_on_page(tables, "elements", meta=meta, banded=False, rows=ON_PAGE)
    checks = table_on_page(tables, "certificate", meta=meta, banded=False)
    return (
        Section("headline", "What it comes to", (Part(figures=(drawn,), tables=tuple(split)),)),
        *((stranded,) if full else ()),
        Section("emissions", "What carrying emits", (Part(tables=tuple(emitted)),)),
        Section("elements", "What passes where", (Part(tables=(passing,)),)),
        Section(
            "certificate",
            "Certificate and what it rests on",
            (Part(notes=tuple(study.notes), tables=(checks,)),),
        ),
    )
