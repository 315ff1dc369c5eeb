"""USITC ITPD-E and ITPD-S: trade by industry, domestic trade included.

Traps: a zero flagged ``u`` is a flow nobody knows, set to zero, and not a zero; some flows are the
partner's report (``flag_mirror``); release 1 has no dynamic codes; a variant without names has no
broad sector either; 70 million rows do not fit into memory. Values are million USD.
"""

from __future__ import annotations

from landbridge.sources.files.engine import literal
from landbridge.sources.files.stage import Check, Stage
from landbridge.sources.flows import FlowPlan, collect
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, staged
from landbridge.tables import embedded_table

R02_LAST_YEAR = 2019
WANTED = (
    "exporter_iso3",
    "exporter_dynamic_code",
    "importer_iso3",
    "importer_dynamic_code",
    "year",
    "industry_id",
    "broad_sector",
    "trade",
    "flag_mirror",
    "flag_zero",
)


def read(given: Input) -> Draft:
    """Read ITPD flows.

    Parameters
    ----------
    given
        The file, or its yearly parts.

    Returns
    -------
    Draft
        Flows by ``total``, ``sector`` (default: agriculture, mining_energy, manufacturing,
        services) or ``product`` (industry number, text); domestic trade included. Unknown flows
        are missing; where several are added up, unknown_cells says how many were left out.

    Source: I. Borchert, M. Larch, S. Shikher and Y. Yotov, The International Trade and Production
    Database for Estimation (USITC working papers 2020-05-C and 2022-07-A).
    """
    with staged(given, WANTED) as stage:
        found = collect(stage, _plan(stage, given.options.detail or "sector"), given.options)
    warnings = list(found.warnings)
    if odd := found.asides["odd"]:
        warnings.append(f"{odd:,} rows flagged unknown have a value; it is taken as known")
    vintage = ""
    if given.release == "itpd_e_r02":
        vintage = "R03" if found.last_year > R02_LAST_YEAR else "R02"
    return Draft(
        kind="flows",
        table=found.table,
        units={"value_million_usd": "million USD"},
        counts=found.counts,
        warnings=tuple(warnings),
        domestic=True,
        trade="by_sector",
        vintage=vintage,
    )


def _plan(stage: Stage, detail: str) -> FlowPlan:
    value, industry = stage.number("trade"), stage.number("industry_id")
    sector = _sector(stage)
    groups = {"sector": sector} if detail == "sector" else {}
    if detail == "product":
        groups = {"sector": sector, "product": stage.text("industry_id")}
    key = [stage.column("exporter_iso3"), stage.column("importer_iso3")]
    if stage.has("exporter_dynamic_code") and stage.has("importer_dynamic_code"):
        # Two parts of a changed economy share an ISO3 and are added up; they repeat nothing.
        key += [stage.column("exporter_dynamic_code"), stage.column("importer_dynamic_code")]
    masked = stage.column("industry_id")
    return FlowPlan(
        exporter=stage.text("exporter_iso3"),
        importer=stage.text("importer_iso3"),
        coding="letters",
        year=stage.number("year"),
        value=value,
        factor=1.0,
        bad_value=stage.not_a_number("trade"),
        bad_year=stage.not_a_number("year"),
        key=(*key, stage.column("year"), masked),
        masked=masked,
        groups=groups,
        unknown=f"({_flag(stage, 'flag_zero')} = 'u' AND coalesce({value}, 0) = 0)",
        asides={"odd": f"({_flag(stage, 'flag_zero')} = 'u' AND {value} > 0)"},
        mirror=f"{_flag(stage, 'flag_mirror')} NOT IN ('0', '0.0', 'n', 'false')",
        checks=(
            Check("the industry is missing or no number", f"({industry} IS NULL)"),
            Check("no broad sector is known for the industry", f"({sector} IS NULL)"),
            Check(
                "flag_zero is none of p, r, u",
                f"(coalesce({_flag(stage, 'flag_zero')}, 'p') NOT IN ('p', 'r', 'u'))",
            ),
        ),
    )


def _flag(stage: Stage, name: str) -> str:
    return f"lower({stage.text(name)})"


def _sector(stage: Stage) -> str:
    """Write SQL for the broad sector: from its column, else from the industry's number."""
    table = embedded_table("sources", "itpd_sectors")
    industry = stage.number("industry_id")
    named, numbered = [], []
    for row in table.itertuples():
        numbered.append(
            f"WHEN {industry} BETWEEN {row.first} AND {row.last} THEN {literal(str(row.sector))}"
        )
        if stage.has("broad_sector"):
            broad = f"lower({stage.text('broad_sector')})"
            named.append(
                f"WHEN starts_with({broad}, {literal(str(row.begins))}) "
                f"THEN {literal(str(row.sector))}"
            )
    return f"CASE {' '.join(named or numbered)} END"
