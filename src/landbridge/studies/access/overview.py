"""All landlocked economies of a world: the port that would win most, and what a change does."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from landbridge import codes
from landbridge.atlas.economies import landlocked
from landbridge.basis import Basis
from landbridge.errors import InputError, NoRouteError
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.access.study import Markets, access_of, markets_of
from landbridge.tasks import Progress, no_progress


@dataclass(frozen=True, eq=False)
class AccessOverview:
    """Every landlocked economy of a world, one row each.

    Attributes
    ----------
    economies
        Columns iso3, economy, port (that would win most), share_percent, days and USD per tonne
        both ways, market access; where there is another network the share of that port and the
        days after, and the change of access and income in percent.
    certificate
        Checks of market access and of the equilibrium.
    """

    economies: pd.DataFrame
    certificate: pd.DataFrame


def access_overview(
    basis: Basis, *, after: FreightNetwork | None = None, progress: Progress = no_progress
) -> AccessOverview:
    """Compute the access of every landlocked economy of a world, without bands.

    Parameters
    ----------
    basis
        World, network and parameters.
    after
        Another network to compare with.
    progress
        Told after each economy.

    Raises
    ------
    InputError
        No economy of the world is landlocked.
    ConvergenceError
        Access or the equilibrium was not found.
    """
    names = [code for code in landlocked() if code in basis.world.iso3]
    if not names:
        raise InputError(f"no economy of the world of {basis.world.year} is landlocked.")
    markets = markets_of(basis, after=after)
    rows = []
    for done, code in enumerate(names, start=1):
        rows.append(_row(basis, after, markets, code))
        progress("Economies", done, len(names))
    table = pd.DataFrame(rows).dropna(axis="columns", how="all")
    return AccessOverview(table, markets.certificate)


def _row(
    basis: Basis, after: FreightNetwork | None, markets: Markets, code: str
) -> dict[str, object]:
    try:
        found = access_of(basis, code, after=after, markets=markets)
    except NoRouteError:
        return {"iso3": code, "economy": codes.name_of(code), "port": "none can be reached"}
    first, reached = found.ports.iloc[0], found.markets.iloc[0]
    return {
        "iso3": code,
        "economy": codes.name_of(code),
        "port": first["name"],
        "share_percent": first["share_percent"],
        "share_after_percent": first.get("share_percent_after"),
        "days_out": first["days_out"],
        "days_out_after": first.get("days_out_after"),
        "usd_per_tonne_out": first["usd_per_tonne_out"],
        "market_access_million_usd": reached["market_access_million_usd"],
        "market_access_change_percent": reached["market_access_change_percent"],
        "real_income_change_percent": reached["real_income_change_percent"],
        "overseas_percent": found.overseas_percent,
        "days_in": first["days_in"],
        "usd_per_tonne_in": first["usd_per_tonne_in"],
    }
