"""CEPII BACI: bilateral goods trade by HS6 product.

Traps: economies are Comtrade's numbers, not ISO's (842 is the United States, 699 India, 490
Taiwan); product codes are text (``010121``, ``9999AA``); quantities may be missing; values are
thousand USD; there is no domestic trade; older releases call the product ``hs6``.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from landbridge.codes import known_codes
from landbridge.sources.files.headers import Sheet
from landbridge.sources.files.stage import Check, Stage
from landbridge.sources.flows import FlowPlan, collect
from landbridge.sources.identity import identify
from landbridge.sources.model import Draft
from landbridge.sources.reading import Input, small_table, staged

USD_THOUSANDS = 1e-3
CHAPTER = 2
PRODUCT = 6


def read(given: Input) -> Draft:
    """Read BACI's flows.

    Parameters
    ----------
    given
        One or several years (a zip holds many); companions: country and product codes.

    Returns
    -------
    Draft
        Flows with quantity_tonnes (missing where no row states one); by ``total`` (default),
        ``sector`` (HS chapter) or ``product`` (HS6, text).

    Source: G. Gaulier and S. Zignago, BACI (CEPII working paper 2010-23).
    """
    product = "hs6" if given.release == "baci_hs6" else "k"
    told, warnings = _country_codes(given)
    with staged(given, ["t", "i", "j", product, "v", "q"]) as stage:
        plan = _plan(stage, product, given.options.detail or "total", told)
        found = collect(stage, plan, given.options)
    companions = _products(given)
    return Draft(
        kind="flows",
        table=found.table,
        units={"value_million_usd": "million USD", "quantity_tonnes": "tonnes"},
        counts=found.counts,
        warnings=(*found.warnings, *warnings),
        trade="goods",
        companions=companions,
    )


def _plan(stage: Stage, product: str, detail: str, told: Mapping[str, str]) -> FlowPlan:
    code = stage.text(product)
    groups = {"product": code} if detail == "product" else {}
    if detail == "sector":
        groups = {"sector": f"substr({code}, 1, {CHAPTER})"}
    return FlowPlan(
        exporter=stage.text("i"),
        importer=stage.text("j"),
        coding="numbers",
        year=stage.number("t"),
        value=stage.number("v"),
        factor=USD_THOUSANDS,
        bad_value=stage.not_a_number("v"),
        bad_year=stage.not_a_number("t"),
        key=(stage.column("t"), stage.column("i"), stage.column("j"), stage.column(product)),
        groups=groups,
        sums={"quantity_tonnes": stage.number("q")},
        keep_self=False,
        checks=(
            Check(
                "the product is no HS6 code of six characters (leading zeros lost?)",
                f"({code} IS NULL OR length({code}) != {PRODUCT})",
            ),
            Check("the quantity is no finite number", stage.not_a_number("q")),
            Check("the quantity is negative", f"({stage.number('q')} < 0)"),
        ),
        explained=told,
    )


def _country_codes(given: Input) -> tuple[dict[str, str], tuple[str, ...]]:
    """Read the country list beside the flows, which comes first, and tell where ours differs."""
    told: dict[str, str] = {}
    files: list[str] = []
    for sheet in given.companions_of("baci_countries"):
        name = "country_iso3" if "country_iso3" in sheet.folded else "iso_3digit_alpha"
        table = small_table(sheet, ["country_code", name], given.limits)
        told |= dict(zip(table["country_code"], table[name], strict=True))
        files.append(sheet.label)
    ours = identify(told, "numbers")
    known = set(known_codes())
    differ = [
        f"country code {code} is {iso3} in the file, which is followed, and {ours[code].iso3} here"
        for code, iso3 in told.items()
        if iso3 in known and ours[code].iso3 and ours[code].iso3 != iso3
    ]
    read = [f"country codes are those of {', '.join(files)}"] if files else []
    return told, (*read, *sorted(differ))


def _products(given: Input) -> dict[str, pd.DataFrame]:
    sheets: list[Sheet] = list(given.companions_of("baci_products"))
    if not sheets:
        return {}
    return {"products": small_table(sheets[0], ["code", "description"], given.limits)}
