"""Stated trade and targets: what was said, by whom, when, and whether it adds up."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Final, Literal, TypeAlias

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict

from landbridge.atlas.facts import Fact, codes_in, records
from landbridge.codes import resolve

TradeQuantity: TypeAlias = Literal["two_way_trade", "exports", "imports"]
"""Trade of the first party with the other: both ways, its exports, its imports."""

Role: TypeAlias = Literal["stated", "target", "derived"]

ROUNDING: Final = 0.05
"""Stated figures are rounded; parts that miss the whole by less than this share agree with it."""


class Statement(Fact):
    """A stated figure of trade, or a target.

    Attributes
    ----------
    statement, one, other
        Identity; the party whose trade it is; the partner or partners.
    measure, role
        What is measured; a stated figure, a target, or one derived from a stated change.
    period_start, period_end
        Years of the figure; None for a target.
    low_million_usd, central_million_usd, high_million_usd
        Million US dollars a year; None where not stated.
    target_year
        Year by which a target is to be reached; None where none was named.
    as_of
        When it was said.
    """

    statement: str
    one: str
    other: Annotated[tuple[str, ...], BeforeValidator(codes_in)]
    measure: TradeQuantity
    role: Role
    period_start: int | None
    period_end: int | None
    low_million_usd: float | None
    central_million_usd: float | None
    high_million_usd: float | None
    target_year: int | None
    as_of: date

    @property
    def amount_million_usd(self) -> float | None:
        """The central amount, or the bound that was stated instead of it."""
        for amount in (self.central_million_usd, self.high_million_usd, self.low_million_usd):
            if amount is not None:
                return amount
        return None


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    whole: str
    part: str


def statements(
    one: str = "", other: str = "", *, role: Role | None = None
) -> tuple[Statement, ...]:
    """Read the statements, of one party or pair if named, of one role if named.

    Parameters
    ----------
    one, other
        Codes or names of economies, or ids of blocs; the order does not matter.
    role
        Only stated figures, targets or derived figures.
    """
    known = records("trade_statements", Statement)
    wanted = {_party(name, known) for name in (one, other) if name}
    return tuple(
        row
        for row in known
        if wanted <= {row.one, *row.other} and (role is None or row.role == role)
    )


def _party(name: str, known: tuple[Statement, ...]) -> str:
    """Find the code of an economy, or the id of a bloc of which something was stated."""
    parties = {party for row in known for party in (row.one, *row.other)}
    plain = name.strip().upper()
    return plain if plain in parties else resolve(name)


def targets(one: str = "", other: str = "") -> tuple[Statement, ...]:
    """Read the targets, of one party or pair if named."""
    return statements(one, other, role="target")


def sums() -> pd.DataFrame:
    """Set each stated sum beside the sum of its stated parts.

    Returns
    -------
    pandas.DataFrame
        statement, one, other, whole_million_usd, parts_million_usd, gap_million_usd (whole less
        parts), agrees (False where the gap is more than `ROUNDING` of the whole), parts
        (identities), source.
    """
    by_identity = {row.statement: row for row in records("trade_statements", Statement)}
    parts: dict[str, list[Statement]] = {}
    for link in records("statement_parts", _Part):
        parts.setdefault(link.whole, []).append(by_identity[link.part])
    rows = []
    for key, pieces in parts.items():
        whole = by_identity[key]
        stated = whole.amount_million_usd or 0.0
        summed = sum(piece.amount_million_usd or 0.0 for piece in pieces)
        rows.append(
            {
                "statement": key,
                "one": whole.one,
                "other": ";".join(whole.other),
                "whole_million_usd": stated,
                "parts_million_usd": summed,
                "gap_million_usd": stated - summed,
                "agrees": abs(stated - summed) <= ROUNDING * stated,
                "parts": ";".join(piece.statement for piece in pieces),
                "source": whole.source,
            }
        )
    return pd.DataFrame(rows)
