"""Critical elements of the network as a folder of files: page, workbook, map, tables, layers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from landbridge.formats import money
from landbridge.freight.flows.lines import FlowLine, flow_lines
from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.geolayers import GeoLayer
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.critical import critical_map
from landbridge.report.maps.network import MapWords
from landbridge.report.pages.parts.layers import with_layers
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.report.svg.builder import Markup
from landbridge.studies.contract import Study
from landbridge.studies.critical.answer import VALUE_OF, CriticalAnswer
from landbridge.studies.critical.criticality import FirstOrder
from landbridge.studies.critical.ranking import Ranking
from landbridge.units import USD_PER_MILLION

UNIT_OF: Final = {"percent": "one percent less cost", "hour": "an hour less", "tonnes": "tonnes"}
ON_PAGE: Final = 30
"""Rows of a long table on the page; files hold them all."""
LEFT_OUT: Final = frozenset({"element", "kind"})


def present_critical(
    study: Study[CriticalAnswer], view: BoundaryView = BoundaryView.UN
) -> Presentation:
    """Compose the files of a ranking of critical elements.

    Parameters
    ----------
    study
        The ranking.
    view
        Which boundaries the map draws.

    Returns
    -------
    Presentation
        ``critical.html``, ``critical.xlsx``, ``critical.json``, ``map.svg``, ``critical.geojson``,
        ``critical.gpkg`` and ``tables/*.csv``.
    """
    answer = study.found
    lines = [
        FlowLine(one.name, one.mode, one.points, one.flow / USD_PER_MILLION)
        for one in flow_lines(answer.first.tonnes)
    ]
    made = present_page(_page(study, {"map": _map(answer, lines, view)}))
    layers = critical_layers(answer.first, answer.ranking, lines)
    return with_layers(made, layers, name=study.name)


def critical_layers(
    found: FirstOrder, ranking: Ranking, lines: Sequence[FlowLine]
) -> list[GeoLayer]:
    """Lay the critical elements and all flows out as layers for a GIS.

    Parameters
    ----------
    found, ranking
        Where the elements are, and what is known of them.
    lines
        Flows, million tonnes a year.
    """
    shapes = [found.elements.shapes[row] for row in ranking.rows]
    layers = []
    for name, wanted in (("critical_points", True), ("critical_lines", False)):
        mine = [index for index, shape in enumerate(shapes) if (len(shape) == 1) == wanted]
        if mine:
            table = ranking.table.iloc[mine].reset_index(drop=True)
            layers.append(GeoLayer(name, tuple(shapes[index] for index in mine), table))
    layers.append(
        GeoLayer(
            "flows",
            tuple(one.points for one in lines),
            pd.DataFrame(
                {
                    "name": [one.name for one in lines],
                    "mode": [one.mode for one in lines],
                    "million_tonnes": [one.flow for one in lines],
                }
            ),
        )
    )
    return layers


def _map(answer: CriticalAnswer, lines: list[FlowLine], view: BoundaryView) -> Markup:
    question, ranking = answer.question, answer.ranking
    value = VALUE_OF[question.by]
    told = ""
    if len(ranking.table):
        first = ranking.table.iloc[0]
        worth = (
            f"{first[value]:,.0f} million tonnes"
            if question.by == "tonnes"
            else money(float(first[value]))
        )
        told = f"{first['name']} comes first: {worth}."
    return critical_map(
        lines,
        ranking.table,
        [answer.first.elements.shapes[row] for row in ranking.rows],
        value=value,
        words=MapWords(
            title=f"Where {UNIT_OF[question.by]} is worth most to {question.whom}",
            description=f"Flows of goods in {answer.setting.world.year} over the freight network. "
            f"{told}",
            note="Width of a line: tonnes a year by the least-cost path, without limits of "
            "capacity. Area of a dot: what the element is worth, to first order.",
        ),
        view=view,
    )


def _page(study: Study[CriticalAnswer], charts: dict[str, Markup]) -> StudyPage:
    made = study.provenance
    draws = f"{made.draws} draws, seed {made.seed}" if made.draws else "no draws"
    on = f"of {', '.join(made.scenarios)}" if made.scenarios else "as it stands"
    meta = f"World of {made.baseline_year}; freight network {on}; {draws}."
    return StudyPage(
        name=study.name,
        title=study.title,
        kicker="what is critical on the network",
        meta=meta,
        headline=study.headline,
        notes=study.notes,
        tables={**study.tables, "certificate": study.certificate},
        sections=_sections(study, charts, meta),
        charts=charts,
        provenance=study.provenance,
    )


def _sections(
    study: Study[CriticalAnswer], charts: dict[str, Markup], meta: str
) -> tuple[Section, ...]:
    tables = {**study.tables, "certificate": study.certificate}
    banded = study.provenance.draws > 0
    columns = [
        str(one)
        for one in tables["critical"].columns
        if one not in LEFT_OUT and tables["critical"][one].notna().any()
    ]
    main = table_on_page(tables, "critical", meta=meta, banded=banded, columns=columns)
    more = [
        table_on_page(tables, name, meta=meta, banded=False, rows=ON_PAGE)
        for name in study.tables
        if name not in {"critical", "critical_by_economy"}
    ]
    checks = table_on_page(tables, "certificate", meta=meta, banded=False)
    drawn = Figure(
        charts["map"],
        "Map: flows and critical elements",
        f"Flows of goods, and the elements that are worth most. Source: {source_of(meta)} "
        f"{ATTRIBUTION}",
    )
    return (
        Section("headline", "What it comes to", (Part(figures=(drawn,), tables=(main,)),)),
        Section("flows", "What passes where", (Part(tables=tuple(more)),)),
        Section(
            "certificate",
            "Certificate and what it rests on",
            (Part(notes=tuple(study.notes), tables=(checks,)),),
        ),
    )
