"""The whole report of a run as a folder of files: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.folder import write_folder
from landbridge.report.formats.geopackage import write_geopackage
from landbridge.report.formats.machine import to_geojson, to_json
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.integration import integration_map
from landbridge.report.maps.region import region_map
from landbridge.report.pages.parts.html import page
from landbridge.report.pages.parts.sentences import failed_checks
from landbridge.report.pages.parts.workbook import write_workbook
from landbridge.report.pages.run.layers import run_layers
from landbridge.report.pages.run.sections import sections
from landbridge.report.presentation import OnDemand, Presentation
from landbridge.report.svg.builder import Markup, svg_file
from landbridge.studies.run.results import RunResult

TEMPLATE = "report.html.j2"


def write_report(
    result: RunResult, directory: Path, *, view: BoundaryView = BoundaryView.UN
) -> list[Path]:
    """Write the report of a run.

    Parameters
    ----------
    result
        What the run found.
    directory
        Where to; made when it is not there. Files of the same names are replaced, others are left
        alone.
    view
        Which boundaries the maps draw.

    Returns
    -------
    list of Path
        ``report.pages.parts.html``, ``results.xlsx``, ``results.json``, ``map.svg``,
        ``integration.svg`` where there are integration effects, ``lines.geojson``,
        ``results.gpkg`` and ``tables/*.csv``.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    made = present_run(result, view=view)
    return write_folder(directory, made.texts, made.writers)


def present_run(result: RunResult, *, view: BoundaryView = BoundaryView.UN) -> Presentation:
    """Compose the files of a run: page, workbook, JSON, maps, layers for a GIS and tables.

    Parameters
    ----------
    result
        What the run found.
    view
        Which boundaries the maps draw.
    """
    drawers: dict[str, Callable[[], Markup]] = {"map": lambda: region_map(result, view=view)}
    if result.integration:
        told = result.integration["integration_economies"]
        drawers["integration"] = lambda: integration_map(told, view=view)
    figures = OnDemand(drawers)

    def drawn(name: str) -> str:
        return svg_file(figures[name])

    makers: dict[str, Callable[[], str]] = {
        "report.html": lambda: render_html(result, view=view),
        "results.json": lambda: to_json(result),
        "lines.geojson": lambda: to_geojson(result),
        **{f"{name}.svg": partial(drawn, name) for name in figures},
        **{f"tables/{name}.csv": partial(to_csv, one) for name, one in result.tables().items()},
    }
    return Presentation(
        texts=OnDemand(makers),
        writers={
            "results.xlsx": lambda path: write_workbook(result, path),
            "results.gpkg": lambda path: write_geopackage(
                path, run_layers(result), attribution=ATTRIBUTION
            ),
        },
        figures=figures,
        page="report.html",
        document="results.json",
        map_name="map",
    )


def render_html(result: RunResult, *, view: BoundaryView = BoundaryView.UN) -> str:
    """Write the report of a run.

    Parameters
    ----------
    result
        What the run found.
    view
        Which boundaries the maps draw.

    Returns
    -------
    str
        A whole page: styles, drawings and the one script stand inside, and a content security
        policy forbids everything else. The same result gives the same text.
    """
    return page(
        TEMPLATE,
        run=result,
        sections=sections(result, view=view),
        failed=failed_checks(result),
    )
