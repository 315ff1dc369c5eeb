"""Data files that the field owns: recognised by header, checked, and loaded into tidy tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from landbridge.lazy import lazily

if TYPE_CHECKING:
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
__getattr__ = lazily(
    __name__,
    {
        "ColumnMap": "model",
        "Counts": "model",
        "Dropped": "model",
        "Inspection": "model",
        "Limits": "files.limits",
        "LoadOptions": "model",
        "Loaded": "model",
        "Provenance": "model",
        "inspect": "loading",
        "load": "loading",
    },
)
