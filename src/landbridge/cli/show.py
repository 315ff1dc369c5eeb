"""Print tables for people, for machines and for spreadsheets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

UNIT_SUFFIXES = {
    "_million_usd": "million USD",
    "_percent": "%",
    "_usd_per_tonne": "USD/t",
    "_hours": "h",
    "_km": "km",
}


def print_table(table: pd.DataFrame, *, title: str = "", note: str = "") -> None:
    """Print a table for a person, numbers with three or four telling digits."""
    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for name in table.columns:
        numeric = pd.api.types.is_numeric_dtype(table[name])
        shown.add_column(heading(str(name)), justify="right" if numeric else "left")
    for row in table.itertuples(index=False):
        shown.add_row(*(cell(value) for value in row))
    console = Console()
    console.print(shown)
    if note:
        console.print(note, style="dim", highlight=False)


def print_json(payload: object) -> None:
    """Print as JSON; missing numbers are null."""
    typer.echo(json.dumps(_plain(payload), ensure_ascii=False, indent=2))


def print_csv(table: pd.DataFrame) -> None:
    """Print as CSV."""
    typer.echo(table.to_csv(index=False), nl=False)


def heading(name: str) -> str:
    """Turn a column name into a heading with its unit in brackets."""
    for suffix, unit in UNIT_SUFFIXES.items():
        bare = suffix.removeprefix("_")
        if name == bare:
            return unit if unit == bare else f"{bare.replace('_', ' ')}"
        if name.endswith(suffix):
            return f"{name.removesuffix(suffix).replace('_', ' ')} ({unit})"
    return name.replace("_", " ")


def cell(value: object) -> str:
    """Write one value the way a person wants to read it."""
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, int | np.integer):
        return f"{int(value):,}"
    if isinstance(value, float | np.floating):
        return _number(float(value))
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return str(value)


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    size = abs(value)
    if size >= 1000:  # noqa: PLR2004 - from here on decimals tell nothing
        return f"{value:,.0f}"
    if size >= 100:  # noqa: PLR2004
        return f"{value:.1f}"
    if size >= 0.01 or size == 0:  # noqa: PLR2004
        return f"{value:.2f}"
    return f"{value:.2g}"


def _plain(value: object) -> object:
    """Turn tables, arrays and their numbers into what JSON knows."""
    if isinstance(value, pd.DataFrame):
        value = value.to_dict(orient="records")
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence | np.ndarray) and not isinstance(value, str):
        return [_plain(entry) for entry in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or value is pd.NaT or value is pd.NA:
        return None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return value if isinstance(value, str | bool | int) else str(value)
