"""Flows by class of cargo in the form in which they are held against published figures."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from landbridge.freight.carriage.carry import Carried
from landbridge.freight.carriage.classes import CargoClass
from landbridge.freight.carriage.passing import TONNES, USD
from landbridge.freight.validate.modelled import (
    BACK,
    ELEMENT_COLUMNS,
    FORWARD,
    PAIR_COLUMNS,
    ModelledFlows,
)
from landbridge.units import USD_PER_MILLION

DIRECTION = {"loaded": FORWARD, "unloaded": BACK, "backward": BACK}
LEAST_TONNES = 1e-6
"""Million tonnes of a pair, mode and class a year under which a row is left out of the pairs."""


def modelled_flows(
    iso3: Sequence[str],
    classes: Sequence[CargoClass],
    carried: Sequence[Carried],
    elements: pd.DataFrame,
    *,
    title: str,
) -> ModelledFlows:
    """Lay flows out for `freight.validate.compare`.

    Parameters
    ----------
    iso3
        N codes.
    classes, carried
        K classes and what each does; tonnes first, then USD, in millions.
    elements
        From `passing.passing`.
    title
        Which model it is.
    """
    made = elements.assign(
        direction=elements["direction"].replace(DIRECTION),
        **{
            name: elements[f"{name}_million"] * USD_PER_MILLION for name in ("tonnes", "usd", "teu")
        },
    )
    parts = [_pairs(np.array(iso3), one, done) for one, done in zip(classes, carried, strict=True)]
    return ModelledFlows(
        elements=made[list(ELEMENT_COLUMNS)],
        pairs=pd.concat(parts, ignore_index=True)[list(PAIR_COLUMNS)],
        title=title,
    )


def _pairs(codes: np.ndarray, cargo: CargoClass, done: Carried) -> pd.DataFrame:
    """List what each mode takes of every pair."""
    parts = []
    for mode, values in done.by_mode.items():
        exporter, importer = np.nonzero(values[TONNES] > LEAST_TONNES)
        tonnes = values[TONNES, exporter, importer] * USD_PER_MILLION
        load = cargo.tonnes_per_teu
        parts.append(
            pd.DataFrame(
                {
                    "exporter": codes[exporter],
                    "importer": codes[importer],
                    "mode": mode,
                    "cargo": cargo.name,
                    "tonnes": tonnes,
                    "teu": tonnes / load if load else np.zeros(len(tonnes)),
                    "usd": values[USD, exporter, importer] * USD_PER_MILLION,
                }
            )
        )
    return pd.concat(parts, ignore_index=True)
