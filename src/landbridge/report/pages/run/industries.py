"""The section of a run by industry."""

from __future__ import annotations

from landbridge.report.charts.trade.industries import industry_chart
from landbridge.report.pages.parts.html_tables import page_table, source_line
from landbridge.report.pages.parts.pieces import Figure, Part
from landbridge.studies.run.results import RunResult

CHARTS = (
    ("output_percent", "Output"),
    ("exports_change_percent", "Exports"),
)
INDUSTRIES = (
    "industry", "output_million_usd", "output_percent", "probability_growth",
    "exports_million_usd", "exports_change_percent", "imports_million_usd",
    "imports_change_percent", "unit_cost_percent", "cargo_class",
)  # fmt: skip
PAIRS = (
    "exporter_name", "importer_name", "industry", "baseline_million_usd", "change_percent",
    "change_million_usd",
)  # fmt: skip
PARTS = (
    "by", "title", "sum_percent", "terms_of_trade_percent", "trade_creation_percent",
    "trade_diversion_percent", "technical_percent", "other_percent",
)  # fmt: skip
WELFARE = (
    "name", "exact_welfare_percent", "terms_of_trade_percent", "trade_creation_percent",
    "trade_diversion_percent", "technical_percent", "factor_income_percent", "revenue_percent",
    "first_order_welfare_percent",
)  # fmt: skip
INCOME = (
    "name", "industry_income_percent", "million_usd", "probability_gain", "one_sector_percent",
    "value_added_million_usd", "structure",
)  # fmt: skip


def industry_parts(result: RunResult) -> tuple[Part, ...]:
    """Compose the section; nothing where the run made no industries."""
    if not result.industries:
        return ()
    source = source_line(result, "model")
    figures = tuple(
        Figure(
            industry_chart(
                result.industries["industries"], column=column, title=f"Change of {words.lower()}",
                key=f"industries-{column.replace('_', '-')}",
            ),
            f"Chart: change of {words.lower()} by industry",
            f"{words} of the focus economy by industry"
            f"{'; the whisker is the 90 percent band' if result.draws else ''}. Industries with "
            f"less than 0.1 percent of output are left out. Source: {source}",
        )
        for column, words in CHARTS
    )  # fmt: skip
    count = len(result.industries["industries"])
    sentence = (
        f"The same scenario in a model of {count} industries that buy inputs from one another "
        "(Caliendo and Parro 2015). Goods of each class of cargo take their own cheapest ways."
    )
    if "borrowed" in set(result.industries["industry_income"]["structure"]):
        sentence += (
            " Economies outside the OECD's input-output table have borrowed industries: read "
            "theirs as a guess."
        )
    return (
        Part(
            sentences=(sentence,),
            figures=figures,
            tables=(page_table(result, "industries", columns=INDUSTRIES),),
        ),
        *_parts(result),
        Part(
            folded=(
                page_table(result, "industry_pairs", columns=PAIRS),
                page_table(result, "industry_income", columns=INCOME),
            ),
            folded_title="Pairs by industry, and gains of every economy with industries",
        ),
        Part(
            folded=(
                page_table(result, "industry_certificate"),
                page_table(result, "industry_baseline"),
            ),
            folded_title="Certificate and baseline of the model with industries",
        ),
    )


def _parts(result: RunResult) -> tuple[Part, ...]:
    """Say what the exact gain is made of, and what the published formula gives."""
    there = [
        page_table(result, name, columns=columns)
        for name, columns in (
            ("industry_parts", PARTS), ("industry_welfare", WELFARE), ("industry_path", None),
        )
        if name in result.industries
    ]  # fmt: skip
    if not there:
        return ()
    return (Part(folded=tuple(there), folded_title="What the gain with industries is made of"),)
