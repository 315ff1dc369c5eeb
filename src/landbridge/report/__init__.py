"""The page, the map, the workbook and the machine-readable results of a run."""

from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.machine import to_geojson, to_json
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.maps.region import region_map
from landbridge.report.maps.world import world_map
from landbridge.report.pages.html import render_html
from landbridge.report.pages.run_files import write_report
from landbridge.report.pages.workbook import write_workbook

__all__ = [
    "BoundaryView",
    "region_map",
    "render_html",
    "to_csv",
    "to_geojson",
    "to_json",
    "world_map",
    "write_report",
    "write_workbook",
]
