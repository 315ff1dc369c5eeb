"""Tables of a run by industry."""

from __future__ import annotations

import numpy as np
import pandas as pd

from landbridge.codes import name_of
from landbridge.draws.bands import probability_above_zero, with_band
from landbridge.formats import band, percent
from landbridge.scenarios.values.cargo import NOT_CARRIED, cargo_classes, cargo_of_sectors
from landbridge.studies.industries.parts import IndustryParts
from landbridge.studies.industries.running import Industries, foreign
from landbridge.units import PERCENT, FloatArray
from landbridge.world.sectors.base import Structure

NOTHING_PERCENT = 1e-7
"""A change below this is the rounding of the solver."""
STRUCTURES = {
    Structure.TABLE: "input-output table",
    Structure.BORROWED: "borrowed",
    Structure.OWN: "own tables",
}
SMALLEST_FLOW = 0.05
"""Million USD: a flow of an industry below this is left out of the table of pairs."""


def industry_tables(
    found: Industries, one_sector_percent: FloatArray, parts: IndustryParts
) -> dict[str, pd.DataFrame]:
    """Build every table of a run by industry, by name.

    Parameters
    ----------
    found
        From `landbridge.studies.industries.running.run_industries`.
    one_sector_percent
        Gains of the run without sectors, percent of GDP, on the axes of its own world.
    parts
        From `landbridge.studies.industries.parts.industry_parts`.

    Returns
    -------
    dict of str to pandas.DataFrame
        ``industries`` (the focus by industry), ``industry_pairs`` (its trade by industry),
        ``industry_income`` (all economies, beside the run without sectors),
        ``industry_parts`` (the exact gain of the focus split by sector and partner),
        ``industry_welfare`` (all economies: parts of the exact gain, and the published first-order
        number), ``industry_path`` where capital is followed,
        ``industry_economies`` (all economies by industry, central values),
        ``industry_certificate`` and ``industry_baseline`` (what was done to the tables).
    """
    return {
        "industries": focus_table(found),
        "industry_pairs": pairs_table(found),
        "industry_income": income_table(found, one_sector_percent),
        **parts.tables,
        "industry_economies": economies_table(found),
        "industry_certificate": _certificate(found, parts),
        "industry_baseline": baseline_table(found),
    }


def _certificate(found: Industries, parts: IndustryParts) -> pd.DataFrame:
    table = found.found.equilibrium.certificate.table()
    return pd.concat([table, parts.checks], ignore_index=True) if len(parts.checks) else table


def industry_sentences(
    found: Industries, tables: dict[str, pd.DataFrame], *, draws: int
) -> tuple[str, ...]:
    """Say what the run by industry adds, in two sentences at most."""
    income = tables["industry_income"].to_dict(orient="records")[found.ready.focus]
    gain, low, high = (
        float(income[f"industry_income_percent{end}"]) for end in ("", "_low", "_high")
    )
    if abs(gain) < NOTHING_PERCENT:
        return ()
    ends = f" ({band(low, high)})" if draws else ""
    given = "the given tables, " if found.ready.settings.tables is not None else ""
    without = percent(float(income["one_sector_percent"]))
    first = (
        f"With {given}industries and their inputs the gain of {income['name']} is "
        f"{percent(gain)} of value added{ends}; without, {without} of GDP."
    )
    industries = tables["industries"]
    rows = industries[industries["output_million_usd"] > 0].to_dict(orient="records")
    rows.sort(key=lambda row: float(row["output_percent"]))
    down, up = rows[0], rows[-1]
    fall, rise = float(down["output_percent"]), float(up["output_percent"])
    second = (
        f'Of its industries "{up["industry"]}" grows most ({percent(rise)}) and '
        f'"{down["industry"]}" shrinks most ({percent(fall)}).'
    )
    return (first, second) if rise > 0 > fall else (first,)


