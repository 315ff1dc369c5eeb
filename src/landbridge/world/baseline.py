"""The baseline world of 2023, as it ships."""

from __future__ import annotations

import hashlib
import tomllib
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from landbridge.errors import DataError
from landbridge.tables import embedded_path, embedded_table
from landbridge.world.base import World, foreign_totals

BASELINE_FILE = "baseline_2023.npz"
RECORD_FILE = "baseline_2023.toml"


@lru_cache(maxsize=1)
def load_baseline() -> World:
    """Read the baseline world: goods and services of 210 economies in 2023.

    Returns
    -------
    World
        Million USD; its arrays are read-only.

    Raises
    ------
    DataError
        The file is missing, or its bytes are not those that the record names.

    Examples
    --------
    >>> world = load_baseline()
    >>> world.year, "PAK" in world.iso3
    (2023, True)
    """
    path = embedded_path("world", BASELINE_FILE)
    if not path.is_file():
        raise DataError("the baseline world is missing", where=str(path))
    content = path.read_bytes()
    record = baseline_record()
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise DataError(
            "the baseline world is not the one that was built",
            where=str(path),
            mend="Install the package again.",
        )
    with np.load(path, allow_pickle=False) as arrays:
        iso3 = tuple(str(code) for code in arrays["iso3"])
        return World(
            year=embedded_year(),
            iso3=iso3,
            goods=_frozen(arrays["goods"]),
            services=_frozen(arrays["services"]),
            sd_log_goods=_frozen(arrays["sd_log_goods"]),
            sd_log_services=_frozen(arrays["sd_log_services"]),
            status_goods=_frozen_status(arrays["status_goods"]),
            status_services=_frozen_status(arrays["status_services"]),
            gdp_million_usd=_frozen(arrays["gdp_million_usd"]),
            population=_frozen(arrays["population"]),
            notes=_notes(record),
        )


@lru_cache(maxsize=1)
def baseline_record() -> dict[str, object]:
    """Read the record of how the baseline was built: inputs, versions, licences, checksum."""
    path = embedded_path("world", RECORD_FILE)
    if not path.is_file():
        raise DataError("the record of the baseline is missing", where=str(path))
    return tomllib.loads(path.read_text(encoding="utf-8"))


def embedded_year() -> int:
    """Read the year of the baseline world, without the world itself."""
    return int(str(baseline_record()["year"]))


def accounts() -> pd.DataFrame:
    """Read each economy's totals and where they come from.

    Returns
    -------
    pandas.DataFrame
        The columns of ``world/data/economy_accounts.schema.toml``: trade of goods and of
        services, domestic sales, output and GDP in million USD, shares and their sources.
    """
    return embedded_table("world", "economy_accounts")


def goods_output_ratios() -> dict[str, float]:
    """Compute what each economy of the baseline makes of goods over its GDP, ratio by ISO3 code."""
    world = load_baseline()
    exports, _ = foreign_totals(world.goods)
    ratio = (world.goods.diagonal() + exports) / world.gdp_million_usd
    return dict(zip(world.iso3, ratio.tolist(), strict=True))


def left_out() -> pd.DataFrame:
    """Read which economies are not in the baseline, and why: iso3, name, reason."""
    return embedded_table("world", "economies_left_out")


def _notes(record: dict[str, object]) -> tuple[str, ...]:
    notes = record.get("notes", ())
    return tuple(str(note) for note in notes) if isinstance(notes, list) else ()


def _frozen_status(array: NDArray[np.int8]) -> NDArray[np.int8]:
    array.flags.writeable = False
    return array


def _frozen(array: NDArray[np.generic]) -> NDArray[np.float64]:
    values = array.astype(np.float64)
    values.flags.writeable = False
    return values
