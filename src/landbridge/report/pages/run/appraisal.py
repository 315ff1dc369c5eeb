"""The section of a cost-benefit analysis."""

from __future__ import annotations

from landbridge.report.charts.swings import swing_chart
from landbridge.report.pages.parts.html_tables import page_table, source_line
from landbridge.report.pages.parts.pieces import Figure, Part
from landbridge.studies.run.results import RunResult


def appraisal_parts(result: RunResult) -> tuple[Part, ...]:
    """Compose the section; nothing where no measure has a cost."""
    if not result.appraisal:
        return ()
    swings = Figure(
        swing_chart(result.appraisal["appraisal_tornado"], key="appraisal-swings"),
        "Chart: how far each assumption moves the net present value",
        "Net present value of the world with one assumption at a time at the ends of its range, "
        f"all others at their centre. Source: {source_line(result, 'model')}",
    )
    sentence = (
        "The benefit of a year is a sum of lines, once the traffic has come; the cost is that of "
        "building and running what the scenario builds, and of the taxes that pay for it."
    )
    return (
        Part(
            sentences=(sentence,),
            tables=(
                page_table(result, "appraisal_summary"),
                page_table(result, "appraisal_lines"),
                page_table(result, "appraisal_switching"),
            ),
        ),
        Part(figures=(swings,)),
        Part(
            title="Who gains and who pays",
            tables=(
                page_table(
                    result,
                    "appraisal_economies",
                    columns=_without_code(result, "appraisal_economies"),
                ),
                page_table(
                    result,
                    "appraisal_fiscal",
                    columns=_without_code(result, "appraisal_fiscal"),
                ),
            ),
        ),
        Part(
            folded=tuple(
                page_table(result, f"appraisal_{name}")
                for name in ("costs", "terms", "savings", "fees", "checks", "years", "tornado")
            ),
            folded_title="Costs, terms, savings of users, and every year",
        ),
    )


def _without_code(result: RunResult, name: str) -> list[str]:
    return [str(column) for column in result.appraisal[name] if column != "iso3"]
