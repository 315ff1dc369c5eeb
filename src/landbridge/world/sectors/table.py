"""An inter-country input-output table without final demand by destination, at any detail."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from landbridge.errors import DataError
from landbridge.units import FloatArray

PACKAGE = "sanction-simulator"
PACKAGE_VERSION = "0.1.4"
MEMBER = "sanction_simulator/data/bench_cache.npz"
ARRAYS = ("A", "omb", "go", "z", "countries", "sectors")


@dataclass(frozen=True, eq=False)
class InputOutputTable:
    """Intermediate sales between the sectors of n economies, and their other sales.

    Attributes
    ----------
    iso3, sectors
        n codes and S codes; the order of the axes.
    intermediate
        ``[S, n, S, n]`` million USD: what a seller's sector of an economy sells to a buyer's
        sector of an economy.
    output
        ``[S, n]`` million USD.
    other_sales
        ``[S, n]`` million USD: final demand of all economies, and all sales to economies outside
        the table.
    inputs
        ``[S, n]`` million USD: what a sector buys of the sectors in the table.
    """

    iso3: tuple[str, ...]
    sectors: tuple[str, ...]
    intermediate: FloatArray
    output: FloatArray
    other_sales: FloatArray
    inputs: FloatArray

    @property
    def pair_sales(self) -> FloatArray:
        """Intermediate sales by seller's sector between economies, ``[S, n, n]`` million USD."""
        return np.asarray(self.intermediate.sum(axis=2))

    def grouped(self, group_of: Mapping[str, str], names: tuple[str, ...]) -> InputOutputTable:
        """Add sectors up.

        Parameters
        ----------
        group_of
            Code of the table to name of the group.
        names
            The groups in their order.

        Raises
        ------
        DataError
            A sector of the table has no group.
        """
        missing = [sector for sector in self.sectors if sector not in group_of]
        if missing:
            raise DataError(f"no group is given for the sectors {', '.join(missing)}")
        gather = np.zeros((len(names), len(self.sectors)))
        for column, sector in enumerate(self.sectors):
            gather[names.index(group_of[sector]), column] = 1.0
        return InputOutputTable(
            iso3=self.iso3,
            sectors=names,
            intermediate=np.einsum(
                "as,sitj,bt->aibj", gather, self.intermediate, gather, optimize=True
            ),
            output=gather @ self.output,
            other_sales=gather @ self.other_sales,
            inputs=gather @ self.inputs,
        )


def open_icio(path: Path | None = None) -> InputOutputTable:
    """Read the OECD table of 2022 (80 economies, 50 sectors) as one public package holds it.

    The package's ``bench_cache.npz`` is sector-major: ``A`` (input shares, each column sums to
    one), ``omb`` (inputs over output), ``go`` (gross output, million USD), ``z`` (other sales).
    Intermediate flows are ``A * (omb * go)``. It is read as arrays; the package is never imported.

    Parameters
    ----------
    path
        The wheel or the ``.npz``; None looks for the installed package.

    Raises
    ------
    DataError
        The package is not installed.
    """
    if path is None:
        try:
            path = Path(str(metadata.distribution(PACKAGE).locate_file(MEMBER)))
        except metadata.PackageNotFoundError as error:
            raise DataError(
                "the 50 sectors of the OECD table are not part of Landbridge itself",
                mend=f"Install them with: pip install {PACKAGE}=={PACKAGE_VERSION}",
            ) from error
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            content = io.BytesIO(wheel.read(MEMBER))
        with np.load(content, allow_pickle=False) as arrays:
            return from_arrays({name: arrays[name] for name in ARRAYS})
    with np.load(path, allow_pickle=False) as arrays:
        return from_arrays({name: arrays[name] for name in ARRAYS})


def from_arrays(arrays: Mapping[str, NDArray[np.generic]]) -> InputOutputTable:
    """Build the table from the arrays of the file (see `open_icio`)."""
    iso3 = tuple(str(code) for code in arrays["countries"])
    sectors = tuple(str(code) for code in arrays["sectors"])
    shape = (len(sectors), len(iso3))
    output = arrays["go"].astype(np.float64)
    inputs = arrays["omb"].astype(np.float64) * output
    flows = arrays["A"].astype(np.float64) * inputs[None, :]
    sales = flows.sum(axis=1) + arrays["z"].astype(np.float64)
    return InputOutputTable(
        iso3=iso3,
        sectors=sectors,
        intermediate=flows.reshape(*shape, *shape),
        # Two columns were cut when the file was made; sales are what balances.
        output=sales.reshape(shape),
        other_sales=arrays["z"].astype(np.float64).reshape(shape),
        inputs=inputs.reshape(shape),
    )
