"""A choice of projects as a folder of files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from landbridge.codes import name_of
from landbridge.report.charts.frontier import frontier_chart
from landbridge.report.pages.html_tables import PageTable
from landbridge.report.pages.parts import Figure, Part
from landbridge.report.pages.run import Section
from landbridge.report.pages.study import StudyPage, source_of, table_on_page, write_study
from landbridge.studies.cba.costing import DISCOUNT
from landbridge.studies.invest.choice import WORLD, Chosen, central_costing
from landbridge.studies.invest.tables import choice_tables, sentences

PAIRS_SHOWN: Final = 30
NOTES: Final = (
    (
        "Every project alone and every pair is run through the network and the equilibrium; larger "
        "sets are put together from those, and the best of them run exactly. The value is the net "
        "present value of the gain of real income less the cost, as in the appraisal of a "
        "scenario; the gain starts when the last work of a set opens."
    ),
    (
        "One sector without inputs: models with many sectors and inputs find gains several times "
        "as large. The break-even factor of each project says how many times larger its gain "
        "would have to be to pay. The budget is for capital with the overrun of the terms."
    ),
)


def write_investment(chosen: Chosen, directory: Path) -> list[Path]:
    """Write a choice of projects: ``investment.html``, workbook, JSON, chart and tables.

    Raises
    ------
    InputError
        The folder cannot be written to.
    """
    return write_study(investment_page(chosen), directory)


def investment_page(chosen: Chosen) -> StudyPage:
    """Compose the page of a choice of projects."""
    tables = choice_tables(chosen)
    chart = frontier_chart(tables["investment_frontier"], tables["investment_sets"], key="frontier")
    meta = about(chosen)
    draws = _draws(chosen)

    def table(name: str, rows: int | None = None) -> PageTable:
        return table_on_page(tables, name, meta=meta, banded=draws > 0, rows=rows)

    figure = Figure(
        chart,
        "Chart: what each budget would buy",
        "Line: best net present value for the capital spent, by singles and pairs. Dots: sets run "
        f"exactly; the filled one is the choice. Source: {source_of(meta)}",
    )
    sections = (
        Section(
            "headline",
            "What to build",
            (Part(notes=NOTES), Part(figures=(figure,), tables=(table("investment_sets"),))),
        ),
        Section("projects", "Each alone", (Part(tables=(table("investment_projects"),)),)),
        Section(
            "pairs",
            "What helps or hinders what",
            (Part(tables=(table("investment_pairs", PAIRS_SHOWN),)),),
        ),
        Section(
            "economies",
            "Who gains and who pays",
            (Part(tables=(table("investment_economies"), table("investment_fiscal"))),),
        ),
        Section(
            "frontier",
            "Other budgets, and the certificate",
            (Part(tables=(table("investment_frontier"), table("investment_certificate"))),),
        ),
    )
    return StudyPage(
        name="investment",
        title=f"What to build of {len(chosen.choice.options)} projects",
        kicker="projects under a budget, and how they work together",
        meta=meta,
        headline=sentences(chosen, tables),
        notes=NOTES,
        tables=tables,
        sections=sections,
        charts={"chart": chart},
    )


def about(chosen: Chosen) -> str:
    """Say what a choice rests on: standpoint, rate, budgets, draws."""
    choice = chosen.choice
    whom = "the world" if choice.standpoint == WORLD else choice.standpoint
    rate = central_costing(choice).terms[DISCOUNT]
    limits = [
        f"{'all together' if payer == WORLD else name_of(payer)} at most {budget:,.0f} million USD"
        for payer, budget in choice.budgets.items()
    ]
    factor = f"gains times {choice.gain_factor:g}; " if choice.gain_factor != 1 else ""
    draws = _draws(chosen)
    drawn = f"{draws} draws, seed {chosen.seed}" if draws else "no draws"
    return (
        f"Value for {whom} at {rate:g} percent; {'; '.join(limits) or 'no budget'}; {factor}"
        f"years from {choice.scenario.date.year}; baseline of {choice.world.year}; {drawn}."
    )


def _draws(chosen: Chosen) -> int:
    return max((len(one) for one in chosen.drawn.values()), default=0)
