"""``landbridge world --sectors``: what an economy makes, sells and buys by sector."""

from __future__ import annotations

from textwrap import shorten

import pandas as pd
import typer

from landbridge.cli.sector_options import economy_code
from landbridge.cli.show import Form, print_csv, print_json, print_table
from landbridge.errors import InputError
from landbridge.studies.industries.running import foreign
from landbridge.studies.industries.tables import STRUCTURES
from landbridge.units import PERCENT
from landbridge.world.sectors.base import SectoralWorld, economy_name
from landbridge.world.sectors.load import SHIPPED_DETAIL, load_sectoral_world

TITLE = 26
SHORT = {
    "output_million_usd": "output",
    "value_added_million_usd": "value added",
    "exports_million_usd": "exports",
    "imports_million_usd": "imports",
    "structure": "known from",
}
NOTE = (
    "Million USD. docs/sectors.md says how economies outside the OECD's table are made; give "
    "--json for what was imputed or cut."
)


def show_sectors(
    own: SectoralWorld | None, detail: int | None, economy: str | None, form: Form
) -> None:
    """Print a sectoral world, or one economy of it.

    Parameters
    ----------
    own
        The user's; None for the embedded one.
    detail
        Sectors of the embedded world.
    economy
        Code or name; None lists all economies.
    form
        How it is printed.

    Raises
    ------
    InputError
        The economy is not in the world.
    """
    world = own or load_sectoral_world(detail or SHIPPED_DETAIL)
    year = str(world.year) if world.year else "year not stated"
    if economy is None:
        table, title = economies_by_sector(world), f"Economies, {len(world.sectors.codes)} sectors"
        title = f"{title}, {year}"
    else:
        iso3 = _in_world(world, economy)
        table = one_by_sector(world, iso3)
        known = STRUCTURES[world.structure[world.index(iso3)]]
        title = f"{economy_name(iso3)} by sector, {year}; known from: {known}"
    if form == "json":
        print_json({"sectors": table, "notes": list(world.notes)})
    elif form == "csv":
        print_csv(table)
    else:
        for note in world.notes if own is not None else ():
            typer.echo(f"Mind: {note}", err=True)
        print_table(_short(table), title=title, note=NOTE if own is None else "Million USD.")


def _short(table: pd.DataFrame) -> pd.DataFrame:
    """Keep what fits a terminal; the unit stands below the table."""
    shown = table.drop(columns=[name for name in ("name",) if name in table])
    if "industry" in shown:
        shown["industry"] = [
            shorten(title, TITLE, placeholder="...") for title in shown["industry"]
        ]
    return shown.rename(columns=SHORT)


def one_by_sector(world: SectoralWorld, iso3: str) -> pd.DataFrame:
    """Lay out one row a sector: output, value added, exports, imports, tariff where known."""
    at = world.index(iso3)
    exports, imports = foreign(world.flows)
    table = pd.DataFrame(
        {
            "sector": world.sectors.codes,
            "industry": world.sectors.titles,
            "output_million_usd": world.output[at],
            "value_added_million_usd": world.value_added[at],
            "exports_million_usd": exports[at],
            "imports_million_usd": imports[at],
        }
    )
    if world.tariffs is not None:
        paid = foreign(world.paid)[1][at]
        table["tariff_percent"] = PERCENT * (paid / imports[at].clip(min=1e-12) - 1.0).clip(-1.0)
        table.loc[table["imports_million_usd"] <= 0, "tariff_percent"] = float("nan")
    if world.elasticities is not None:
        table["trade_elasticity"] = world.elasticities
    return table


def economies_by_sector(world: SectoralWorld) -> pd.DataFrame:
    """Lay out one row an economy: output, value added, exports, imports, how it is known."""
    exports, imports = foreign(world.flows)
    return pd.DataFrame(
        {
            "iso3": world.iso3,
            "name": [economy_name(code) for code in world.iso3],
            "output_million_usd": world.output.sum(axis=1),
            "value_added_million_usd": world.value_added.sum(axis=1),
            "exports_million_usd": exports.sum(axis=1),
            "imports_million_usd": imports.sum(axis=1),
            "structure": [STRUCTURES[kind] for kind in world.structure],
        }
    )


def _in_world(world: SectoralWorld, name: str) -> str:
    iso3 = economy_code(name)
    if iso3 not in world.iso3:
        raise InputError(
            f"{economy_name(iso3)} is not in the world with sectors.",
            mend="`landbridge world --sectors` lists the economies that are.",
        )
    return iso3
