"""Tables of a run from its central outcome and its draws."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge import codes
from landbridge.draws.bands import probability_above_zero, with_band
from landbridge.equilibrium.decomposition import Decomposition
from landbridge.equilibrium.one_sector import Baseline
from landbridge.freight.routes.least_cost import COLUMNS
from landbridge.studies.chain.inputs import Inputs
from landbridge.studies.chain.outcomes import TRIP_QUANTITIES, Outcome, spending_over_gdp
from landbridge.studies.chain.watched import ReportedTrip
from landbridge.units import PERCENT, FloatArray
from landbridge.world.base import CellStatus
from landbridge.world.building.overrides import trade_overrides
from landbridge.world.quality import BASES, STANDINGS

KM = TRIP_QUANTITIES.index("km")


def income_table(
    inputs: Inputs, central: Outcome, draws: Outcome, parts: Decomposition, ready: Baseline
) -> pd.DataFrame:
    """Tabulate real income by economy, with band, parts and size (see `RunResult.income`)."""
    gdp = inputs.world.gdp_million_usd
    split = parts.table().drop(columns="iso3").mul(spending_over_gdp(ready, inputs.world), axis=0)
    percent, drawn = central.real_income_percent, draws.real_income_percent
    return pd.DataFrame(
        {
            "iso3": inputs.world.iso3,
            "name": _names(inputs),
            **with_band("real_income_percent", percent, drawn),
            **with_band("million_usd", percent * gdp / PERCENT, drawn * gdp / PERCENT),
            "probability_gain": probability_above_zero(drawn),
            "trade_creation_percent": split["trade_creation_percent"].to_numpy(),
            "trade_diversion_percent": split["trade_diversion_percent"].to_numpy(),
            "terms_of_trade_percent": split["terms_of_trade_percent"].to_numpy(),
            "transfer_percent": split["transfer_percent"].to_numpy(),
            "tariff_revenue_percent": split["tariff_revenue_percent"].to_numpy(),
            **with_band("tariff_revenue_change_million_usd", _gained(central), _gained(draws)),
            "gdp_million_usd": gdp,
            "population": inputs.world.population,
        }
    )


def _gained(outcome: Outcome) -> FloatArray:
    """Compute what tariffs bring more, million USD; draws first where there are several."""
    return np.asarray(np.diff(outcome.revenue_million_usd, axis=-1)[..., 0])


def pairs_table(inputs: Inputs, central: Outcome, draws: Outcome) -> pd.DataFrame:
    """Tabulate the trade of the focus pair by pair (see `RunResult.trade_pairs`)."""
    world, names = inputs.world, _names(inputs)
    exporters, importers = inputs.pairs
    at = (exporters, importers)
    base = central.pair_baseline_million_usd
    change = base * central.pair_percent / PERCENT
    drawn_change = draws.pair_baseline_million_usd * draws.pair_percent / PERCENT
    return pd.DataFrame(
        {
            "exporter": [world.iso3[place] for place in exporters],
            "importer": [world.iso3[place] for place in importers],
            "exporter_name": [names[place] for place in exporters],
            "importer_name": [names[place] for place in importers],
            "baseline_million_usd": base,
            "baseline_goods_million_usd": world.goods[at],
            "status": [STANDINGS[CellStatus(status)] for status in world.status_goods[at]],
            "baseline_source": _baseline_sources(inputs),
            "sd_log": world.sd_log_goods[at],
            **with_band("change_percent", central.pair_percent, draws.pair_percent),
            **with_band("change_million_usd", change, drawn_change),
            "cost_change_percent": _missing(central.pair_cost_percent),
        }
    )


def _baseline_sources(inputs: Inputs) -> list[str]:
    """Say for each flow of the focus where its size comes from."""
    table = trade_overrides()
    goods = table[table["kind"] == "goods"]
    by_hand = {
        (row["exporter"], row["importer"]): f"{row['source']} ({row['confidence']})"
        for row in goods.to_dict(orient="records")
    }
    iso3, status = inputs.world.iso3, inputs.world.status_goods
    told = []
    for exporter, importer in zip(*inputs.pairs, strict=True):
        standing = CellStatus(int(status[exporter, importer]))
        pair = (iso3[exporter], iso3[importer])
        named = standing in (CellStatus.OVERRIDE, CellStatus.PUBLISHED) and pair in by_hand
        told.append(by_hand[pair] if named else BASES[standing])
    return told


def totals_table(inputs: Inputs, central: Outcome, draws: Outcome) -> pd.DataFrame:
    """Tabulate exports and imports by economy (see `RunResult.totals`)."""
    return pd.DataFrame(
        {
            "iso3": inputs.world.iso3,
            "name": _names(inputs),
            "exports_million_usd": inputs.world.exports,
            **with_band("exports_change_percent", central.exports_percent, draws.exports_percent),
            "imports_million_usd": inputs.world.imports,
            **with_band("imports_change_percent", central.imports_percent, draws.imports_percent),
        }
    )


def trips_table(
    inputs: Inputs, central: Outcome, draws: Outcome, *, routes: list[tuple[str, str]]
) -> pd.DataFrame:
    """Tabulate the reported trips before and after (see `RunResult.trips`)."""
    requests = inputs.scenario.trips
    columns: dict[str, object] = {
        "origin": [trip.origin for trip in requests],
        "destination": [trip.destination for trip in requests],
    }
    for stage, name in enumerate(("before", "after")):
        columns[f"distance_km_{name}"] = _missing(central.trips[:, stage, KM])
    for index, quantity in enumerate(TRIP_QUANTITIES):
        if index == KM:
            continue
        for stage, name in enumerate(("before", "after")):
            centre = _missing(central.trips[:, stage, index])
            drawn = _missing(draws.trips[:, :, stage, index])
            columns |= with_band(f"{quantity}_{name}", centre, drawn)
    columns |= _trip_changes(central.trips, draws.trips)
    columns["route_before"] = [before for before, _ in routes]
    columns["route_after"] = [after for _, after in routes]
    return pd.DataFrame(columns)


def _trip_changes(central: FloatArray, draws: FloatArray) -> dict[str, FloatArray]:
    """Compute what changes of each trip, draw by draw: a band of a change is no change of bands."""

    def both(quantity: str) -> tuple[FloatArray, ...]:
        """Take central and drawn values, before and after."""
        at = TRIP_QUANTITIES.index(quantity)
        return tuple(
            _missing(trips[..., stage, at]) for trips in (central, draws) for stage in (0, 1)
        )

    columns: dict[str, FloatArray] = {}
    for name in ("hours", "usd_per_tonne"):
        before, after, drawn_before, drawn_after = both(name)
        columns |= with_band(f"{name}_change", after - before, drawn_after - drawn_before)
    before, after, drawn_before, drawn_after = both("generalised_usd_per_tonne")
    return columns | with_band(
        "generalised_change_percent",
        PERCENT * (after / before - 1.0),
        PERCENT * (drawn_after / drawn_before - 1.0),
    )


def legs_table(trips: list[ReportedTrip]) -> pd.DataFrame:
    """Tabulate the legs of every reported trip (see `RunResult.trip_legs`)."""
    parts = []
    for reported in trips:
        legs = reported.trip.legs.copy()
        legs["origin"], legs["destination"] = reported.origin, reported.destination
        legs["stage"] = reported.stage
        parts.append(legs)
    if not parts:
        return pd.DataFrame(columns=list(COLUMNS))
    return pd.concat(parts, ignore_index=True)[list(COLUMNS)]


def name_at(inputs: Inputs, place: int) -> str:
    """Name the economy at a position of the world's axes."""
    return codes.name_of(inputs.world.iso3[place])


def _names(inputs: Inputs) -> list[str]:
    return [codes.name_of(code) for code in inputs.world.iso3]


def _missing(values: FloatArray) -> FloatArray:
    """Turn the infinite time of an impossible trip into a missing value."""
    return np.where(np.isfinite(values), values, np.nan)
