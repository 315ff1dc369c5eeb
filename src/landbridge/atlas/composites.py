"""Groups of economies by rule, at a date: a small typed algebra over blocs and agreements.

A group is a frozen value; `Group.members` works it out for a day. The same groups are written in
TOML as nested tables, each with the one key that names its kind::

    group = { union = [ { bloc = "EAEU" }, { bloc = "SCO" } ] }
    group = { whole = { bloc = "SCO" }, without = [ { economies = ["IND"] } ] }

In Python: ``Bloc("EAEU") | Bloc("SCO")``, ``Bloc("SCO") - Economies(("IND",))``.
"""

from __future__ import annotations

import tomllib
from abc import abstractmethod
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache, reduce
from typing import Annotated, Any, Final, TypeAlias

import pandas as pd
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    Tag,
    TypeAdapter,
    ValidationError,
)
from pydantic.dataclasses import dataclass, rebuild_dataclass

from landbridge.atlas import agreements, blocs
from landbridge.atlas.agreements import Stage
from landbridge.atlas.blocs import MEMBER, Depth, Status
from landbridge.atlas.facts import as_day
from landbridge.atlas.regions import (
    Basis,
    economies_of_region,
    regional_bloc_of,
    resolve_region,
)
from landbridge.atlas.sizes import GdpKind, Size, Year, size_of
from landbridge.codes import fold, resolve
from landbridge.errors import FaultsError, InputError, UnknownNameError, suggest
from landbridge.faults import own_faults
from landbridge.tables import embedded_path

MAX_NESTING: Final = 24
"""How many tables and lists may stand inside each other in a file."""

STRICT: Final = ConfigDict(extra="forbid")


class Group:
    """Economies by rule. Subclasses are the kinds of rule."""

    @abstractmethod
    def codes(self, day: date) -> frozenset[str]:
        """Work the rule out for a day; `members` is the public way in."""

    def members(self, *, on: date) -> tuple[str, ...]:
        """List the economies of the group on a day, sorted.

        Raises
        ------
        InputError
            There is no date.
        """
        return tuple(sorted(self.codes(as_day(on))))

    def __or__(self, other: Group) -> Union:
        """Everyone who is in either."""
        return Union((self, other))  # type: ignore[arg-type]  # a Group is one of the kinds

    def __and__(self, other: Group) -> Intersection:
        """Everyone who is in both."""
        return Intersection((self, other))  # type: ignore[arg-type]  # as above

    def __sub__(self, other: Group) -> Minus:
        """Everyone who is in the first and not in the second."""
        return Minus(self, (other,))  # type: ignore[arg-type]  # as above


def _economy(text: str) -> str:
    return resolve(text)


def _bloc(text: str) -> str:
    return blocs.resolve_bloc(text)


EconomyCode = Annotated[str, AfterValidator(_economy)]
BlocCode = Annotated[str, AfterValidator(_bloc)]


@dataclass(frozen=True, config=STRICT)
class Economies(Group):
    """The economies named, by code or name."""

    economies: tuple[EconomyCode, ...]

    def codes(self, day: date) -> frozenset[str]:  # noqa: ARG002 - the same on every day
        """Return the economies named."""
        return frozenset(self.economies)


@dataclass(frozen=True, config=STRICT)
class Bloc(Group):
    """Those who hold one of some standings in a bloc."""

    bloc: BlocCode
    statuses: tuple[Status, ...] = MEMBER

    def codes(self, day: date) -> frozenset[str]:
        """Look up the bloc's members of the day."""
        return frozenset(blocs.members(self.bloc, on=day, statuses=self.statuses))


@dataclass(frozen=True, config=STRICT)
class Region(Group):
    """The economies of a region or sub-region of the United Nations' M49."""

    region: Annotated[str, AfterValidator(resolve_region)]

    def codes(self, day: date) -> frozenset[str]:  # noqa: ARG002 - regions have no dates
        """Look up the economies of the region."""
        return frozenset(economies_of_region(self.region))


@dataclass(frozen=True, config=STRICT)
class Union(Group):
    """Everyone who is in one of the groups."""

    union: Parts

    def codes(self, day: date) -> frozenset[str]:
        """Join the groups."""
        return frozenset[str]().union(*(part.codes(day) for part in self.union))


@dataclass(frozen=True, config=STRICT)
class Intersection(Group):
    """Everyone who is in all of the groups."""

    intersection: Parts

    def codes(self, day: date) -> frozenset[str]:
        """Keep what the groups share."""
        parts = [part.codes(day) for part in self.intersection]
        return reduce(frozenset.intersection, parts)


@dataclass(frozen=True, config=STRICT)
class Minus(Group):
    """Everyone who is in the whole and in none of the others."""

    whole: AnyGroup
    without: Parts

    def codes(self, day: date) -> frozenset[str]:
        """Take the others out of the whole."""
        return self.whole.codes(day).difference(*(part.codes(day) for part in self.without))


