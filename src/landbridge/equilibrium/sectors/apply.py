"""A shock put on a world with sectors: the market it makes, and who is left without partners."""

from __future__ import annotations

import numpy as np

from landbridge.equilibrium.baseline import check_blocks, listed, trade_blocks
from landbridge.equilibrium.sectors.baseline import SectoralBaseline, stacked
from landbridge.equilibrium.sectors.market import SectorMarket, reachable
from landbridge.equilibrium.sectors.shock import Changes
from landbridge.equilibrium.sectors.tables import cell
from landbridge.errors import DataError
from landbridge.units import BoolArray, FloatArray, IntArray


def sector_market(
    baseline: SectoralBaseline, changes: Changes, *, labour_supply: float = 0.0
) -> SectorMarket:
    """Put a checked shock on a baseline.

    Parameters
    ----------
    baseline, changes
        From `prepare_sectors` and `check_shock`.
    labour_supply
        Elasticity of labour supply to the real wage.

    Raises
    ------
    DataError
        The shock leaves a sector that is bought without any supplier, an economy with nobody to
        sell to, or parts of the world whose trade cannot balance.
    InputError
        The shock cuts the world into parts and the closure has no answer to that.
    """
    weights = _weights(baseline, changes)
    bought, made, blocks = baseline.expenditure.T > 0, baseline.output.T > 0, baseline.blocks
    if _shuts(changes):
        bought, made = reachable(weights, baseline.by_user, baseline.final_shares.T)
        weights = weights * bought[:, None, :]
        blocks = _blocks_after(baseline, weights, bought)
    tariffs = changes.tariffs
    taxed = bool(tariffs.any())
    landed = weights
    if taxed:
        same = tariffs is changes.baseline_tariffs
        landed = weights * (baseline.stacked_duty if same else stacked(1.0 / (1.0 + tariffs)))
    subsidies = changes.export_subsidies
    subsidised = subsidies is not None and bool(subsidies.any())
    sold = landed / stacked(1.0 - subsidies) if subsidised and subsidies is not None else landed
    count = len(baseline.iso3)
    productivity, endowment = changes.productivity_hat, changes.endowment_hat
    own = baseline.value_added + baseline.tariff_revenue
    return SectorMarket(
        theta=baseline.theta,
        weights=weights,
        sold=sold,
        landed=landed,
        value_added_shares=np.ascontiguousarray(baseline.value_added_shares.T),
        input_shares=baseline.by_user,
        final_shares=np.ascontiguousarray(baseline.final_shares.T),
        value_added=baseline.value_added,
        log_productivity=(
            np.zeros(bought.shape)
            if productivity is None
            else np.log(np.ascontiguousarray(productivity.T))
        ),
        log_endowment=np.zeros(count) if endowment is None else np.log(endowment),
        deficits=baseline.deficit,
        spending_ratio=baseline.final_spending / own,
        own_works=changes.own_works,
        foreign_works=changes.foreign_works,
        tax_shares=changes.tax_shares,
        labour_supply=labour_supply,
        closure=baseline.closure,
        bought=bought,
        made=made,
        blocks=blocks,
    )


def _weights(baseline: SectoralBaseline, changes: Changes) -> FloatArray:
    """Compute baseline shares times the change of freeness, ``[S, N, N]``."""
    cost: FloatArray | None = None
    for hat in (changes.iceberg_hat, changes.non_tariff_hat):
        if hat is not None:
            cost = hat if cost is None else cost * hat
    if changes.tariffs is not changes.baseline_tariffs:
        border = (1.0 + changes.tariffs) / (1.0 + changes.baseline_tariffs)
        cost = border if cost is None else cost * border
    if changes.export_subsidies is not None:
        kept = 1.0 - changes.export_subsidies
        cost = kept if cost is None else cost * kept
    if cost is None:
        return baseline.stacked_shares
    power = np.where(baseline.stacked_shares > 0, stacked(cost), 1.0)
    np.power(power, -baseline.theta[:, None, None], out=power)
    power *= baseline.stacked_shares
    return power


def _shuts(changes: Changes) -> bool:
    return any(
        hat is not None and bool(np.isinf(hat).any())
        for hat in (changes.iceberg_hat, changes.non_tariff_hat)
    )


def _blocks_after(baseline: SectoralBaseline, weights: FloatArray, bought: BoolArray) -> IntArray:
    """Check that everybody still has suppliers and buyers; label the groups that trade."""
    orphan = bought & ~(weights > 0).any(axis=1)
    if orphan.any():
        places = [
            cell(baseline.iso3, baseline.sectors, [int(importer), int(sector)])
            for sector, importer in np.argwhere(orphan)
        ]
        raise DataError(
            f"the shock leaves {len(places)} economy-sectors without any supplier, the first"
            f" {places[0]}",
            where="shock",
            mend="Leave one supplier open, or let its cost rise without shutting it.",
        )
    open_flows = (weights * baseline.expenditure.T[:, None, :]).sum(axis=0)
    idle = open_flows.sum(axis=1) <= 0
    if idle.any():
        raise DataError(
            f"the shock leaves {listed(baseline.iso3, idle)} with nobody to sell to",
            where="shock",
            mend="Leave its domestic sales open.",
        )
    purged = baseline.closure == "purged"
    blocks = trade_blocks(open_flows, baseline.iso3, must_balance=purged)
    check_blocks(
        baseline.iso3,
        blocks=blocks,
        output=baseline.value_added,
        deficit=baseline.deficit,
        closure=baseline.closure,
    )
    return blocks
