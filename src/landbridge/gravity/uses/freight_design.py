"""Time and cost of the freight network as regressors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge.errors import InputError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.skims.economies import skims
from landbridge.gravity.uses.effects import STANDARD_KEYS, Design, Keys, from_matrix, international

FreightQuantity: TypeAlias = Literal["hours", "usd_per_tonne", "generalised_usd_per_tonne", "km"]


def freight_effects(
    table: pd.DataFrame,
    quantities: Sequence[FreightQuantity],
    *,
    network: FreightNetwork,
    keys: Keys = STANDARD_KEYS,
) -> Design:
    """Add the log of hours, cost or length of the least-cost path between economies.

    The network is that of one moment: its quantities do not vary over the years of a panel, so
    pair effects swallow them.

    Parameters
    ----------
    table
        Exporters and importers are ISO3 codes.
    quantities
        ``hours``, ``usd_per_tonne``, ``generalised_usd_per_tonne`` (money and time), ``km``.
    network
        Whose least-cost paths are taken.
    keys
        Names of the key columns.

    Returns
    -------
    Design
        Columns ``ln_freight_<quantity>``; zero for domestic sales, which the network does not carry
        (use a border term beside them), missing where the network has no way or holds only part
        of it, so that the estimator drops and counts those rows.

    Raises
    ------
    InputError
        None of the economies is in the network.
    """
    keys.check(table)
    codes = {str(code) for end in (keys.exporter, keys.importer) for code in table[end].unique()}
    iso3 = tuple(sorted(codes & set(network.ties.iso3)))
    if len(iso3) < 2:  # noqa: PLR2004 - a way has two ends
        raise InputError(
            "fewer than two economies of the panel are in the freight network.",
            where="freight",
            mend="Exporters and importers must be ISO3 codes.",
        )
    found = skims(network, central_parameters(), iso3=iso3)
    domestic = ~international(table, keys=keys)
    terms = []
    for quantity in quantities:
        values = np.where(found.covered, getattr(found, quantity), np.nan)
        added = from_matrix(table, f"freight_{quantity}", values, iso3=iso3, keys=keys)
        term = added.terms[0]
        table = added.table.assign(**{term: np.where(domestic, 0.0, added.table[term])})
        terms.append(term)
    return Design(table=table, terms=tuple(terms))
