"""What is asked of an economy's access to the sea, what was found, and the same in sentences."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from landbridge import codes
from landbridge.basis import Basis
from landbridge.formats import duration, money, percent, significant
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.access.overview import AccessOverview
from landbridge.studies.access.study import Access
from landbridge.units import HOURS_PER_DAY

CHECKS = ("check", "value", "limit", "unit", "passed")
DIRECTIONS = (
    "Out is towards the sea, up to the ship's side; in is from there. Shares are of the goods that "
    "go by sea on the least-cost path."
)
MODEL = (
    "Ports share the goods by a nested logit on the cost from door to door, without limits of "
    "capacity. Market access is what partners spend, by the freeness of trade with them, each "
    "against the competition there; it is of goods, and in million USD of the baseline year."
)


@dataclass(frozen=True, eq=False)
class AccessAnswer:
    """Access as it was asked for.

    Attributes
    ----------
    basis
        World, network of today and parameters.
    after
        The network to compare with; None for none.
    what
        What is different there, in words; empty for nothing.
    access
        Of one economy; None where all were asked for.
    overview
        Of all landlocked economies; None where one was asked for.
    """

    basis: Basis
    after: FreightNetwork | None
    what: str
    access: Access | None = None
    overview: AccessOverview | None = None

    @property
    def network(self) -> FreightNetwork:
        """The network that is drawn: the one to compare with where there is one."""
        return self.basis.network if self.after is None else self.after

    @property
    def certificate(self) -> pd.DataFrame:
        """Checks of market access, and of the equilibrium on the other network."""
        found = self.access or self.overview
        return pd.DataFrame(columns=list(CHECKS)) if found is None else found.certificate

    @property
    def whose(self) -> str:
        """Whose access it is, for titles."""
        return "Landlocked economies" if self.access is None else codes.name_of(self.access.iso3)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name, the main one first."""
        if self.access is not None:
            return {"ports": self.access.ports, "markets": self.access.markets}
        if self.overview is not None:
            return {"access_economies": self.overview.economies}
        return {}


def access_sentences(answer: AccessAnswer) -> tuple[str, ...]:
    """Say what was found, in plain words, most important first."""
    if answer.access is not None:
        return _of_one(answer, answer.access)
    if answer.overview is not None:
        return _of_all(answer, answer.overview.economies)
    return ()


def _of_one(answer: AccessAnswer, found: Access) -> tuple[str, ...]:
    name = codes.name_of(found.iso3)
    first, reached = found.ports.iloc[0], found.markets.iloc[0]
    days, usd = duration(_hours(first)), significant(float(first["usd_per_tonne_out"]))
    level = money(float(reached["market_access_million_usd"]))
    sentences = [
        (
            f"{found.overseas_percent:.0f} % of the trade of {name} in goods goes by sea on the "
            f"least-cost path; {_most(found.ports, 'share_percent')}."
        ),
        f"The way out by {first['name']} takes {days} and {usd} USD per tonne.",
        (
            f"Market access of {name} is {level} a year, rank {reached['rank']} of "
            f"{reached['of']}; {reached['abroad_percent']:.0f} % of it lies abroad."
        ),
    ]
    if answer.after is not None:
        access = percent(float(reached["market_access_change_percent"]))
        income = percent(float(reached["real_income_change_percent"]))
        sentences.append(
            f"With {answer.what}: market access {access}, real income {income} (of expenditure); "
            f"{_most(found.ports, 'share_percent_after')}."
        )
    return tuple(sentences)


def _hours(row: pd.Series) -> float:
    return float(row["days_out"]) * HOURS_PER_DAY


def _most(ports: pd.DataFrame, column: str) -> str:
    row = ports.iloc[int(ports[column].to_numpy(dtype=np.float64).argmax())]
    return f"the largest share of that, {row[column]:.0f} %, would go by {row['name']}"


def _of_all(answer: AccessAnswer, table: pd.DataFrame) -> tuple[str, ...]:
    reached = table.dropna(subset=["days_out"]) if "days_out" in table else table.iloc[:0]
    sentences = [
        (
            f"{len(reached)} of {len(table)} landlocked economies of the world of "
            f"{answer.basis.world.year} reach a port over land."
        )
    ]
    if len(reached):
        slow, fast = _ends(reached, "days_out")
        sentences.append(
            f"The way out by the port that would win most is longest from {slow['economy']} "
            f"({slow['port']}, {duration(_hours(slow))}) and shortest from {fast['economy']} "
            f"({fast['port']}, {duration(_hours(fast))})."
        )
    if answer.after is not None and len(reached):
        most, least = _ends(reached, "real_income_change_percent")
        told = [
            f"{row['economy']} ({percent(float(row['real_income_change_percent']))})"
            for row in (most, least)
        ]
        sentences.append(
            f"With {answer.what}: the change of real income is highest in {told[0]} and lowest in "
            f"{told[1]}."
        )
    return tuple(sentences)


def _ends(table: pd.DataFrame, column: str) -> tuple[pd.Series, pd.Series]:
    """Return the rows with the largest and with the least value."""
    values = table[column].to_numpy(dtype=np.float64)
    return table.iloc[int(values.argmax())], table.iloc[int(values.argmin())]
