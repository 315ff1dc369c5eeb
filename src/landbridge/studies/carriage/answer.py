"""Put a world's goods on the network by class of cargo, and on another network beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge.basis import Basis
from landbridge.freight.carriage.carry import Carried, carry, split_modes
from landbridge.freight.carriage.classes import CargoClass, Goods, cargo_classes, goods_by_cargo
from landbridge.freight.carriage.constants import Attractions, fitted_attractions
from landbridge.freight.carriage.costs import mode_costs
from landbridge.freight.carriage.footprint import Footprint, footprint, over_links
from landbridge.freight.carriage.limited import EXCESS, Limited, Shippers, carry_within
from landbridge.freight.carriage.limits import handling_group, limits_of
from landbridge.freight.carriage.loading import loading_of
from landbridge.freight.carriage.passing import TONNES, USD, passing
from landbridge.freight.carriage.ways import cargo_ways
from landbridge.freight.costs.emissions import CARRIERS
from landbridge.freight.costs.pricing import FreightParameters
from landbridge.freight.flows.elements import ElementKind, describe
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.studies.carriage.emissions import (
    ALL,
    EMITTED,
    emission_sentences,
    emissions_of_pairs,
    emissions_table,
)
from landbridge.studies.chain.assumptions import central_freight
from landbridge.tasks import Progress, no_progress
from landbridge.units import PERCENT, FloatArray
from landbridge.world.sectors.facts import GOODS

Constants: TypeAlias = Literal["fitted", "none"]
Within: TypeAlias = Literal["no limits", "capacity"]
MODES: Final = ("sea", "rail", "road", "pipeline", "air")
QUANTITIES: Final = ("tonnes_million", "usd_million", "teu_million")
KEYS: Final = ["kind", "element", "direction", "mode", "cargo"]
TOLD: Final = 4
CONSERVED: Final = 1e-9
LEAST_TOLD: Final = 0.01
"""Million tonnes a year under which a change is not told."""
AT_TODAYS_TRADE: Final = (
    "Goods go at today's trade: what a change of costs does to trade is not in these flows."
)
NO_LIMITS: Final = "No link, crossing or port has a limit of capacity here."
SECTORS_IMPUTED: Final = (
    "Which goods a pair trades is imputed from tables by sector, most values of a tonne are "
    "recalled. Flows of one pair or one small crossing are rough."
)


@dataclass(frozen=True, eq=False)
class Flows:
    """What passes on one network.

    Attributes
    ----------
    network
        The network.
    carried
        One entry a class of cargo.
    elements
        From `freight.carriage.passing`.
    footprints
        What carrying takes, one entry a class of cargo; none where ports and crossings were full.
    linked_tonne_km
        Thousand million tonne-km over links and sea legs, one entry a class of cargo.
    limited
        How ports and crossings were filled, where they have limits.
    """

    network: FreightNetwork
    carried: tuple[Carried, ...]
    elements: pd.DataFrame
    footprints: tuple[Footprint, ...]
    linked_tonne_km: tuple[float, ...]
    limited: Limited | None = None

    def arcs(self) -> FloatArray:
        """Sum million tonnes over classes, ``[arcs]``."""
        return np.asarray(sum(one.arcs[TONNES] for one in self.carried))

    def legs(self) -> FloatArray:
        """Sum million tonnes between ports over classes, ``[P, P]``."""
        return np.asarray(sum(one.legs[TONNES] for one in self.carried))


@dataclass(frozen=True, eq=False)
class CarriageAnswer:
    """Goods on the network.

    Attributes
    ----------
    goods
        By class of cargo.
    classes
        The classes.
    before
        On today's network.
    after
        On the changed one; None where nothing is changed.
    """

    goods: Goods
    classes: tuple[CargoClass, ...]
    before: Flows
    after: Flows | None

    def mode_split(self) -> pd.DataFrame:
        """List tonnes, USD and TEU by class and mode, and the share of the class's tonnes."""
        found = _split_table(self, self.before)
        if self.after is None:
            return found
        other = _split_table(self, self.after).drop(columns="share_percent")
        joined = found.merge(other, on=["cargo", "mode"], suffixes=("", "_after"))
        return joined.reset_index(drop=True)

    def pairs(self, economies: Sequence[str]) -> pd.DataFrame:
        """List tonnes and USD by mode between economies on today's network.

        Parameters
        ----------
        economies
            Codes: pairs of two of them; of one, its pairs with all.
        """
        known = self.goods.iso3
        rows: list[tuple[str | float, ...]] = []
        for one, other in self._asked(list(economies)):
            rows += self._pair(known.index(one), known.index(other))
        columns = ["exporter", "importer", "mode", "tonnes_million", "usd_million", "share_percent"]
        return pd.DataFrame(rows, columns=columns)

    def _pair(self, exporter: int, importer: int) -> list[tuple[str | float, ...]]:
        totals = {
            mode: sum(
                (
                    one.by_mode[mode][:, exporter, importer]
                    for one in self.before.carried
                    if mode in one.by_mode
                ),
                np.zeros(2),
            )
            for mode in MODES
        }
        tonnes = sum(float(values[TONNES]) for values in totals.values())
        if tonnes <= 0:
            return []
        names = self.goods.iso3[exporter], self.goods.iso3[importer]
        return [
            (*names, mode, float(one[TONNES]), float(one[USD]), PERCENT * one[TONNES] / tonnes)
            for mode, one in totals.items()
            if one[TONNES] > 0
        ]

    def elements(self) -> pd.DataFrame:
        """List what passes every element by class and direction, before and after."""
        found = self.before.elements
        if self.after is None:
            return _named(self.before.network, found)
        other = self.after.elements
        joined = found.merge(other, on=KEYS, how="outer", suffixes=("", "_after"))
        numbers = [f"{name}{end}" for name in QUANTITIES for end in ("", "_after")]
        joined[numbers] = joined[numbers].fillna(0.0)
        return _named(self.after.network, joined)

    def totals(self) -> pd.DataFrame:
        """Sum what passes an element over classes and directions, largest first."""
        table = self.elements()
        numbers = [name for name in table.columns if str(name).startswith(QUANTITIES)]
        keys = ["kind", "element", "name", "mode", "iso3", "iso3_other"]
        summed = table.groupby(keys, as_index=False, sort=False)[numbers].sum()
        if self.after is not None:
            change = summed["tonnes_million_after"] - summed["tonnes_million"]
            summed = summed.assign(change_tonnes_million=change)
        order = "change_tonnes_million" if self.after is not None else "tonnes_million"
        rank = summed[order].abs().sort_values(ascending=False, kind="stable").index
        return summed.loc[rank].reset_index(drop=True)

    def checks(self) -> list[tuple[str, float, float, str]]:
        """Check that what is handed in is carried or counted as left, and passes a quay by sea."""
        whole = self.goods.tonnes_million.sum()
        flows = [self.before, *([] if self.after is None else [self.after])]
        lost, quay = 0.0, 0.0
        for one in flows:
            for number, done in enumerate(one.carried):
                moved = sum(values[TONNES].sum() for values in done.by_mode.values())
                given = self.goods.tonnes_million[number].sum()
                lost = max(lost, abs(moved + done.unmoved[TONNES].sum() - given) / whole)
                sea = done.by_mode["sea"][TONNES].sum() if "sea" in done.by_mode else 0.0
                ends = (done.loaded[TONNES].sum(), done.unloaded[TONNES].sum())
                quay = max(quay, *(abs(end - sea) / whole for end in ends))
        full = [one.limited.excess for one in flows if one.limited is not None]
        return [
            ("tonnes neither carried nor counted", float(lost), CONSERVED, "of all tonnes"),
            ("tonnes by sea that pass no quay", float(quay), CONSERVED, "of all tonnes"),
            (
                "tonne-km of pairs that are not those of links",
                max(_tonne_km_apart(one) for one in flows if one.footprints),
                CONSERVED,
                "of all tonne-km",
            ),
            *(
                ("tonnes above the limits of full places", one, EXCESS, "of what passes them")
                for one in full
            ),
        ]

    def emissions(self) -> pd.DataFrame:
        """List tonne-km and CO2e by class of cargo and what moves it, before and after."""
        return self._both(lambda flows: emissions_table(self.goods.cargo, flows.footprints))

    def emissions_of_pairs(self, economies: Sequence[str]) -> pd.DataFrame:
        """List tonne-km and CO2e of trade between economies, before and after.

        Parameters
        ----------
        economies
            Codes: pairs of two of them; of one, its pairs with all.
        """
        known = self.goods.iso3
        pairs = [
            (known.index(one), known.index(other)) for one, other in self._asked(list(economies))
        ]
        return self._both(
            lambda flows: emissions_of_pairs(known, self.goods.cargo, flows.footprints, pairs)
        )

    def _asked(self, economies: list[str]) -> list[tuple[str, str]]:
        """List the pairs that are asked for, exporter first."""
        others = economies if len(economies) > 1 else list(self.goods.iso3)
        found = []
        for one in economies:
            for other in others:
                ways = [(one, other)] if len(economies) > 1 else [(one, other), (other, one)]
                found += [way for way in ways if one != other]
        return found

    def _both(self, table: Callable[[Flows], pd.DataFrame]) -> pd.DataFrame:
        """Put what was beside what is after, where something is changed."""
        found = table(self.before)
        if self.after is None or not self.after.footprints:
            return found
        keys = [name for name in found.columns if name not in EMITTED]
        joined = found.merge(table(self.after), on=keys, how="outer", suffixes=("", "_after"))
        numbers = [f"{name}{end}" for name in EMITTED for end in ("", "_after")]
        joined[numbers] = joined[numbers].fillna(0.0)
        return joined

    def unmoved_million_usd(self) -> float:
        """Sum the goods that no mode takes, million USD a year."""
        return float(sum(one.unmoved[USD].sum() for one in self.before.carried))


