"""The page, the map, the workbook and the machine-readable results of a run."""

from landbridge.report.boundaries import BoundaryView
from landbridge.report.delimited import to_csv
from landbridge.report.html import render_html
from landbridge.report.machine import to_geojson, to_json
from landbridge.report.map_region import region_map
from landbridge.report.map_world import world_map
from landbridge.report.workbook import write_workbook
from landbridge.report.write import write_report

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
