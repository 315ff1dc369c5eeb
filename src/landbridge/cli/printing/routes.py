"""Ways, profiles and comparisons of routes on a terminal, as JSON and as CSV."""

from __future__ import annotations

import pandas as pd
import typer

from landbridge.cli.printing.show import cell, print_csv, print_json, print_table
from landbridge.freight.choice.logit import choose
from landbridge.freight.costs.shipments import find_shipment
from landbridge.freight.routes.alternatives import Alternatives
from landbridge.freight.routes.least_cost import Trip
from landbridge.report.pages.routes import headline
from landbridge.studies.routes.comparison import Compared, comparison_names, find_comparison

SHOWN = {
    "name": "leg",
    "km": "km",
    "hours": "hours",
    "usd_per_tonne": "usd_per_tonne",
    "cumulative_hours": "hours so far",
    "cumulative_usd_per_tonne": "USD/t so far",
}
"""Columns of the legs that fit a terminal, with their headings; `--json` gives all."""


def print_trip(trip: Trip) -> None:
    """Print one way leg by leg, with its totals."""
    title = f"{trip.origin} to {trip.destination}"
    print_table(trip.legs[list(SHOWN)].rename(columns=SHOWN), title=title, cards=False)
    typer.echo(
        f"{trip.km:,.0f} km, {trip.hours / 24:.1f} days, {trip.usd_per_tonne:,.0f} USD per "
        f"tonne; with time {trip.generalised_usd_per_tonne:,.0f} USD per tonne."
    )


def print_alternatives(found: Alternatives) -> None:
    """Print several ways beside each other, with the share that each would take."""
    chosen = choose(found)
    table = found.table.assign(share_percent=chosen.routes["share_percent"].to_numpy())
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
        typer.echo(f"Warning: {note}")


def print_profile(compared: Compared, rows: pd.DataFrame) -> None:
    """Print profiles row by row, with what comes first of them."""
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
        typer.echo(f"Warning: {note}")


def print_compared(compared: Compared) -> None:
    """Print routes beside each other, one table a kind of shipment."""
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
            typer.echo(f"Warning: {note}")


def list_comparisons(*, json: bool, csv: bool) -> None:
    """Print the comparisons that ship."""
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
