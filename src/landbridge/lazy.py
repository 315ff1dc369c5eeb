"""Public names of a package that are imported when they are first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module


def lazily(package: str, homes: Mapping[str, str]) -> Callable[[str], object]:
    """Make the ``__getattr__`` of a package whose names stand in modules of its own.

    Parameters
    ----------
    package
        Its ``__name__``.
    homes
        Module of each name, below the package; empty where the name is that of a module.

    Returns
    -------
    callable
        Imports a name, and raises ``AttributeError`` for one that is not in the table.
    """

    def find(name: str) -> object:
        if name not in homes:
            raise AttributeError(f"module '{package}' has no attribute '{name}'")
        if not homes[name]:
            return import_module(f"{package}.{name}")
        return getattr(import_module(f"{package}.{homes[name]}"), name)

    return find
