"""Landbridge: from a corridor, a border or an agreement to trade, income and who gains.

    import landbridge as lb
    model = lb.load()
    result = model.run("n-cpec-plus")
    result.headline
    result.tables["income"]

The names below are the public ones; each is imported when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from landbridge.version import VERSION

if TYPE_CHECKING:
    from landbridge import atlas
    from landbridge.errors import LandbridgeError
    from landbridge.model import Model, load
    from landbridge.results import Figure, Result
    from landbridge.scenarios.schema import Scenario
    from landbridge.sources import ColumnMap, LoadOptions, inspect
    from landbridge.sources.baseline import WorldFile
    from landbridge.verbs.estimate import estimate
    from landbridge.verbs.scenarios import scenario

__version__ = VERSION
__all__ = [
    "ColumnMap",
    "Figure",
    "LandbridgeError",
    "LoadOptions",
    "Model",
    "Result",
    "Scenario",
    "WorldFile",
    "__version__",
    "atlas",
    "estimate",
    "inspect",
    "load",
    "scenario",
]
_HOMES = {
    "ColumnMap": "landbridge.sources",
    "LoadOptions": "landbridge.sources",
    "Figure": "landbridge.results",
    "LandbridgeError": "landbridge.errors",
    "Model": "landbridge.model",
    "Result": "landbridge.results",
    "Scenario": "landbridge.scenarios.schema",
    "WorldFile": "landbridge.sources.baseline",
    "estimate": "landbridge.verbs.estimate",
    "inspect": "landbridge.sources",
    "load": "landbridge.model",
    "scenario": "landbridge.verbs.scenarios",
}


def __getattr__(name: str) -> object:
    """Import a public name when it is first asked for."""
    if name == "atlas":
        return import_module("landbridge.atlas")
    if name not in _HOMES:
        raise AttributeError(f"module 'landbridge' has no attribute '{name}'")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return sorted(__all__)
