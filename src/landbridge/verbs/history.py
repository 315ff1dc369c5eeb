"""Read what two economies sold each other over the years."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import pandas as pd

from landbridge import codes
from landbridge.basis import Basis
from landbridge.formats import money
from landbridge.report.pages.pairs import present_history
from landbridge.results import Result
from landbridge.studies.contract import Study, certificate_of, provenance_of
from landbridge.verbs.world_table import in_world
from landbridge.world.history import ATTRIBUTION
from landbridge.world.history_pairs import BASELINE, RECORDED, history_beside

GAPS: Final = (
    "Recorded: BACI, which reconciles the reports of both sides; 2021 and 2022 are not in the "
    "panel, an empty cell is not known, a zero is no recorded trade."
)


def history(basis: Basis, one: str, other: str) -> Result[pd.DataFrame]:
    """Read what two economies sold each other by year, beside the baseline's point and band.

    Parameters
    ----------
    one, other
        Codes or names.

    Returns
    -------
    Result
        ``history`` has one row a direction, year and kind of figure (recorded, not known,
        baseline), goods in million USD.

    Raises
    ------
    UnknownNameError, InputError, DataError
        One of them is not known, not in the world, or not in the embedded panel.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().history("PAK", "UZB")
    >>> int(found.tables["history"]["year"].min())
    2000
    """
    pair = in_world(basis.world, one), in_world(basis.world, other)
    table = history_beside(basis.world, *pair)
    names = [codes.name_of(code) for code in pair]
    return Result(
        Study(
            kind="history",
            name="history",
            title=f"Goods between {names[0]} and {names[1]} by year",
            headline=tuple(
                _told(table[table["exporter"] == exporter], heads)
                for exporter, heads in ((pair[0], names), (pair[1], names[::-1]))
            ),
            tables={"history": table},
            notes=(GAPS, ATTRIBUTION),
            certificate=certificate_of(),
            provenance=provenance_of(basis),
            found=table,
        ),
        present_history,
    )


def _told(rows: pd.DataFrame, heads: Sequence[str]) -> str:
    recorded = rows[rows["figure"] == RECORDED]
    base = rows[rows["figure"] == BASELINE].iloc[0]
    head = f"{heads[0]} to {heads[1]}"
    closing = f"{money(float(base['goods_million_usd']))} in the baseline of {base['year']}"
    if recorded.empty:
        return f"{head}: no year on record; {closing}."
    first, last = recorded.iloc[0], recorded.iloc[-1]
    return (
        f"{head}: {money(float(first['goods_million_usd']))} in {first['year']}, "
        f"{money(float(last['goods_million_usd']))} in {last['year']} as recorded; {closing}."
    )
