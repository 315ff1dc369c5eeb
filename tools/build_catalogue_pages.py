"""Write a page of the docs for each scenario of the catalogue, from its run, and an index of all.

    python tools/build_catalogue_pages.py                 # every scenario
    python tools/build_catalogue_pages.py cpec tapi       # only these, and the index
    python tools/build_catalogue_pages.py --warnings      # the warnings alone, without draws

Each run takes DRAWS draws with SEED: the same data and version give the same pages. Few draws make
rough bands; the pages say so. What the index shows stands in ``docs/catalogue/catalogue.csv``.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import landbridge as lb
from landbridge.atlas.composites import composite
from landbridge.draws.defaults import DEFAULT_DRAWS, DEFAULT_SEED
from landbridge.draws.noise import about_nil
from landbridge.formats import band, money, percent, probability, significant
from landbridge.formats import signed as signed_number
from landbridge.freight.validate.words import PAGE
from landbridge.scenarios.measures.change_crossing import ChangeCrossing
from landbridge.scenarios.reading import catalogue_names, find_scenario, read_scenario
from landbridge.scenarios.schema import Scenario
from landbridge.studies.cba.scenario_appraisal import with_appraisal
from landbridge.studies.chain.assumptions import central_freight
from landbridge.studies.chain.inputs import prepare_inputs
from landbridge.studies.run.freight_warnings import scenario_warnings
from landbridge.studies.run.geometry import reported_trips
from landbridge.studies.run.results import RunResult
from landbridge.studies.run.running import DrawnRun, draw_scenario, result_of
from landbridge.units import PERCENT

DRAWS = 20
SEED = DEFAULT_SEED
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "catalogue"
ROWS = FOLDER / "catalogue.csv"
PUBLISHED = FOLDER / "bri-comparison.csv"
BRI = "bri-corridors"
MOST = 5
WAYS = 3
NIL_KEYS = ("real_income_percent_median", "million_usd_median")
DISCOUNT = 9.0
FINDS = "## What the run finds"
WARNING = "## Warning"
FIELDS = (
    "name", "title", "focus", "income_percent", "income_low", "income_high", "world_million_usd",
    "world_low", "world_high", "npv_million_usd", "eirr_percent", "blocked",
)  # fmt: skip


def main(names: Sequence[str]) -> None:
    """Make the pages asked for, and the index."""
    model, known = lb.load(), read_rows()
    if "--warnings" in names:
        for name in catalogue_names():
            path = FOLDER / f"{name}.md"
            told = warned(path.read_text(encoding="utf-8"), warnings_of(model, name))
            path.write_text(told, encoding="utf-8")
        return
    for name in names or catalogue_names():
        run, result = made(model, name)
        (FOLDER / f"{name}.md").write_text(page(name, result), encoding="utf-8")
        known[name] = row(name, result, run)
        if name == BRI:
            write_table(PUBLISHED, ("what", "found"), compared(model, run))
        rows = [known[each] for each in catalogue_names() if each in known]
        write_table(ROWS, FIELDS, rows)
        (FOLDER / "index.md").write_text(index(rows), encoding="utf-8")
        print(name, flush=True)


def made(model: lb.Model, name: str) -> tuple[DrawnRun, RunResult]:
    """Run one scenario as `Model.run` does; the index needs draws that its result does not keep."""
    scenario = read_scenario(find_scenario(name))
    run = draw_scenario(model, scenario, draws=DRAWS, seed=SEED, jobs=1, where=name)
    return run, with_appraisal(result_of(run), run)


def page(name: str, result: RunResult) -> str:
    """Write the page of one scenario."""
    scenario = read_scenario(find_scenario(name))
    remarks = [
        line[1:].strip()
        for line in find_scenario(name).read_text(encoding="utf-8").splitlines()
        if line.startswith("#")
    ]
    parts = [
        f"# {result.scenario_title}",
        f"    landbridge run {name}",
        result.scenario_summary,
        " ".join(remarks),
        "## What changes",
        markdown(
            ("measure", "what", "source"),
            [(m["title"], m["what"], m["source"]) for m in records(result.measures)],
        ),
        *constraints(result),
        FINDS,
        rests_on(result),
        "\n".join(f"- {sentence}" for sentence in result.headline),
        *winners(result),
        *trade(result, scenario.focus.economy),
        *trips(result),
        *worth(result),
        "## What it leaves out",
        "\n".join(f"- {note}" for note in result.notes),
        "Written by `tools/build_catalogue_pages.py`; edit the scenario, not the page.",
    ]
    return warned("\n\n".join(part for part in parts if part) + "\n", result.warnings)


def warnings_of(model: lb.Model, name: str) -> tuple[str, ...]:
    """Find the warnings of one scenario, without running it."""
    scenario = read_scenario(find_scenario(name))
    inputs = prepare_inputs(model, scenario, where=name)
    trips = reported_trips(inputs, central_freight(inputs.parameters))
    return scenario_warnings(inputs, trips)


def warned(text: str, sentences: Sequence[str]) -> str:
    """Put warnings before what the run finds, in the place of those that stand there."""
    before, found, after = text.partition(f"{FINDS}\n")
    before = before.partition(f"{WARNING}\n")[0]
    plain = [
        one.removeprefix("Warning: ").replace(PAGE, f"[{PAGE}](../../{PAGE})") for one in sentences
    ]
    told = "\n".join(f"- {one[:1].upper()}{one[1:]}" for one in plain)
    return before + (f"{WARNING}\n\n{told}\n\n" if told else "") + found + after


def rests_on(result: RunResult) -> str:
    """Say what the numbers of a page rest on."""
    return (
        f"Landbridge {lb.__version__}, baseline of {result.baseline_year}, blocs of "
        f"{result.scenario_date}, {result.draws} draws, seed {result.seed}. With so few draws the "
        f"bands (5th to 95th percentile) are rough; `landbridge run` takes {DEFAULT_DRAWS}."
    )


def constraints(result: RunResult) -> list[str]:
    """Show the relations that bear on it."""
    if result.constraints.empty:
        return []
    rows = [
        (
            r["title"], r["parties"], str(r["relation_kind"]).replace("_", " "), r["effect"],
            r["left"], r["work_around"],
        )
        for r in records(result.constraints)
    ]  # fmt: skip
    heads = ("measure", "between", "relation", "effect", "left", "work-around")
    return ["## What stands in the way", markdown(heads, rows)]


def winners(result: RunResult) -> list[str]:
    """Show who gains and who loses most, in percent of GDP."""
    table = result.income.sort_values("real_income_percent_median", ascending=False, kind="stable")
    # What is about nil is neither gained nor lost.
    table = table[~about_nil(*(table[key].to_numpy() for key in NIL_KEYS))]
    best = [r for r in records(table.head(MOST)) if r["real_income_percent_median"] > 0]
    worst = [r for r in records(table.tail(MOST).iloc[::-1]) if r["real_income_percent_median"] < 0]
    rows = [
        (
            r["name"],
            percent(r["real_income_percent_median"]),
            band(r["real_income_percent_low"], r["real_income_percent_high"]),
            percent(r["real_income_percent"]),
            money(r["million_usd_median"], sign=True),
            money(r["million_usd_mean"], sign=True),
        )
        for r in [*best, *worst]
    ]
    heads = (
        "economy", "real income, % of GDP, median", "band", "every input at its centre",
        "a year, median", "mean",
    )  # fmt: skip
    return ["### Who gains, who loses", markdown(heads, rows)]


def trade(result: RunResult, focus: str) -> list[str]:
    """Show the trade of the focus."""
    rows = [
        (
            f"{r['exporter_name']} to {r['importer_name']}",
            money(r["baseline_million_usd"]),
            r["status"],
            percent(r["cost_change_percent"]),
            percent(r["change_percent_median"]),
            band(r["change_percent_low"], r["change_percent_high"]),
            percent(r["change_percent"]),
        )
        for r in records(result.trade_pairs)
    ]
    heads = (
        "flow", "baseline", "known from", "delivered cost", "trade, median", "band",
        "every input at its centre",
    )  # fmt: skip
    return [f"### Trade of {focus}", markdown(heads, rows)]


def trips(result: RunResult) -> list[str]:
    """Show the trips before and after."""
    if result.trips.empty:
        return []
    rows = [
        (
            f"{r['origin']} to {r['destination']}",
            f"{_number(r['hours_before'] / 24)} to {_number(r['hours_after'] / 24)}",
            _with_band(r, "hours_change"),
            f"{_number(r['usd_per_tonne_before'])} to {_number(r['usd_per_tonne_after'])}",
            _most_taken(result, r),
            r["route_after"] or "no way",
        )
        for r in records(result.trips)
    ]
    heads = (
        "trip", "days, every input at its centre", "hours, median change and band",
        "USD per tonne, every input at its centre", "ways after, share of the draws",
        "way after, every input at its centre",
    )  # fmt: skip
    return ["### Trips", markdown(heads, rows)]


def _with_band(row: Mapping[str, Any], name: str) -> str:
    ends = band(row[f"{name}_low"], row[f"{name}_high"])
    return f"{_number(row[f'{name}_median'])} ({ends})"


def _most_taken(result: RunResult, trip: Mapping[str, Any]) -> str:
    ways = result.trip_ways
    own = ways[
        (ways["origin"] == trip["origin"])
        & (ways["destination"] == trip["destination"])
        & (ways["stage"] == "after")
    ]
    return "<br>".join(
        f"{r['way']}: {probability(r['share_of_draws'])}" for r in records(own.head(WAYS))
    )


def worth(result: RunResult) -> list[str]:
    """Show the cost-benefit analysis."""
    table = result.appraisal.get("appraisal_summary")
    if table is None:
        return []
    rows = [
        (
            r["standpoint"],
            f"{r['discount_percent']:g} %",
            money(r["npv_million_usd_median"], sign=True),
            band(r["npv_million_usd_low"], r["npv_million_usd_high"]),
            money(r["npv_million_usd_mean"], sign=True),
            _number(r["benefit_cost_ratio_median"]),
            _number(r["eirr_percent_median"]),
        )
        for r in records(table)
    ]
    heads = (
        "standpoint", "discount", "NPV, median", "band, million USD", "NPV, mean",
        "benefit over cost", "EIRR, %",
    )  # fmt: skip
    return ["### Against its cost", markdown(heads, rows), *lines_of_benefit(result)]


def lines_of_benefit(result: RunResult) -> list[str]:
    """Show the lines of benefit and costs that a net present value consists of."""
    table = result.appraisal["appraisal_lines"]
    rows = [
        (
            r["kind"],
            r["title"],
            "" if np.isnan(r["million_usd_mean"]) else money(r["million_usd_mean"], sign=True),
            money(r["present_million_usd_mean"], sign=True),
            band(r["present_million_usd_low"], r["present_million_usd_high"]),
        )
        for r in records(table[table["counted"] & (table["present_million_usd_mean"] != 0)])
    ]
    heads = ("kind", "line", "a full year, mean", "present value, mean", "band, million USD")
    return [markdown(heads, rows)]


def row(name: str, result: RunResult, run: DrawnRun) -> dict[str, object]:
    """Write the row of the index."""
    at = run.inputs.focus
    income = result.income.iloc[at]
    gdp = run.inputs.world.gdp_million_usd
    drawn = (run.drawn.real_income_percent * gdp / PERCENT).sum(axis=1)
    summary = result.appraisal.get("appraisal_summary")
    found = {"npv_million_usd": "", "eirr_percent": ""}
    if summary is not None:
        world = summary[
            (summary["standpoint"] == "world") & (summary["discount_percent"] == DISCOUNT)
        ]
        found = {key: _rounded(float(world.iloc[0][f"{key}_median"])) for key in found}
    return {
        "name": name,
        "title": result.scenario_title,
        "focus": income["name"],
        "income_percent": _rounded(income["real_income_percent_median"]),
        "income_low": _rounded(income["real_income_percent_low"]),
        "income_high": _rounded(income["real_income_percent_high"]),
        "world_million_usd": _rounded(float(np.median(drawn))),
        "world_low": _rounded(float(np.percentile(drawn, 5))),
        "world_high": _rounded(float(np.percentile(drawn, 95))),
        "blocked": int((result.constraints["effect"] == "blocked").sum()),
        **found,
    }


def compared(model: lb.Model, run: DrawnRun) -> list[dict[str, object]]:
    """List the corridors' numbers as the World Bank's study states its own."""
    before = run.central.found.before.usd_per_tonne
    after = run.central.found.after.usd_per_tonne
    covered = run.central.found.before.covered & np.isfinite(before) & np.isfinite(after)
    np.fill_diagonal(covered, val=False)
    change = PERCENT * (np.divide(after, before, out=np.ones_like(after), where=covered) - 1.0)
    tau = PERCENT * (run.central.found.shock.freight_tau_hat - 1.0)
    iso3 = run.inputs.world.iso3
    partners = set(composite("gep-eurasia").group.members(on=run.inputs.scenario.date))
    inside = np.array([code in partners for code in iso3])
    both = covered & inside[:, None] & inside[None, :]
    income = run.central.outcome.real_income_percent
    gdp = run.inputs.world.gdp_million_usd
    world = float((income * gdp).sum() / gdp.sum())
    bri = float((income * gdp)[inside].sum() / gdp[inside].sum())
    exports = run.central.outcome.exports_percent
    weights = run.inputs.world.exports
    found = {
        "freight_world": change[covered].mean(),
        "freight_bri": change[both].mean(),
        "freight_most": change[covered].min(),
        "delivered_world": tau[covered].mean(),
        "delivered_bri": tau[both].mean(),
        "income_world": world,
        "income_bri": bri,
        "exports_bri": float((exports * weights)[inside].sum() / weights[inside].sum()),
    }
    found |= parts_of(model, run.inputs.scenario)
    return [{"what": key, "found": _rounded(float(value))} for key, value in found.items()]


def parts_of(model: lb.Model, scenario: Scenario) -> dict[str, float]:
    """Tell what the projects do from what the borders do, central values."""
    borders = tuple(m for m in scenario.measures if isinstance(m, ChangeCrossing))
    projects = tuple(m for m in scenario.measures if not isinstance(m, ChangeCrossing))
    parts = [
        scenario.model_copy(update={"name": "projects", "measures": projects}),
        scenario.model_copy(update={"name": "borders", "measures": borders, "costs": ()}),
    ]
    compared = model.compare(parts, draws=0, seed=SEED, jobs=1)
    table = compared.tables["compare_summary"].set_index("scenario")
    return {
        "projects_million_usd": float(table["world_million_usd"]["projects"]),
        "borders_million_usd": float(table["world_million_usd"]["borders"]),
        "projects_benefit_over_cost": float(table["benefit_cost_ratio"]["projects"]),
    }


def index(rows: Sequence[dict[str, object]]) -> str:
    """Write the index."""
    told = [
        (
            f"[{r['name']}]({r['name']}.md)",
            r["title"],
            f"{r['focus']} {percent(float(str(r['income_percent'])))}",
            band(float(str(r["income_low"])), float(str(r["income_high"]))),
            money(float(str(r["world_million_usd"])), sign=True),
            money(float(str(r["npv_million_usd"])), sign=True) if r["npv_million_usd"] else "",
            r["blocked"] if str(r["blocked"]) != "0" else "",
        )
        for r in rows
    ]
    heads = (
        "scenario", "what", "real income, % of GDP, median", "band", "world, a year, median",
        "NPV at 9 %, median",
        "relations that block",
    )  # fmt: skip
    intro = (FOLDER / "introduction.md.in").read_text(encoding="utf-8")
    found = {}
    if PUBLISHED.is_file():
        with PUBLISHED.open(encoding="utf-8") as file:
            found = {
                r["what"]: signed_number(float(r["found"]))
                for r in csv.DictReader(file)
                if r["found"]
            }
    text = intro.replace("{{catalogue}}", markdown(heads, told)).replace("{{draws}}", str(DRAWS))
    for key in (
        "freight_world", "freight_bri", "freight_most", "delivered_world", "delivered_bri",
        "income_world", "income_bri", "exports_bri", "projects_million_usd",
        "borders_million_usd", "projects_benefit_over_cost",
    ):  # fmt: skip
        text = text.replace("{{" + key + "}}", found.get(key, "not run"))
    return text


def markdown(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Lay out a table."""
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += ["| " + " | ".join(_cell(value) for value in row) + " |" for row in rows]
    return "\n".join(lines)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table row by row."""
    return [{str(k): v for k, v in r.items()} for r in table.to_dict(orient="records")]


def read_rows() -> dict[str, dict[str, object]]:
    """Read what the index held."""
    if not ROWS.is_file():
        return {}
    with ROWS.open(encoding="utf-8") as file:
        return {r["name"]: dict(r) for r in csv.DictReader(file)}


def write_table(path: Path, fields: Sequence[str], rows: Sequence[dict[str, object]]) -> None:
    """Write a CSV."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fields, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def _number(value: object) -> str:
    number = float(str(value))
    return significant(number) if np.isfinite(number) else "n/a"


def _rounded(value: float) -> str:
    return f"{value:.6g}" if np.isfinite(value) else ""


if __name__ == "__main__":
    main(sys.argv[1:])
