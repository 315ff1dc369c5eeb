"""Scenario files: what can be written in one, as pydantic models.

A scenario names measures (what changes), a focus (whose trade is reported), trips (which routes
are reported), the closure for trade imbalances and, where it departs from the defaults,
parameters and tables of its own. Unknown keys are refused. Nothing in a scenario is executed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Annotated, Literal, TypeAlias

from pydantic import BeforeValidator, Field, PrivateAttr, model_validator

from landbridge.scenarios.measures.base import Measure as Measure  # noqa: PLC0414 - part of the public scenario
from landbridge.scenarios.measures.registry import OfAnyKind, known_too
from landbridge.scenarios.values.benefits import BenefitSettings, Passengers
from landbridge.scenarios.values.costs import Cost
from landbridge.scenarios.values.fields import (
    FileName,
    Month,
    Name,
    NonNegative,
    ParameterName,
    Party,
    Slug,
    Strict,
    Text,
    not_a_flag,
)

Closure: TypeAlias = Literal["purged", "additive", "proportional"]
RouteChoice: TypeAlias = Literal["cargo", "logit", "least"]
Constraints: TypeAlias = Literal["honour", "ignore"]
AgreementPart: TypeAlias = Literal["tariffs", "non_tariff", "residual"]
DEFAULT_PARTS: frozenset[AgreementPart] = frozenset(("tariffs", "non_tariff"))
"""What agreements do where a scenario does not say otherwise."""
DataTable: TypeAlias = Literal[
    "mode_costs",
    "terminals",
    "crossings",
    "crossing_classes",
    "crossing_observations",
    "parameters",
]
"""Tables of defaults whose rows a user can replace."""


@dataclass(frozen=True)
class AttachedFile:
    """A file beside a scenario, as it was when the scenario was read.

    Attributes
    ----------
    name
        As the scenario names it, or the path given on the command line.
    text
        What it holds.
    sha256
        Its hash.
    """

    name: str
    text: str
    sha256: str


@dataclass(frozen=True)
class Settings:
    """What stands in the place of defaults, before and after a scenario alike.

    Attributes
    ----------
    data
        File by table.
    files
        The files by name.
    border_year
        Year of observation of crossings; absent: the latest.
    """

    data: Mapping[DataTable, str] = field(default_factory=dict)
    files: Mapping[str, AttachedFile] = field(default_factory=dict)
    border_year: int | None = None


class Focus(Strict):
    """Whose trade the report shows pair by pair."""

    economy: Name
    """The economy in the middle."""
    partners: Annotated[tuple[Party, ...], Field(min_length=1, max_length=60)]
    """Its partners: economies, blocs or groups."""


class TripRequest(Strict):
    """A trip whose route, time and cost the report shows before and after."""

    origin: Name
    """City, station or port."""
    destination: Name
    """City, station or port."""


class ParameterOverride(Strict):
    """A parameter that departs from the default in this scenario."""

    low: NonNegative
    """Lowest plausible value."""
    central: NonNegative
    """The value of the central run; the median of the draws."""
    high: NonNegative
    """Highest plausible value."""
    source: Text
    """Who says so."""

    @model_validator(mode="after")
    def _ordered(self) -> ParameterOverride:
        if not self.low <= self.central <= self.high:
            raise ValueError("low, central and high are not in rising order")
        return self


class Scenario(Strict):
    """A question: these measures, at this date, seen from this economy."""

    format: Annotated[Literal[1], BeforeValidator(not_a_flag)]
    """Version of the file format."""
    name: Slug
    """Short name."""
    title: Name
    """What the reader sees."""
    summary: Text
    """What the scenario is, in a few sentences."""
    date: Annotated[dt.date, Field(strict=True)]
    """Date at which blocs and the network are read."""
    closure: Closure = "purged"
    """How trade imbalances are treated."""
    labour_supply_elasticity: Annotated[float, Field(ge=0.0, le=10.0, strict=True)] = 0.0
    """Percent more labour for one percent more real wage; runs by industry alone."""
    choice: RouteChoice = "cargo"
    """How goods go: modes and ports by class of cargo, modes of all cargo, or the least cost."""
    agreement_parts: Annotated[tuple[AgreementPart, ...], Field(max_length=3)] = tuple(
        sorted(DEFAULT_PARTS, reverse=True)
    )
    """What agreements do: the tariffs they take off, what they save beside them, and the rest of
    their estimated effect on trade (residual)."""
    constraints: Constraints = "honour"
    """Whether what political relations block at the date is taken out of the measures."""
    focus: Focus
    """Whose trade is reported pair by pair."""
    trips: Annotated[tuple[TripRequest, ...], Field(max_length=40)] = ()
    """Trips reported before and after."""
    measures: Annotated[tuple[Annotated[Measure, OfAnyKind()], ...], Field(max_length=200)] = ()
    """What changes; none at all is a valid question with the answer zero."""
    parameters: dict[ParameterName, ParameterOverride] = Field(default_factory=dict)
    """Parameters that depart from the defaults."""
    data: dict[DataTable, FileName] = Field(default_factory=dict)
    """Files whose rows replace rows of the tables of defaults, before and after alike."""
    border_year: Annotated[int, Field(ge=1990, le=2100, strict=True)] | None = None
    """Year of observation of border crossings, where one was published; absent: the latest."""
    month: Month | None = None
    """Month for which the seasons are read; absent: the whole year."""

    costs: Annotated[tuple[Cost, ...], Field(max_length=200)] = ()
    """What measures cost; a measure that builds a project of the register needs no entry."""
    benefits: BenefitSettings = BenefitSettings()
    """Which lines of benefit an appraisal counts."""
    passengers: Annotated[tuple[Passengers, ...], Field(max_length=50)] = ()
    """Passengers that measures serve; absent: those of the register of projects."""

    _files: Mapping[str, AttachedFile] = PrivateAttr(default_factory=dict)

    @model_validator(mode="after")
    def _unique_ids(self) -> Scenario:
        ids = [measure.id for measure in self.measures]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"measure id used twice: {', '.join(repeated)}")
        return self

    @model_validator(mode="after")
    def _costs_of_measures(self) -> Scenario:
        ids = {measure.id for measure in self.measures}
        named = [cost.measure for cost in self.costs]
        absent = sorted(set(named) - ids)
        if absent:
            raise ValueError(f"costs: there is no measure {', '.join(absent)}")
        repeated = sorted({name for name in named if named.count(name) > 1})
        if repeated:
            raise ValueError(f"costs: measure named twice: {', '.join(repeated)}")
        absent = sorted({one.measure for one in self.passengers} - ids)
        if absent:
            raise ValueError(f"passengers: there is no measure {', '.join(absent)}")
        return self

    @model_validator(mode="after")
    def _month_says_something(self) -> Scenario:
        if self.month is not None and not self.has_season:
            raise ValueError("month: no measure states a season, so a month changes nothing")
        return self

    @property
    def has_season(self) -> bool:
        """Whether a measure states in which months something is open."""
        return any(measure.is_seasonal for measure in self.measures)

    @property
    def told_beside(self) -> tuple[str, ...]:
        """What a reader of its results has to know of its measures, each once."""
        return tuple(dict.fromkeys(m.told_beside for m in self.measures if m.told_beside))

    @property
    def files(self) -> Mapping[str, AttachedFile]:
        """The files beside it, by the name that the scenario gives them."""
        return self._files

    @property
    def settings(self) -> Settings:
        """What it puts in the place of defaults."""
        return Settings(self.data, self.files, self.border_year)

    def file_names(self) -> tuple[str, ...]:
        """List the names of the files that it needs, in the order in which they are written."""
        drawn = [name for measure in self.measures for name in measure.files_needed]
        return tuple(dict.fromkeys([*drawn, *self.data.values()]))

    def with_files(self, files: Mapping[str, AttachedFile]) -> Scenario:
        """Return the scenario with files attached to it."""
        changed = self.model_copy()
        changed._files = dict(files)  # noqa: SLF001 - of its own kind
        return changed


@contextmanager
def reading_kind(kind: type[Measure]) -> Iterator[None]:
    """Read scenarios with one more kind of measure for a while.

    Parameters
    ----------
    kind
        A measure with a field ``kind``. A kind that is to stay is a module of the folder of
        measures instead.

    Raises
    ------
    ValueError
        There is a kind of that name.
    """
    try:
        with known_too(kind):
            Scenario.model_rebuild(force=True)
            yield
    finally:
        Scenario.model_rebuild(force=True)
