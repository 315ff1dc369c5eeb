"""``landbridge depend``: who a sector relies on, and what a supplier's cut-off does."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from landbridge.basis import embedded_basis
from landbridge.cli.runs import progress_bar
from landbridge.cli.sector_options import (
    DetailOption,
    ElasticitiesOption,
    TablesOption,
    TablesYearOption,
    economy_code,
    settings_of,
)
from landbridge.cli.show import cell, print_csv, print_json, print_table
from landbridge.draws.engine import DEFAULT_SEED, FEWER_DRAWS, MAX_DRAWS
from landbridge.report.formats.folder import check_folder
from landbridge.report.pages.supply import write_supply
from landbridge.studies.supply.study import Question, SupplyStudy, study_supply
from landbridge.world.sectors.base import economy_name

SUPPLIERS_SHOWN = 12
INPUTS_SHOWN = 10
INCOMES_SHOWN = 6
TABLES = ("suppliers", "inputs", "cut_off", "income", "certificate")


def depend(
    economy: Annotated[str, typer.Argument(metavar="ECONOMY", help="Code or name of the user.")],
    sector: Annotated[str, typer.Option(help="Its sector, such as C29; a wrong one lists all.")],
    supplier: Annotated[
        str | None,
        typer.Option(help="Whose deliveries stop. Default: its greatest foreign supplier."),
    ] = None,
    stop: Annotated[
        list[str] | None,
        typer.Option(help="Sector of the supplier that stops; repeatable. Default: all."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for a page with charts, a workbook and the tables."),
    ] = None,
    tables: TablesOption = None,
    tables_year: TablesYearOption = None,
    detail: DetailOption = None,
    elasticities: ElasticitiesOption = "",
    draws: Annotated[
        int, typer.Option(min=0, max=MAX_DRAWS, help="Draws for the bands; 0 for none.")
    ] = FEWER_DRAWS,
    seed: Annotated[
        int, typer.Option(min=0, max=2**32 - 1, help="The same seed gives the same numbers.")
    ] = DEFAULT_SEED,
    jobs: Annotated[int, typer.Option(min=0, max=256, help="Processes; 0 for one a core.")] = 0,
    json: Annotated[bool, typer.Option("--json", help="Print all tables as JSON.")] = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print the suppliers as CSV.")] = False,
) -> None:
    """Say which economies a sector relies on, directly and behind them, and what a cut-off does."""
    user = economy_code(economy)
    settings = settings_of(tables, tables_year, detail, elasticities)
    if out is not None:
        check_folder(out)
    with progress_bar() as step:
        study = study_supply(
            embedded_basis(),
            Question(
                user=user,
                sector=sector,
                supplier="" if supplier is None else economy_code(supplier),
                stopped=tuple(stop or ()),
                settings=settings,
            ),
            draws=draws,
            seed=seed,
            jobs=jobs,
            progress=step,
        )
    files = write_supply(study, out) if out is not None else []
    if json:
        print_json({name: getattr(study, name) for name in TABLES} | {"notes": study.notes})
    elif csv:
        print_csv(study.suppliers)
    else:
        print_study(study)
        for file in files:
            if file.suffix == ".html":
                typer.echo(f"Report: {file}")


def print_study(study: SupplyStudy) -> None:
    """Print the study for a person."""
    question = study.question
    user, supplier = economy_name(question.user), economy_name(question.supplier)
    what = ", ".join(question.stopped) or "all it sells"
    suppliers = _banded(study, study.suppliers, "value_added_percent")
    print_table(
        suppliers.head(SUPPLIERS_SHOWN)[
            ["name", "direct_percent", "look_through_percent", "value_added_percent", "90 % band"]
        ],
        title=f"{question.sector} of {user}: share of each economy in its inputs, in all purchases "
        "behind it, and in the value of what it makes",
    )
    print_table(
        study.inputs.head(INPUTS_SHOWN)[
            [
                "input",
                "percent_of_inputs",
                "domestic_percent",
                "first_supplier",
                "first_supplier_percent",
                "first_supplier_world_percent",
                "concentration",
            ]
        ],
        title="Its inputs: first foreign supplier, that supplier's share of the world's exports, "
        "and concentration (0 to 1)",
    )
    lost = _banded(study, study.cut_off, "long_run_output_percent")
    print_table(
        lost[
            [
                "sector",
                "in_proportion_percent",
                "if_indispensable_percent",
                "long_run_output_percent",
                "90 % band",
            ]
        ],
        title=f"{supplier} stops delivering {what} to {user}: output of each sector at once (in "
        "proportion to cost; if the scarcest input sets it), and when all has settled",
    )
    print_table(
        _banded(study, study.income, "long_run_income_percent").head(INCOMES_SHOWN),
        title="Real income when all has settled",
        note="Baskets by sector are borrowed for economies outside the OECD table: docs/sectors.md",
    )


def _banded(study: SupplyStudy, table: pd.DataFrame, column: str) -> pd.DataFrame:
    """Put the band of one column into a column of its own, and leave out all other ends."""
    ends = zip(table[f"{column}_low"], table[f"{column}_high"], strict=True)
    kept = table[[name for name in table if not str(name).endswith(("_low", "_high"))]].copy()
    kept["90 % band"] = [
        f"{cell(low)} to {cell(high)}" if study.draws else "" for low, high in ends
    ]
    return kept