def find_carriage(
    basis: Basis,
    before: FreightNetwork,
    after: FreightNetwork | None = None,
    *,
    constants: Constants = "fitted",
    within: Within = "no limits",
    progress: Progress = no_progress,
) -> CarriageAnswer:
    """Carry the goods of a world over one network, or over two.

    Parameters
    ----------
    basis
        World, tables by sector and parameters.
    before, after
        The networks.
    constants
        ``fitted`` to observed figures, or ``none``: cost and felt time alone.
    within
        ``capacity``: on the second network ports and crossings take what `freight.carriage.limits`
        says, and what cannot go is stranded.
    progress
        Told of every class carried.

    Raises
    ------
    InputError
        The world has economies that the tables by sector lack.
    UnknownNameError
        An economy has no centre in the network.
    """
    goods = cargo_goods(basis)
    classes = cargo_classes()
    attractions = fitted_attractions() if constants == "fitted" else Attractions()
    parameters = central_freight(basis.parameters)
    networks = [before] if after is None or after is before else [before, after]
    flows = []
    for turn, network in enumerate(networks):
        found = []
        for number in range(len(classes)):
            found.append(_carried(network, parameters, goods, number, attractions))
            steps = turn * len(classes) + number + 1
            progress("carrying goods", steps, len(networks) * len(classes))
        done, taken, linked = zip(*found, strict=True)
        flows.append(Flows(network, done, passing(network, classes, done), taken, linked))
    if within == "capacity" and len(flows) > 1:
        flows[1] = _within_limits(
            flows[0], flows[1], goods, Shipping(parameters, attractions), progress
        )
    return CarriageAnswer(goods, classes, flows[0], flows[1] if len(flows) > 1 else None)