@dataclass(frozen=True, config=STRICT)
class AgreementsOf(Group):
    """Those on the other side of a trade agreement with one of some blocs or economies.

    The agreement must be the bloc's own; agreements of single members do not count.
    """

    agreements_of: tuple[str, ...]
    depth_at_least: Depth = "preference"
    stages: tuple[Stage, ...] = ("in_force",)

    def codes(self, day: date) -> frozenset[str]:
        """Gather the partners of the day."""
        found: set[str] = set()
        for party in self.agreements_of:
            found.update(
                agreements.partners_of(
                    party, on=day, depth_at_least=self.depth_at_least, stages=self.stages
                )
            )
        return frozenset(found)


@dataclass(frozen=True, config=STRICT)
class RegionalBlocsOf(Group):
    """The members of the regional bloc of each economy of a group (BRICS+), and the group itself.

    ``basis``: ``"stated"`` takes the five that the concept names; ``"extended"`` applies the rule
    to later members too.
    """

    regional_blocs_of: AnyGroup
    basis: Basis = "extended"

    def blocs(self, *, on: date) -> tuple[str, ...]:
        """List the regional blocs of the day, sorted."""
        day = as_day(on)
        found = (regional_bloc_of(code, basis=self.basis) for code in self._own(day))
        return tuple(sorted({key for key in found if key is not None}))

    def codes(self, day: date) -> frozenset[str]:
        """Gather the group and the members of its regional blocs."""
        own = self._own(day)
        return own.union(*(blocs.members(key, on=day) for key in self.blocs(on=day)))

    def _own(self, day: date) -> frozenset[str]:
        return self.regional_blocs_of.codes(day)


@dataclass(frozen=True, config=STRICT)
class AgreementsOfRegionalBlocs(Group):
    """The partners of the regional blocs of a group (the second ring of BRICS++)."""

    agreements_of_regional_blocs: RegionalBlocsOf
    depth_at_least: Depth = "preference"
    stages: tuple[Stage, ...] = ("in_force",)

    def codes(self, day: date) -> frozenset[str]:
        """Gather the partners of the day."""
        keys = self.agreements_of_regional_blocs.blocs(on=day)
        return AgreementsOf(keys, self.depth_at_least, self.stages).codes(day)


@dataclass(frozen=True, config=STRICT)
class LargestOfEach(Group):
    """The largest economy of each of some groups, outside another group.

    ``year`` is the year of the sizes, or ``"latest"`` for the table of economies. Economies
    without a size in that year cannot be chosen; a group in which nobody has one gives nobody.
    """

    largest_of_each: Parts
    outside: AnyGroup
    measure: GdpKind
    year: Year

    def codes(self, day: date) -> frozenset[str]:
        """Choose one of each group."""
        chosen = (self._choose(part, day) for part in self.largest_of_each)
        return frozenset(code for code in chosen if code is not None)

    def choices(self, *, on: date) -> pd.DataFrame:
        """Choose from each group, with the runner-up.

        Returns
        -------
        pandas.DataFrame
            group (number from 1), rank (1 is the choice, 2 the runner-up), iso3, million_usd,
            source, confidence.
        """
        day = as_day(on)
        rows = []
        for number, part in enumerate(self.largest_of_each, start=1):
            for rank, (code, size) in enumerate(self._ranked(part, day)[:2], start=1):
                rows.append((number, rank, code, size.million_usd, size.source, size.confidence))
        columns = ["group", "rank", "iso3", "million_usd", "source", "confidence"]
        return pd.DataFrame(rows, columns=columns)

    def _ranked(self, part: Group, day: date) -> list[tuple[str, Size]]:
        found = []
        for code in part.codes(day) - self.outside.codes(day):
            size = size_of(code, measure=self.measure, year=self.year)
            if size is not None:
                found.append((code, size))
        return sorted(found, key=lambda item: (-item[1].million_usd, item[0]))

    def _choose(self, part: Group, day: date) -> str | None:
        ranked = self._ranked(part, day)
        return ranked[0][0] if ranked else None


@dataclass(frozen=True, config=STRICT)
class Named(Group):
    """A composite of the atlas by its name (``gep``, ``brics-plus`` ...)."""

    composite: str

    def codes(self, day: date) -> frozenset[str]:
        """Work out the composite."""
        return composite(self.composite).group.codes(day)


_TELLING: Final[dict[str, type[Group]]] = {
    "economies": Economies,
    "bloc": Bloc,
    "region": Region,
    "union": Union,
    "intersection": Intersection,
    "without": Minus,
    "agreements_of": AgreementsOf,
    "regional_blocs_of": RegionalBlocsOf,
    "agreements_of_regional_blocs": AgreementsOfRegionalBlocs,
    "largest_of_each": LargestOfEach,
    "composite": Named,
}
"""The key by which each kind of group is told from the others in a file."""


