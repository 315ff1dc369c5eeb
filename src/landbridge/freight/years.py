"""The network with its borders as they were observed in a year."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.borders import VALUES, crossing_values, observed_years
from landbridge.freight.compiling import compile_network
from landbridge.freight.network import FreightNetwork
from landbridge.tables import embedded_table

FROM_OBSERVATIONS = (*VALUES, "year", "source", "confidence")


def with_borders_of(network: FreightNetwork, year: int) -> tuple[FreightNetwork, pd.DataFrame]:
    """Set every crossing that was observed in a year to what was observed.

    Parameters
    ----------
    network
        The network before any scenario.
    year
        Year of observation.

    Returns
    -------
    tuple
        The network, and the crossings that the year changed: crossing, sides_of_year (0 to 4:
        two sides, two directions). All others keep their default.

    Raises
    ------
    InputError
        Nothing was observed in that year.
    """
    observations = embedded_table("freight", "crossing_observations")
    years = observed_years(observations)
    if year not in years:
        raise InputError(
            f"no crossing has a published observation of {year}.",
            where="--year",
            mend=f"Known: {', '.join(map(str, years))}.",
        )
    crossings = network.tables.crossings.copy()
    found = crossing_values(
        crossings,
        observations,
        embedded_table("freight", "crossing_classes"),
        network.tables.terminals,
        year=year,
    )
    of_year = (found["sides_of_year"] > 0).to_numpy()
    for column in FROM_OBSERVATIONS:
        values = crossings[column].to_numpy(copy=True)
        values[of_year] = found[column].to_numpy()[of_year]
        crossings[column] = values
    told = found.loc[of_year, ["crossing", "sides_of_year"]].reset_index(drop=True)
    return compile_network(replace(network.tables, crossings=crossings)), told
