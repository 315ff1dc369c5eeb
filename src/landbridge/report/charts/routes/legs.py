"""Legs of a trip, grouped by what a planner can do about them."""

from __future__ import annotations

from typing import Final

import pandas as pd

from landbridge.report.formats.frames import texts

GROUP_TITLES: Final = {
    "line_haul": "line-haul",
    "crossing": "border crossing",
    "terminal": "change of gauge, terminal",
    "port": "port",
    "sea": "sea",
    "other": "other",
}
# Word in the kind of a leg -> its group; the first that is found counts.
_WORDS: Final = (
    ("cross", "crossing"),
    ("border", "crossing"),
    ("gauge", "terminal"),
    ("port", "port"),
    ("terminal", "terminal"),
    ("transload", "terminal"),
    ("transfer", "terminal"),
    ("tranship", "terminal"),
    ("sea", "sea"),
    ("ferry", "sea"),
    ("rail", "line_haul"),
    ("road", "line_haul"),
    ("haul", "line_haul"),
    ("link", "line_haul"),
    ("line", "line_haul"),
)
_MODES: Final = {
    "sea": "sea",
    "ferry": "sea",
    "rail": "line_haul",
    "road": "line_haul",
    "terminal": "terminal",
}


def leg_group(kind: str, mode: str) -> str:
    """Find the group of a leg: one of `GROUP_TITLES`.

    Examples
    --------
    >>> leg_group("gauge_break", "rail"), leg_group("haul", "sea")
    ('terminal', 'sea')
    """
    plain = kind.casefold().replace("transport", "haul")
    found = next((group for word, group in _WORDS if word in plain), "")
    if found in {"", "line_haul"}:
        return _MODES.get(mode.casefold(), found or "other")
    return found


def with_groups(legs: pd.DataFrame) -> pd.DataFrame:
    """Add the column ``group`` to the table of legs."""
    kinds, modes = texts(legs, "kind"), texts(legs, "mode")
    groups = [leg_group(kind, mode) for kind, mode in zip(kinds, modes, strict=True)]
    return legs.assign(group=groups)


def legs_of(legs: pd.DataFrame, origin: str, *, destination: str, stage: str) -> pd.DataFrame:
    """Select the legs of one trip at one stage, in their order."""
    if legs.empty:
        return legs
    mine = legs[
        (legs["origin"] == origin) & (legs["destination"] == destination) & (legs["stage"] == stage)
    ]
    return mine.sort_values("sequence", kind="stable")
