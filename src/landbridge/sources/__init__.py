"""Data files that the field owns: recognised by header, checked, and loaded into tidy tables."""

from landbridge.sources.files.limits import Limits
from landbridge.sources.loading import inspect, load
from landbridge.sources.model import (
    ColumnMap,
    Counts,
    Dropped,
    Inspection,
    Loaded,
    LoadOptions,
    Provenance,
)

__all__ = [
    "ColumnMap",
    "Counts",
    "Dropped",
    "Inspection",
    "Limits",
    "LoadOptions",
    "Loaded",
    "Provenance",
    "inspect",
    "load",
]
