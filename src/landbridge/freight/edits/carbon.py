"""Edits of what carbon costs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from landbridge.errors import InputError
from landbridge.freight.edits.records import SetCarbonPrice
from landbridge.freight.network.tables import FreightTables, carbon_table

ON_LAND = ("road", "rail", "ferry")
"""Modes whose links lie in an economy."""


def set_carbon_prices(
    tables: FreightTables, edits: Sequence[SetCarbonPrice], wheres: Sequence[str]
) -> FreightTables:
    """Put a price on carbon; where an economy is named, its price holds there alone."""
    own = {
        (row["mode"], row["iso3"]): row["usd_per_tonne_co2e"]
        for row in tables.carbon.to_dict("records")
    }
    for edit, where in zip(edits, wheres, strict=True):
        if edit.iso3 and edit.mode not in ON_LAND:
            raise InputError(
                f"goods by {edit.mode} go through no economy's land: a price on it holds for all.",
                where=where,
            )
        own[edit.mode, edit.iso3] = edit.usd_per_tonne_co2e
    if not any(own.values()):
        return tables
    return replace(
        tables,
        carbon=carbon_table(
            {"mode": mode, "iso3": iso3, "usd_per_tonne_co2e": price}
            for (mode, iso3), price in own.items()
        ),
    )
