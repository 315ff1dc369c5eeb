"""Measures that act between pairs of economies: whom they name, and what is left of them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias

import numpy as np
from pydantic import Field, SerializerFunctionWrapHandler, model_serializer

from landbridge.atlas.composites import Economies, Group
from landbridge.errors import InputError, UnknownNameError
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.values.fields import Party, PercentBand, SectorCode
from landbridge.scenarios.values.pair_costs import Pair, goods_sectors, rate_name
from landbridge.scenarios.values.parties import WORLD, expand, expand_all, in_words
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import BoolArray

Sectors: TypeAlias = Annotated[tuple[SectorCode, ...], Field(max_length=20)]
STATED = "stated by the scenario"
"""Confidence in a number that a measure states."""
LONGEST_ID, LONGEST_TITLE = 50, 100
"""Characters kept of a measure's id and title in those of its parts."""


class PairMeasure(Measure, ABC):
    """A measure that changes what trade between parties costs, without changing the network.

    A kind says in `named` who the parties are and in `with_sides` how two of them are written.
    """

    is_built: ClassVar[bool] = False
    is_between_pairs: ClassVar[bool] = True
    nobody_here: ClassVar[str] = "no pair of economies of different parties is in the world."
    """What is said where it acts on no pair of the world."""

    @abstractmethod
    def named(self) -> tuple[str | Group, ...]:
        """List its parties, as they are written."""

    @abstractmethod
    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Name the fields, with their values, that make it a measure between two groups."""

    def pairs(self, context: Context) -> frozenset[Pair]:
        """List the pairs of economies of different parties, both ways."""
        names = self.named()
        parties = [expand(name, on=context.date, where=self.where) for name in names]
        return _between(_apart(names, parties))

    def marked(
        self, context: Context, iso3: tuple[str, ...], blocked: frozenset[Pair]
    ) -> BoolArray:
        """Mark the pairs on which it acts, ``[N, N]``.

        Raises
        ------
        UnknownNameError
            None of them is in the world.
        """
        position = {code: index for index, code in enumerate(iso3)}
        pairs = np.zeros((len(iso3), len(iso3)), dtype=bool)
        inside = [p for p in self.pairs(context) if p[0] in position and p[1] in position]
        if not inside:
            raise UnknownNameError(self.nobody_here, where=self.where)
        for one, two in inside:
            pairs[position[one], position[two]] = (one, two) not in blocked
        return pairs

    def members_left(self, left: Iterable[Pair], context: Context) -> str:
        """Say how many members of each party still have a pair, where some have and some not."""
        still = {code for pair in left for code in pair}
        told = ""
        for party in self.named():
            members = expand(party, on=context.date)
            kept = [code for code in members if code in still]
            if 0 < len(kept) < len(members):
                told += f"; {len(kept)} of {len(members)} members of {in_words(party)}"
        return told

    def pairwise(self, left: frozenset[Pair]) -> tuple[Self, ...]:
        """Split it into measures between economies that can make it together."""
        groups: dict[frozenset[str], list[str]] = {}
        sides = self.partners_of(left)
        for code in sorted(sides):
            groups.setdefault(frozenset(sides[code]), []).append(code)
        return tuple(
            self.model_copy(
                update={
                    **self.with_sides(Economies(tuple(ones)), Economies(tuple(sorted(others)))),
                    "id": f"{self.id[:LONGEST_ID]}-part-{number}",
                    "title": f"{self.title[:LONGEST_TITLE]}, part {number}",
                }
            )
            for number, (others, ones) in enumerate(groups.items(), start=1)
        )

    def partners_of(self, left: frozenset[Pair]) -> dict[str, set[str]]:
        """Put each economy beside those with which it has a pair, both ways told once."""
        sides: dict[str, set[str]] = {}
        for one, two in left:
            if one < two or (two, one) not in left:
                sides.setdefault(one, set()).add(two)
        return sides


class Between(PairMeasure):
    """A measure on pairs of different parties, both ways."""

    if TYPE_CHECKING:
        # A field of each kind, as in `OneWay`.
        between: tuple[Party, ...]

    def named(self) -> tuple[str | Group, ...]:
        """List the parties."""
        return self.between

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Let the two groups be the parties."""
        return {"between": (one, other)}


