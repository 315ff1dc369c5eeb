"""The two sides of trade that a published figure is about: economies, blocs, or all the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final

import pandas as pd

from landbridge.atlas.blocs import members, resolve_bloc
from landbridge.codes import known_codes

OTHER: Final = "other"


def blocs_named(figures: pd.DataFrame, *, on: date) -> dict[str, frozenset[str]]:
    """Find the members of every bloc that a figure names.

    Parameters
    ----------
    figures
        Columns exporter and importer: a code, a bloc, ``other`` or nothing.
    on
        Day on which members are read.

    Returns
    -------
    dict
        Codes of economies by bloc.

    Raises
    ------
    UnknownNameError
        A name is neither an economy nor a bloc.
    """
    named = {*figures["exporter"], *figures["importer"]} - {"", OTHER} - set(known_codes())
    return {name: frozenset(members(resolve_bloc(name), on=on)) for name in sorted(named)}


def side_of(
    codes: pd.Series, named: str, blocs: Mapping[str, frozenset[str]], *, opposite: str
) -> pd.Series:
    """Find the rows whose economy is on a side; ``other`` is all but the side opposite.

    Parameters
    ----------
    codes
        Economies, a code a row.
    named, opposite
        The side asked for and the other one, as a figure names them.
    blocs
        From `blocs_named`.
    """
    if named == OTHER:
        return ~codes.isin(blocs.get(opposite, frozenset({opposite})))
    return codes.isin(blocs.get(named, frozenset({named})))
