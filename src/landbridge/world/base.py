"""The World: flows of goods and services between economies, cell by cell with their standing."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from landbridge.brief import brief_repr
from landbridge.errors import DataError
from landbridge.units import FloatArray
from landbridge.world.tariffs.base import Tariffs


def foreign_totals(flows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute exports and imports of ``[N, N]`` flows, ``[N]`` each: the diagonal left out."""
    domestic = flows.diagonal()
    return flows.sum(axis=1) - domestic, flows.sum(axis=0) - domestic


class CellStatus(IntEnum):
    """How a cell of the trade matrix is known."""

    DOMESTIC = 0
    """Sales of an economy to itself: gross output less exports."""
    PUBLISHED = 1
    """Not recorded by customs of this release; published elsewhere: a figure or a partner share."""
    ICIO = 2
    """Not published here; informed by the OECD inter-country input-output table."""
    IMPUTED = 3
    """Estimated from totals, distance and the like: a guess with a wide band."""
    OVERRIDE = 4
    """Set by hand; the table of overrides says from where, and how sure that is."""
    RECORDED_TWICE = 5
    """Recorded in customs data; both sides report."""
    RECORDED_ONCE = 6
    """Recorded in customs data; one side reports."""
    CARRIED = 7
    """Neither side had reported: earlier years, carried to this one."""
    ZERO = 8
    """No trade: a side reports and recorded none."""


@dataclass(frozen=True, eq=False, repr=False)
class World:
    """Trade of all economies with each other and with themselves in one year.

    Attributes
    ----------
    year
        Year of the flows.
    iso3
        N codes; the order of every axis.
    goods, services
        ``[N, N]`` million USD, first axis exporter, second importer; the diagonal is domestic
        sales.
    sd_log_goods, sd_log_services
        ``[N, N]`` calibrated standard deviation of the log of each flow; zero on the diagonal.
    status_goods, status_services
        ``[N, N]`` int8 of `CellStatus`.
    gdp_million_usd, population
        ``[N]``.
    notes
        What was completed, in sentences.
    tariffs
        What importers charge on goods; None where nothing is known of it.
    """

    year: int
    iso3: tuple[str, ...]
    goods: FloatArray
    services: FloatArray
    sd_log_goods: FloatArray
    sd_log_services: FloatArray
    status_goods: NDArray[np.int8]
    status_services: NDArray[np.int8]
    gdp_million_usd: FloatArray
    population: FloatArray
    notes: tuple[str, ...] = field(default=())
    tariffs: Tariffs | None = None

    def __post_init__(self) -> None:
        """Refuse a world that is not square, finite, non-negative and named once each."""
        count = len(self.iso3)
        faults = []
        if len(set(self.iso3)) != count:
            faults.append("an economy stands twice")
        for name in ("goods", "services", "sd_log_goods", "sd_log_services"):
            array = getattr(self, name)
            if array.shape != (count, count):
                faults.append(f"{name} has shape {array.shape}, not ({count}, {count})")
            elif not np.isfinite(array).all() or (array < 0).any():
                faults.append(f"{name} holds negative or missing values")
        if faults:
            raise DataError("; ".join(faults), where=f"world of {self.year}")

    @property
    def flows(self) -> FloatArray:
        """Goods and services together, ``[N, N]`` million USD."""
        return self.goods + self.services

    @property
    def goods_share(self) -> FloatArray:
        """The goods part of each flow, ``[N, N]`` ratio; zero where there is no flow."""
        flows = self.flows
        return np.divide(self.goods, flows, out=np.zeros_like(flows), where=flows > 0)

    @property
    def output(self) -> FloatArray:
        """Gross output, ``[N]`` million USD: all sales, domestic ones included."""
        return np.asarray(self.flows.sum(axis=1))

    @property
    def expenditure(self) -> FloatArray:
        """Gross expenditure, ``[N]`` million USD: all purchases, domestic ones included."""
        return np.asarray(self.flows.sum(axis=0))

    @property
    def exports(self) -> FloatArray:
        """Sales to others, goods and services, ``[N]`` million USD."""
        return foreign_totals(self.flows)[0]

    @property
    def imports(self) -> FloatArray:
        """Purchases from others, goods and services, ``[N]`` million USD."""
        return foreign_totals(self.flows)[1]

    def index(self, iso3: str) -> int:
        """Look up the position of an economy on the axes."""
        if iso3 not in self.iso3:
            raise DataError(f"{iso3} is not in the world of {self.year}")
        return self.iso3.index(iso3)

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)
