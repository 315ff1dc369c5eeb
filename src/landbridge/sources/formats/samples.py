"""Teaching data: the gegravity sample and the Advanced Guide to Trade Policy Analysis.

Both hold pairs with trade in million USD, domestic trade included.
"""

from __future__ import annotations

from landbridge.sources.flows import FlowPlan, collect
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, staged

FIXED = frozenset({"exporter", "importer", "year", "trade"})


def read(given: Input) -> Draft:
    """Read one of the teaching data sets.

    Returns
    -------
    Draft
        Pairs: exporter, importer, year, value_million_usd and the file's own variables as numbers
        (names in lower case; dist is in km, lndist its log; y and e in million USD).
    """
    names = tuple(dict.fromkeys(name for sheet in given.sheets for name in sheet.folded))
    with staged(given, names) as stage:
        others = [name for name in stage.names if name not in FIXED and name.isidentifier()]
        plan = FlowPlan(
            exporter=stage.text("exporter"),
            importer=stage.text("importer"),
            coding="letters",
            year=stage.number("year"),
            value=stage.number("trade"),
            factor=1.0,
            bad_value=stage.not_a_number("trade"),
            bad_year=stage.not_a_number("year"),
            key=(stage.column("exporter"), stage.column("importer"), stage.column("year")),
            groups={f'"{name}"': stage.number(name) for name in others},
        )
        found = collect(stage, plan, given.options)
    units = {"value_million_usd": "million USD"}
    units |= {name: "million USD" for name in ("y", "e") if name in others}
    units |= {"dist": "km"} if "dist" in others else {}
    return Draft(
        kind="pairs",
        table=found.table,
        units=units,
        counts=found.counts,
        warnings=found.warnings,
        domestic=True,
        trade="goods",
    )
