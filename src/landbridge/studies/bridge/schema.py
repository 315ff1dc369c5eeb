"""Files of published studies: their shock, their results, and the way from their setting to ours.

A file is strict: unknown keys are refused and nothing in it is executed. The way is a setting and a
list of steps, each of which changes one key of the setting, so that every step has one name.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final, Literal, TypeAlias

from pydantic import Field, model_validator

from landbridge.atlas.composites import Group, parse_group
from landbridge.equilibrium.market import Closure
from landbridge.evidence import PUBLISHED, RECALLED
from landbridge.scenarios.values.fields import Name, Slug, Strict, Text

OWN: Final = "own"
WORLD: Final = "world"
"""Everybody, among exporters and importers."""

End: TypeAlias = Literal["low", "central", "high"]
Kind: TypeAlias = Literal["cost", "home_cost", "trade_effect", "tariff", "mfn", "sector_tariffs"]
Key: TypeAlias = Literal[
    "shock", "home", "elasticity", "sectors", "inputs", "tariffs", "closure", "coverage", "formula",
    "year",
]  # fmt: skip
PARTS: Final[Mapping[Key, str]] = {
    "shock": "shock",
    "home": "domestic costs",
    "elasticity": "elasticity",
    "sectors": "sectors",
    "inputs": "inputs",
    "tariffs": "tariffs and revenue",
    "closure": "trade imbalances",
    "coverage": "services",
    "formula": "formula",
    "year": "data of the time",
}
"""What each key of a setting is called where it is a part of a difference."""
OWN_SHOCK: Final = "own shock"
"""The part of the step that puts the scenario of this world in the place of the study's shock."""

Figure: TypeAlias = Annotated[float, Field(ge=-100.0, le=1000.0, allow_inf_nan=False)]


class Evidence(Strict):
    """How a figure is known.

    Attributes
    ----------
    confidence
        ``published`` (read at the address on the day), ``recalled`` (not read) or ``assumed``.
    source
        Who says so.
    address, read
        Where it was read, and when.
    """

    confidence: Literal["published", "recalled", "assumed"]
    source: Text
    address: str = ""
    read: dt.date | None = None

    @model_validator(mode="after")
    def _cites_what_was_read(self) -> Evidence:
        was_read = bool(self.address) and self.read is not None
        if self.confidence == PUBLISHED and not was_read:
            raise ValueError("published: give the address and the day on which it was read")
        if self.confidence != PUBLISHED and (self.address or self.read):
            raise ValueError(f"{self.confidence}, and cites a page as if it had been read")
        if (self.confidence == RECALLED) != self.source.lower().startswith(RECALLED):
            raise ValueError("the source of what is recalled, and no other, begins with 'Recalled'")
        return self


class Published(Evidence):
    """A result of the study.

    Attributes
    ----------
    economies
        An economy, or the name of a group of the file: then the mean weighted by GDP.
    percent
        Change of real income or GDP.
    what
        What the figure is, in words.
    """

    economies: Name
    percent: Figure
    what: Text


class Change(Evidence):
    """One change of costs or tariffs.

    Attributes
    ----------
    kind
        ``cost`` (percent of one plus the cost), ``home_cost`` (the same on sales at home),
        ``trade_effect`` (log points of trade), ``tariff`` (before and after), ``mfn`` (what the
        importer charges where no agreement binds) or ``sector_tariffs`` (a table by name).
    exporters, importers
        Economies and groups of the file, or ``world``.
    both_ways
        It acts in the other direction too.
    value, low, high
        Percent or log points.
    before, after
        Tariffs, percent of the value at the border. Before absent: as in the world.
    services
        It acts on services as well as on goods.
    table
        Name in the table of tariffs by sector.
    """

    kind: Kind
    exporters: tuple[Name, ...] = ()
    importers: tuple[Name, ...] = ()
    both_ways: bool = False
    value: Figure | None = None
    low: Figure | None = None
    high: Figure | None = None
    before: Figure | None = None
    after: Figure | None = None
    services: bool = False
    table: str = ""

    @model_validator(mode="after")
    def _has_its_numbers(self) -> Change:
        sized = self.kind in {"cost", "home_cost", "trade_effect"}
        if sized != (self.value is not None):
            raise ValueError(f"{self.kind}: value is for costs and effects on trade")
        if (self.kind == "tariff") != (self.after is not None):
            raise ValueError(f"{self.kind}: after is for tariffs")
        if (self.kind == "sector_tariffs") != bool(self.table):
            raise ValueError(f"{self.kind}: table is for tariffs by sector")
        if (self.low is None) != (self.high is None):
            raise ValueError("give low and high, or neither")
        if sized and self.confidence == RECALLED and self.low is None:
            raise ValueError("recalled: give a band, low and high")
        return self

    def at(self, end: End) -> float:
        """Take the value at one end of its band; the centre where it has none."""
        known = {"low": self.low, "high": self.high}.get(end)
        value = self.value if known is None else known
        return 0.0 if value is None else value