def focus_table(found: Industries) -> pd.DataFrame:
    """Tabulate the industries of the focus: size, output, trade, cost, with bands."""
    at, world, central, drawn = found.ready.focus, found.world, found.central, found.drawn
    baseline = found.found.baseline
    exports, imports = foreign(baseline.flows)
    classes = cargo_of_sectors(world.sectors)
    names = cargo_classes().names
    return pd.DataFrame(
        {
            "sector": world.sectors.codes,
            "industry": world.sectors.titles,
            "cargo_class": ["" if k == NOT_CARRIED else names[k] for k in classes],
            "output_million_usd": baseline.output[at],
            **with_band("output_percent", central.output_percent[at], drawn.output_percent[:, at]),
            "probability_growth": probability_above_zero(drawn.output_percent[:, at]),
            "exports_million_usd": exports[at],
            **with_band(
                "exports_change_percent", central.exports_percent[at], drawn.exports_percent[:, at]
            ),
            "imports_million_usd": imports[at],
            **with_band(
                "imports_change_percent", central.imports_percent[at], drawn.imports_percent[:, at]
            ),
            **with_band("unit_cost_percent", central.cost_percent[at], drawn.cost_percent[:, at]),
        }
    )


def pairs_table(found: Industries) -> pd.DataFrame:
    """Tabulate the trade of the focus by pair and industry, largest changes first in a pair."""
    world, central, drawn = found.world, found.central, found.drawn
    exporters, importers = found.ready.pairs
    base = central.pair_million_usd
    change = base * central.pair_percent / PERCENT
    drawn_change = drawn.pair_million_usd * drawn.pair_percent / PERCENT
    pair, sector = np.nonzero(base >= SMALLEST_FLOW)
    order = np.lexsort((-np.abs(change[pair, sector]), pair))
    pair, sector = pair[order], sector[order]
    return pd.DataFrame(
        {
            "exporter": [world.iso3[place] for place in exporters[pair]],
            "importer": [world.iso3[place] for place in importers[pair]],
            "exporter_name": [name_of(world.iso3[place]) for place in exporters[pair]],
            "importer_name": [name_of(world.iso3[place]) for place in importers[pair]],
            "sector": [world.sectors.codes[place] for place in sector],
            "industry": [world.sectors.titles[place] for place in sector],
            "baseline_million_usd": base[pair, sector],
            **with_band(
                "change_percent",
                central.pair_percent[pair, sector],
                drawn.pair_percent[:, pair, sector],
            ),
            **with_band("change_million_usd", change[pair, sector], drawn_change[:, pair, sector]),
        }
    )


def income_table(found: Industries, one_sector_percent: FloatArray) -> pd.DataFrame:
    """Tabulate gains of every economy with industries, beside those of the run without."""
    world, central, drawn = found.world, found.central, found.drawn
    equilibrium = found.found.equilibrium
    known = dict(zip(found.ready.inputs.world.iso3, one_sector_percent, strict=True))
    return pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [name_of(code) for code in world.iso3],
            **with_band("industry_income_percent", central.income_percent, drawn.income_percent),
            "million_usd": equilibrium.equivalent_variation_million_usd,
            "probability_gain": probability_above_zero(drawn.income_percent),
            "one_sector_percent": [known.get(code, np.nan) for code in world.iso3],
            "value_added_million_usd": equilibrium.baseline_value_added,
            "structure": [STRUCTURES[kind] for kind in world.structure],
        }
    )


def economies_table(found: Industries) -> pd.DataFrame:
    """Tabulate every economy and industry: size, change of output and of trade, central."""
    world, central = found.world, found.central
    count, kinds = central.output_percent.shape
    return pd.DataFrame(
        {
            "iso3": np.repeat(world.iso3, kinds),
            "sector": np.tile(world.sectors.codes, count),
            "output_million_usd": found.found.baseline.output.reshape(-1),
            "output_percent": central.output_percent.reshape(-1),
            "exports_change_percent": central.exports_percent.reshape(-1),
            "imports_change_percent": central.imports_percent.reshape(-1),
            "unit_cost_percent": central.cost_percent.reshape(-1),
        }
    )


def baseline_table(found: Industries) -> pd.DataFrame:
    """List what was imputed, cut or fitted on the way to the baseline with sectors."""
    rows = [(note, "") for note in (*found.notes, *found.world.notes)]
    rows += [
        (item.treatment, f"{item.count} cells, {item.million_usd:,.1f} million USD")
        for item in found.found.baseline.report.treatments
    ]
    return pd.DataFrame(rows, columns=["what", "amount"])