class BySector(PairMeasure):
    """A measure that can be limited to some sectors."""

    takes_services: ClassVar[bool] = False
    """Whether its sectors can be services."""

    sectors: Sectors = ()
    """Goods that it bears on, by the codes of the world with sectors; absent: all goods."""

    @model_serializer(mode="wrap")
    def _without_default(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        # Files written before the key was known keep their hash.
        told: dict[str, Any] = write(self)
        return told if self.sectors else {k: v for k, v in told.items() if k != "sectors"}

    @property
    def sectors_named(self) -> tuple[str, ...]:
        """Its sectors."""
        return self.sectors

    def check_sectors(self) -> None:
        """Refuse services where it acts on goods alone.

        Raises
        ------
        InputError
            It names a service.
        """
        services = [code for code in self.sectors if code not in goods_sectors()]
        if services and not self.takes_services:
            raise InputError(
                f"{', '.join(services)}: a service, and this kind of measure acts on goods.",
                where=self.where,
                mend="Leave it out; only change_payment_cost can name services.",
            )

    def goods_told(self) -> str:
        """Say on which goods it acts."""
        return f"Sectors {', '.join(self.sectors)}" if self.sectors else "Goods"


class OneWay(BySector):
    """A measure on what some economies sell to others, that one way."""

    nobody_here: ClassVar[str] = "none of them is in the world."

    if TYPE_CHECKING:
        # Fields of each kind: here they would come before its own ``kind``, and files written
        # before would not keep their hash.
        exporters: tuple[Party, ...]
        importers: tuple[Party, ...]

    def named(self) -> tuple[str | Group, ...]:
        """List exporters, then importers."""
        return (*self.exporters, *self.importers)

    def pairs(self, context: Context) -> frozenset[Pair]:
        """List every exporter with every importer, that one way."""
        exporters = expand_all(self.exporters, on=context.date, where=self.where)
        importers = expand_all(self.importers, on=context.date, where=self.where)
        return frozenset((one, two) for one in exporters for two in importers if one != two)

    def partners_of(self, left: frozenset[Pair]) -> dict[str, set[str]]:
        """Put each exporter beside its importers."""
        sides: dict[str, set[str]] = {}
        for exporter, importer in left:
            sides.setdefault(exporter, set()).add(importer)
        return sides

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        """Make the first group its exporters and the second its importers."""
        return {"exporters": (one,), "importers": (other,)}

    def members_left(self, left: Iterable[Pair], context: Context) -> str:
        """Say nothing: its flows go one way, and their number says all."""
        del left, context
        return ""


def parties_told(parties: Sequence[str | Group]) -> str:
    """Name parties as a reader would."""
    return "; ".join(map(in_words, parties))


def rates_told(before: PercentBand, after: PercentBand) -> str:
    """Say from which rate to which, with their bands."""
    return f"{_rate(before)} to {_rate(after)}"


def rate_parameters(
    measure: Measure, before: PercentBand, after: PercentBand
) -> dict[str, Parameter]:
    """Make a parameter of each of two rates that has a band."""
    unit = "percent of the value"
    return {
        **banded_parameter(measure, "from", "before", before, unit=unit),
        **banded_parameter(measure, "to", "after", after, unit=unit),
    }


def banded_parameter(
    measure: Measure, end: str, word: str, band: PercentBand | None, *, unit: str = "percent"
) -> dict[str, Parameter]:
    """Make a parameter of a number that a measure states with a band; none of any other.

    Parameters
    ----------
    measure
        Whose number it is.
    end
        What it is called in the parameter's name (`rate_name`).
    word
        What a reader sees of it, after the measure's title.
    band
        The number; None where the measure leaves it out.
    unit
        Of the number.
    """
    if band is None or not band.is_wide:
        return {}
    name = rate_name(measure.id, end)
    title = f"{measure.title}: {word}"
    return {name: stated_parameter(measure, name, title, unit=unit, band=band)}


def stated_parameter(
    measure: Measure, name: str, title: str, *, unit: str, band: PercentBand
) -> Parameter:
    """Make a parameter of a band that a measure states."""
    return Parameter(
        name=name,
        title=title,
        unit=unit,
        low=band.low,
        central=band.central,
        high=band.high,
        distribution="triangular",
        confidence=STATED,
        source=measure.source,
    )


def _rate(band: PercentBand) -> str:
    ends = f" ({band.low:g} to {band.high:g})" if band.is_wide else ""
    return f"{band.central:g} %{ends}"


def _apart(
    names: Sequence[str | Group], parties: Sequence[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """Read "world" beside other parties as the rest of the world."""
    named = [name if isinstance(name, str) else "" for name in names]
    others = {
        code
        for name, party in zip(named, parties, strict=True)
        if name.casefold() != WORLD
        for code in party
    }
    return [
        tuple(code for code in party if code not in others) if name.casefold() == WORLD else party
        for name, party in zip(named, parties, strict=True)
    ]


def _between(parties: Sequence[tuple[str, ...]]) -> frozenset[Pair]:
    """List every pair of economies of different parties, both ways."""
    sets = [frozenset(party) for party in parties]
    found: set[Pair] = set()
    for first, left in enumerate(sets):
        for right in sets[first + 1 :]:
            # An economy that sits in two parties has its agreement with both already.
            for one in left - right:
                for two in right - left:
                    found.update(((one, two), (two, one)))
    return frozenset(found)
