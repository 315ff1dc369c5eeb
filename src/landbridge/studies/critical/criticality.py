"""What one percent of cost, or one hour, is worth at every crossing, link, port and passage.

First order. By the envelope theorem, a cost c_e that an element adds to the ways over it changes
the least cost of a pair of economies by the share of its centres' ways that take the element. With
v the value of a tonne and k_in the cost between economies, the log freeness of goods falls by
theta dk_in / (v + k_in), that of all trade by the goods part g_in of that. Welfare answers through
two sums alone (`equilibrium.response`), one by exporter and one by importer, and each is a flow
over the element: that of the trade matrix X_in g_in / (v + k_in), put on the network once. So all
elements and all economies take two sweeps over the trees and one linear solve, general equilibrium
included.

Exact. The element's cost is changed, the least costs are searched anew and the equilibrium is
solved anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias, get_args

import numpy as np
from scipy.sparse import csr_array

from landbridge.equilibrium import Equilibrium
from landbridge.equilibrium.response import Response, linear_response
from landbridge.freight.costs.pricing import sea_rates, uncharged_costs
from landbridge.freight.flows.assignment import Assignment, assign
from landbridge.freight.flows.elements import (
    KINDS,
    ElementKind,
    Elements,
    elements_of,
    flow_table,
    passage_km,
)
from landbridge.freight.network.compiled import FreightNetwork, compile_network
from landbridge.freight.network.sea import build_sea
from landbridge.freight.search.trees import least_ways
from landbridge.studies.chain.setting import Setting, resolve
from landbridge.units import PERCENT, USD_PER_MILLION, FloatArray

Change: TypeAlias = Literal["percent", "hour", "closed"]
CHANGES: Final[tuple[Change, ...]] = get_args(Change)
"""One percent cheaper; one hour longer; shut."""
FIXED: Final = -1


@dataclass(frozen=True, eq=False)
class FirstOrder:
    """What small changes of each of X elements are worth to each of N economies.

    Attributes
    ----------
    elements
        The elements.
    tonnes
        The goods trade of a year on the network, tonnes.
    million_tonnes, million_usd
        ``[X]`` goods that pass in a year.
    percent, hour
        ``[X, N]`` million USD a year that an economy gains when the element's generalised cost
        falls by one percent, and when passing it takes an hour less.
    percent_saving
        ``[X, N]`` the part of `percent` that importers save at given prices; the rest is terms of
        trade.
    unassigned_million_usd
        Goods trade that the network does not carry: pairs that are not covered, or have no way.
    assigned_million_usd
        Goods trade that it carries.
    """

    elements: Elements
    tonnes: Assignment
    million_tonnes: FloatArray
    million_usd: FloatArray
    percent: FloatArray
    hour: FloatArray
    percent_saving: FloatArray
    assigned_million_usd: float
    unassigned_million_usd: float


def first_order(setting: Setting, kinds: tuple[ElementKind, ...] = KINDS) -> FirstOrder:
    """Value one percent of cost and one hour at every element, for every economy.

    Parameters
    ----------
    setting
        World, network and equilibrium before any change.
    kinds
        Which kinds of element.

    Raises
    ------
    InputError
        There is no such kind.
    ConvergenceError
        The flow over the network is not conserved.
    """
    world, freight = setting.world, setting.freight
    ways = least_ways(
        setting.network, freight, iso3=world.iso3, draw=setting.draw, absent="uncovered"
    )
    elements = elements_of(ways, kinds)
    goods = np.where(setting.served, world.goods, 0.0)
    tonnes = assign(ways, goods * (USD_PER_MILLION / freight.value_usd_per_tonne))
    felt = assign(ways, sensitivity(setting))
    answer = linear_response(setting.prepared)
    percent, saving = _values(setting, answer, felt, csr_array(elements.general / PERCENT))
    an_hour = csr_array(elements.times * ways.usd_per_tonne_hour)
    hour, _ = _values(setting, answer, felt, an_hour)
    flow = flow_table(elements, tonnes)
    foreign = float(world.goods.sum() - np.trace(world.goods))
    carried = float(tonnes.assigned.sum()) * freight.value_usd_per_tonne / USD_PER_MILLION
    return FirstOrder(
        elements=elements,
        tonnes=tonnes,
        million_tonnes=flow / USD_PER_MILLION,
        million_usd=flow * freight.value_usd_per_tonne / USD_PER_MILLION,
        percent=percent,
        hour=hour,
        percent_saving=saving,
        assigned_million_usd=carried,
        unassigned_million_usd=foreign - carried,
    )


def sensitivity(setting: Setting) -> FloatArray:
    """Compute ``X_in g_in / (v + k_in)``, ``[N, N]``: flow lost a theta and a USD per tonne."""
    cost = np.where(setting.served, setting.costs.usd_per_tonne, 0.0)
    felt = setting.prepared.flows * setting.goods_share
    return np.asarray(
        np.where(setting.served, felt / (setting.freight.value_usd_per_tonne + cost), 0.0)
    )


def _values(
    setting: Setting,
    answer: Response,
    felt: Assignment,
    cheaper: csr_array,
) -> tuple[FloatArray, FloatArray]:
    """Turn a saving on every edge into million USD for every economy, ``[X, N]`` each."""
    prepared, theta = setting.prepared, setting.theta
    sold, bought = (
        csr_array(cheaper @ side).toarray() for side in (felt.by_exporter, felt.by_importer)
    )
    by_exporter = theta * (sold / prepared.output).T
    by_importer = theta * (bought / prepared.expenditure).T
    welfare = answer.welfare(by_exporter, by_importer).T
    money = setting.world.expenditure
    return np.asarray(welfare * money), np.asarray(by_importer.T / theta * money)


def exact(
    setting: Setting, elements: Elements, row: int, change: Change, *, size: float = 1.0
) -> FloatArray:
    """Solve anew what a change of one element is worth to every economy.

    Parameters
    ----------
    setting
        World, network and equilibrium before.
    elements
        Of the same network.
    row
        Which element.
    change
        ``percent``: its generalised cost falls by one percent; ``hour``: passing it takes an
        hour longer; ``closed``: it is shut.
    size
        How many percent or hours; negative ones turn the change round.

    Returns
    -------
    FloatArray
        ``[N]`` million USD a year, negative for a loss.

    Raises
    ------
    ConvergenceError
        No equilibrium was found.
    """
    return gains(setting, solve_changed(setting, elements, row, change, size=size))


def solve_changed(
    setting: Setting, elements: Elements, row: int, change: Change, *, size: float = 1.0
) -> Equilibrium:
    """Solve the equilibrium with one element changed; arguments and errors as in `exact`."""
    return resolve(setting, changed_network(setting, elements, row, change, size=size))


def gains(setting: Setting, found: Equilibrium) -> FloatArray:
    """Compute what an equilibrium is worth to every economy, ``[N]`` million USD a year."""
    return np.asarray((found.welfare_hat - 1.0) * setting.world.expenditure)


def changed_network(
    setting: Setting, elements: Elements, row: int, change: Change, *, size: float = 1.0
) -> FreightNetwork:
    """Change one element of the network; arguments as in `exact`."""
    kind = str(elements.table["kind"].iloc[row])
    name = str(elements.table["element"].iloc[row])
    if change == "closed":
        return _shut(setting.network, kind, name)
    if kind == "passage":
        return _passage(setting, name, change, size)
    return _arcs(setting, elements.arcs[row], change, size)


def _shut(network: FreightNetwork, kind: str, name: str) -> FreightNetwork:
    tables = network.tables
    if kind == "crossing":
        crossings = tables.crossings.copy()
        crossings.loc[crossings["crossing"] == name, "is_open"] = False
        return compile_network(replace(tables, crossings=crossings), sea=network.sea)
    if kind == "link":
        links = tables.links.copy()
        links.loc[links["link"] == name, "is_open"] = False
        return compile_network(replace(tables, links=links), sea=network.sea)
    mark = tables.port_mark(name) if kind == "port" else name
    return compile_network(replace(tables, closed=tables.closed | {mark}))


def _arcs(setting: Setting, mine: np.ndarray, change: Change, size: float) -> FreightNetwork:
    """Change the costs of arcs from what they are in this setting, whatever drew them."""
    network = setting.network
    # A price of carbon is added to what arcs cost whenever they are priced, so it stays out here.
    hours, usd = (x[mine] for x in uncharged_costs(network, setting.freight, setting.draw))
    if change == "percent":
        hours, usd = hours * (1.0 - size / PERCENT), usd * (1.0 - size / PERCENT)
    else:
        hours = hours + size
    arcs = network.arcs
    new_hours, new_usd, shut = arcs.hours.copy(), arcs.usd_per_tonne.copy(), arcs.shut_share.copy()
    hours_group, usd_group = arcs.hours_group.copy(), arcs.usd_group.copy()
    new_hours[mine], new_usd[mine], shut[mine] = hours, usd, 0.0
    hours_group[mine] = usd_group[mine] = FIXED
    changed = replace(
        arcs,
        hours=new_hours,
        usd_per_tonne=new_usd,
        shut_share=shut,
        hours_group=hours_group,
        usd_group=usd_group,
    )
    return replace(network, arcs=changed)


def _passage(setting: Setting, name: str, change: Change, size: float) -> FreightNetwork:
    network = setting.network
    tables = network.tables
    if change == "percent":
        links = tables.sea_links.copy()
        links.loc[links["passage"] == name, "km"] *= 1.0 - size / PERCENT
        return compile_network(replace(tables, sea_links=links))
    # An hour more at the passage, or the way around it, whichever is less.
    hours, usd = sea_rates(network, setting.freight, setting.draw)
    rate = setting.freight.usd_per_tonne_hour
    delay_km = size * rate / (usd + rate * hours)
    through = network.sea.km + delay_km * (passage_km(network, (name,))[0] > 0)
    around = build_sea(tables.nodes, tables.sea_nodes, tables.sea_links, tables.closed | {name})
    longer = replace(network.sea, km=np.minimum(through, around.km))
    return compile_network(tables, sea=longer)
