"""Landbridge: from a corridor, a border or an agreement to trade, income and who gains.

    import landbridge as lb
    model = lb.load()
    result = model.run("n-cpec-plus")
    result.headline
    result.tables["income"]

The names below are the public ones; each is imported when it is first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from landbridge.lazy import lazily
from landbridge.version import VERSION

if TYPE_CHECKING:
    from landbridge import atlas
    from landbridge.errors import LandbridgeError
    from landbridge.model import Model, load
    from landbridge.results import Figure, Result
    from landbridge.scenarios.schema import Scenario
    from landbridge.sources import ColumnMap, LoadOptions, inspect
    from landbridge.sources.baseline import WorldFile
    from landbridge.verbs.asking.scenarios import scenario
    from landbridge.verbs.estimate import estimate

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
__getattr__ = lazily(
    __name__,
    {
        "ColumnMap": "sources.model",
        "Figure": "results",
        "LandbridgeError": "errors",
        "LoadOptions": "sources.model",
        "Model": "model",
        "Result": "results",
        "Scenario": "scenarios.schema",
        "WorldFile": "sources.baseline",
        "atlas": "",
        "estimate": "verbs.estimate",
        "inspect": "sources.loading",
        "load": "model",
        "scenario": "verbs.asking.scenarios",
    },
)


def __dir__() -> list[str]:
    """List the public names, for completion."""
    return sorted(__all__)
