"""``landbridge access``: the way of a landlocked economy to the sea, by port, and to markets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import pandas as pd
import typer

from landbridge import codes
from landbridge.atlas.economies import landlocked
from landbridge.cli.network_options import (
    BorderYearOption,
    DataOption,
    MonthOption,
    changed_network,
    opened_network,
    tell_replaced,
)
from landbridge.cli.runs import progress_bar
from landbridge.cli.show import print_csv, print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED, FEWER_DRAWS
from landbridge.errors import InputError, NoRouteError
from landbridge.formats import money, percent
from landbridge.freight.network.compiled import FreightNetwork
from landbridge.freight.network.geometry import ATTRIBUTION, map_lines
from landbridge.freight.network.places import find_place
from landbridge.freight.routes.least_cost import best_trip
from landbridge.report.formats.delimited import to_csv
from landbridge.report.formats.folder import check_folder
from landbridge.report.formats.geolayers import GeoLayer, geojson
from landbridge.report.formats.geopackage import write_geopackage
from landbridge.report.maps.access import Line, access_map
from landbridge.report.maps.network import MapWords
from landbridge.scenarios.opening import Opened
from landbridge.scenarios.parameters import Parameter
from landbridge.studies.access.study import (
    Access,
    DrawOptions,
    Markets,
    access_of,
    check_landlocked,
    markets_of,
)
from landbridge.studies.chain.assumptions import central_freight
from landbridge.studies.run.results import MapLine
from landbridge.world.base import World
from landbridge.world.baseline import load_baseline

DRAWN: Final = 8
"""Ports on the map."""
SHARES: Final = ("share_percent", "share_percent_after")
FINE: Final = 100.0
LEAST_SHARE: Final = 0.1
"""Percent; ports that win less are not shown on the terminal."""
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, eq=False)
class _Question:
    world: World
    before: FreightNetwork
    after: FreightNetwork | None
    parameters: Mapping[str, Parameter]
    what: str


def access(
    economy: Annotated[
        str | None,
        typer.Argument(help="A landlocked economy, code or name; without it, all of them."),
    ] = None,
    scenario: Annotated[
        str | None, typer.Option(help="Compare with this scenario (name or file).")
    ] = None,
    close: Annotated[
        list[str] | None,
        typer.Option(help="Shut a crossing, link, port, passage or border (AFG-PAK); repeatable."),
    ] = None,
    build: Annotated[
        list[str] | None, typer.Option(help="Build a project of the register; repeatable.")
    ] = None,
    port: Annotated[
        list[str] | None, typer.Option(help="Show this port alone; repeatable.")
    ] = None,
    data: DataOption = None,
    border_year: BorderYearOption = None,
    month: MonthOption = None,
    top: Annotated[int, typer.Option(min=1, max=500, help="Ports to show.")] = 15,
    draws: Annotated[
        int, typer.Option(min=0, max=10_000, help="Draws for the bands.")
    ] = FEWER_DRAWS,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = DEFAULT_SEED,
    out: Annotated[
        Path | None, typer.Option(help="Folder for tables, map, GeoPackage and GeoJSON.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Show time, money and cost to the sea by port, the share each port would win, and markets."""
    world = load_baseline()
    iso3 = codes.resolve(economy) if economy is not None else ""
    if iso3:
        check_landlocked(world, iso3)
    elif out is not None or port:
        option = "--port" if out is None else "--out"
        raise InputError(
            f"{option} needs an economy.", mend=f"`landbridge access UZB {option} ...`."
        )
    opened = opened_network(scenario, data=data or (), border_year=border_year, month=month)
    tell_replaced(opened)
    question = _ask(world, opened, scenario, close or [], build or [])
    if not iso3:
        table = every(question)
        if json:
            print_json(table)
        elif csv:
            print_csv(table)
        else:
            print_table(table, title="Landlocked economies: the port that would win most")
        return
    if out is not None:
        check_folder(out)
    wanted = [find_place(question.before.tables, name, where="--port") for name in port or []]
    with progress_bar() as step:
        found = access_of(
            question.world,
            question.before,
            iso3,
            parameters=question.parameters,
            after=question.after,
            bands=DrawOptions(draws, seed, 0, step),
        )
    files = write(found, question, out) if out is not None else []
    if json:
        print_json(
            {
                "ports": found.ports,
                "markets": found.markets,
                "overseas_percent": found.overseas_percent,
                "draws": found.draws,
            }
        )
    elif csv:
        print_csv(found.ports)
    else:
        show(found, question, top, wanted)
        for file in files:
            typer.echo(f"Written: {file}")


