"""``landbridge scenarios``: what can be run, and what a scenario file may hold."""

from __future__ import annotations

from typing import Annotated

import typer

from landbridge.cli.options.groups import OwnWorld, TableAnswer, command
from landbridge.cli.options.model import open_model
from landbridge.cli.printing.show import print_json, print_table
from landbridge.scenarios.kinds import file_schema, kinds_table
from landbridge.verbs.catalogue import shipped_scenarios


@command
def scenarios(
    kinds: Annotated[
        bool, typer.Option("--kinds", help="List the kinds of measures that a file can hold.")
    ] = False,
    schema: Annotated[
        bool, typer.Option("--schema", help="Print the file's format as a JSON schema.")
    ] = False,
    *,
    ground: OwnWorld,
    form: TableAnswer,
) -> None:
    """List the scenarios that ship with Landbridge, or what a scenario file may hold."""
    if schema:
        print_json(file_schema())
        return
    if kinds:
        _print_kinds(json=form.json)
        return
    form.check()
    result = open_model(ground).scenarios() if ground.is_own else shipped_scenarios()
    shown = result.tables["scenarios"]
    if not shown["not_covered"].any():
        shown = shown.drop(columns="not_covered")
    form.give(
        result,
        show=lambda: print_table(
            shown, note="Run one with `landbridge run NAME`; write your own: docs/scenarios.md"
        ),
    )


def _print_kinds(*, json: bool) -> None:
    table = kinds_table()
    if json:
        print_json(table)
        return
    print_table(
        table, note="Keys in brackets can be left out; id, title, source: docs/scenarios.md"
    )
