"""A choice of projects as a folder of files."""

from __future__ import annotations

from typing import Final

from landbridge.codes import name_of
from landbridge.report.charts.answers.frontier import frontier_chart
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html_tables import PageTable
from landbridge.report.pages.parts.pieces import Figure, Part, Section
from landbridge.report.pages.parts.study import StudyPage, present_page, source_of, table_on_page
from landbridge.report.presentation import Presentation
from landbridge.studies.cba.costing import DISCOUNT
from landbridge.studies.contract import Study
from landbridge.studies.invest.choice import WORLD, Chosen, central_costing

PAIRS_SHOWN: Final = 30
NOTES: Final = (
    (
        "Every project alone and every pair is run through the network and the equilibrium; larger "
        "sets are put together from those, and the best of them run exactly. The value is the net "
        "present value of the gain less the cost, as in the appraisal of a scenario: real income "
        "by goods across borders, domestic freight, passengers where stated, and what roads and "
        "CO2e of domestic freight are worth. Fees for through traffic, roads and CO2e of foreign "
        "goods are in a run alone. The gain starts when the last work of a set opens."
    ),
    (
        "One sector without inputs: models with many sectors and inputs find gains several times "
        "as large. The break-even factor of each project says how many times larger its gain "
        "would have to be to pay. The budget is for capital with the overrun of the terms."
    ),
)


def present_investment(study: Study[Chosen], view: BoundaryView) -> Presentation:
    """Compose the files of a choice of projects: page, workbook, JSON, chart and tables."""
    del view  # There is no map.
    chosen, tables = study.found, study.tables
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
            (Part(notes=study.notes), Part(figures=(figure,), tables=(table("investment_sets"),))),
        ),
        Section(
            "projects",
            "Each alone",
            (
                Part(
                    tables=(
                        table("investment_projects"),
                        *(() if tables["investment_parts"].empty else (table("investment_parts"),)),
                    )
                ),
            ),
        ),
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
    return present_page(
        StudyPage(
            name=study.name,
            title=study.title,
            kicker="projects under a budget, and how they work together",
            meta=meta,
            headline=study.headline,
            notes=study.notes,
            tables=tables,
            sections=sections,
            charts={"chart": chart},
            provenance=study.provenance,
        )
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
