"""Read the OECD inter-country input-output table of 2022 from the package sanction-simulator.

The package's ``bench_cache.npz`` holds 80 economies by 50 sectors, sector-major: ``A`` (input
shares, each column sums to one), ``omb`` (intermediate inputs over output), ``go`` (gross output,
million USD) and ``z`` (sales outside the 80 x 50 intermediate block: final demand of the whole
world, and intermediates sold to the rest of the world, which is left out). Intermediate flows
are ``A * (omb * go)``. The file is read as arrays only; the package is never imported.
"""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PACKAGE = "sanction-simulator"
MEMBER = "sanction_simulator/data/bench_cache.npz"
HERE = Path(__file__).resolve().parent
ARRAYS = ("A", "omb", "go", "z", "countries", "sectors")
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class IcioTable:
    """Trade and output of the economies in the table.

    Attributes
    ----------
    iso3
        n codes, as in the file.
    sectors
        s codes.
    flows
        ``[s, n, n]`` million USD: intermediate goods and services of a seller's sector that an
        economy buys; the diagonal is bought at home.
    output
        ``[s, n]`` million USD.
    other_sales
        ``[s, n]`` million USD: final demand of all economies and sales to the rest of the world.
    bought
        ``[n]`` million USD: all intermediate inputs bought within the table.
    """

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    flows: FloatArray
    output: FloatArray
    other_sales: FloatArray
    bought: FloatArray

    def kind(self, kind: str) -> NDArray[np.bool_]:
        """Say which sectors are ``goods``, ``margin`` or ``services``."""
        kinds = pd.read_csv(HERE / "icio_sectors.csv").set_index("sector")["kind"]
        missing = sorted(set(self.sectors) - set(kinds.index))
        if missing:
            raise ValueError(f"icio_sectors.csv says nothing of {missing}")
        return np.array([kinds[sector] == kind for sector in self.sectors])

    def pair_flows(self, *kinds: str) -> FloatArray:
        """Sum the ``[n, n]`` intermediate flows of some kinds of sectors, million USD."""
        mask = np.logical_or.reduce([self.kind(kind) for kind in kinds])
        return np.asarray(self.flows[mask].sum(axis=0))


def open_icio(path: Path | None = None) -> IcioTable:
    """Read the table from the installed package, or from a wheel or ``.npz`` file.

    Parameters
    ----------
    path
        The wheel or the ``.npz``; None looks for the installed package.
    """
    if path is None:
        path = Path(str(metadata.distribution(PACKAGE).locate_file(MEMBER)))
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = io.BytesIO(wheel.read(MEMBER))
        with np.load(content, allow_pickle=False) as arrays:
            return from_arrays({name: arrays[name] for name in ARRAYS})
    with np.load(path, allow_pickle=False) as arrays:
        return from_arrays({name: arrays[name] for name in ARRAYS})


def from_arrays(arrays: dict[str, NDArray[np.generic]]) -> IcioTable:
    """Build the table from the arrays of the file (see the module's head)."""
    iso3 = tuple(str(code) for code in arrays["countries"])
    sectors = tuple(str(code) for code in arrays["sectors"])
    count, kinds = len(iso3), len(sectors)
    output: NDArray[np.float64] = arrays["go"].astype(np.float64)
    inputs: NDArray[np.float64] = arrays["omb"].astype(np.float64) * output
    flows = np.zeros((kinds, count, count))
    shares: NDArray[np.float64] = arrays["A"].astype(np.float64)
    for sector in range(kinds):
        block = shares[sector * count : (sector + 1) * count] * inputs[None, :]
        flows[sector] = block.reshape(count, kinds, count).sum(axis=1)
    return IcioTable(
        iso3=iso3,
        sectors=sectors,
        flows=flows,
        output=output.reshape(kinds, count),
        other_sales=arrays["z"].astype(np.float64).reshape(kinds, count),
        bought=inputs.reshape(kinds, count).sum(axis=0),
    )
