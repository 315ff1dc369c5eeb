"""``landbridge route``, ``landbridge profile`` and ``landbridge compare-routes``."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge.cli.network_options import (
    BorderYearOption,
    DataOption,
    MonthOption,
    tell_replaced,
)
from landbridge.cli.runs import check_folder, progress_bar
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.errors import InputError
from landbridge.freight.alternatives import MAX_COUNT, Alternatives, alternatives
from landbridge.freight.choice import choose
from landbridge.freight.routes import Trip
from landbridge.freight.shipments import find_shipment
from landbridge.report.boundaries import BoundaryView
from landbridge.report.route_files import routes_json, write_routes
from landbridge.report.route_page import headline
from landbridge.study.comparison import (
    Compared,
    Comparison,
    compare,
    compared_profiles,
    comparison_names,
    find_comparison,
    settings_of,
)
from landbridge.study.corridor import (
    RouteAsked,
    Setting,
    find_trip,
    freight_draws,
    make_setting,
    profile_routes,
)
from landbridge.study.run import DEFAULT_SEED, MAX_DRAWS

DRAWS = 200
S14_SHIPMENTS = ("full-container", "part-load")
"""What a planner and a small shipper send: the default of a comparison."""
SHOWN = {
    "name": "leg",
    "km": "km",
    "hours": "hours",
    "usd_per_tonne": "usd_per_tonne",
    "cumulative_hours": "hours so far",
    "cumulative_usd_per_tonne": "USD/t so far",
}
"""Columns of the legs that fit a terminal, with their headings; `--json` gives all."""

Origin = Annotated[str, typer.Argument(metavar="FROM", help="City, station or port.")]
Destination = Annotated[str, typer.Argument(metavar="TO", help="City, station or port.")]
Via = Annotated[
    str,
    typer.Option(
        metavar="A,B,...",
        help="Places to pass, in order; 'Poti:sea' boards a ship there.",
    ),
]
ShipmentOption = Annotated[
    str, typer.Option(help="full-container, part-load or bulk; else an average tonne.")
]
FromShip = Annotated[bool, typer.Option("--from-ship", help="Start on a ship in the port FROM.")]
ToShip = Annotated[bool, typer.Option("--to-ship", help="End on a ship in the port TO.")]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for page, workbook, charts, map, tables, GeoJSON and GeoPackage."),
]
Draws = Annotated[int, typer.Option(min=0, max=MAX_DRAWS, help="Draws for bands; 0 for none.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="The same seed, the same bands.")]
Boundaries = Annotated[BoundaryView, typer.Option(help="Boundaries on the map: un, or none.")]
Json = Annotated[bool, typer.Option("--json", help="Print as JSON.")]
Csv = Annotated[bool, typer.Option("--csv", help="Print as CSV.")]


def route(
    origin: Origin,
    destination: Destination,
    scenario: Annotated[
        str, typer.Option(help="Route on the network of this scenario (name or file).")
    ] = "",
    via: Via = "",
    ways: Annotated[
        int,
        typer.Option("--alternatives", min=1, max=MAX_COUNT, help="How many distinct ways."),
    ] = 1,
    shipment: ShipmentOption = "",
    from_ship: FromShip = False,
    to_ship: ToShip = False,
    data: DataOption = None,
    border_year: BorderYearOption = None,
    month: MonthOption = None,
    out: Out = None,
    draws: Draws = DRAWS,
    seed: Seed = DEFAULT_SEED,
    boundaries: Boundaries = BoundaryView.UN,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Find the way of least generalised cost (money plus time at its value), and others.

    Draws are made only for what --out writes.
    """
    asked = RouteAsked(
        origin=origin,
        destination=destination,
        via=_places(via),
        scenario=scenario,
        shipment=shipment,
        year=border_year,
        start="ship" if from_ship else "door",
        end="ship" if to_ship else "door",
    )
    if out is not None:
        check_folder(out)
    setting = make_setting(scenario, border_year, data=data or (), month=month)
    tell_replaced(setting.opened)
    if ways == 1:
        trip = find_trip(setting, asked)
        _print_trip(trip, json=json, csv=csv)
        trips, labels = [trip], [""]
    else:
        found = _alternatives(setting, asked, ways)
        _print_alternatives(found, json=json, csv=csv)
        trips = [one.trip for one in found.routes]
        labels = [one.name for one in found.routes]
    if out is not None:
        routes = tuple(replace(asked, label=label) for label in labels)
        title = f"{trips[0].origin} - {trips[0].destination}"
        drawn = freight_draws(setting, draws=draws, seed=seed)
        profiles = profile_routes(setting, routes, trips, draws=drawn)
        compared = compared_profiles(
            Comparison(title, title, routes), profiles, [setting] * len(profiles), seed=seed
        )
        _write(compared, out, boundaries, quiet=json or csv)


