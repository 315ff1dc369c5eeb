"""A short repr for objects that hold tables and arrays: what they are, not all that they hold."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pandas as pd

WIDEST = 60
MOST_FIELDS = 12


def brief_repr(one: object) -> str:
    """Describe a dataclass in one line: its fields, tables by their rows, arrays by their shape."""
    named = [field.name for field in fields(one)]  # type: ignore[arg-type]
    told = [f"{name}={_brief(getattr(one, name))}" for name in named[:MOST_FIELDS]]
    more = len(named) - MOST_FIELDS
    told += [f"... {more} more"] if more > 0 else []
    return f"{type(one).__name__}({', '.join(told)})"


def _brief(value: object) -> str:
    if isinstance(value, pd.DataFrame | pd.Series):
        return f"<table of {len(value):,} rows>"
    if isinstance(value, np.ndarray):
        return f"<array {'x'.join(map(str, value.shape))}>"
    if isinstance(value, str | int | float | bool | None):
        return _cut(repr(value))
    if isinstance(value, tuple | list | dict | set | frozenset):
        return f"<{len(value):,} in a {type(value).__name__}>"
    return f"<{type(value).__name__}>"


def _cut(text: str) -> str:
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 4]} ..."
