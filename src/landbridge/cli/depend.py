"""``landbridge depend``: who a sector relies on, and what a supplier's cut-off does."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import pandas as pd
import typer

from landbridge.basis import embedded_sectors
from landbridge.cli.options.groups import FEWER, Chance, Estimated, TableAnswer, command
from landbridge.cli.options.model import (
    open_model,
)
from landbridge.cli.options.sectors import (
    DetailOption,
    ElasticitiesOption,
    TablesOption,
    TablesYearOption,
    check_tables,
    economy_code,
)
from landbridge.cli.printing.progress import progress_bar
from landbridge.cli.printing.show import cell, print_table
from landbridge.codes import name_of
from landbridge.report.formats.columns import is_end
from landbridge.report.formats.frames import middle
from landbridge.studies.industries.base import theta_of
from landbridge.studies.supply.study import SupplyStudy
from landbridge.world.sectors.load import SHIPPED_DETAIL

SUPPLIERS_SHOWN = 12
INPUTS_SHOWN = 10
INCOMES_SHOWN = 6


@command
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
    tables: TablesOption = None,
    tables_year: TablesYearOption = None,
    detail: DetailOption = None,
    elasticities: ElasticitiesOption = "",
    *,
    chance: Chance = FEWER,
    ground: Estimated,
    form: TableAnswer,
) -> None:
    """Say which economies a sector relies on, directly or behind them, what a cut-off does."""
    user = economy_code(economy)
    whose = economy_code(supplier) if supplier is not None else ""
    check_tables(tables, tables_year, detail)
    form.check()
    model = open_model(replace(ground, sectors=tables, sectors_year=tables_year))
    # A slip is told before the bar of progress stands on the terminal.
    theta_of(model.sectors or embedded_sectors(detail or SHIPPED_DETAIL), elasticities)
    with progress_bar() as step:
        result = model.depend(
            user,
            sector=sector,
            supplier=whose,
            stop=stop or (),
            detail=detail or SHIPPED_DETAIL,
            elasticities=elasticities,
            draws=chance.draws,
            seed=chance.seed,
            jobs=chance.jobs,
            progress=step,
        )
    form.give(result, show=lambda: print_study(result.found), table="suppliers")


def print_study(study: SupplyStudy) -> None:
    """Print the study for a person."""
    question = study.question
    user, supplier = name_of(question.user), name_of(question.supplier)
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
    columns = [str(name) for name in table]
    kept = table[[name for name in columns if not is_end(name, columns)]].copy()
    kept[column] = middle(table, column)
    kept["90 % band"] = [
        f"{cell(low)} to {cell(high)}" if study.draws else "" for low, high in ends
    ]
    return kept
