"""What agreements do, part by part: tariffs, what is saved beside them, and the rest."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge.draws.bands import with_band
from landbridge.formats import money, percent
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import AGREEMENT_PARTS, PART_QUANTITIES, Outcome
from landbridge.studies.run.results import SIGNED_PARTS
from landbridge.studies.run.tabulate import name_at

TITLES = {
    "tariffs": "Tariffs that are taken off, with the revenue lost",
    "non_tariff": "What is saved at the border beside tariffs",
    "residual": "The rest of the estimated effect of agreements on trade",
}


def parts_table(inputs: Inputs, central: Outcome, draws: Outcome) -> pd.DataFrame:
    """Tabulate what each part of agreements adds, one on top of the other.

    Parameters
    ----------
    inputs
        The prepared scenario.
    central, draws
        Its outcomes.

    Returns
    -------
    pandas.DataFrame
        One row a part: part, title, counted (whether it is in the result), and each of
        `PART_QUANTITIES` with its band. Empty where nothing is signed.
    """
    if not len(central.parts):
        return pd.DataFrame(columns=SIGNED_PARTS)
    added = np.diff(central.parts, axis=0)
    drawn = np.diff(draws.parts, axis=1) if len(draws.parts) else draws.parts[:, 1:]
    table = pd.DataFrame(
        {
            "part": AGREEMENT_PARTS,
            "title": [TITLES[part] for part in AGREEMENT_PARTS],
            "counted": [part in inputs.policy.parts for part in AGREEMENT_PARTS],
        }
    )
    for place, name in enumerate(PART_QUANTITIES):
        for column, values in with_band(name, added[:, place], drawn[:, :, place]).items():
            table[column] = values
    return table


def parts_sentences(inputs: Inputs, table: pd.DataFrame) -> list[str]:
    """Say what tariffs, the border and the estimated rest do; nothing where nothing is signed."""
    if table.empty:
        return []
    tariffs, border, rest = table.to_dict(orient="records")
    said = (
        f"Of what is signed, tariffs change real income of {name_at(inputs, inputs.focus)} by "
        f"{percent(tariffs['focus_income_percent'])} of GDP (tariff revenue "
        f"{money(tariffs['focus_revenue_million_usd'], sign=True)}), what is saved at the border "
        f"beside them by {percent(border['focus_income_percent'])}. "
    )
    more = f"{percent(rest['focus_income_percent'])} of GDP"
    what = "The rest of the estimated effect of agreements on trade"
    if rest["counted"]:
        return [f"{said}{what} adds {more}."]
    unknown = f"whose cause is not known, would add {more} and is not in the result"
    return [f"{said}{what}, {unknown}."]
