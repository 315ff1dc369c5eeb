"""``landbridge scenarios``: what can be run, and what a scenario file may hold."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli.options.model import (
    FittedOption,
    ModelOptions,
    WorldAsOption,
    WorldOption,
    WorldYearOption,
    open_model,
)
from landbridge.cli.printing.answering import CsvOption, JsonOption, OutOption, answer, check_answer
from landbridge.cli.printing.show import print_json, print_table
from landbridge.scenarios.kinds import file_schema, kinds_table


def scenarios(
    kinds: Annotated[
        bool, typer.Option("--kinds", help="List the kinds of measures that a file can hold.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the file's format as a JSON schema.")
    ] = False,
    world: WorldOption = None,
    year: WorldYearOption = None,
    world_as: WorldAsOption = None,
    fitted: FittedOption = False,
    out: OutOption = None,
    json: JsonOption = False,
    csv: CsvOption = False,
) -> None:
    """List the scenarios that ship with Landbridge, or what a scenario file may hold."""
    if schema:
        print_json(file_schema())
        return
    if kinds:
        _print_kinds(json=json)
        return
    check_answer(out=out, json=json, csv=csv)
    model = open_model(ModelOptions(world=world, year=year, world_as=world_as, fitted=fitted))
    result = model.scenarios()
    shown = result.tables["scenarios"]
    if not shown["not_covered"].any():
        shown = shown.drop(columns="not_covered")
    answer(
        result,
        show=lambda: print_table(
            shown, note="Run one with `landbridge run NAME`; write your own: docs/scenarios.md"
        ),
        out=out,
        json=json,
        csv="scenarios" if csv else "",
    )


def _print_kinds(*, json: bool) -> None:
    table = kinds_table()
    if json:
        print_json(table)
        return
    print_table(
        table, note="Keys in brackets can be left out; id, title, source: docs/scenarios.md"
    )
