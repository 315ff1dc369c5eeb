"""The defaults that a scenario, or the command line, replaces; and the network made ready."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pandas as pd

from landbridge.errors import FaultsError, InputError, LandbridgeError, suggest
from landbridge.freight.network import FreightNetwork, load_network
from landbridge.freight.replacing import Prepared, with_own_data
from landbridge.scenario.edits import apply_measures
from landbridge.scenario.own import faults_of, own_rows
from landbridge.scenario.parameters import Parameter, scenario_parameters
from landbridge.scenario.reading import attach
from landbridge.scenario.schema import DataTable, Scenario


@dataclass(frozen=True, eq=False)
class Opened:
    """The network of a scenario, and what it costs to move on it.

    Attributes
    ----------
    before, after
        The network with the user's data, without and with the scenario's measures.
    parameters
        Every parameter by name.
    replaced, observed
        As in `replacing.Prepared`.
    """

    before: FreightNetwork
    after: FreightNetwork
    parameters: Mapping[str, Parameter]
    replaced: pd.DataFrame
    observed: pd.DataFrame


def open_network(scenario: Scenario, *, where: str) -> Opened:
    """Read the network, lay the scenario's data over it and make the scenario's measures.

    Parameters
    ----------
    scenario
        From `read_scenario`, perhaps changed by `with_settings`.
    where
        The scenario's file, for messages.

    Raises
    ------
    FaultsError
        Data, measures or parameters are at fault; all of them at once.
    """
    network = load_network()
    faults: list[str] = []
    prepared, after, parameters = None, network, {}
    try:
        prepared = prepare_network(scenario, network)
    except LandbridgeError as error:
        faults += faults_of(error)
    base = network if prepared is None else prepared.network
    try:
        after = apply_measures(scenario, base, where=where)
    except LandbridgeError as error:
        faults += faults_of(error)
    try:
        parameters = dict(scenario_parameters(scenario, where=where))
    except LandbridgeError as error:
        faults += faults_of(error)
    if faults or prepared is None:
        raise FaultsError(list(dict.fromkeys(faults)), where=where)
    return Opened(base, after, parameters, prepared.replaced, prepared.observed)


def prepare_network(scenario: Scenario, network: FreightNetwork) -> Prepared:
    """Lay a scenario's data and year of observation over the network.

    Raises
    ------
    InputError
        Nothing was observed in that year.
    FaultsError
        Files are at fault.
    """
    return with_own_data(network, own_rows(scenario), border_year=scenario.border_year)


def with_settings(
    scenario: Scenario,
    *,
    data: tuple[str, ...] = (),
    border_year: int | None = None,
    month: int | None = None,
) -> Scenario:
    """Give a scenario with what the command line says in place of what the file says.

    Parameters
    ----------
    scenario
        The scenario.
    data
        ``table=file`` texts; a file takes the place of the scenario's for the same table.
    border_year, month
        As the keys of a scenario; absent: the scenario's own.

    Raises
    ------
    InputError
        A text is not ``table=file``, or a file cannot be read.
    """
    changes: dict[str, object] = {}
    files = dict(scenario.files)
    tables = dict(scenario.data)
    for text in data:
        table, path = _setting(text)
        files[str(path)] = attach(str(path), path)
        tables[table] = str(path)
    if data:
        changes["data"] = tables
    if border_year is not None:
        changes["border_year"] = border_year
    if month is not None:
        changes["month"] = month
    return scenario.model_copy(update=changes).with_files(files) if changes else scenario


def _setting(text: str) -> tuple[DataTable, Path]:
    name, sign, file = text.partition("=")
    tables: tuple[DataTable, ...] = get_args(DataTable)
    for table in tables:
        if sign and file and table == name.strip():
            return table, Path(file.strip())
    if not sign or not file:
        raise InputError(
            f"'{text}' is not table=file.", where="--data", mend="Write crossings=my-crossings.csv."
        )
    raise InputError(
        f"there is no table of defaults '{name}'.",
        where="--data",
        mend=suggest(name, tables) or f"Known: {', '.join(tables)}.",
    )