def _ask(
    world: World, opened: Opened, scenario: str | None, close: list[str], build: list[str]
) -> _Question:
    parts = [
        *([f"the network of {scenario}"] if scenario else []),
        *(f"{name} shut" for name in close),
        *(f"{name} built" for name in build),
    ]
    return _Question(
        world=world,
        before=opened.before,
        after=changed_network(opened.after, close=close, build=build) if parts else None,
        parameters=opened.parameters,
        what=", ".join(parts),
    )


def every(question: _Question) -> pd.DataFrame:
    """Tabulate the landlocked economies: first port, and what changes."""
    rows = []
    names = [code for code in landlocked() if code in question.world.iso3]
    markets = markets_of(
        question.world,
        question.before,
        parameters=question.parameters,
        after=question.after,
    )
    with progress_bar() as step:
        for done, code in enumerate(names, start=1):
            rows.append(_summary(question, markets, code))
            step("Economies", done, len(names))
    table = pd.DataFrame(rows)
    return table.dropna(axis="columns", how="all")


def _summary(question: _Question, markets: Markets, code: str) -> dict[str, object]:
    try:
        found = access_of(
            question.world,
            question.before,
            code,
            parameters=question.parameters,
            after=question.after,
            markets=markets,
        )
    except NoRouteError:
        return {"iso3": code, "economy": codes.name_of(code), "port": "none can be reached"}
    first, reached = found.ports.iloc[0], found.markets.iloc[0]
    return {
        "iso3": code,
        "economy": codes.name_of(code),
        "port": first["name"],
        "share_percent": first["share_percent"],
        "share_after_percent": first.get("share_percent_after"),
        "days_out": first["days_out"],
        "days_out_after": first.get("days_out_after"),
        "usd_per_tonne_out": first["usd_per_tonne_out"],
        "market_access_million_usd": reached["market_access_million_usd"],
        "market_access_change_percent": reached["market_access_change_percent"],
        "real_income_change_percent": reached["real_income_change_percent"],
        "overseas_percent": found.overseas_percent,
        "days_in": first["days_in"],
        "usd_per_tonne_in": first["usd_per_tonne_in"],
    }


def show(found: Access, question: _Question, top: int, wanted: list[str]) -> None:
    """Print ports and markets for a person."""
    shown = _shown(found, top, wanted)
    table = pd.DataFrame({"port": shown["name"], "in": shown["iso3"]})
    for name, title in (
        ("share_percent", "share, %"),
        ("days_out", "days out"),
        ("usd_per_tonne_out", "USD/t out"),
        ("generalised_usd_per_tonne_out", "with time, USD/t out"),
        ("days_in", "days in"),
        ("usd_per_tonne_in", "USD/t in"),
    ):
        table[title] = pd.Series(_banded(shown, name, bands=found.draws > 0), index=shown.index)
        if question.after is not None and name in {"share_percent", "days_out"}:
            table[f"{title}, after"] = shown[f"{name}_after"].map("{:.3g}".format)
    name = codes.name_of(found.iso3)
    note = (
        f"{found.overseas_percent:.0f} % of its trade in goods goes by sea on the least-cost way; "
        "shares are of that. Out is towards the sea, on board; in is from there. "
        "docs/access.md says how."
    )
    print_table(table, title=f"{name}: ways to the sea", note=note)
    markets = found.markets.iloc[0]
    typer.echo(
        f"Market access {money(float(markets['market_access_million_usd']))} a year, rank "
        f"{markets['rank']} of {markets['of']}; {markets['abroad_percent']:.0f} % of it abroad."
    )
    if question.after is not None:
        typer.echo(
            f"With {question.what}: market access "
            f"{percent(float(markets['market_access_change_percent']))}, real income "
            f"{percent(float(markets['real_income_change_percent']))} (of expenditure)."
        )


