"""Load a basis: what ships, or a user's world, network, tables by sector and estimates."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final, get_args

from landbridge.basis import Basis, InputFile, embedded_basis
from landbridge.errors import InputError, UnknownNameError, suggest
from landbridge.gravity.uses.parameter_estimates import ParameterEstimates, read_estimates
from landbridge.scenarios.opening import prepare_network, read_settings
from landbridge.scenarios.parameters import all_parameters
from landbridge.scenarios.schema import DataTable
from landbridge.sources.baseline import WorldFile, world_from_file
from landbridge.world.base import World
from landbridge.world.sectors.base import SectoralWorld
from landbridge.world.tariffs.base import Tariffs

NETWORK_TABLES: Final[tuple[DataTable, ...]] = get_args(DataTable)


def load_basis(
    *,
    world: str | Path | WorldFile | World | None = None,
    year: int | None = None,
    fitted: bool = False,
    network: str | Path | Mapping[str, str | Path] | None = None,
    border_year: int | None = None,
    sectors: str | Path | SectoralWorld | None = None,
    sectors_year: int | None = None,
    estimates: str | Path | ParameterEstimates | None = None,
    tariffs: str | Path | Tariffs | None = None,
    air: bool = False,
) -> Basis:
    """Load what studies stand on; what is not given is what ships.

    Parameters
    ----------
    world
        A file of flows, how it is to be read (`WorldFile`), or a world that is there already.
    year
        Which year of the file.
    fitted
        Put what gravity predicts for every pair in the place of the flows, totals kept.
    network
        A folder that holds tables of rows (``crossings.csv``, ``mode_costs.csv`` ...), or files by
        the name of their table.
    border_year
        Year of observation of the crossings.
    sectors
        Tables by sector: a folder, archive or workbook, or a world by sector that is there already.
    sectors_year
        Their year; from their name where it is not given.
    estimates
        Folder of ``landbridge estimate --out``, or the estimates.
    tariffs
        A file of tariffs (`landbridge.sources.tariffs`), or tariffs that are there already.
    air
        Let goods fly as well.

    Raises
    ------
    InputError, FaultsError, DataError
        A file cannot be used; one message says where and how to mend it.
    """
    basis = embedded_basis(air=air)
    inputs: list[InputFile] = []
    if world is not None:
        basis = basis.with_world(_world(world, year, basis.world, inputs))
    elif year is not None and year != basis.world.year:
        raise InputError(
            f"the embedded world is of {basis.world.year}.",
            where="year",
            mend="Give a file of flows for another year.",
        )
    if fitted:
        # Only such a model is estimated: PPML is a heavy import.
        from landbridge.gravity.uses.world_fitted import fitted_world  # noqa: PLC0415

        basis = basis.with_world(fitted_world(basis.world).world)
        inputs.append(InputFile("world", "what gravity predicts, totals kept"))
    if tariffs is not None:
        basis = _with_tariffs(basis, tariffs)
        inputs.append(basis.inputs[-1])
    if network is not None or border_year is not None:
        basis = _with_rows(basis, network, border_year, inputs)
    if sectors is not None:
        basis = replace(basis, sectors=_sectors(sectors, sectors_year, inputs))
    if estimates is not None:
        basis = basis.with_estimates(_estimates(estimates, inputs))
    return replace(basis, inputs=tuple(inputs))


def _world(
    world: str | Path | WorldFile | World,
    year: int | None,
    embedded: World,
    inputs: list[InputFile],
) -> World:
    if isinstance(world, World):
        inputs.append(InputFile("world", f"a world of {world.year} made in Python"))
        return world
    if not isinstance(world, WorldFile):
        if year is None:
            raise InputError("which year of the file?", where="year", mend="Write year=2019.")
        world = WorldFile(world, year)
    found = world_from_file(world, embedded)
    inputs.append(file_input("world", world.path))
    return found


def _with_tariffs(basis: Basis, tariffs: str | Path | Tariffs) -> Basis:
    if isinstance(tariffs, Tariffs):
        return basis.with_tariffs(tariffs, InputFile("tariffs", "tariffs made in Python"))
    # Only such a model reads files of tariffs: their readers are a heavy import.
    from landbridge.sources.tariffs import tariffs_from_file  # noqa: PLC0415

    return basis.with_tariffs(
        tariffs_from_file(tariffs, basis.world), file_input("tariffs", tariffs)
    )


def _with_rows(
    basis: Basis,
    network: str | Path | Mapping[str, str | Path] | None,
    border_year: int | None,
    inputs: list[InputFile],
) -> Basis:
    """Lay rows of a user's over the tables of the network and of the parameters."""
    files = {} if network is None else _row_files(network)
    settings = read_settings(
        [f"{table}={path}" for table, path in files.items()], border_year=border_year
    )
    prepared = prepare_network(settings, basis.network)
    for table, path in files.items():
        name = "parameters" if table == "parameters" else "network"
        inputs.append(file_input(name, path))
    if border_year is not None:
        inputs.append(InputFile("network", f"borders as observed in {border_year}"))
    return replace(
        basis,
        network=prepared.network,
        parameters=all_parameters(settings, defaults=basis.parameters),
        replaced=prepared.replaced,
        observed=prepared.observed,
    )


def _row_files(network: str | Path | Mapping[str, str | Path]) -> dict[str, Path]:
    """Find the file of each table: given by name, or by the names of the files in a folder."""
    if isinstance(network, Mapping):
        return {table: Path(path) for table, path in network.items()}
    folder = Path(network)
    if not folder.is_dir():
        raise InputError(
            "is not a folder.",
            where=str(folder),
            mend=f"Put files named after their tables into it: {', '.join(NETWORK_TABLES)}.",
        )
    files = {path.stem: path for path in sorted(folder.glob("*.csv"))}
    for name, path in files.items():
        if name not in NETWORK_TABLES:
            hint = suggest(name, NETWORK_TABLES) or f"Tables: {', '.join(NETWORK_TABLES)}."
            raise UnknownNameError(f"there is no table '{name}'.", where=str(path), mend=hint)
    if not files:
        raise InputError(
            "holds no table of rows.",
            where=str(folder),
            mend=f"Tables: {', '.join(NETWORK_TABLES)}, each as NAME.csv.",
        )
    return files


def _sectors(
    sectors: str | Path | SectoralWorld, year: int | None, inputs: list[InputFile]
) -> SectoralWorld:
    if isinstance(sectors, SectoralWorld):
        inputs.append(InputFile("sectors", f"tables by sector of {sectors.year} made in Python"))
        return sectors
    # Only such a model reads tables by sector: their readers are a heavy import.
    from landbridge.sources.sectoral.world import load_sectoral_tables  # noqa: PLC0415

    path = Path(sectors)
    found = load_sectoral_tables(path, year=year)
    inputs.append(file_input("sectors", path))
    return found


def _estimates(
    estimates: str | Path | ParameterEstimates, inputs: list[InputFile]
) -> ParameterEstimates:
    if isinstance(estimates, ParameterEstimates):
        inputs.append(InputFile("estimates", estimates.source))
        return estimates
    folder = Path(estimates)
    inputs.append(InputFile("estimates", folder.name))
    return read_estimates(folder)


def file_input(used_for: str, file: str | Path) -> InputFile:
    """Name a file of the user's, with the hash of its bytes."""
    path = Path(file)
    return InputFile(used_for, path.name, sha256_of(path))


def sha256_of(path: Path) -> str:
    """Hash a file; a folder has no hash of its own."""
    if not path.is_file():
        return ""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