def profile(
    origin: Origin,
    destination: Destination,
    via: Via = "",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Scenario, or 'today'; several lie over each other."),
    ] = None,
    year: Annotated[
        list[int] | None,
        typer.Option(
            "--border-year",
            "--year",
            help="Borders as observed in this year; several lie over each other.",
        ),
    ] = None,
    data: DataOption = None,
    month: MonthOption = None,
    shipment: ShipmentOption = "",
    from_ship: FromShip = False,
    to_ship: ToShip = False,
    draws: Draws = DRAWS,
    seed: Seed = DEFAULT_SEED,
    out: Out = None,
    boundaries: Boundaries = BoundaryView.UN,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Lay a route out as a time and cost-distance profile, after UNESCAP, with its bands."""
    if out is not None:
        check_folder(out)
    scenarios = ["" if one == "today" else one for one in scenario or ["today"]]
    years: list[int | None] = [*year] if year else [None]
    asked = [
        RouteAsked(
            origin=origin,
            destination=destination,
            via=_places(via),
            scenario=one,
            year=when,
            shipment=shipment,
            start="ship" if from_ship else "door",
            end="ship" if to_ship else "door",
            label=_label(one, when) if len(scenarios) * len(years) > 1 else "",
        )
        for one, when in product(scenarios, years)
    ]
    title = f"{origin} - {destination}" + (f" by {', '.join(_places(via))}" if via else "")
    comparison = Comparison(title, title, tuple(asked))
    settings = settings_of(comparison, data=data or (), month=month)
    for setting in settings.values():
        tell_replaced(setting.opened)
    with progress_bar() as step:
        compared = compare(comparison, settings=settings, draws=draws, seed=seed, progress=step)
    rows = _profile_rows(compared)
    if json:
        typer.echo(routes_json(compared), nl=False)
    elif csv:
        print_csv(rows)
    else:
        _print_profile(compared, rows)
    if out is not None:
        _write(compared, out, boundaries, quiet=json or csv)


def compare_routes(
    name_or_file: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME|FILE", help="A comparison, or a CSV of routes; none: list them."
        ),
    ] = None,
    shipment: Annotated[
        list[str] | None,
        typer.Option(
            help="Kind of shipment; may be given several times. 'general' is the average."
        ),
    ] = None,
    data: DataOption = None,
    draws: Draws = DRAWS,
    seed: Seed = DEFAULT_SEED,
    out: Out = None,
    boundaries: Boundaries = BoundaryView.UN,
    json: Json = False,
    csv: Csv = False,
) -> None:
    """Lay routes beside each other: by time, by money, and by both together."""
    if name_or_file is None:
        _list_comparisons(json=json, csv=csv)
        return
    if out is not None:
        check_folder(out)
    kinds = ["" if one == "general" else one for one in shipment or S14_SHIPMENTS]
    for one in kinds:
        if one:
            find_shipment(one, where="--shipment")
    comparison = find_comparison(name_or_file)
    settings = settings_of(comparison, data=data or ())
    for setting in settings.values():
        tell_replaced(setting.opened)
    with progress_bar() as step:
        compared = compare(
            comparison,
            settings=settings,
            shipments=kinds,
            draws=draws,
            seed=seed,
            progress=step,
        )
    if json:
        typer.echo(routes_json(compared), nl=False)
    elif csv:
        print_csv(compared.table)
    else:
        _print_compared(compared)
    if out is not None:
        _write(compared, out, boundaries, quiet=json or csv)


def totals(trip: Trip) -> dict[str, float]:
    """Give a trip's totals with their units in the keys."""
    return {
        "km": trip.km,
        "hours": trip.hours,
        "usd_per_tonne": trip.usd_per_tonne,
        "generalised_usd_per_tonne": trip.generalised_usd_per_tonne,
    }


def _places(via: str) -> tuple[str, ...]:
    return tuple(place.strip() for place in via.split(",") if place.strip())


def _label(scenario: str, year: int | None) -> str:
    borders = f"borders of {year}" if year else ""
    return ", ".join(part for part in (scenario or ("" if year else "today"), borders) if part)


def _alternatives(setting: Setting, asked: RouteAsked, count: int) -> Alternatives:
    if asked.via or asked.start != "door" or asked.end != "door":
        raise InputError(
            "alternatives are sought from door to door, without places to pass.",
            where="--alternatives",
            mend="Leave out --via, --from-ship and --to-ship.",
        )
    return alternatives(
        setting.network,
        setting.freight,
        asked.origin,
        asked.destination,
        count=count,
        shipment=asked.shipment or None,
    )


def _print_trip(trip: Trip, *, json: bool, csv: bool) -> None:
    if json:
        print_json({"totals": totals(trip), "legs": trip.legs})
    elif csv:
        print_csv(trip.legs)
    else:
        title = f"{trip.origin} to {trip.destination}"
        print_table(trip.legs[list(SHOWN)].rename(columns=SHOWN), title=title, cards=False)
        typer.echo(
            f"{trip.km:,.0f} km, {trip.hours / 24:.1f} days, {trip.usd_per_tonne:,.0f} USD per "
            f"tonne; with time {trip.generalised_usd_per_tonne:,.0f} USD per tonne."
        )


