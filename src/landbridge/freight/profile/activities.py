"""What happens along a trip: legs and nodes told apart into the activities of a profile."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from landbridge.freight.network.compiled import ArcKind, FreightNetwork
from landbridge.freight.network.tables import column, rows
from landbridge.freight.routes.least_cost import Trip
from landbridge.freight.routes.leg_shapes import links_of_legs
from landbridge.freight.routes.retrace import Priced, Retraced, kinds_of
from landbridge.tables import embedded_table
from landbridge.units import FloatArray

SAME_RATE = 1e-9
"""Neighbouring legs whose speed and price differ by less than this ratio are one row."""
PUBLISHER_OF_TFI = "cpmm"
TOGETHER = "official and unofficial, not told apart"
AS_CHARGED = "rate or charge"
TERMINALS = {
    "gauge_break": "gauge",
    "transfer": "transfer",
    "port": "port",
    "ferry": "port",
    "airport": "airport",
}
"""Kind of the table ``freight/terminals`` -> first word of its activities."""


class Activity(NamedTuple):
    """A row of the table ``freight/activities``."""

    activity: str
    title: str
    kind: str
    group: str
    group_title: str
    note: str


@dataclass(frozen=True)
class Part:
    """One row of a profile before it has numbers.

    Attributes
    ----------
    legs
        Rows of the trip's legs that it holds: one, or hauls that follow each other.
    link
        Ids of the links, crossing or terminal, joined by ``|``; sea legs as ``port>port``.
    activity
        Id of the table ``freight/activities``.
    name, mode, iso3, start, end
        What it is called, how and where goods move or stand; `iso3` of both sides at a border.
    of_closure
        Whether it is the expected wait for a shut border; else it is a share of the rest.
    hours_share, usd_share
        Shares of the legs' hours (without that wait) and USD.
    payments, remark, source, confidence
        What the money holds, what else there is to say, and who says so.
    """

    legs: tuple[int, ...]
    link: str
    activity: str
    name: str
    mode: str
    iso3: str
    start: str
    end: str
    of_closure: bool
    hours_share: float
    usd_share: float
    payments: str
    remark: str
    source: str
    confidence: str

    def hours(self, priced: Priced) -> float:
        """Read its hours."""
        legs = list(self.legs)
        closed = float(priced.closure_hours[legs].sum())
        if self.of_closure:
            return closed
        return self.hours_share * (float(priced.hours[legs].sum()) - closed)

    def usd_per_tonne(self, priced: Priced) -> float:
        """Read its USD per tonne."""
        return self.usd_share * float(priced.usd_per_tonne[list(self.legs)].sum())


@lru_cache(maxsize=1)
def activities() -> dict[str, Activity]:
    """Read the activities by their id, in the table's order."""
    return {row.activity: Activity(*row) for row in rows(embedded_table("freight", "activities"))}


def parts_of(
    network: FreightNetwork, trip: Trip, found: Retraced, *, breaks: Collection[str] = ()
) -> list[Part]:
    """Tell a trip apart into parts.

    Hauls that follow each other by one mode, in one economy and at one speed and price are one
    part. A crossing is formalities with the queue, and the expected wait while it is shut. A
    terminal or a port is handling and waiting, in the proportion of its row.

    Parameters
    ----------
    network
        The network on which the trip was found.
    trip
        The trip.
    found
        Its arcs.
    breaks
        Names of places where a part ends although nothing happens there.
    """
    teller = _Teller(network, trip, found)
    parts: list[Part] = []
    for leg in range(len(trip.legs)):
        for part in teller.parts(leg):
            last = parts[-1] if parts else None
            stops = part.start in breaks
            if last is not None and not stops and teller.goes_on(last, part):
                parts[-1] = teller.joined(last, part)
            else:
                parts.append(part)
    return parts