class StudyElasticity(Evidence):
    """The trade elasticity of the study.

    Attributes
    ----------
    value
        A number, or the name of a set by sector.
    low, high
        Its band, where it is a number.
    """

    value: Annotated[float, Field(gt=0.0, le=50.0)] | Name
    low: Annotated[float, Field(gt=0.0, le=50.0)] | None = None
    high: Annotated[float, Field(gt=0.0, le=50.0)] | None = None

    @model_validator(mode="after")
    def _band_where_recalled(self) -> StudyElasticity:
        if (self.low is None) != (self.high is None):
            raise ValueError("give low and high, or neither")
        if self.low is not None and isinstance(self.value, str):
            raise ValueError("a set has no band of its own here")
        if self.confidence == RECALLED and self.low is None and not isinstance(self.value, str):
            raise ValueError("recalled: give a band, low and high")
        return self


class ShockFile(Strict):
    """Changes that act together.

    Attributes
    ----------
    title
        What a reader sees.
    changes
        The changes.
    """

    title: Text
    changes: Annotated[tuple[Change, ...], Field(min_length=1)]


@dataclass(frozen=True)
class Setting:
    """How a shock is put to the world.

    Attributes
    ----------
    shock
        Name of a shock of the file, or ``own``: the scenario as `landbridge.Model.run` has it.
    home
        Whether costs at home change too.
    elasticity
        A trade elasticity, the name of a set of them, or ``own``: that of the parameters.
    sectors
        1 or 20.
    inputs
        ``none``; ``full``: input-output links (round-about inputs where there is one sector); or
        ``to_gdp``: none, and the gain on gross spending is set against GDP, as a run has it.
    tariffs
        ``none``: no revenue, a tariff is a cost. ``world``: those of the world with their revenue.
    closure
        How trade imbalances are treated.
    coverage
        ``goods``: as if there were no services. ``all``: goods and services.
    formula
        ``exact``, or ``first_order``: terms and volume of trade at the weights of the start.
    year
        Of the goods between economies and GDP; 0 for the world as it stands.
    """

    shock: str
    home: bool = False
    elasticity: float | str = OWN
    sectors: Literal[1, 20] = 1
    inputs: Literal["none", "full", "to_gdp"] = "to_gdp"
    tariffs: Literal["none", "world"] = "world"
    closure: Closure = "purged"
    coverage: Literal["goods", "all"] = "all"
    formula: Literal["exact", "first_order"] = "exact"
    year: int = 0

    def with_change(self, key: Key, value: object) -> Setting:
        """Return the setting with one key changed."""
        return replace(self, **{key: value})  # type: ignore[arg-type]  # the schema checked it


OURS: Final = Setting(shock=OWN)
"""The setting of a run of one sector."""


class Step(Strict):
    """A change of one key of the setting.

    Attributes
    ----------
    because
        What the change means, in words.
    """

    shock: Slug | None = None
    home: bool | None = None
    elasticity: float | Name | None = None
    sectors: Literal[1, 20] | None = None
    inputs: Literal["none", "full", "to_gdp"] | None = None
    tariffs: Literal["none", "world"] | None = None
    closure: Closure | None = None
    coverage: Literal["goods", "all"] | None = None
    formula: Literal["exact", "first_order"] | None = None
    year: Annotated[int, Field(ge=0, le=2100)] | None = None
    because: Text

    @model_validator(mode="after")
    def _one_key(self) -> Step:
        if len(self._given()) != 1:
            raise ValueError("a step changes one key of the setting, and no more")
        return self

    def _given(self) -> list[tuple[Key, object]]:
        return [(key, getattr(self, key)) for key in PARTS if getattr(self, key) is not None]

    @property
    def key(self) -> Key:
        """Which key it changes."""
        return self._given()[0][0]

    @property
    def part(self) -> str:
        """What it is called where it is a part of a difference."""
        return OWN_SHOCK if self.shock == OWN else PARTS[self.key]

    def onto(self, setting: Setting) -> Setting:
        """Change the setting."""
        return setting.with_change(*self._given()[0])


