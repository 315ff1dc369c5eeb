"""``landbridge critical``: where one percent of cost, or one hour, matters most."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final, Literal, TypeAlias

import pandas as pd
import typer

from landbridge import codes
from landbridge.cli.network_options import (
    BorderYearOption,
    DataOption,
    MonthOption,
    opened_network,
    tell_replaced,
)
from landbridge.cli.runs import progress_bar
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.cli.worlds import in_world
from landbridge.draws.engine import DEFAULT_SEED
from landbridge.formats import money, significant
from landbridge.freight.flows.elements import KINDS, ElementKind
from landbridge.freight.flows.lines import FlowLine, flow_lines
from landbridge.freight.network.geometry import ATTRIBUTION
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.folder import check_folder
from landbridge.report.formats.geolayers import GeoLayer, geojson
from landbridge.report.formats.geopackage import write_geopackage
from landbridge.report.maps.critical import critical_map
from landbridge.report.maps.network import MapWords
from landbridge.scenarios.parameters import THETA
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.chain.assumptions import assumptions_of, central_values
from landbridge.studies.chain.setting import Setting, make_setting
from landbridge.studies.critical.bands import DrawnFrom, critical_draws, with_bands
from landbridge.studies.critical.criticality import FirstOrder, first_order
from landbridge.studies.critical.ranking import By, Ranking, check_order, flows, rank
from landbridge.units import PERCENT, USD_PER_MILLION
from landbridge.world.baseline import load_baseline

Of: TypeAlias = Literal["crossings", "links", "ports", "passages", "all"]
KIND_OF: Final[dict[str, tuple[ElementKind, ...]]] = {
    "crossings": ("crossing",),
    "links": ("link",),
    "ports": ("port",),
    "passages": ("passage",),
    "all": KINDS,
}
VALUE_OF: Final[dict[str, str]] = {
    "percent": "percent_million_usd",
    "hour": "hour_million_usd",
    "tonnes": "million_tonnes",
}
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


def critical(
    of: Annotated[Of, typer.Option(help="What to rank.")] = "crossings",
    economy: Annotated[
        str | None, typer.Option(help="Rank by what it means to one economy, not to the world.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="How many.")] = 20,
    by: Annotated[
        By, typer.Option(help="By one percent of cost, one hour, or the tonnes that pass.")
    ] = "hour",
    first: Annotated[
        bool, typer.Option("--first-order", help="Leave out what has to be solved anew.")
    ] = False,
    draws: Annotated[
        int, typer.Option(min=0, max=10_000, help="Draws for bands of the first order.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = DEFAULT_SEED,
    scenario: Annotated[
        str | None, typer.Option(help="On the network of this scenario (name or file).")
    ] = None,
    data: DataOption = None,
    border_year: BorderYearOption = None,
    month: MonthOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tables, map, GeoPackage and GeoJSON.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Rank crossings, links, ports or sea passages by what one percent or one hour is worth."""
    world = load_baseline()
    iso3 = in_world(world, economy) if economy is not None else ""
    check_order(by, iso3)
    if out is not None:
        check_folder(out)
    opened = opened_network(scenario, data=data or (), border_year=border_year, month=month)
    tell_replaced(opened)
    if scenario is not None and read_scenario(find_scenario(scenario)).choice == "logit":
        typer.echo(
            "Mind: the scenario chooses among modes by logit; flows here take the least-cost way.",
            err=True,
        )
    network, parameters = opened.after, opened.parameters
    values = central_values(parameters)
    setting = make_setting(
        world, network, theta=values[THETA], freight=assumptions_of(values).freight
    )
    found = first_order(setting, KIND_OF[of])
    with progress_bar() as step:
        ranking = rank(setting, found, top=top, economy=iso3, by=by, solve=not first, progress=step)
        if draws:
            source = DrawnFrom(world, network, parameters, KIND_OF[of])
            drawn = critical_draws(source, economy=iso3, draws=draws, seed=seed, progress=step)
            ranking = replace(ranking, table=with_bands(ranking.table, drawn, ranking.rows))
    files = write(setting, found, ranking, out, by=by) if out is not None else []
    if json:
        print_json({"totals": totals(found), "elements": ranking.table})
    elif csv:
        print_csv(ranking.table)
    else:
        show(found, ranking, of=of, by=by)
        for file in files:
            typer.echo(f"Written: {file}")


def totals(found: FirstOrder) -> dict[str, float]:
    """Say how much of the world's goods trade the network carries."""
    return {
        "assigned_million_usd": found.assigned_million_usd,
        "unassigned_million_usd": found.unassigned_million_usd,
    }