def _print_alternatives(found: Alternatives, *, json: bool, csv: bool) -> None:
    chosen = choose(found)
    shares = chosen.routes["share_percent"].tolist()
    if json:
        routes = [
            {"name": one.name, "found_as": one.found_as, "totals": totals(one.trip),
             "cost_ratio": one.cost_ratio, "shared": one.shared, "share_percent": share,
             "way": one.trip.text, "legs": one.trip.legs}
            for one, share in zip(found.routes, shares, strict=True)
        ]  # fmt: skip
        expected = chosen.expected_usd_per_tonne
        print_json(
            {"routes": routes, "notes": list(found.notes), "expected_usd_per_tonne": expected}
        )
        return
    table = found.table.assign(share_percent=shares)
    if csv:
        print_csv(table)
        return
    shown = pd.DataFrame(
        {
            "route": table["route"],
            "found as": table["found_as"],
            "km": table["km"],
            "days": table["hours"] / 24,
            "USD/t": table["usd_per_tonne"],
            "with time USD/t": table["generalised_usd_per_tonne"],
            "share_percent": table["share_percent"],
            "over the least": table["cost_ratio"],
        }
    )
    print_table(shown, title=f"{found.origin} to {found.destination}", cards=False)
    typer.echo(
        "Shares are those of a logit choice among these ways on the log of their cost with time; "
        f"their expected cost is {chosen.expected_usd_per_tonne:,.0f} USD per tonne."
    )
    for one in found.routes:
        typer.echo(f"{one.name}: {one.trip.text}.")
    for note in found.notes:
        typer.echo(f"Mind: {note}")


def _profile_rows(compared: Compared) -> pd.DataFrame:
    tables = []
    for one in compared.profiles:
        rows = one.rows.copy()
        rows.insert(0, "label", one.label)
        tables.append(rows)
    return pd.concat(tables, ignore_index=True)


def _print_profile(compared: Compared, rows: pd.DataFrame) -> None:
    for label, own in rows.groupby("label", sort=False):
        shown = pd.DataFrame(
            {
                "place": [
                    start if start == end else f"{start} - {end}"
                    for start, end in zip(own["from_name"], own["to_name"], strict=True)
                ],
                "activity": own["activity"].str.replace("_", " "),
                "km": own["km"],
                "hours": own["hours"],
                "90 % band": [
                    f"{cell(low)} to {cell(high)}" if low != high else ""
                    for low, high in zip(own["hours_low"], own["hours_high"], strict=True)
                ],
                "USD/t": own["usd_per_tonne"],
                "hours so far": own["cumulative_hours"],
                "USD/t so far": own["cumulative_usd_per_tonne"],
                "known as": own["confidence"],
            }
        )
        print_table(shown, title=str(label), cards=False)
    for sentence in headline(compared):
        typer.echo(sentence)
    for note in compared.notes:
        typer.echo(f"Mind: {note}")


def _print_compared(compared: Compared) -> None:
    for shipment, own in compared.table.groupby("shipment", sort=False):
        shown = pd.DataFrame(
            {
                "route": own["label"],
                "days": own["hours"] / 24,
                "90 % band": [
                    f"{low / 24:.1f} to {high / 24:.1f}" if low != high else ""
                    for low, high in zip(own["hours_low"], own["hours_high"], strict=True)
                ],
                "USD/t": own["usd_per_tonne"],
                "with time USD/t": own["generalised_usd_per_tonne"],
                "rank": own["rank_sum"],
                "by time": own["rank_time"],
                "by money": own["rank_money"],
                "km": own["km"],
            }
        )
        kind = f", {find_shipment(str(shipment)).title.lower()}" if shipment else ""
        print_table(shown, title=f"{compared.comparison.title}{kind}", cards=False)
    for sentence in headline(compared):
        typer.echo(sentence)
    for note in (compared.comparison.note, *compared.notes):
        if note:
            typer.echo(f"Mind: {note}")


def _list_comparisons(*, json: bool, csv: bool) -> None:
    found = [find_comparison(name) for name in comparison_names()]
    table = pd.DataFrame(
        [(one.name, one.title, len(one.routes)) for one in found],
        columns=["name", "title", "routes"],
    )
    if json:
        print_json(table)
    elif csv:
        print_csv(table)
    else:
        print_table(
            table, note="`landbridge compare-routes NAME`; a CSV of your own: docs/corridors.md"
        )


def _write(compared: Compared, out: Path, boundaries: BoundaryView, *, quiet: bool) -> None:
    for file in write_routes(compared, out, view=boundaries):
        if file.suffix in {".html", ".gpkg"}:
            typer.echo(f"Written: {file}", err=quiet)
