"""The base of every measure: what it says of itself, and what may be asked of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, Self

from landbridge.atlas.composites import Group
from landbridge.atlas.relations import Act
from landbridge.freight.edits.applying import Edit
from landbridge.freight.edits.words import describe_all
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.scenarios.values.fields import Name, Slug, Strict, Text
from landbridge.scenarios.values.pair_costs import Pair, Policy
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray

LAST = 1_000
"""Place in lists of a kind that names none."""
WORDS = ("title", "source", "id")
"""Fields that say how a measure is called, not what it does."""


class Attached(Protocol):
    """A file beside a scenario."""

    @property
    def text(self) -> str:
        """What it holds."""


class Context(Protocol):
    """What a measure may read of its scenario."""

    @property
    def date(self) -> dt.date:
        """Date at which blocs and relations are read."""

    @property
    def month(self) -> int | None:
        """Month for which seasons are read; None for the whole year."""

    @property
    def files(self) -> Mapping[str, Attached]:
        """Files beside the scenario, by name."""

    @property
    def measures(self) -> Sequence[Measure]:
        """All of its measures."""


class Crossed(NamedTuple):
    """A crossing, border or strait that a measure opens or changes.

    Attributes
    ----------
    target
        As the measure names it, where it can be taken out alone; empty where all of it falls.
    place
        Border place or sea passage; empty for a whole border.
    sides
        The two economies, ISO3; empty for a strait.
    """

    target: str
    place: str
    sides: frozenset[str]


class Measure(Strict):
    """One change that a scenario makes.

    A kind is a subclass with a field ``kind``. It overrides the questions below that it has an
    answer to; the defaults are those of a measure that does nothing.
    """

    order: ClassVar[int] = LAST
    """Place of the kind in lists and messages."""
    is_ground: ClassVar[bool] = False
    """Whether it changes nothing by itself, and others may stand on it."""
    is_seasonal: ClassVar[bool] = False
    """Whether it states in which months something is open."""
    is_built: ClassVar[bool] = True
    """Whether it can be built and chosen among; what is signed or decreed cannot."""
    is_between_pairs: ClassVar[bool] = False
    """Whether it changes what trade between pairs of economies costs."""
    is_tariff: ClassVar[bool] = False
    """Whether it changes the tariffs of a table that holds them, with revenue."""
    needs_potential: ClassVar[bool] = False
    """Whether it needs the gravity potential of trade."""
    holds_already: ClassVar[str] = "what it states holds already"
    """Why it changes nothing where all that it touches is as it says."""
    told_beside: ClassVar[str] = ""
    """What a reader of any result with it has to know, in sentences; empty for nothing."""
    blocked_acts: ClassVar[tuple[Act, ...]] = ()
    """Acts between two economies that it needs; the first that a relation blocks counts."""

    if TYPE_CHECKING:
        # A field of each kind: here it would come before the fields that kinds share.
        kind: str

    id: Slug
    """Short name, unique in the scenario."""
    title: Name
    """What the reader sees."""
    source: Text
    """Who says that this is planned, possible or assumed."""

    @property
    def where(self) -> str:
        """How it is called in messages."""
        return f"measure {self.id}"

    # What it says of itself.

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        """Say in words what it changes.

        Parameters
        ----------
        context
            Its scenario.
        network
            With the measures; where it is given, more can be told of a project.
        """
        del network
        return describe_all(self.edits(context))

    def content(self) -> str:
        """Say what it does whatever it is called, so that two scenarios can share it."""
        return self.model_dump_json(exclude=set(WORDS))

    def named(self) -> tuple[str | Group, ...]:
        """List the economies and blocs between which it acts, as they are written."""
        return ()

    @property
    def sectors_named(self) -> tuple[str, ...]:
        """Sectors to which it is limited; none for all goods."""
        return ()

    @property
    def files_needed(self) -> tuple[str, ...]:
        """Files beside the scenario that it needs."""
        return ()

    # What it does.

    def edits(self, context: Context) -> tuple[Edit, ...]:
        """List the edits of the freight network that it makes.

        Raises
        ------
        UnknownNameError
            An economy or a bloc is not known.
        InputError
            A file is missing or holds no lines.
        FaultsError
            Lines of a file are at fault.
        """
        del context
        return ()

    def pairs(self, context: Context) -> frozenset[Pair]:
        """List exporter and importer of every flow whose cost it changes.

        Raises
        ------
        UnknownNameError
            A party is neither an economy nor a bloc.
        """
        del context
        return frozenset()

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        """Work out what it does to the cost of trade; None where that is nothing.

        Parameters
        ----------
        context
            Its scenario.
        iso3
            N codes; the order of both axes.
        blocked
            Pairs that are taken out of it.
        potential
            ``[N, N]`` goods trade that gravity predicts, million USD, where it is known.

        Raises
        ------
        UnknownNameError
            A party is neither an economy nor a bloc, or no pair is in the world.
        InputError
            A measure that acts on goods names a service.
        """
        del context, iso3, blocked, potential
        return None

    def parameters(self) -> Mapping[str, Parameter]:
        """List the uncertain numbers that it brings along, by name."""
        return {}

    # What it costs, and who builds it.

    @property
    def project_built(self) -> str:
        """Project of the register that it builds; empty for none."""
        return ""

    def lies_in(self, network: FreightNetwork) -> frozenset[str]:
        """List the economies whose borders it works on; none where its payers have to say."""
        del network
        return frozenset()

    # What bears on it, and what is left.

    def crossed(self, context: Context) -> tuple[Crossed, ...]:
        """List the crossings, borders and straits that it opens or changes.

        Raises
        ------
        LandbridgeError
            A name is not known; making the measure says so.
        """
        del context
        return ()

    def sides_of_place(self, place: str) -> frozenset[str]:
        """List the two economies of a border place that it makes; none for another place."""
        del place
        return frozenset()

    def without(self, targets: Iterable[str]) -> Self | None:
        """Take some of its crossings out; None where none is left."""
        del targets
        return self

    def members_left(self, left: Iterable[Pair], context: Context) -> str:
        """Say which part of its parties is left with some of its pairs; empty for all or none."""
        del left, context
        return ""

    def pairwise(self, left: frozenset[Pair]) -> tuple[Self, ...]:
        """Split it into measures that act on the pairs that are left, and on no others."""
        del left
        return (self,)