class _Teller:
    """Looks up what a leg consists of; never leaves this module."""

    def __init__(self, network: FreightNetwork, trip: Trip, found: Retraced) -> None:
        self.network = network
        self.found = found
        self.legs: list[Any] = rows(trip.legs)
        self.links = links_of_legs(trip)
        self.kinds = kinds_of(network, found)
        tables = network.tables
        links = tables.links
        self.economies = dict(zip(column(links, "link"), column(links, "iso3"), strict=True))
        self.terminals = {row.terminal: row for row in rows(tables.terminals)}
        self.notes = {row.crossing: row.note for row in rows(tables.crossings)}

    def parts(self, leg: int) -> list[Part]:
        kind = self.kinds[leg]
        row = self.legs[leg]
        if kind is None:
            return [self._part(leg, row.kind, usd=1.0)]
        if kind in {ArcKind.LINK, ArcKind.SEA}:
            return [self._part(leg, row.mode, usd=1.0)]
        if kind == ArcKind.CROSSING:
            return self._crossing(leg)
        return self._terminal(leg)

    def goes_on(self, last: Part, part: Part) -> bool:
        """Say whether a haul only continues the one before: same mode, economy, speed, price."""
        if activities()[part.activity].kind != "leg":
            return False
        if (last.activity, last.iso3) != (part.activity, part.iso3) or part.activity == "sea":
            return False
        return bool(np.allclose(self._rates(last), self._rates(part), rtol=SAME_RATE, atol=0.0))

    def joined(self, last: Part, part: Part) -> Part:
        """Make one part of two hauls; the places between are told in the remark."""
        legs = (*last.legs, *part.legs)
        through = [self.legs[a].to_name for a, _ in pairwise(legs)]
        marks = [self.legs[leg].confidence for leg in legs]
        sources = "|".join(dict.fromkeys("|".join(self.legs[i].source for i in legs).split("|")))
        return Part(
            legs=legs,
            link=f"{last.link}|{part.link}",
            activity=last.activity,
            name=f"{last.start} - {part.end} by {last.mode}",
            mode=last.mode,
            iso3=last.iso3,
            start=last.start,
            end=part.end,
            of_closure=False,
            hours_share=1.0,
            usd_share=1.0,
            payments=last.payments,
            remark=f"through {', '.join(through)}",
            source=sources,
            confidence=marks[0] if len(set(marks)) == 1 else "mixed",
        )

    def _rates(self, part: Part) -> FloatArray:
        row = self.legs[part.legs[-1]]
        km = max(float(row.km), SAME_RATE)
        return np.array([float(row.hours) / km, float(row.usd_per_tonne) / km])

    def _crossing(self, leg: int) -> list[Part]:
        arc = self.found.arcs[leg]
        arcs = self.network.arcs
        sides = [self.network.layers[end[arc]].side for end in (arcs.start, arcs.end)]
        row = self.legs[leg]
        fees = TOGETHER if PUBLISHER_OF_TFI in row.source else AS_CHARGED
        iso3 = " - ".join(sides)
        note = self.notes.get(arcs.name[arc], "")
        found = [self._part(leg, "border", usd=1.0, iso3=iso3, payments=fees, remark=note)]
        if arcs.shut_share[arc] > 0:
            found.append(
                self._part(
                    leg,
                    "closure",
                    usd=0.0,
                    iso3=iso3,
                    of_closure=True,
                    remark=f"shut {arcs.shut_share[arc]:.0%} of the year",
                )
            )
        return found

    def _terminal(self, leg: int) -> list[Part]:
        row = self.terminals[self.network.arcs.name[self.found.arcs[leg]]]
        name = TERMINALS[row.kind]
        total = row.fixed_hours + row.queue_hours
        fixed = row.fixed_hours / total if total > 0 else 1.0
        iso3 = self.network.layers[self.network.arcs.end[self.found.arcs[leg]]].side
        handling = self._part(
            leg, f"{name}_handling", hours=fixed, usd=1.0, iso3=iso3, remark=row.note
        )
        if row.queue_hours == 0:
            return [handling]
        return [handling, self._part(leg, f"{name}_wait", hours=1 - fixed, usd=0.0, iso3=iso3)]

    def _part(
        self,
        leg: int,
        activity: str,
        *,
        hours: float = 1.0,
        usd: float,
        iso3: str | None = None,
        of_closure: bool = False,
        payments: str = AS_CHARGED,
        remark: str = "",
    ) -> Part:
        row = self.legs[leg]
        link = self.links[leg]
        return Part(
            legs=(leg,),
            link=link,
            activity=activity,
            name=row.name,
            mode=row.mode,
            iso3=self.economies.get(link, "") if iso3 is None else iso3,
            start=row.from_name,
            end=row.to_name,
            of_closure=of_closure,
            hours_share=hours,
            usd_share=usd,
            payments=payments if usd > 0 else "",
            remark=remark,
            source=row.source,
            confidence=row.confidence,
        )
