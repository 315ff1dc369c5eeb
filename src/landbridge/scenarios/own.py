"""The rows of a user's files, checked against the tables whose rows they replace."""

from __future__ import annotations

import pandas as pd

from landbridge.errors import FaultsError, LandbridgeError
from landbridge.freight.edits.own_rows import OwnRows, default_rows, read_own
from landbridge.scenarios.schema import Settings
from landbridge.tables import embedded_path, read_raw

PARAMETERS = "parameters"
PARAMETER_FILES = (
    ("scenarios", "parameters"),
    ("freight", "parameters"),
    ("freight", "choice_parameters"),
)


def own_rows(settings: Settings) -> tuple[OwnRows, ...]:
    """Check the rows of every file of data.

    Raises
    ------
    FaultsError
        Files are at fault: all of them at once.
    """
    found, faults = [], []
    for table, name in settings.data.items():
        file = settings.files.get(name)
        if file is None:
            faults.append(f"data.{table}: the file '{name}' was not read")
            continue
        defaults = parameter_rows() if table == PARAMETERS else None
        origin = {"file": file.name, "sha256": file.sha256}
        try:
            found.append(read_own(table, file.text, **origin, defaults=defaults))
        except LandbridgeError as error:
            faults += [f"data.{table}: {line}" for line in faults_of(error)]
    if faults:
        raise FaultsError(faults, where="")
    return tuple(found)


def parameter_rows() -> pd.DataFrame:
    """Read the default parameters of trade, freight and choice as text, one table."""
    parts = [read_raw(embedded_path(room, f"{name}.csv")) for room, name in PARAMETER_FILES]
    columns = max((list(part.columns) for part in parts), key=len)
    return pd.concat([part.reindex(columns=columns, fill_value="") for part in parts])


def rows_of(table: str) -> pd.DataFrame:
    """Read a table of defaults as text, the parameters of every room together."""
    return parameter_rows() if table == PARAMETERS else default_rows(table)


def faults_of(error: LandbridgeError) -> list[str]:
    """List the single faults of an error, with the file in front unless it is the scenario."""
    if not isinstance(error, FaultsError):
        return [str(error)]
    place = f"{error.where}: " if error.where and not error.where.endswith(".toml") else ""
    return [f"{place}{fault}" for fault in error.faults]
