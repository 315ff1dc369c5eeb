"""The defaults that a scenario, or the command line, replaces; and the network made ready."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pandas as pd

from landbridge.errors import FaultsError, InputError, LandbridgeError, suggest
from landbridge.freight.edits.replacing import Prepared, with_own_data
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.own import faults_of, own_rows
from landbridge.scenarios.parameters import (
    Parameter,
    all_parameters,
    scenario_parameters,
    without_choice,
)
from landbridge.scenarios.reading import attach
from landbridge.scenarios.schema import AttachedFile, DataTable, Scenario, Settings


@dataclass(frozen=True, eq=False)
class Opened:
    """The network of a scenario, or as it stands, and what it costs to move on it.

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


def open_network(
    network: FreightNetwork,
    scenario: Scenario | None = None,
    settings: Settings | None = None,
    *,
    where: str = "",
    parameters: Mapping[str, Parameter] | None = None,
) -> Opened:
    """Lay data over a network and make a scenario's measures.

    Parameters
    ----------
    network
        The network as it stands.
    scenario
        From `read_scenario`, perhaps changed by `with_settings`; absent: the network as it stands.
    settings
        From `read_settings`, where there is no scenario.
    where
        The scenario's file, for messages.
    parameters
        Every parameter of the basis, those of choice too; absent: those that ship.

    Raises
    ------
    FaultsError
        Data, measures or parameters are at fault; all of them at once.

    Examples
    --------
    >>> from landbridge.freight.network.compiled import load_network
    >>> opened = open_network(load_network(), settings=read_settings(border_year=2020))
    >>> "khorgos-road" in set(opened.observed["crossing"])
    True
    """
    chosen = scenario.settings if scenario is not None else settings or Settings()
    prepared = with_own_data(network, ())
    after, merged = network, dict[str, Parameter]()
    faults: list[str] = []
    try:
        prepared = prepare_network(chosen, network)
    except LandbridgeError as error:
        faults += faults_of(error)
    try:
        after = _after(scenario, prepared.network, where)
    except LandbridgeError as error:
        faults += faults_of(error)
    try:
        merged |= _parameters(scenario, chosen, where, parameters)
    except LandbridgeError as error:
        faults += faults_of(error)
    if faults:
        raise FaultsError(list(dict.fromkeys(faults)), where=where)
    return Opened(prepared.network, after, merged, prepared.replaced, prepared.observed)


def prepare_network(settings: Settings, network: FreightNetwork) -> Prepared:
    """Lay a user's data and year of observation over the network.

    Raises
    ------
    InputError
        Nothing was observed in that year.
    FaultsError
        Files are at fault.
    """
    return with_own_data(network, own_rows(settings), border_year=settings.border_year)


def read_settings(data: Sequence[str] = (), *, border_year: int | None = None) -> Settings:
    """Read what the command line puts in the place of defaults.

    Parameters
    ----------
    data
        ``table=file`` texts.
    border_year
        Year of observation of crossings.

    Raises
    ------
    InputError
        A text is not ``table=file``, or a file cannot be read.
    """
    files: dict[str, AttachedFile] = {}
    tables: dict[DataTable, str] = {}
    for text in data:
        table, path = _setting(text)
        if table in tables:
            raise InputError(f"the table {table} is given twice.", where="--data")
        files[str(path)] = attach(str(path), path)
        tables[table] = str(path)
    return Settings(tables, files, border_year)


def with_settings(scenario: Scenario, settings: Settings, *, month: int | None = None) -> Scenario:
    """Put what the command line says in place of what the file says.

    Parameters
    ----------
    scenario
        The scenario.
    settings
        From `read_settings`; a file takes the place of the scenario's for the same table.
    month
        Month for which seasons are read; absent: the scenario's own.

    Raises
    ------
    InputError
        A month is given and no measure has a season.
    """
    changes: dict[str, object] = {}
    if settings.data:
        changes["data"] = {**scenario.data, **settings.data}
    if settings.border_year is not None:
        changes["border_year"] = settings.border_year
    if month is not None:
        if not scenario.has_season:
            raise InputError(
                "no measure states a season, so a month changes nothing.", where="--month"
            )
        changes["month"] = month
    files = {**scenario.files, **settings.files}
    return scenario.model_copy(update=changes).with_files(files) if changes else scenario


def _after(scenario: Scenario | None, network: FreightNetwork, where: str) -> FreightNetwork:
    return network if scenario is None else apply_measures(scenario, network, where=where)


def _parameters(
    scenario: Scenario | None,
    settings: Settings,
    where: str,
    defaults: Mapping[str, Parameter] | None,
) -> Mapping[str, Parameter]:
    if scenario is None:
        return without_choice(all_parameters(settings, defaults=defaults))
    return scenario_parameters(scenario, where=where, defaults=defaults)


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