class Start(Strict):
    """The setting nearest to that of the study, with its elasticity; keys as in `Setting`."""

    shock: Slug
    home: bool
    sectors: Literal[1, 20]
    inputs: Literal["none", "full", "to_gdp"]
    tariffs: Literal["none", "world"]
    closure: Closure
    coverage: Literal["goods", "all"]
    formula: Literal["exact", "first_order"]
    year: Annotated[int, Field(ge=0, le=2100)] = 0
    because: Text

    def setting(self, elasticity: float | str) -> Setting:
        """Read it as a setting."""
        return Setting(elasticity=elasticity, **self.model_dump(exclude={"because"}))


class OwnAnswer(Strict):
    """What this world is asked in the place of the study's shock.

    Attributes
    ----------
    scenario
        A name of the catalogue, or the scenario itself.
    reverse
        The scenario is undone, not done.
    because
        What it stands for, in words.
    """

    scenario: Slug | dict[str, Any]
    reverse: bool = False
    because: Text


class StudyFile(Strict):
    """A published study and the way from it to this world.

    Attributes
    ----------
    name, title, summary, citation
        What it is.
    on
        Day on which groups are read.
    groups
        Economies by rule of the atlas.
    published
        Its results.
    elasticity
        Its trade elasticity.
    shocks
        By name.
    start, steps
        The setting of the study, and the steps from there to a run of one sector.
    apart
        Steps that are taken alone, each from the start.
    own
        What this world is asked at the last step.
    left_out
        What the study has and no step can show.
    """

    format: Literal[1]
    name: Slug
    title: Name
    summary: Text
    citation: Text
    on: dt.date
    groups: dict[Slug, dict[str, Any]] = Field(default_factory=dict)
    published: Annotated[tuple[Published, ...], Field(min_length=1)]
    elasticity: StudyElasticity
    shocks: Annotated[dict[Slug, ShockFile], Field(min_length=1)]
    start: Start
    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    apart: tuple[Step, ...] = ()
    own: OwnAnswer
    left_out: Text

    @model_validator(mode="after")
    def _leads_from_there_to_here(self) -> StudyFile:
        setting = self.begin()
        settings = [setting, *(step.onto(setting) for step in self.apart)]
        for step in self.steps:
            setting = step.onto(setting)
            settings.append(setting)
        if setting != OURS:
            raise ValueError(f"the last step leads to {setting}, not to a run: {OURS}")
        for one in settings:
            _check(one, self.shocks)
        for rule in self.groups.values():
            parse_group(rule)
        return self

    def begin(self) -> Setting:
        """Return the setting of the start."""
        return self.start.setting(self.elasticity.value)

    def group(self, name: str) -> tuple[str, ...]:
        """List the economies of a group of the file; the name itself where there is none such."""
        if name not in self.groups:
            return (name,)
        found: Group = parse_group(self.groups[name])
        return found.members(on=self.on)


def _check(setting: Setting, shocks: Mapping[str, ShockFile]) -> None:
    """Refuse settings that no model here can take."""
    one = setting.sectors == 1
    faults = []
    if setting.shock == OWN:
        if replace(setting, shock=OWN) != OURS:
            faults.append("the shock of this world comes last")
    elif setting.shock not in shocks:
        faults.append(f"there is no shock {setting.shock!r}")
    if one and isinstance(setting.elasticity, str) and setting.elasticity != OWN:
        faults.append("one sector has one elasticity, not a set")
    if not one and (setting.inputs == "to_gdp" or setting.coverage == "goods"):
        faults.append("with sectors, inputs are full or none, and services are there")
    if setting.formula == "first_order" and one:
        faults.append("the first-order formula is for sectors")
    if setting.formula == "first_order" and setting.tariffs == "none":
        faults.append("the first-order formula is for tariffs with revenue: it has no other term")
    if setting.coverage == "goods" and setting.inputs != "none":
        faults.append("goods alone have no GDP and no inputs here")
    if faults:
        raise ValueError("; ".join(faults))