def _banded(table: pd.DataFrame, name: str, *, bands: bool) -> list[object]:
    if not bands:
        return list(table[name])
    columns = zip(table[name], table[f"{name}_low"], table[f"{name}_high"], strict=True)
    return [
        f"{value:.3g} ({low:.2g}-{high:.2g})"
        if value < FINE
        else f"{value:,.0f} ({low:,.0f}-{high:,.0f})"
        for value, low, high in columns
    ]


def _shown(found: Access, top: int, wanted: list[str]) -> pd.DataFrame:
    """Select the ports to print: those asked for, or those that win something."""
    ports = found.ports
    if wanted:
        missing = [name for name in wanted if name not in set(ports["port"])]
        if missing:
            raise InputError(
                f"no way over land leads from {codes.name_of(found.iso3)} to {', '.join(missing)}, "
                "or it is no port.",
                where="--port",
            )
        return ports[ports["port"].isin(wanted)]
    most = ports[[name for name in ports if str(name) in SHARES]].max(axis=1)
    return ports[most >= LEAST_SHARE].head(top)


def write(found: Access, question: _Question, folder: Path) -> list[Path]:
    """Write tables, map, GeoPackage and GeoJSON."""
    folder.mkdir(parents=True, exist_ok=True)
    network = question.after or question.before
    column = "share_percent" if question.after is None else "share_percent_after"
    drawn = found.ports.sort_values(column, ascending=False, kind="stable").head(DRAWN)
    drawn = drawn[drawn[column] > 0].reset_index(drop=True)
    ways = _ways(network, found.iso3, drawn, question.parameters)
    name = codes.name_of(found.iso3)
    title = f"{name}: ways to the sea" + (f", {question.what}" if question.what else "")
    drawing = access_map(
        drawn,
        ways,
        MapWords(
            title=title,
            description=f"The ports that would win most of the goods of {name} that go by sea.",
            note="Area of a dot: share of the goods that go by sea. Line: least-cost way from "
            "the largest centre to the port; none where that way would go by sea.",
        ),
        ground=[MapLine(one.name, one.mode, one.change, one.points) for one in map_lines(network)],
        column=column,
    )
    places = tuple(
        ((float(x), float(y)),)
        for x, y in zip(found.ports["longitude"], found.ports["latitude"], strict=True)
    )
    layers = [GeoLayer("ports", places, found.ports.drop(columns=["longitude", "latitude"]))]
    real = [index for index, way in enumerate(ways) if way]
    if real:
        table = drawn.iloc[real][["port", "name"]].reset_index(drop=True)
        layers.append(GeoLayer("ways", tuple(ways[index] for index in real), table))
    texts = {
        "ports.csv": to_csv(found.ports),
        "markets.csv": to_csv(found.markets),
        "access.geojson": geojson(layers, name="access", attribution=ATTRIBUTION),
        "map.svg": f"{_XML}{drawing}\n",
    }
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    write_geopackage(folder / "access.gpkg", layers, attribution=ATTRIBUTION)
    return [folder / file for file in sorted([*texts, "access.gpkg"])]


def _ways(
    network: FreightNetwork, iso3: str, ports: pd.DataFrame, parameters: Mapping[str, Parameter]
) -> list[Line]:
    """Find the way from the largest centre to each port, where it keeps to the land."""
    ties = network.ties
    mine = [row for row, code in enumerate(ties.iso3) if code == iso3]
    start = min(mine, key=lambda row: (-ties.weight[row], ties.km[row]))
    freight = central_freight(parameters)
    found: list[Line] = []
    for port in ports["port"]:
        try:
            trip = best_trip(network, freight, ties.node[start], str(port))
        except (NoRouteError, InputError):
            found.append(())
            continue
        by_sea = any(">" in name for name in trip.links)
        found.append(() if by_sea else trip.points)
    return found
