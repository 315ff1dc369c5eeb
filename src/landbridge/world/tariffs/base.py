"""What importers charge on goods of others, pair by pair, and how each rate is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from landbridge.atlas.standing import DEPTHS
from landbridge.brief import brief_repr
from landbridge.units import PERCENT, FloatArray, IntArray

FULL_RANK = DEPTHS.index("customs_union") + 1
"""From this depth on goods cross without duty, and nobody has to ask for the preference."""


@dataclass(frozen=True)
class PreferenceRules:
    """What agreements take off the tariffs of others, and who makes use of it.

    Attributes
    ----------
    use
        Share of the trade that has a right to a preference and makes use of it.
    cuts
        Part of the tariff that an agreement of each depth takes off where it is used; 1 from a
        customs union on.
    """

    use: float
    cuts: Mapping[str, float]

    def cut_by_rank(self) -> FloatArray:
        """List the cuts by rank of depth, 0 for no agreement, ``[6]`` shares."""
        return np.array([0.0, *(self.cuts.get(depth, 1.0) for depth in DEPTHS)])

    def used_by_rank(self) -> FloatArray:
        """List the shares of use by rank of depth, ``[6]``; all from a customs union on."""
        return np.array([self.use] * FULL_RANK + [1.0] * (len(DEPTHS) + 1 - FULL_RANK))


@dataclass(frozen=True, eq=False, repr=False)
class Tariffs:
    """Tariffs on goods between N economies before any scenario.

    Attributes
    ----------
    iso3
        N codes; the order of every axis.
    mfn
        ``[N]`` ratio of the value at the border: what importers charge where no agreement binds.
    margin
        ``[N]`` how far what agreements say shows in the applied tariff that is published, share;
        it scales every cut of the importer.
    standing
        ``[N, N]`` rank of the depth of the agreement in force, 0 for none
        (`landbridge.atlas.standing`).
    own
        ``[N, N]`` rates of the user's own, ratio; missing where there are none.
    imports
        ``[N]`` goods bought from others, million USD: the weight of each importer in a mean.
    own_by_sector
        The same by sector, where the user's file tells sectors apart.
    status
        N: how the rate without preferences is known.
    published
        ``[N]`` weighted mean applied as published, ratio; missing where there is none.
    notes
        What was inferred, shared or taken from others, in sentences.
    own_notes
        What a file of the user's put in its place.
    """

    iso3: tuple[str, ...]
    mfn: FloatArray
    margin: FloatArray
    standing: IntArray
    own: FloatArray
    status: tuple[str, ...]
    published: FloatArray
    imports: FloatArray
    own_by_sector: Mapping[str, FloatArray] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    own_notes: tuple[str, ...] = ()

    def eligible(self, rules: PreferenceRules) -> FloatArray:
        """Compute the part of the tariff that agreements take off where used, ``[N, N]`` share."""
        return np.asarray(rules.cut_by_rank()[self.standing] * self.margin_by_pair())

    def margin_by_pair(self) -> FloatArray:
        """Spread the margin of importers over pairs, ``[N, N]``; one in a customs union."""
        return np.where(self.standing >= FULL_RANK, 1.0, self.margin[None, :])

    def used(self, rules: PreferenceRules) -> FloatArray:
        """Compute the share of trade with a right to a preference that uses it, ``[N, N]``."""
        return np.asarray(rules.used_by_rank()[self.standing])

    def table(self, goods: FloatArray, rates: FloatArray) -> pd.DataFrame:
        """Tabulate the tariffs of each importer beside what is published, percent.

        Parameters
        ----------
        goods
            ``[N, N]`` million USD.
        rates
            ``[N, N]`` what is charged, ratio.

        Returns
        -------
        pandas.DataFrame
            iso3, mfn_percent, mean_percent (weighted by imports), published_percent (missing
            where there is none), duty_free_percent of imports, revenue_million_usd, status.
        """
        foreign = np.where(np.eye(len(goods), dtype=bool), 0.0, goods)
        imports = np.where(foreign.sum(axis=0) > 0, foreign.sum(axis=0), 1.0)
        revenue = (foreign * rates).sum(axis=0)
        free = np.where(rates == 0.0, foreign, 0.0).sum(axis=0)
        return pd.DataFrame(
            {
                "iso3": self.iso3,
                "mfn_percent": PERCENT * self.mfn,
                "mean_percent": PERCENT * revenue / imports,
                "published_percent": PERCENT * self.published,
                "duty_free_percent": PERCENT * free / imports,
                "revenue_million_usd": revenue,
                "status": self.status,
            }
        )

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)
