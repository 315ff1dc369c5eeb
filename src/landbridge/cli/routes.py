"""``landbridge route``, ``landbridge profile`` and ``landbridge compare-routes``."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli.options.groups import MapAnswer, Sample, command
from landbridge.cli.options.model import ModelOptions, open_model
from landbridge.cli.options.network import (
    BorderYearOption,
    DataOption,
    MonthOption,
    tell,
    tell_effects,
    tell_replaced,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.routes import (
    list_comparisons,
    print_alternatives,
    print_compared,
    print_profile,
    print_trip,
)
from landbridge.errors import InputError
from landbridge.freight.costs.shipments import find_shipment
from landbridge.freight.routes.alternatives import MAX_COUNT
from landbridge.studies.routes.comparison import find_comparison
from landbridge.studies.routes.ways import UNFLOWN, Ways
from landbridge.verbs.routes import GENERAL, SHIPMENTS

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


@command
def route(
    origin: Origin,
    destination: Destination,
    scenario: Annotated[
        str, typer.Option(help="Route on the network of this scenario (name or file).")
    ] = "",
    via: Via = "",
    alternatives: Annotated[
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
    *,
    chance: Sample,
    form: MapAnswer,
) -> None:
    """Find the path of least generalised cost (money plus time at its value), and others."""
    if alternatives > 1 and (via or from_ship or to_ship):
        raise InputError(
            "alternatives are sought from door to door, without places to pass.",
            where="--alternatives",
            mend="Leave out --via, --from-ship and --to-ship.",
        )
    form.check()
    model = open_model(ModelOptions(data=data, border_year=border_year, air=air))
    result = model.route(
        origin,
        destination,
        scenario=scenario or None,
        via=via,
        alternatives=alternatives,
        shipment=shipment,
        from_ship=from_ship,
        to_ship=to_ship,
        month=month,
        value=value,
        draws=chance.draws,
        seed=chance.seed,
    )
    tell_replaced(result)
    tell_effects(result)
    tell(note for note in result.notes if note.startswith(UNFLOWN))
    form.give(
        result, show=lambda: _show_ways(result.found), table="legs" if alternatives == 1 else "ways"
    )


@command
def profile(
    origin: Origin,
    destination: Destination,
    via: Via = "",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Scenario, or 'today'; several lie over each other."),
    ] = None,
    border_year: Annotated[
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
    *,
    chance: Sample,
    form: MapAnswer,
) -> None:
    """Lay a route out as a time and cost-distance profile, after UNESCAP, with its bands."""
    form.check()
    years = list(dict.fromkeys(border_year or ()))
    alone = years[0] if len(years) == 1 else None
    model = open_model(ModelOptions(data=data, border_year=alone, air=air))
    with progress_bar() as step:
        result = model.profile(
            origin,
            destination,
            via=via,
            scenario=scenario or (),
            border_year=() if alone is not None else years,
            month=month,
            value=value,
            shipment=shipment,
            from_ship=from_ship,
            to_ship=to_ship,
            draws=chance.draws,
            seed=chance.seed,
            progress=step,
        )
    tell_replaced(result)
    tell_effects(result)
    form.give(
        result, show=lambda: print_profile(result.found, result.tables["profile"]), table="profile"
    )


@command
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
    *,
    chance: Sample,
    form: MapAnswer,
) -> None:
    """Lay routes beside each other: by time, by money, and by both together."""
    if name_or_file is None:
        list_comparisons(json=form.json, csv=form.csv)
        return
    form.check()
    kinds = shipment or SHIPMENTS
    for one in kinds:
        if one != GENERAL:
            find_shipment(one, where="--shipment")
    comparison = find_comparison(name_or_file)
    model = open_model(ModelOptions(data=data))
    with progress_bar() as step:
        result = model.compare_routes(
            comparison, shipment=kinds, draws=chance.draws, seed=chance.seed, progress=step
        )
    tell_replaced(result)
    tell_effects(result)
    form.give(result, show=lambda: print_compared(result.found), table="routes")


def _show_ways(found: Ways) -> None:
    """Print one way leg by leg, or several beside each other."""
    if found.alternatives is None:
        print_trip(found.trips[0])
    else:
        print_alternatives(found.alternatives)
