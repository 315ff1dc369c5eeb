"""Gather the lines of benefit of a run: at the centre, in every draw, and at the ends of terms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.draws.engine import Draw
from landbridge.freight.costs.pricing import FreightDraw, FreightParameters
from landbridge.freight.network.tables import rows
from landbridge.scenarios.parameters import Parameter
from landbridge.studies.cba.benefits import (
    AT_RAILS,
    EXPLAINED,
    TITLES,
    WHAT_IF,
    Benefits,
    End,
    Line,
    Served,
    passengers_of,
    values_of_lines,
    with_stated_fee,
)
from landbridge.studies.cba.costing import Costed, benefit_terms
from landbridge.studies.cba.domestic import (
    DomesticSaving,
    changed_economies,
    domestic_savings,
    domestic_totals,
    known_economies,
    saving_at_share,
)
from landbridge.studies.cba.foreign import ForeignChange, foreign_change
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.one_pass import trade_ratio
from landbridge.studies.run.running import DrawnRun
from landbridge.tables import embedded_table
from landbridge.tasks import single_threaded
from landbridge.units import PERCENT, FloatArray
from landbridge.world.base import World

THOUSAND: Final = 1000.0
PAYERS_SHOWN: Final = 5
FOREIGN_LINES: Final = frozenset({"transit_fees", "road_wear", "accidents", "co2"})
"""Lines for which goods that cross borders are carried before and after."""


@dataclass(frozen=True, eq=False)
class Gathered:
    """Benefits, and what they were made from.

    Attributes
    ----------
    benefits
        The lines.
    terms
        Terms of benefits by name.
    domestic
        By economy: what domestic freight saves, at the centre.
    foreign
        What changes for goods that cross borders; None where it is not known or not asked for.
    served
        Passengers.
    checks
        One row an economy with domestic freight that changes, or whose payers build: tonne-km by
        rail that the model gives foreign goods, beside what is published of all goods.
    fees
        One row an economy that takes a fee for through traffic and one that pays it: receiver,
        payer (names), million_usd a year. Negative where through traffic leaves the receiver.
    notes
        What a reader must know.
    """

    benefits: Benefits
    terms: Mapping[str, Parameter]
    domestic: Mapping[str, DomesticSaving]
    foreign: ForeignChange | None
    served: tuple[Served, ...]
    checks: pd.DataFrame
    fees: pd.DataFrame
    notes: tuple[str, ...]


def gather_benefits(run: DrawnRun, costed: Sequence[Costed]) -> Gathered:
    """Gather the lines of benefit of a run.

    Parameters
    ----------
    run
        Centre and draws.
    costed
        Measures with a cost: who pays, and what is built.
    """
    inputs = run.inputs
    world, left = inputs.world, inputs.left
    off = frozenset(left.benefits.leave_out)
    values = central_values(inputs.parameters)
    assumptions = assumptions_of(values, inputs.cargo)
    payers = sorted({code for item in costed for code in item.payers})
    foreign = None
    if not off >= FOREIGN_LINES:
        foreign = single_threaded(
            partial(foreign_change, inputs, assumptions, run.central.found), payers
        )
    terms = with_stated_fee(benefit_terms(), left)
    served = passengers_of(left, costed, where=inputs.where)
    economies = changed_economies(inputs.before, inputs.after, assumptions.freight)
    central = {name: term.central for name, term in terms.items()}
    domestic = _domestic(inputs, assumptions.freight, central, economies)
    gdp = world.gdp_million_usd
    trade = run.central.outcome.real_income_percent * gdp / PERCENT
    lines = values_of_lines(world, trade, domestic, foreign, served, central)
    drawn = [
        _drawn_lines(inputs, foreign, served, economies, terms, Draw(run.seed, number), row)
        for number, row in enumerate(run.drawn.real_income_percent * gdp / PERCENT)
    ]
    told = tuple(
        Line(
            name=name,
            title=TITLES[name],
            explanation=EXPLAINED[name],
            counted=name not in off,
            central=values_now,
            drawn=np.array([one[name] for one in drawn]).reshape(len(drawn), len(trade)),
        )
        for name, values_now in lines.items()
    )
    ends = _ends(inputs, foreign, served, economies, terms, assumptions.freight, trade)
    checks = _checks(inputs, foreign, sorted({*payers, *economies}))
    return Gathered(
        benefits=Benefits.of_lines(
            world.iso3,
            world.year,
            (
                *told,
                *_of_which(foreign, trade, len(drawn)),
                *_what_if(inputs, costed, central, assumptions.freight, len(drawn)),
                *_at_published_rails(foreign, costed, world, trade, len(drawn)),
            ),
            savings=_savings(run),
            ends=ends,
        ),
        terms=terms,
        domestic=domestic,
        foreign=foreign,
        served=served,
        checks=checks,
        fees=_fees_table(inputs, foreign, central["transit_fee_usd_per_tonne_km"]),
        notes=(*_notes(domestic, served), *_warnings(checks)),
    )


def _domestic(
    inputs: Inputs,
    freight: FreightParameters,
    terms: Mapping[str, float],
    economies: Sequence[str],
) -> dict[str, DomesticSaving]:
    return domestic_savings(inputs.before, inputs.after, freight, terms, economies)


def _drawn_lines(
    inputs: Inputs,
    foreign: ForeignChange | None,
    served: tuple[Served, ...],
    economies: Sequence[str],
    terms: Mapping[str, Parameter],
    draw: Draw,
    trade: FloatArray,
) -> dict[str, FloatArray]:
    """Compute the lines of one draw; quantities of foreign goods stay at their centre."""
    drawn = draw.parameters(terms)
    own: FreightDraw = draw.freight()
    freight = assumptions_of(draw.parameters(inputs.parameters, inputs.basis.estimates)).freight
    domestic = domestic_savings(
        inputs.before, inputs.after, freight, drawn, economies, freight=own, draw=draw
    )
    return values_of_lines(inputs.world, trade, domestic, foreign, served, drawn, draw)


def _ends(
    inputs: Inputs,
    foreign: ForeignChange | None,
    served: tuple[Served, ...],
    economies: Sequence[str],
    terms: Mapping[str, Parameter],
    freight: FreightParameters,
    trade: FloatArray,
) -> tuple[End, ...]:
    """Compute what a full year brings with one term at a time at its ends."""
    off = frozenset(inputs.left.benefits.leave_out)
    central = {name: term.central for name, term in terms.items()}

    def annual(values: Mapping[str, float]) -> float:
        domestic = _domestic(inputs, freight, values, economies)
        lines = values_of_lines(inputs.world, trade, domestic, foreign, served, values)
        return float(sum(one.sum() for name, one in lines.items() if name not in off))

    found = []
    for name, term in terms.items():
        if term.low == term.high:
            continue
        low, high = (annual({**central, name: end}) for end in (term.low, term.high))
        if low != high:
            found.append(End(term.title, term.unit, term.low, term.high, low, high))
    return tuple(found)


def _of_which(foreign: ForeignChange | None, trade: FloatArray, draws: int) -> tuple[Line, ...]:
    """Tell the time in the first line; it is in it already and counts no second time."""
    if foreign is None:
        return ()
    told_times = (
        ("time", "Time of goods across borders", foreign.time_million_usd),
        (
            "through_time",
            "Time of through traffic, between economies that do not pay",
            foreign.through_time_million_usd,
        ),
    )
    none = np.empty((draws, len(trade)))
    found = []
    for name, title, amount in told_times:
        central = np.zeros(len(trade))
        central[0] = amount
        told = "In the first line already: at the trade there was, at the value that shippers feel"
        found.append(Line(name, title, told, counted=False, central=central, drawn=none * np.nan))
    return tuple(found)


def _what_if(
    inputs: Inputs,
    costed: Sequence[Costed],
    terms: Mapping[str, float],
    freight: FreightParameters,
    draws: int,
) -> tuple[Line, ...]:
    """Say what domestic freight would save if rail got the share that sponsors state."""
    stated = {str(row.project): row for row in rows(embedded_table("studies", "stated_shares"))}
    world, found = inputs.world, []
    for item in costed:
        row = stated.get(item.project)
        if row is None or row.economy not in {*world.iso3} & {*known_economies()}:
            continue
        code, percent = str(row.economy), float(row.rail_share_percent)
        central = np.zeros(len(world.iso3))
        central[world.index(code)] = saving_at_share(
            inputs.before, inputs.after, freight, terms, code, percent / PERCENT
        )
        found.append(
            Line(
                name=f"{WHAT_IF}share_{item.project}",
                title=f"Domestic freight if rail got {percent:g} percent, as sponsors state",
                explanation=f"Instead of domestic freight above; an upper end. {row.source}",
                counted=False,
                central=central,
                drawn=np.full((draws, len(central)), np.nan),
            )
        )
    return tuple(found)


def _at_published_rails(
    foreign: ForeignChange | None,
    costed: Sequence[Costed],
    world: World,
    trade: FloatArray,
    draws: int,
) -> tuple[Line, ...]:
    """Scale the first line to what rails carry, where works are railways of one economy alone.

    The network puts more foreign goods on the rails of some economies than they carry. What a
    faster railway saves is in proportion to what it carries.
    """
    payers = {code for item in costed for code in item.payers}
    if foreign is None or len(payers) != 1 or any(item.kind != "rail" for item in costed):
        return ()
    (code,) = payers
    if code not in known_economies() or code not in world.iso3:
        return ()
    totals = domestic_totals(code)
    here = float(foreign.rail_before[world.index(code)])
    carried = totals.rail * (1.0 - totals.domestic_share)
    if here <= carried:
        return ()
    told = (
        f"Instead of the first line: {carried:.3g} thousand million tonne-km of foreign goods on "
        f"the rails of {name_of(code)}, as published, and not the {here:.3g} of the network"
    )
    return (
        Line(
            name=AT_RAILS,
            title="Goods across borders if rails carried what is published",
            explanation=told,
            counted=False,
            central=trade * carried / here,
            drawn=np.full((draws, len(trade)), np.nan),
        ),
    )


def _savings(run: DrawnRun) -> tuple[float, float]:
    """Compute what users save on the trade there was, and half of it on new trade."""
    world, found = run.inputs.world, run.central.found
    saved = 1.0 - found.shock.freight_tau_hat
    saved[~np.isfinite(saved)] = 0.0  # a lost way is no saving; its loss is in the gain
    before = world.goods * saved
    new = 0.5 * before * np.maximum(trade_ratio(found.equilibrium) - 1.0, 0.0)
    return float(before.sum()), float(new.sum())


def _checks(
    inputs: Inputs, foreign: ForeignChange | None, economies: Sequence[str]
) -> pd.DataFrame:
    """Set the model's foreign goods by rail beside what railways carry of all goods.

    Returns
    -------
    pandas.DataFrame
        iso3, name, foreign_rail_billion_tonne_km (of the model, before),
        rail_billion_tonne_km (published or recalled, all goods), foreign_over_all.
    """
    columns = [
        "iso3", "name", "foreign_rail_billion_tonne_km", "rail_billion_tonne_km",
        "foreign_over_all",
    ]  # fmt: skip
    if foreign is None:
        return pd.DataFrame(columns=columns)
    found = []
    for code in economies:
        if code not in known_economies() or code not in inputs.world.iso3:
            continue
        here = float(foreign.rail_before[inputs.world.index(code)])
        whole = domestic_totals(code).rail
        found.append((code, name_of(code), here, whole, here / whole))
    return pd.DataFrame(found, columns=columns)


def _fees_table(inputs: Inputs, foreign: ForeignChange | None, usd: float) -> pd.DataFrame:
    """Say who pays whom for through traffic; payers of the smallest parts are added up."""
    columns = ["receiver", "payer", "million_usd"]
    found: list[tuple[str, str, float]] = []
    for code, change in {} if foreign is None else foreign.through.items():
        paying = foreign.paying[code] if foreign is not None else np.empty(0)
        amounts = change * usd * THOUSAND * paying
        shown = np.argsort(-np.abs(amounts), kind="stable")[:PAYERS_SHOWN]
        rest = float(amounts.sum() - amounts[shown].sum())
        names = [name_of(inputs.world.iso3[place]) for place in shown]
        pairs = [*zip(names, amounts[shown], strict=True), ("all others", rest)]
        found += [(name_of(code), name, float(one)) for name, one in pairs if one]
    return pd.DataFrame(found, columns=columns)


def _warnings(checks: pd.DataFrame) -> tuple[str, ...]:
    """Say where the model puts more foreign goods on rails than they carry of all goods."""
    over = checks[checks["foreign_over_all"] > 1.0]
    return tuple(
        f"Read the first line of benefit as an upper end for railways of {row['name']}: the "
        f"network puts {row['foreign_rail_billion_tonne_km']:.3g} thousand million tonne-km of "
        f"foreign goods on its rails, which carry {row['rail_billion_tonne_km']:.3g} of all goods."
        for row in over.to_dict(orient="records")
    )


def _notes(domestic: Mapping[str, DomesticSaving], served: tuple[Served, ...]) -> tuple[str, ...]:
    told = []
    for code, one in domestic.items():
        told.append(
            f"Domestic freight of {name_of(code)}: rail has "
            f"{PERCENT * one.rail_share_before:.3g} percent of the tonne-km between centres and "
            f"gets {PERCENT * one.rail_share_after:.3g}; spread over pairs of centres by gravity."
        )
        if one.lost:
            told.append(
                f"{one.lost:.3g} million tonnes of {name_of(code)} lose their only way; that is in "
                "no line."
            )
    told += [f"Passengers: {one.source}." for one in served]
    return tuple(told)
