"""``landbridge route``, ``landbridge profile`` and ``landbridge compare-routes``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Annotated

import typer

from landbridge.basis import embedded_basis
from landbridge.cli.network_options import (
    BorderYearOption,
    DataOption,
    MonthOption,
    tell_replaced,
)
from landbridge.cli.route_printing import (
    list_comparisons,
    print_alternatives,
    print_compared,
    print_profile,
    print_trip,
    profile_rows,
)
from landbridge.cli.runs import progress_bar
from landbridge.cli.show import print_csv
from landbridge.draws.engine import DEFAULT_SEED, MAX_DRAWS
from landbridge.errors import InputError
from landbridge.freight.costs.shipments import find_shipment
from landbridge.freight.routes.alternatives import MAX_COUNT, Alternatives, alternatives
from landbridge.freight.routes.least_cost import Trip
from landbridge.report.formats.folder import check_folder
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.route_files import routes_json, write_routes
from landbridge.studies.routes.comparison import (
    Compared,
    Comparison,
    compare,
    compared_profiles,
    find_comparison,
    settings_of,
)
from landbridge.studies.routes.profiles import (
    RouteAsked,
    Setting,
    find_trip,
    freight_draws,
    make_setting,
    profile_routes,
)

DRAWS = 200
S14_SHIPMENTS = ("full-container", "part-load")
"""What a planner and a small shipper send: the default of a comparison."""
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
Air = Annotated[
    bool, typer.Option("--air", help="Let goods fly as well, between the airports of the table.")
]
Value = Annotated[
    float | None,
    typer.Option(
        "--value", min=1.0, max=1e9, help="What a tonne is worth, USD; else general cargo."
    ),
]
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
    air: Air = False,
    value: Value = None,
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
    _check_value(value, [shipment])
    setting = make_setting(
        embedded_basis(air=air),
        scenario,
        border_year,
        data=data or (),
        month=month,
        value=value,
    )
    tell_replaced(setting.opened)
    if ways == 1:
        trip = find_trip(setting, asked)
        print_trip(trip, json=json, csv=csv)
        _tell_unflown([trip], setting, air=air)
        trips, labels = [trip], [""]
    else:
        found = _alternatives(setting, asked, ways)
        print_alternatives(found, json=json, csv=csv)
        trips = [one.trip for one in found.routes]
        labels = [one.name for one in found.routes]
        _tell_unflown(trips, setting, air=air)
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
    air: Air = False,
    value: Value = None,
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
    _check_value(value, [shipment])
    scenarios = ["" if one == "today" else one for one in dict.fromkeys(scenario or ["today"])]
    years: list[int | None] = [*dict.fromkeys(year)] if year else [None]
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
    settings = settings_of(
        embedded_basis(air=air), comparison, data=data or (), month=month, value=value
    )
    for setting in settings.values():
        tell_replaced(setting.opened)
    with progress_bar() as step:
        compared = compare(comparison, settings=settings, draws=draws, seed=seed, progress=step)
    rows = profile_rows(compared)
    if json:
        typer.echo(routes_json(compared), nl=False)
    elif csv:
        print_csv(rows)
    else:
        print_profile(compared, rows)
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
        list_comparisons(json=json, csv=csv)
        return
    if out is not None:
        check_folder(out)
    kinds = ["" if one == "general" else one for one in shipment or S14_SHIPMENTS]
    for one in kinds:
        if one:
            find_shipment(one, where="--shipment")
    comparison = find_comparison(name_or_file)
    settings = settings_of(embedded_basis(), comparison, data=data or ())
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
        print_compared(compared)
    if out is not None:
        _write(compared, out, boundaries, quiet=json or csv)


def _places(via: str) -> tuple[str, ...]:
    places = tuple(place.strip() for place in via.split(","))
    if via.strip() and not all(places):
        raise InputError(
            "a name is missing between the commas.",
            where="--via",
            mend="Write --via Torkham,Kabul.",
        )
    return places if via.strip() else ()


def _check_value(value: float | None, shipments: Sequence[str]) -> None:
    if value is not None and any(shipments):
        raise InputError(
            "a kind of shipment has a value of its own.",
            where="--value",
            mend="Leave out --shipment, or --value.",
        )


def _tell_unflown(trips: Sequence[Trip], setting: Setting, *, air: bool) -> None:
    if air and not any("air" in set(trip.legs["mode"]) for trip in trips):
        worth = setting.freight.value_usd_per_tonne
        typer.echo(
            f"No leg flies: at {worth:,.0f} USD a tonne it costs more than it saves; --value says "
            "what yours is worth.",
            err=True,
        )


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


def _write(compared: Compared, out: Path, boundaries: BoundaryView, *, quiet: bool) -> None:
    for file in write_routes(compared, out, view=boundaries):
        if file.suffix in {".html", ".gpkg"}:
            typer.echo(f"Written: {file}", err=quiet)
