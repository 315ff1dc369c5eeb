"""``landbridge route``: the cheapest way between two places, leg by leg."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from landbridge.cli.show import print_csv, print_json, print_table
from landbridge.freight.costs import central_parameters
from landbridge.freight.network import load_network
from landbridge.freight.routes import Trip, best_trip
from landbridge.scenario.edits import apply_measures
from landbridge.scenario.parameters import scenario_parameters
from landbridge.scenario.reading import find_scenario, read_scenario
from landbridge.study.assumptions import central_freight

SHOWN = {
    "name": "leg",
    "km": "km",
    "hours": "hours",
    "usd_per_tonne": "usd_per_tonne",
    "cumulative_hours": "hours so far",
    "cumulative_usd_per_tonne": "USD/t so far",
}
"""Columns of the legs that fit a terminal, with their headings; `--json` gives all."""


def route(
    origin: Annotated[str, typer.Argument(metavar="FROM", help="City, station or port.")],
    destination: Annotated[str, typer.Argument(metavar="TO", help="City, station or port.")],
    scenario: Annotated[
        str | None, typer.Option(help="Route on the network of this scenario (name or file).")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print as CSV.")] = False,
) -> None:
    """Find the way of least generalised cost: money plus time at the value of time."""
    trip = find_trip(origin, destination, scenario)
    if json:
        print_json({"totals": totals(trip), "legs": trip.legs})
    elif csv:
        print_csv(trip.legs)
    else:
        print_table(
            trip.legs[list(SHOWN)].rename(columns=SHOWN), title=f"{origin} to {destination}"
        )
        typer.echo(
            f"{trip.km:,.0f} km, {trip.hours / 24:.1f} days, {trip.usd_per_tonne:,.0f} USD per "
            f"tonne; with time {trip.generalised_usd_per_tonne:,.0f} USD per tonne."
        )


def find_trip(origin: str, destination: str, scenario: str | None) -> Trip:
    """Route on today's network, or on a scenario's."""
    network = load_network()
    if scenario is None:
        return best_trip(network, central_parameters(), origin, destination)
    path: Path = find_scenario(scenario)
    read = read_scenario(path)
    freight = central_freight(scenario_parameters(read, where=str(path)))
    changed = apply_measures(read, network, where=str(path))
    return best_trip(changed, freight, origin, destination)


def totals(trip: Trip) -> dict[str, float]:
    """Give a trip's totals with their units in the keys."""
    return {
        "km": trip.km,
        "hours": trip.hours,
        "usd_per_tonne": trip.usd_per_tonne,
        "generalised_usd_per_tonne": trip.generalised_usd_per_tonne,
    }
