"""The one contract of results: what every study hands on, whatever its question.

A study's own dataclass stays typed (`Study.found`); around it stand the same things for all of
them: title, headline, tables, notes, certificate, provenance, and tensors with named dimensions.
The shell, a notebook, the report and the files all read these.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

import pandas as pd

from landbridge.basis import Basis, InputFile
from landbridge.scenarios.reading import scenario_sha256
from landbridge.scenarios.schema import Scenario
from landbridge.units import FloatArray
from landbridge.version import VERSION
from landbridge.world.baseline import embedded_year

Found = TypeVar("Found", covariant=True)  # noqa: PLC0105 - the usual short name in the field
CHECKS: Final = ("check", "value", "limit", "unit")
"""Columns of a certificate, before `passed`."""


def certificate_of(checks: Sequence[tuple[str, float, float, str]] = ()) -> pd.DataFrame:
    """Lay checks out as a certificate: check, value, limit, unit, passed.

    Parameters
    ----------
    checks
        What was checked, its value, the largest that passes, and the unit; none where nothing is
        solved.
    """
    table = pd.DataFrame(list(checks), columns=list(CHECKS))
    return table.assign(passed=(table["value"] <= table["limit"]).astype(bool))


def worst_of(certificates: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Take the largest value of each check over several certificates of one form."""
    grouped = pd.concat(certificates).groupby("check", sort=False)
    kept = {"value": "max", "limit": "first", "unit": "first", "passed": "all"}
    return grouped.agg(kept).reset_index()


@dataclass(frozen=True)
class Provenance:
    """What a result was made from.

    Attributes
    ----------
    version
        Of Landbridge.
    baseline_year
        Of the world; 0 where no world was used.
    draws, seed
        Of the bands; no draws where there are none.
    inputs
        Files of the user's in the place of what ships.
    scenarios
        Hash of each scenario's content by its name.
    completed
        What was completed or left out to make the world from a file, in words.
    """

    version: str
    baseline_year: int
    draws: int
    seed: int
    inputs: tuple[InputFile, ...] = ()
    scenarios: Mapping[str, str] = field(default_factory=dict)
    completed: tuple[str, ...] = ()

    def table(self) -> pd.DataFrame:
        """Lay it out as one row a fact: what, value."""
        rows = [
            ("version", self.version),
            *((("baseline_year", str(self.baseline_year)),) if self.baseline_year else ()),
            ("draws", str(self.draws)),
            ("seed", str(self.seed)),
            *((f"scenario {name}", sha) for name, sha in self.scenarios.items()),
            *((f"own {one.used_for}", f"{one.name} {one.sha256}".strip()) for one in self.inputs),
        ]
        return pd.DataFrame(rows, columns=["what", "value"])


def provenance_of(
    basis: Basis | None,
    *scenarios: Scenario,
    draws: int = 0,
    seed: int = 0,
    inputs: tuple[InputFile, ...] = (),
) -> Provenance:
    """Say what a study of a basis, some scenarios and more files of the user's is made from.

    Without a basis it is the embedded one, which need not be loaded.
    """
    return Provenance(
        version=VERSION,
        baseline_year=embedded_year() if basis is None else basis.world.year,
        draws=draws,
        seed=seed,
        inputs=(*(basis.inputs if basis else ()), *inputs),
        scenarios={one.name: scenario_sha256(one) for one in scenarios},
        completed=basis.notes if basis and basis.inputs else (),
    )


@dataclass(frozen=True, eq=False)
class Tensor:
    """Numbers with named dimensions.

    Attributes
    ----------
    dims
        Names of the axes, such as ``exporter``.
    coords
        Labels along each axis.
    values
        The numbers, in `unit`.
    """

    dims: tuple[str, ...]
    coords: Mapping[str, tuple[str, ...]]
    values: FloatArray
    unit: str


@dataclass(frozen=True, eq=False, repr=False)
class Study(Generic[Found]):
    """What a study found, in the form that all studies share.

    Attributes
    ----------
    kind
        Which question: ``run``, ``coalition``, ``access`` ...
    name
        Stem of its files.
    title
        What a reader sees.
    headline
        Sentences in plain words, most important first.
    tables
        Tidy tables with units in their column names, in the order in which a reader wants them.
    notes
        What a reader must know of the model and the data.
    certificate
        One row a check: check, value, limit, unit, passed; empty where nothing is solved.
    provenance
        What it was made from.
    found
        The study's own typed result.
    tensors
        Numbers with named dimensions, by name.
    """

    kind: str
    name: str
    title: str
    headline: tuple[str, ...]
    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    certificate: pd.DataFrame
    provenance: Provenance
    found: Found
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
