"""Trade elasticities by sector, by the name of the set they come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.tables import embedded_table
from landbridge.units import FloatArray

EVERY = "all"


@dataclass(frozen=True)
class SectorElasticities:
    """Trade elasticities of some sectors.

    Attributes
    ----------
    name
        The set.
    table
        One row a sector: sector, theta, status (estimated, averaged or assumed), confidence
        (published or recalled), divisions (ISIC Rev. 4), source.
    """

    name: str
    table: pd.DataFrame

    @property
    def theta(self) -> FloatArray:
        """``[S]`` in the order of the sectors."""
        return self.table["theta"].to_numpy(dtype=float)


def elasticity_sets() -> pd.DataFrame:
    """List the sets: elasticity_set, divisions, estimated, lowest and highest theta, source."""
    facts = embedded_table("equilibrium", "elasticities")
    grouped = facts.groupby("elasticity_set", sort=True)
    return pd.DataFrame(
        {
            "divisions": grouped["division"].size(),
            "estimated": grouped["status"].agg(lambda status: int((status == "estimated").sum())),
            "lowest_theta": grouped["theta"].min(),
            "highest_theta": grouped["theta"].max(),
            "source": grouped["source"].first(),
        }
    ).reset_index()


def sector_elasticities(name: str, divisions: Mapping[str, Sequence[str]]) -> SectorElasticities:
    """Look up the trade elasticities of sectors in a named set.

    Parameters
    ----------
    name
        Of `elasticity_sets`, e.g. ``"caliendo-parro-2015"``.
    divisions
        For each sector the two-digit divisions of ISIC Rev. 4 in it, in the order wanted. Where
        they differ within a sector their plain mean is taken, and the status says averaged.

    Raises
    ------
    UnknownNameError
        There is no such set.
    InputError
        A sector without a division, or a division that the set does not hold.

    Examples
    --------
    >>> found = sector_elasticities("caliendo-parro-2015", {"C29": ["29"], "A": ["01", "02"]})
    >>> found.theta.tolist()
    [8.22, 9.11]
    >>> found.table["status"].tolist()
    ['assumed', 'estimated']
    """
    facts = embedded_table("equilibrium", "elasticities")
    known = sorted(facts["elasticity_set"].unique())
    if name not in known:
        raise UnknownNameError(
            f"there is no set of elasticities {name!r}",
            mend=suggest(name, known) or f"Choose one of {', '.join(known)}.",
        )
    own = facts[facts["elasticity_set"] == name].set_index("division")
    uniform = EVERY in own.index
    faults = [f"sector {sector} has no division" for sector, held in divisions.items() if not held]
    faults += [
        f"division {division} of sector {sector} is not in {name}"
        for sector, held in divisions.items()
        for division in held
        if not uniform and division not in own.index
    ]
    if faults:
        raise InputError("; ".join(faults), mend="Give two-digit divisions of ISIC Rev. 4.")
    rows = []
    for sector, held in divisions.items():
        entries = own.loc[[EVERY] if uniform else list(held)]
        alike = bool((entries["theta"] == entries["theta"].iloc[0]).all())
        status = entries["status"].unique()
        rows.append(
            {
                "sector": sector,
                "theta": float(entries["theta"].mean()),
                "status": status[0] if alike and len(status) == 1 else "averaged",
                "confidence": entries["confidence"].max(),
                "divisions": " ".join(held),
                "source": entries["source"].iloc[0],
            }
        )
    return SectorElasticities(name=name, table=pd.DataFrame(rows))
