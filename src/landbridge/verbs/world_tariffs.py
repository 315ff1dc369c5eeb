"""What importers charge on goods, as a user asks for it."""

from __future__ import annotations

import pandas as pd

from landbridge import codes
from landbridge.atlas.standing import DEPTHS
from landbridge.basis import Basis
from landbridge.errors import InputError
from landbridge.scenarios.trade_costs import tariff_values
from landbridge.scenarios.values.duties import charged_rates
from landbridge.studies.chain.assumptions import central_values
from landbridge.units import PERCENT, FloatArray
from landbridge.world.base import World
from landbridge.world.tariffs.base import Tariffs

WORDS = ("none", *(depth.replace("_", " ") for depth in DEPTHS))
"""Depth of the agreement in force, by rank."""
NOTE = (
    "Percent of the value at the border, on goods, at central values. Published are means by "
    "importer; rates by pair are inferred from them and from agreements in force (docs/tariffs.md)."
)


def tariffs_of(world: World) -> Tariffs:
    """Return what is charged in a world.

    Raises
    ------
    InputError
        Nothing is known of it.
    """
    if world.tariffs is None:
        raise InputError("the world has no tariffs.", where="--tariffs")
    return world.tariffs


def central_rates(basis: Basis) -> FloatArray:
    """Compute what is charged on goods at central values, ``[N, N]`` ratio."""
    tariffs = tariffs_of(basis.world)
    values = tariff_values(central_values(basis.parameters))
    return charged_rates(tariffs, values)


def importers_table(basis: Basis) -> pd.DataFrame:
    """Tabulate every importer: its tariff without preferences, the means, the revenue."""
    tariffs, rates = tariffs_of(basis.world), central_rates(basis)
    table = tariffs.table(basis.world.goods, rates)
    table.insert(1, "name", [codes.name_of(code) for code in table["iso3"]])
    return table


def partners_table(basis: Basis, iso3: str, partner: str | None = None) -> pd.DataFrame:
    """Tabulate what an economy charges on each partner's goods, and what it is charged.

    Returns
    -------
    pandas.DataFrame
        iso3, name, imports_million_usd, charged_percent, exports_million_usd, faced_percent,
        agreement (depth in force); the largest partners first.
    """
    world = basis.world
    tariffs, rates, at = tariffs_of(world), central_rates(basis), world.index(iso3)
    table = pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [codes.name_of(code) for code in world.iso3],
            "imports_million_usd": world.goods[:, at],
            "charged_percent": PERCENT * rates[:, at],
            "exports_million_usd": world.goods[at],
            "faced_percent": PERCENT * rates[at],
            "agreement": [WORDS[rank] for rank in tariffs.standing[:, at]],
        }
    )
    kept = table[table["iso3"] != iso3] if partner is None else table[table["iso3"] == partner]
    size = kept["imports_million_usd"] + kept["exports_million_usd"]
    return kept.loc[size.sort_values(ascending=False, kind="stable").index].reset_index(drop=True)