def _kind(value: object) -> str | None:
    if isinstance(value, Group):
        return next(key for key, kind in _TELLING.items() if isinstance(value, kind))
    if isinstance(value, Mapping):
        telling = [key for key in _TELLING if key in value]
        return telling[0] if len(telling) == 1 else None
    return None


AnyGroup: TypeAlias = Annotated[
    Annotated[Economies, Tag("economies")]
    | Annotated[Bloc, Tag("bloc")]
    | Annotated[Region, Tag("region")]
    | Annotated[Union, Tag("union")]
    | Annotated[Intersection, Tag("intersection")]
    | Annotated[Minus, Tag("without")]
    | Annotated[AgreementsOf, Tag("agreements_of")]
    | Annotated[RegionalBlocsOf, Tag("regional_blocs_of")]
    | Annotated[AgreementsOfRegionalBlocs, Tag("agreements_of_regional_blocs")]
    | Annotated[LargestOfEach, Tag("largest_of_each")]
    | Annotated[Named, Tag("composite")],
    Discriminator(_kind),
]
"""Any kind of group, as a field of a pydantic model: told apart by the one key that names it."""

Parts: TypeAlias = Annotated[tuple[AnyGroup, ...], Field(min_length=1)]

for _group in _TELLING.values():
    rebuild_dataclass(_group)  # type: ignore[arg-type]  # each is a pydantic dataclass


class Composite(BaseModel):
    """A named group of the atlas.

    Attributes
    ----------
    composite, title
        Identity and name.
    group
        The rule.
    document
        What it stands for in the discussion that named it.
    source
        Where the rule comes from.
    note
        How the rule was read, where it leaves a choice.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    composite: str
    title: str
    group: AnyGroup
    document: str = ""
    source: str
    note: str = ""


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    composites: tuple[Composite, ...]


@lru_cache(maxsize=1)
def _composites() -> dict[str, Composite]:
    path = embedded_path("atlas", "composites.toml")
    found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    return {item.composite: item for item in found.composites}


def composites() -> tuple[Composite, ...]:
    """List every named composite, in the order of the file."""
    return tuple(_composites().values())


def composite(name: str) -> Composite:
    """Look up a composite by name.

    Raises
    ------
    UnknownNameError
        There is none of that name; the message offers the nearest names.

    Examples
    --------
    >>> len(composite("peaks").group.members(on=date(2018, 6, 30)))
    5
    """
    by_folded = {fold(key): item for key, item in _composites().items()}
    by_folded |= {fold(item.title): item for item in _composites().values()}
    found = by_folded.get(fold(name))
    if found is None:
        mend = suggest(name, _composites()) or f"Composites: {', '.join(_composites())}."
        raise UnknownNameError(f"'{name}' is not a known composite.", mend=mend)
    return found


def parse_group(data: object, *, where: str = "group") -> Group:
    """Read a group from nested tables, as a scenario file holds them.

    Parameters
    ----------
    data
        A table with the one key that names its kind (see the module).
    where
        The place it was written, for the message.

    Raises
    ------
    FaultsError
        Lists every fault of form: unknown keys, no telling key or several, wrong types.
    UnknownNameError
        A bloc, economy or region is not known.

    Examples
    --------
    >>> parse_group({"bloc": "SACU"}).members(on=date(2020, 1, 1))
    ('BWA', 'LSO', 'NAM', 'SWZ', 'ZAF')
    """
    if _nesting(data) > MAX_NESTING:
        raise InputError(f"groups are nested more than {MAX_NESTING} deep.", where=where)
    adapter: TypeAdapter[Group] = TypeAdapter(AnyGroup)
    try:
        return adapter.validate_python(data)
    except ValidationError as error:
        raise FaultsError(_faults(error, where), where=where) from None


def _faults(error: ValidationError, where: str) -> list[str]:
    return [_fault(entry, where) for entry in own_faults(error.errors())]


def _fault(entry: Mapping[str, Any], where: str) -> str:
    parts: list[str] = [where]
    for part in map(str, entry["loc"]):
        if part != parts[-1]:  # the kind of a group and the key that names it are the same word
            parts.append(part)
    place = ".".join(parts)
    if entry["type"] == "union_tag_not_found":
        return f"{place}: a group has exactly one of the keys {', '.join(_TELLING)}."
    return f"{place}: {entry['msg']}"


def _nesting(data: object) -> int:
    depth, layer = 0, [data]
    while layer and depth <= MAX_NESTING:
        depth += 1
        inner: list[object] = []
        for item in layer:
            if isinstance(item, Mapping):
                values: Iterable[object] = item.values()
            elif isinstance(item, list | tuple):
                values = item
            else:
                continue
            inner.extend(value for value in values if isinstance(value, Mapping | list | tuple))
        layer = inner
    return depth