def show(found: FirstOrder, ranking: Ranking, *, of: str, by: str) -> None:
    """Print the ranking for a person."""
    table = ranking.table
    shown = pd.DataFrame({"name": table["name"]})
    shown["million tonnes"] = _banded(table, "million_tonnes")
    first, second = ("percent", "hour") if by == "percent" else ("hour", "percent")
    titles = {"percent": "1 % less, m USD", "hour": "1 h less, m USD"}
    for name in (first, second):
        shown[titles[name]] = _banded(table, f"{name}_million_usd")
        shown[f"exact{'' if name == first else ' '}"] = table[f"{name}_exact_million_usd"]
    shown["shut, m USD"] = table["closed_million_usd"]
    shown["% of GDP"] = table["closed_percent_of_gdp"]
    if not ranking.economy and table["most_hit"].any():
        hit = zip(table["most_hit"], table["most_hit_percent_of_gdp"], strict=True)
        shown["most hit, % of GDP"] = [
            f"{code} {cell(value)}" if code else "" for code, value in hit
        ]
    whom = codes.name_of(ranking.economy) if ranking.economy else "the world"
    share = PERCENT * found.assigned_million_usd
    share /= found.assigned_million_usd + found.unassigned_million_usd
    what = {"percent": "one percent of cost", "hour": "an hour", "tonnes": "tonnes"}[by]
    print_table(
        shown.dropna(axis="columns", how="all"),
        title=f"{of.capitalize()} by {what}: worth to {whom} a year",
        note=f"{share:.1f} % of the world's trade in goods is on the network. Flows take the "
        "least-cost way, with no choice among modes and no limits of capacity; "
        "docs/criticality.md says what that means.",
    )


def _banded(table: pd.DataFrame, name: str) -> pd.Series:
    if f"{name}_low" not in table:
        return table[name]
    columns = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    told = [
        f"{cell(value)} ({significant(low)}-{significant(high)})" for value, low, high in columns
    ]
    return pd.Series(told, index=table.index)


def write(
    setting: Setting, found: FirstOrder, ranking: Ranking, folder: Path, *, by: By
) -> list[Path]:
    """Write tables, map, GeoPackage and GeoJSON."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = [
        FlowLine(one.name, one.mode, one.points, one.flow / USD_PER_MILLION)
        for one in flow_lines(found.tonnes)
    ]
    layers = geo_layers(found, ranking, lines)
    value = VALUE_OF[by]
    whom = codes.name_of(ranking.economy) if ranking.economy else "the world"
    first = ranking.table.iloc[0] if len(ranking.table) else None
    told = "" if first is None else f"{first['name']} comes first: {money(float(first[value]))}."
    unit = {"percent": "one percent less cost", "hour": "an hour less", "tonnes": "tonnes"}[by]
    drawing = critical_map(
        lines,
        ranking.table,
        [found.elements.shapes[row] for row in ranking.rows],
        value=value,
        words=MapWords(
            title=f"Where {unit} is worth most to {whom}",
            description=f"Flows of goods in {setting.world.year} over the freight network. {told}",
            note="Width of a line: tonnes a year by the least-cost way, without limits of "
            "capacity. Area of a dot: what the element is worth, to first order.",
        ),
    )
    texts = {
        "critical.csv": to_csv(ranking.table),
        "critical_by_economy.csv": to_csv(ranking.by_economy),
        "flows.csv": to_csv(flows(found)),
        "critical.geojson": geojson(layers, name="critical", attribution=ATTRIBUTION),
        "map.svg": f"{_XML}{drawing}\n",
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_geopackage(folder / "critical.gpkg", layers, attribution=ATTRIBUTION)
    return [folder / name for name in sorted([*texts, "critical.gpkg"])]


def geo_layers(found: FirstOrder, ranking: Ranking, lines: list[FlowLine]) -> list[GeoLayer]:
    """Build the critical elements and all flows as layers for a GIS."""
    shapes = [found.elements.shapes[row] for row in ranking.rows]
    layers = []
    for name, wanted in (("critical_points", True), ("critical_lines", False)):
        mine = [index for index, shape in enumerate(shapes) if (len(shape) == 1) == wanted]
        if mine:
            table = ranking.table.iloc[mine].reset_index(drop=True)
            layers.append(GeoLayer(name, tuple(shapes[index] for index in mine), table))
    layers.append(
        GeoLayer(
            "flows",
            tuple(one.points for one in lines),
            pd.DataFrame(
                {
                    "name": [one.name for one in lines],
                    "mode": [one.mode for one in lines],
                    "million_tonnes": [one.flow for one in lines],
                }
            ),
        )
    )
    return layers
