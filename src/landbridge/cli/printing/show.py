"""Print tables for people, for machines and for spreadsheets."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
import typer
from rich.console import Console
from rich.table import Table

Form: TypeAlias = Literal["table", "json", "csv"]
"""How a table is printed."""
WIDEST_COLUMN = 30
"""A longer cell is folded."""
FEWEST_COLUMNS = 2
FEW_ROWS = 6
"""So few rows are told one below the other when they are too wide."""
UNIT_SUFFIXES = {
    "_million_usd": "million USD",
    "_percent": "%",
    "_usd_per_tonne": "USD/t",
    "_hours": "h",
    "_km": "km",
}


def print_table(
    table: pd.DataFrame, *, title: str = "", note: str = "", cards: bool = True
) -> None:
    """Print a table for a person: the columns that fit, numbers with three or four digits.

    Parameters
    ----------
    table
        What to print; columns come in the order in which they matter.
    title, note
        Lines above and below.
    cards
        Whether few rows that are too wide are told one below the other, all columns of each;
        else the columns that do not fit are named.
    """
    console = Console(markup=False, emoji=False)
    rows = _rows(table)
    heads = [heading(str(name)) for name in table.columns]
    kept = _that_fit(heads, rows, console.width)
    if cards and len(kept) < len(heads) and 0 < len(rows) <= FEW_ROWS:
        _print_cards(console, heads, rows, title=title)
        if note:
            console.print(note, style="dim", highlight=False)
        return
    shown = Table(title=title or None, title_justify="left", header_style="bold")
    for place in kept:
        numeric = pd.api.types.is_numeric_dtype(table.iloc[:, place])
        shown.add_column(heads[place], justify="right" if numeric else "left")
    for row in rows:
        shown.add_row(*(row[place] for place in kept))
    console.print(shown)
    if note:
        console.print(note, style="dim", highlight=False)
    if len(kept) < len(heads):
        left = ", ".join(heads[len(kept) :])
        console.print(
            f"Not shown, the terminal is too narrow: {left}.", style="dim", highlight=False
        )


def _rows(table: pd.DataFrame) -> list[list[str]]:
    years = ["year" in str(name).casefold() or "period" in str(name) for name in table.columns]
    return [
        [
            str(value) if year and isinstance(value, int | np.integer) else cell(value)
            for value, year in zip(row, years, strict=True)
        ]
        for row in table.itertuples(index=False)
    ]


def _print_cards(console: Console, heads: list[str], rows: list[list[str]], *, title: str) -> None:
    for number, row in enumerate(rows, start=1):
        counted = f"{title} ({number} of {len(rows)})" if len(rows) > 1 else title
        shown = Table(title=counted or None, title_justify="left", show_header=False)
        shown.add_column(style="bold")
        shown.add_column()
        for head, text in zip(heads, row, strict=True):
            if text:
                shown.add_row(head, text)
        console.print(shown)


def _that_fit(heads: list[str], rows: list[list[str]], width: int) -> list[int]:
    """Choose the leading columns that fit the terminal; the first two always do."""
    used, kept = 1, []
    for place, head in enumerate(heads):
        longest = max((len(row[place]) for row in rows), default=0)
        words = max((len(word) for word in head.split()), default=0)
        used += min(max(longest, words), WIDEST_COLUMN) + 3
        if used > width and place >= FEWEST_COLUMNS:
            break
        kept.append(place)
    return kept


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
