"""The shock of a published study on the axes of a world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from landbridge.errors import UnknownNameError
from landbridge.scenarios.values.duties import Duties
from landbridge.studies.bridge.schema import WORLD, Change, End, StudyFile
from landbridge.tables import embedded_table
from landbridge.units import PERCENT, BoolArray, FloatArray

Rates = tuple[FloatArray, FloatArray]
"""Tariffs before and after, ``[N, N]`` ratio of the value at the border."""


@dataclass(frozen=True, eq=False)
class Arrays:
    """A shock on N economies.

    Attributes
    ----------
    goods_tau, services_tau
        ``[N, N]`` ratio of one plus the cost; the diagonal is sales at home.
    goods_effect, services_effect
        ``[N, N]`` log points of trade.
    before, after
        ``[N, N]`` tariffs on goods, ratio; missing where none is set.
    mfn
        ``[N, N]`` True where the importer charges what it charges without an agreement.
    by_sector
        Tariffs by sector, as ``before`` and ``after``.
    """

    goods_tau: FloatArray
    services_tau: FloatArray
    goods_effect: FloatArray
    services_effect: FloatArray
    before: FloatArray
    after: FloatArray
    mfn: BoolArray
    by_sector: dict[str, Rates] = field(default_factory=dict)

    def rates(self, code: str, charged: FloatArray, mfn: FloatArray) -> Rates:
        """Work out tariffs before and after.

        Parameters
        ----------
        code
            A sector; empty for all goods.
        charged, mfn
            ``[N, N]`` what the world charges there, and what it charges without agreements.
        """
        stated = self.by_sector.get(code, (self.before, self.after))
        before = np.where(np.isnan(stated[0]), charged, stated[0])
        after = np.where(np.isnan(stated[1]), before, stated[1])
        after = np.where(self.mfn, np.maximum(mfn, before), after)
        return before, after

    def costs(self, theta: float, *, services: bool) -> FloatArray:
        """Compute the ratio of costs, effects on trade as the costs that bring them, ``[N, N]``."""
        tau = self.services_tau if services else self.goods_tau
        effect = self.services_effect if services else self.goods_effect
        return np.asarray(tau * np.exp(-effect / theta))

    def duties(self, charged: FloatArray, mfn: FloatArray) -> Duties:
        """Work out the tariffs on all goods before and after."""
        before, after = self.rates("", charged, mfn)
        return Duties(before, after)


def shock_arrays(
    study: StudyFile, name: str, iso3: tuple[str, ...], *, home: bool, end: End = "central"
) -> Arrays:
    """Lay a shock of a study on the axes of a world.

    Parameters
    ----------
    study, name
        Which shock.
    iso3
        N codes.
    home
        Whether costs at home change too.
    end
        Which end of the bands of its changes.
    """
    count = len(iso3)
    square = (count, count)
    found = Arrays(
        goods_tau=np.ones(square),
        services_tau=np.ones(square),
        goods_effect=np.zeros(square),
        services_effect=np.zeros(square),
        before=np.full(square, np.nan),
        after=np.full(square, np.nan),
        mfn=np.zeros(square, dtype=np.bool_),
    )
    for change in study.shocks[name].changes:
        if change.kind == "home_cost" and not home:
            continue
        found = _with(found, change, _pairs(study, change, iso3), iso3, change.at(end))
    return found


def _with(
    found: Arrays, change: Change, pairs: BoolArray, iso3: tuple[str, ...], value: float
) -> Arrays:
    """Add one change to a shock."""
    match change.kind:
        case "cost" | "home_cost":
            factor = np.where(pairs, 1.0 + value / PERCENT, 1.0)
            services = factor if change.services else 1.0
            return replace(
                found,
                goods_tau=found.goods_tau * factor,
                services_tau=found.services_tau * services,
            )
        case "trade_effect":
            added = np.where(pairs, value, 0.0)
            services = added if change.services else 0.0
            return replace(
                found,
                goods_effect=found.goods_effect + added,
                services_effect=found.services_effect + services,
            )
        case "tariff":
            before = np.nan if change.before is None else change.before / PERCENT
            after = np.nan if change.after is None else change.after / PERCENT
            return replace(
                found,
                before=np.where(pairs, before, found.before),
                after=np.where(pairs, after, found.after),
            )
        case "mfn":
            return replace(found, mfn=found.mfn | pairs)
        case "sector_tariffs":
            return replace(found, by_sector=_sector_rates(change.table, iso3))


def _pairs(study: StudyFile, change: Change, iso3: tuple[str, ...]) -> BoolArray:
    """Mark the flows on which a change acts, ``[N, N]``; sales at home for costs at home alone."""
    exporters = _members(study, change.exporters, iso3)
    if change.kind == "home_cost":
        return np.asarray(np.diag(exporters))
    importers = _members(study, change.importers, iso3)
    pairs = exporters[:, None] & importers[None, :]
    if change.both_ways:
        pairs = pairs | pairs.T
    return np.asarray(pairs & ~np.eye(len(iso3), dtype=np.bool_))


def _members(study: StudyFile, names: Iterable[str], iso3: tuple[str, ...]) -> BoolArray:
    """Mark the economies that are named, ``[N]``; those that the world lacks are left out."""
    wanted: set[str] = set()
    for name in names:
        if name == WORLD:
            return np.ones(len(iso3), dtype=np.bool_)
        wanted.update(study.group(name))
    return np.array([code in wanted for code in iso3], dtype=np.bool_)


def sector_tariffs(table: str) -> pd.DataFrame:
    """Look tariffs by sector up by the name of their shock.

    Raises
    ------
    UnknownNameError
        There are none of that name.
    """
    facts = embedded_table("studies", "bridge_sector_tariffs")
    own = facts[facts["shock"] == table]
    if not len(own):
        raise UnknownNameError(f"there are no tariffs by sector named {table!r}.")
    return own


def _sector_rates(table: str, iso3: tuple[str, ...]) -> dict[str, Rates]:
    """Lay tariffs by sector out, ``[N, N]`` before and after each; missing where none is set."""
    place = {code: at for at, code in enumerate(iso3)}
    found: dict[str, Rates] = {}
    for code, rows in sector_tariffs(table).groupby("sector", sort=False):
        here = rows[rows["exporter"].isin(place) & rows["importer"].isin(place)]
        at = here["exporter"].map(place).to_numpy(), here["importer"].map(place).to_numpy()
        ends = []
        for column in ("before_percent", "after_percent"):
            square = np.full((len(iso3), len(iso3)), np.nan)
            square[at] = here[column].to_numpy() / PERCENT
            ends.append(square)
        found[str(code)] = (ends[0], ends[1])
    return found
