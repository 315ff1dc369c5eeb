"""The sectoral world: flows between economies by sector, and which inputs each sector takes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np

from landbridge.brief import brief_repr
from landbridge.codes import REST
from landbridge.errors import DataError, UnknownNameError, suggest
from landbridge.units import FloatArray
from landbridge.world.base import World
from landbridge.world.sectors.facts import KINDS, SectorList, shares

TOLERANCE = 1e-9
MOST_INPUTS = 0.98
"""Most that all inputs of an economy may be of what it could buy of their sectors."""


class Structure(StrEnum):
    """How an economy's sectors are known."""

    TABLE = "table"
    """In the OECD table: intermediate sales as published, final demand by destination imputed."""
    BORROWED = "borrowed"
    """Not in it: totals are its own, the make-up by sector is that of economies like it."""
    OWN = "own"
    """In a table of the user's, taken as it is."""


@dataclass(frozen=True, eq=False, repr=False)
class SectoralWorld:
    """Who sells what to whom in one year, and what it takes to make it.

    Attributes
    ----------
    year
        Year of the flows.
    iso3
        N codes; the order of every axis of economies.
    sectors
        S sectors; the order of every axis of sectors.
    flows
        ``[N, N, S]`` million USD: exporter, importer, sector; inputs and final goods together;
        the diagonal is domestic sales.
    input_share
        ``[N, S, S]``: economy, input, using sector; spending on an input over the output of the
        user. What is left of one is the user's value added.
    structure
        N of `Structure`.
    notes
        What was imputed, cut or fitted, in words.
    tariffs
        ``[N, N, S]`` ad valorem on the flows, ratio; None where they are not known. Spending is
        then at purchaser prices, tariffs included.
    elasticities
        ``[S]`` trade elasticities that came with the table; None where none did.
    """

    year: int
    iso3: tuple[str, ...]
    sectors: SectorList
    flows: FloatArray
    input_share: FloatArray
    structure: tuple[Structure, ...]
    notes: tuple[str, ...] = field(default=())
    tariffs: FloatArray | None = None
    elasticities: FloatArray | None = None

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit, negative values, inputs that cost more than output."""
        count, kinds = len(self.iso3), len(self.sectors.codes)
        wanted = {
            "flows": (count, count, kinds),
            "input_share": (count, kinds, kinds),
        }
        faults = [
            f"{name} has shape {getattr(self, name).shape}, not {shape}"
            for name, shape in wanted.items()
            if getattr(self, name).shape != shape
        ]
        if not faults:
            faults = [
                f"{name} holds negative or missing values"
                for name in wanted
                if not np.isfinite(getattr(self, name)).all() or (getattr(self, name) < 0).any()
            ]
        if not faults:
            most = self.input_share.sum(axis=1).max()
            if most > 1.0 + TOLERANCE:
                faults.append(f"a sector spends {most:.6f} of its output on inputs")
        if len(self.structure) != count:
            faults.append(f"structure names {len(self.structure)} economies, not {count}")
        if self.tariffs is not None and (
            self.tariffs.shape != wanted["flows"] or not (self.tariffs > -1.0).all()
        ):
            faults.append("tariffs do not fit the flows, or are -1 or less, or missing")
        if self.elasticities is not None and (
            self.elasticities.shape != (kinds,) or not (self.elasticities > 0).all()
        ):
            faults.append("elasticities do not fit the sectors, or are not above 0")
        if faults:
            raise DataError("; ".join(faults), where=f"sectoral world of {self.year}")

    @property
    def value_added_share(self) -> FloatArray:
        """Value added with net taxes over output, ``[N, S]``; one where nothing is made."""
        return np.asarray(np.maximum(1.0 - self.input_share.sum(axis=1), 0.0))

    @property
    def output(self) -> FloatArray:
        """Gross output, ``[N, S]`` million USD."""
        return np.asarray(self.flows.sum(axis=1))

    @property
    def paid(self) -> FloatArray:
        """Flows with their tariffs, ``[N, N, S]`` million USD."""
        return self.flows if self.tariffs is None else self.flows * (1.0 + self.tariffs)

    @property
    def expenditure(self) -> FloatArray:
        """Purchases from all origins, inputs and final goods, ``[N, S]`` million USD."""
        return np.asarray(self.paid.sum(axis=0))

    @property
    def input_use(self) -> FloatArray:
        """Purchases of inputs, ``[N, S]`` million USD."""
        return np.asarray(np.einsum("nst,nt->ns", self.input_share, self.output))

    @property
    def final_demand(self) -> FloatArray:
        """Purchases that are not inputs, ``[N, S]`` million USD."""
        return self.expenditure - self.input_use

    @property
    def value_added(self) -> FloatArray:
        """Value added with net taxes, ``[N, S]`` million USD."""
        return self.value_added_share * self.output

    def index(self, iso3: str) -> int:
        """Find the position of an economy on the axes."""
        if iso3 not in self.iso3:
            raise DataError(f"{iso3} is not in the sectoral world of {self.year}")
        return self.iso3.index(iso3)

    def sector_index(self, code: str) -> int:
        """Find the position of a sector; the name counts in any case."""
        names = {name.lower(): position for position, name in enumerate(self.sectors.codes)}
        if code.lower() not in names:
            known = f"There are {', '.join(self.sectors.codes)}."
            raise UnknownNameError(
                f"there is no sector {code!r}.",
                mend=f"{suggest(code, self.sectors.codes)} {known}".strip(),
            )
        return names[code.lower()]

    def by_kind(self) -> FloatArray:
        """Add sectors up into goods and services, ``[2, N, N]`` million USD."""
        return np.stack(
            [self.flows[:, :, self.sectors.counted_as(kind)].sum(axis=2) for kind in KINDS]
        )

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


def keep_economies(world: SectoralWorld, iso3: tuple[str, ...]) -> SectoralWorld:
    """Keep some economies of a sectoral world, in a given order.

    Parameters
    ----------
    world
        The sectoral world.
    iso3
        Which, and in which order. The rest of the world among them, where the tables have none of
        their own, is all economies that are not named, added up.

    Raises
    ------
    DataError
        An economy is not there.
    """
    if iso3 == world.iso3:
        return world
    if REST in iso3 and REST not in world.iso3:
        world = with_rest(world, iso3)
    absent = [code for code in iso3 if code not in world.iso3]
    if absent:
        raise DataError(f"the world by sector lacks {', '.join(absent)}")
    at = np.array([world.iso3.index(code) for code in iso3])
    left = len(world.iso3) - len(iso3)
    note = f"{left} economies of the tables by sector are not in this world and are left out."
    return replace(
        world,
        iso3=iso3,
        flows=world.flows[np.ix_(at, at)],
        input_share=world.input_share[at],
        structure=tuple(world.structure[place] for place in at),
        tariffs=None if world.tariffs is None else world.tariffs[np.ix_(at, at)],
        notes=(*world.notes, note) if left else world.notes,
    )


def with_rest(world: SectoralWorld, named: tuple[str, ...]) -> SectoralWorld:
    """Add all economies that are not named up into one, the rest of the world.

    Flows are summed. The rest's inputs are those of its economies over their output together.

    Raises
    ------
    DataError
        The world has tariffs, which cannot be added up; or all of its economies are named.
    """
    kept = tuple(code for code in world.iso3 if code in named)
    inside = np.array([code in named for code in world.iso3])
    if world.tariffs is not None or inside.all():
        raise DataError(f"there is nothing to make {REST} of in this world by sector")
    member = np.zeros((len(world.iso3), len(kept) + 1))
    member[~inside, -1] = 1.0
    member[np.flatnonzero(inside), np.arange(len(kept))] = 1.0
    flows = np.einsum("ma,mns,nb->abs", member, world.flows, member, optimize=True)
    used = np.einsum("mst,mt->st", world.input_share[~inside], world.output[~inside])
    made = world.output[~inside].sum(axis=0)
    spent = np.divide(used, made, out=np.zeros_like(used), where=made > 0)
    kinds = [kind for kind, here in zip(world.structure, inside, strict=True) if not here]
    note = f"{REST} is {len(kinds)} economies that are not named, added up by sector."
    return replace(
        world,
        iso3=(*kept, REST),
        flows=flows,
        input_share=np.concatenate([world.input_share[inside], spent[None]]),
        structure=(
            *(kind for kind, here in zip(world.structure, inside, strict=True) if here),
            Structure.BORROWED if Structure.BORROWED in kinds else kinds[0],
        ),
        notes=(*world.notes, note),
    )


def align_to(world: SectoralWorld, totals: World, *, least_final: float = 0.0) -> SectoralWorld:
    """Scale the flows so that goods and services between two economies are those of another world.

    Sectors keep their shares in each flow; where the sectoral world has no flow, the exporter's
    basket is taken. Inputs keep their shares until an economy could not buy them (see `feasible`).

    Parameters
    ----------
    world
        The sectoral world.
    totals
        Flows of goods and of services on the same economies.
    least_final
        Least final demand of an economy for a sector over its purchases.

    Raises
    ------
    DataError
        The economies are not the same, or not in the same order.
    """
    if world.iso3 != totals.iso3:
        raise DataError("the two worlds do not hold the same economies in the same order")
    flows = np.zeros_like(world.flows)
    for kind, wanted in zip(KINDS, (totals.goods, totals.services), strict=True):
        rows = world.sectors.counted_as(kind)
        part = world.flows[:, :, rows]
        basket = shares(part.sum(axis=1), axis=1)
        none = part.sum(axis=2) <= 0
        split = shares(np.where(none[:, :, None], basket[:, None, :], part), axis=2)
        flows[:, :, rows] = split * wanted[:, :, None]
    aligned = replace(
        world,
        year=totals.year,
        flows=flows,
        notes=(*world.notes, f"Flows were brought to the goods and services of {totals.year}."),
    )
    return feasible(aligned, least_final=least_final)


def feasible(world: SectoralWorld, *, least_final: float = 0.0, rounds: int = 500) -> SectoralWorld:
    """Cut inputs that an economy could not buy, so that no final demand is negative.

    Use of an input is held to ``1 - least_final`` of the purchases of its sector; what a user
    loses there it takes in other inputs (biproportional), so its total inputs stay. Where all
    inputs of an economy are more than `MOST_INPUTS` of what it could buy, they are cut to that and
    value added is greater by as much.
    """
    output = world.output
    most = (1.0 - least_final) * world.expenditure
    over = world.input_use > most * (1.0 + 1e-9)
    rows = np.flatnonzero(over.any(axis=1))
    if not len(rows):
        return world
    use = world.input_share[rows] * output[rows][:, None, :]
    wanted, cap = use.sum(axis=1), most[rows]
    before = use.copy()
    room = MOST_INPUTS * cap.sum(axis=1) / wanted.sum(axis=1)
    short = room < 1.0
    use *= np.minimum(room, 1.0)[:, None, None]
    wanted = use.sum(axis=1)
    for _ in range(rounds):
        sums = use.sum(axis=2)
        use *= np.minimum(1.0, np.divide(cap, sums, out=np.ones_like(cap), where=sums > 0))[
            :, :, None
        ]
        made = use.sum(axis=1)
        use *= np.divide(wanted, made, out=np.zeros_like(made), where=made > 0)[:, None, :]
        if (use.sum(axis=2) <= cap * (1.0 + 1e-12) + 1e-12).all():
            break
    moved = float(np.abs(use - before).sum() / 2 / before.sum())
    input_share = world.input_share.copy()
    input_share[rows] = np.divide(
        use,
        output[rows][:, None, :],
        out=input_share[rows].copy(),
        where=output[rows][:, None, :] > 0,
    )
    cells = int(over.sum())
    cut = ", ".join(world.iso3[row] for row in rows[short])
    notes = (f"All inputs were cut in {cut}.",) if cut else ()
    note = (
        f"Use of an input was above purchases in {cells} cells of {len(rows)} economies; "
        f"{100 * moved:.1f} percent of their inputs moved to other sectors."
    )
    return replace(world, input_share=input_share, notes=(*world.notes, note, *notes))
