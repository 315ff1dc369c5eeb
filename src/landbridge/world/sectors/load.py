"""The sectoral world as it ships, and at the OECD's full detail where its table is installed."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import DataError, InputError
from landbridge.tables import embedded_path, embedded_table
from landbridge.world.base import World
from landbridge.world.sectors.base import SectoralWorld, Structure, feasible
from landbridge.world.sectors.build import build_sectoral_world
from landbridge.world.sectors.facts import sector_list
from landbridge.world.sectors.outside import BasketRule
from landbridge.world.sectors.table import open_icio

SECTORAL_FILE = "sectoral_2022.npz"
SECTORAL_RECORD = "sectoral_2022.toml"
SHIPPED_DETAIL = 20
FULL_DETAIL = 50


@lru_cache(maxsize=2)
def load_sectoral_world(
    detail: int = SHIPPED_DETAIL, *, base: World | None = None, icio: Path | None = None
) -> SectoralWorld:
    """Read the sectoral world of 2022: 210 economies, the order of the baseline.

    Parameters
    ----------
    detail
        20 sectors, which ship, or 50, built here from the OECD table.
    base
        For 50: the baseline to whose totals they are built.
    icio
        For 50: the wheel or ``.npz`` that holds the table; None takes the installed package
        (``pip install "landbridge[sectors]"``).

    Raises
    ------
    InputError
        Another detail, or 50 sectors without a baseline.
    DataError
        A file is missing or not the one that was built; for 50, the table is not installed.

    Examples
    --------
    >>> world = load_sectoral_world()
    >>> world.flows.shape
    (210, 210, 20)
    """
    if detail == FULL_DETAIL:
        if base is None:
            raise InputError(
                f"{FULL_DETAIL} sectors are built to the totals of a baseline.",
                where="base",
                mend="Give base=landbridge.load().world.",
            )
        return _build_full(base, icio)
    if detail != SHIPPED_DETAIL:
        raise InputError(
            f"there are {SHIPPED_DETAIL} or {FULL_DETAIL} sectors, not {detail}",
            mend=f"Give {SHIPPED_DETAIL} or {FULL_DETAIL}.",
        )
    path = embedded_path("world", SECTORAL_FILE)
    if not path.is_file():
        raise DataError("the sectoral world is missing", where=str(path))
    content = path.read_bytes()
    record = sectoral_record()
    if hashlib.sha256(content).hexdigest() != record["sha256"]:
        raise DataError(
            "the sectoral world is not the one that was built",
            where=str(path),
            mend="Install the package again.",
        )
    notes = record.get("notes", [])
    with np.load(path, allow_pickle=False) as arrays:
        return unpack(
            {name: arrays[name] for name in arrays.files},
            notes=tuple(str(note) for note in notes) if isinstance(notes, list) else (),
        )


@lru_cache(maxsize=1)
def sectoral_record() -> dict[str, object]:
    """Read the record of how the sectoral world was built."""
    path = embedded_path("world", SECTORAL_RECORD)
    if not path.is_file():
        raise DataError("the record of the sectoral world is missing", where=str(path))
    return tomllib.loads(path.read_text(encoding="utf-8"))


def basket_rules() -> dict[str, BasketRule]:
    """Read the rules by which baskets are guessed, for ``exports`` and ``imports``."""
    table = embedded_table("world", "sector_baskets").set_index("flow")
    values = table[["base", "slope", "decay"]].to_numpy(dtype=np.float64)
    return {str(flow): BasketRule(*row) for flow, row in zip(table.index, values, strict=True)}


def pack(world: SectoralWorld) -> dict[str, NDArray[np.generic]]:
    """Lay the world out as small arrays; flows to five digits, shares to seven places."""
    return {
        "year": np.array(world.year),
        "iso3": np.array(world.iso3),
        "sectors": np.array(world.sectors.codes),
        "flows": five_digits(world.flows),
        "input_share": np.round(world.input_share, 7).astype(np.float32),
        "structure": np.array([str(kind) for kind in world.structure]),
    }


def unpack(arrays: dict[str, NDArray[np.generic]], *, notes: tuple[str, ...]) -> SectoralWorld:
    """Undo `pack`; inputs that rounding left a hair above purchases are cut again."""
    codes = tuple(str(code) for code in arrays["sectors"])
    sectors = sector_list(len(codes))
    if codes != sectors.codes:
        raise DataError("the sectors of the file are not those of sectors.csv")
    world = SectoralWorld(
        year=int(str(arrays["year"])),
        iso3=tuple(str(code) for code in arrays["iso3"]),
        sectors=sectors,
        flows=_frozen(arrays["flows"]),
        input_share=_frozen(arrays["input_share"]),
        structure=tuple(Structure(str(kind)) for kind in arrays["structure"]),
        notes=notes,
    )
    return replace(feasible(world), notes=notes)


def five_digits(values: NDArray[np.float64]) -> NDArray[np.float32]:
    """Cut to five significant digits, so that the last bits of a fit do not show."""
    positive = np.where(values > 0, values, 1.0)
    unit = 10.0 ** (np.floor(np.log10(positive)) - 4.0)
    return np.where(values > 0, np.round(values / unit) * unit, 0.0).astype(np.float32)


def _build_full(base: World, icio: Path | None) -> SectoralWorld:
    sectors = sector_list(FULL_DETAIL)
    table = open_icio(icio).grouped(sectors.group_of, sectors.codes)
    return build_sectoral_world(table, base, sectors, basket_rules()).world


def _frozen(array: NDArray[np.generic]) -> NDArray[np.float64]:
    values = array.astype(np.float64)
    values.flags.writeable = False
    return values