@dataclass(frozen=True, eq=False)
class Shipping:
    """What shippers pay and feel: freight parameters, and constants of modes and ports."""

    parameters: FreightParameters
    attractions: Attractions


def _within_limits(
    before: Flows, after: Flows, goods: Goods, shipping: Shipping, progress: Progress
) -> Flows:
    """Carry the goods again where ports and crossings have limits; the same where none is full."""
    classes, parameters, attractions = cargo_classes(), shipping.parameters, shipping.attractions
    felt = [attractions.constants(cargo, before.network.sea.ports) for cargo in classes]
    today = mode_costs(before.network, parameters, classes, iso3=goods.iso3)
    shippers = Shippers(
        classes=classes,
        constants=tuple(attractions.constants(cargo, after.network.sea.ports) for cargo in classes),
        amounts=np.stack([goods.tonnes_million, goods.usd_million], axis=1),
        iso3=goods.iso3,
        felt_today=tuple(
            split_modes(*one).felt_usd_per_tonne for one in zip(today, classes, felt, strict=True)
        ),
    )
    groups = [handling_group(cargo) for cargo in classes]
    arcs = [one.arcs[TONNES] for one in before.carried]
    limits = limits_of(after.network, groups, before.network, arcs)
    found = carry_within(after.network, parameters, shippers, limits, progress=progress)
    if not found.rounds:
        return replace(after, limited=found)
    elements = passing(after.network, classes, found.carried)
    return Flows(after.network, found.carried, elements, (), (), found)


def cargo_goods(basis: Basis) -> Goods:
    """Split a world's goods by class of cargo, by the embedded tables by sector at its totals.

    Raises
    ------
    InputError
        The world has economies that the tables by sector lack.
    """
    world = basis.sectoral_world()
    places = [place for place, kind in enumerate(world.sectors.kinds) if kind == GOODS]
    codes = [world.sectors.codes[place] for place in places]
    return goods_by_cargo(world.flows[:, :, places], codes, world.iso3)


def _carried(
    network: FreightNetwork,
    parameters: FreightParameters,
    goods: Goods,
    number: int,
    attractions: Attractions,
) -> tuple[Carried, Footprint, float]:
    """Carry one class over one network, tonnes and USD, and measure what that takes."""
    cargo = cargo_classes()[number]
    ways = cargo_ways(network, parameters, cargo, iso3=goods.iso3)
    split = split_modes(ways, cargo, attractions.constants(cargo, ways.ports))
    flow = np.stack([goods.tonnes_million[number], goods.usd_million[number]])
    loading = loading_of(ways, cargo)
    done = carry(ways, split, flow, loading)
    taken = footprint(ways, split, cargo, goods.tonnes_million[number], loading)
    return done, taken, over_links(ways, done, TONNES)


def _tonne_km_apart(flows: Flows) -> float:
    """Compare tonne-km summed over pairs with those over links, as a share of all."""
    apart = 0.0
    whole = sum(float(one.tonne_km.sum()) for one in flows.footprints)
    flown = [CARRIERS.index("pipeline")]
    if not any(layer.mode == "air" for layer in flows.network.layers):
        # Between centres the air is a great circle, not a link.
        flown.append(CARRIERS.index("air"))
    for one, linked in zip(flows.footprints, flows.linked_tonne_km, strict=True):
        mine = np.delete(one.tonne_km, flown, axis=0).sum() - one.tied_tonne_km
        apart = max(apart, abs(float(mine) - linked) / whole)
    return apart


def _split_table(answer: CarriageAnswer, flows: Flows) -> pd.DataFrame:
    """List what each mode takes of each class, and of all."""
    rows = []
    for cargo, one in zip(answer.classes, flows.carried, strict=True):
        load = cargo.tonnes_per_teu
        for mode in MODES:
            if mode in one.by_mode:
                tonnes, usd = one.by_mode[mode].sum(axis=(1, 2))
                rows.append((cargo.name, mode, tonnes, usd, tonnes / load if load else 0.0))
    table = pd.DataFrame(rows, columns=["cargo", "mode", *QUANTITIES])
    whole = table.groupby("mode", as_index=False)[list(QUANTITIES)].sum().assign(cargo=ALL)
    table = pd.concat([table, whole], ignore_index=True)
    total = table.groupby("cargo")["tonnes_million"].transform("sum")
    return table.assign(share_percent=PERCENT * table["tonnes_million"] / total)


def _named(network: FreightNetwork, table: pd.DataFrame) -> pd.DataFrame:
    """Add name, iso3 and iso3_other of every element."""
    pairs = table[["kind", "element"]].drop_duplicates()
    keys: list[tuple[ElementKind, str]] = [
        (kind, own) for kind, own in zip(*pairs.to_numpy().T, strict=True) if kind != "passage"
    ]
    passages = tuple(pairs.loc[pairs["kind"] == "passage", "element"])
    names = describe(network, keys, passages)[0].drop(columns="mode")
    return table.merge(names, on=["kind", "element"], how="left")


def carriage_sentences(answer: CarriageAnswer, *, of: str = "") -> tuple[str, ...]:
    """Say what carries the world's goods, and what a change moves.

    Parameters
    ----------
    answer
        What was found.
    of
        What is changed, in words.
    """
    split = answer.mode_split()
    whole = split[split["cargo"] == ALL].sort_values("tonnes_million", ascending=False)
    tonnes = float(whole["tonnes_million"].sum())
    shares = ", ".join(
        f"{row.mode} {row.share_percent:.2g} percent" for row in whole.itertuples(index=False)
    )
    return (
        f"{tonnes / 1000:,.1f} billion tonnes of goods cross borders a year: {shares}.",
        *emission_sentences(answer.emissions()),
        *moved_sentences(answer, of=of),
    )


def moved_sentences(answer: CarriageAnswer, *, of: str = "") -> tuple[str, ...]:
    """Say where most more and most less passes; nothing where nothing is changed.

    Parameters
    ----------
    answer, of
        As in `carriage_sentences`.
    """
    if answer.after is None:
        return ()
    moved = answer.totals()
    moved = moved[moved["change_tonnes_million"].abs() >= LEAST_TOLD]
    if moved.empty:
        return (f"{of or 'The change'} moves less than {LEAST_TOLD:g} million tonnes anywhere.",)
    said = []
    for word, rows in (
        ("More", moved[moved["change_tonnes_million"] > 0]),
        ("Less", moved[moved["change_tonnes_million"] < 0]),
    ):
        told = "; ".join(
            f"{row.name_} {row.tonnes_million:,.3g} to {row.tonnes_million_after:,.3g}"
            for row in rows.rename(columns={"name": "name_"}).head(TOLD).itertuples(index=False)
        )
        if told:
            said.append(f"{word} passes, million tonnes a year: {told}.")
    return tuple(said)
