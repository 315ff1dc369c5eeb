"""Kinds of measures: one registry, one module a kind, and a new kind without a change elsewhere."""

from __future__ import annotations

import ast
import importlib
import json
import pkgutil
import re
import sys
import types
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar, Literal

import pytest
from pydantic import Field
from typer.testing import CliRunner

import landbridge
from landbridge import load
from landbridge.atlas.composites import Group
from landbridge.atlas.relations import Act
from landbridge.cli import app
from landbridge.errors import FaultsError
from landbridge.freight.edits import applying as edit
from landbridge.freight.network.compiled import FreightNetwork, load_network
from landbridge.scenarios import measures as room
from landbridge.scenarios.constraints import constraints_of, what_is_left, work_around_scenario
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.kinds import file_schema, kinds_table
from landbridge.scenarios.measures.base import Context, Measure
from landbridge.scenarios.measures.pairs import PairMeasure, rate_parameters, rates_told
from landbridge.scenarios.measures.registry import kinds, known_too, name_of_kind
from landbridge.scenarios.parameters import scenario_parameters
from landbridge.scenarios.policy import read_policy
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.schema import Scenario, reading_kind
from landbridge.scenarios.values.fields import Name, Party, UncertainPercent
from landbridge.scenarios.values.pair_costs import Pair, Piece, Policy, no_policy
from landbridge.scenarios.values.uncertain import Parameter
from landbridge.units import FloatArray

SHARED = {"id", "kind", "title", "source"}
SOURCE = Path(str(landbridge.__file__)).parent
DOCS = Path(__file__).resolve().parents[2] / "docs" / "scenarios.md"
NOTHING = 1e-9  # percent; far above the solver's own tolerance

HEAD = """\
format = 1
name = "a-question"
title = "A question"
summary = "What if."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["UZB"]
"""
INSURANCE = """\
[[measures]]
id = "insured"
kind = "change_insurance_cost"
title = "Cheaper insurance"
source = "a test"
between = ["PAK", "UZB", "KAZ"]
from_percent = { low = 2, central = 3, high = 4 }
to_percent = 1
"""
CONVOY = """\
[[measures]]
id = "convoy"
kind = "run_convoys"
title = "Convoys through Torkham"
source = "a test"
crossing = "torkham-road"
hours = 2
"""


class ChangeInsuranceCost(PairMeasure):
    """Change what it costs to insure goods between parties."""

    blocked_acts: ClassVar[tuple[Act, ...]] = ("trade",)

    kind: Literal["change_insurance_cost"]
    between: Annotated[tuple[Party, ...], Field(min_length=2)]
    from_percent: UncertainPercent
    to_percent: UncertainPercent

    def describe(self, context: Context, network: FreightNetwork | None = None) -> str:
        del context, network
        return f"Insurance: {rates_told(self.from_percent, self.to_percent)}"

    def named(self) -> tuple[str | Group, ...]:
        return self.between

    def with_sides(self, one: Group, other: Group) -> Mapping[str, object]:
        return {"between": (one, other)}

    def parameters(self) -> Mapping[str, Parameter]:
        return rate_parameters(self, self.from_percent, self.to_percent)

    def policy(
        self,
        context: Context,
        iso3: tuple[str, ...],
        *,
        blocked: frozenset[Pair] = frozenset(),
        potential: FloatArray | None = None,
    ) -> Policy | None:
        del potential
        pairs = self.marked(context, iso3, blocked)
        piece = Piece(self.id, pairs, before=self.from_percent, after=self.to_percent)
        return replace(no_policy(iso3), pieces=(piece,))


class RunConvoys(Measure):
    """Take lorries over a crossing in convoys."""

    kind: Literal["run_convoys"]
    crossing: Name
    hours: float

    def edits(self, context: Context) -> tuple[edit.Edit, ...]:
        del context
        return (edit.SetCrossing(crossing=self.crossing, hours=self.hours),)


def modules() -> list[str]:
    return [module.name for module in pkgutil.iter_modules(room.__path__)]


def defined_in(name: str) -> list[type[Measure]]:
    module = importlib.import_module(f"{room.__name__}.{name}")
    return [kind for kind in kinds().values() if kind.__module__ == module.__name__]


@pytest.mark.unit
def test_every_kind_that_is_defined_is_known_under_its_own_name() -> None:
    assert len(kinds()) == sum(len(defined_in(name)) for name in modules())
    assert all(name == name_of_kind(kind) for name, kind in kinds().items())
    assert {"build_project", "sign_agreement", "normalise_trade", "season"} <= set(kinds())
    assert next(iter(kinds())) == "build_project"


@pytest.mark.unit
def test_the_schema_of_a_file_holds_the_kinds_that_are_known_and_no_others() -> None:
    told = Scenario.model_json_schema()["properties"]["measures"]["items"]["discriminator"]
    assert set(told["mapping"]) == set(kinds())
    with reading_kind(ChangeInsuranceCost):
        told = Scenario.model_json_schema()["properties"]["measures"]["items"]["discriminator"]
        assert "change_insurance_cost" in told["mapping"]


@pytest.mark.unit
def test_the_schema_for_editors_explains_every_key_and_takes_what_a_file_may_hold() -> None:
    schema = file_schema()
    for kind in kinds().values():
        told = schema["$defs"][kind.__name__]["properties"]
        assert all("description" in told[key] for key in told if key != "kind"), kind
        assert set(told) == set(kind.model_fields)
    band = schema["$defs"]["ChangeCrossing"]["properties"]["hours"]["anyOf"]
    assert {entry.get("type") for entry in band} >= {"number", "null"}
    assert {"$ref": "#/$defs/Band"} in band
    party = schema["$defs"]["SignAgreement"]["properties"]["parties"]["items"]["anyOf"]
    assert {entry["type"] for entry in party} == {"string", "object"}


@pytest.mark.unit
def test_the_table_of_kinds_puts_keys_that_can_be_left_out_in_brackets() -> None:
    table = kinds_table().set_index("kind")
    assert list(table.index) == list(kinds())
    assert table.loc["normalise_trade", "keys"] == (
        "between, share_percent, [most_cost_fall_percent]"
    )
    assert table.loc["build_place", "what"] == "Add a place to the network"


@pytest.mark.journey
def test_the_shell_lists_kinds_and_writes_the_schema() -> None:
    runner = CliRunner()
    told = runner.invoke(app, ["scenarios", "--kinds", "--json"])
    assert [row["kind"] for row in json.loads(told.output)] == list(kinds())
    schema = json.loads(runner.invoke(app, ["scenarios", "--schema"]).output)
    assert schema == json.loads(json.dumps(file_schema()))


@pytest.mark.unit
def test_every_kind_and_every_key_of_it_stands_in_the_docs() -> None:
    rows = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.split("|")[1:-1]]
        if len(cells) == 3 and cells[0].startswith("`"):
            for name in re.findall(r"`(\w+)`", cells[0]):
                rows[name] = cells[1]
    assert set(kinds()) <= set(rows)
    for name, kind in kinds().items():
        written = re.sub(r"\([^)]*\)", "", rows[name])
        assert set(re.findall(r"`(\w+)`", written)) == set(kind.model_fields) - SHARED, name


@pytest.mark.unit
def test_no_kind_knows_another_and_nobody_asks_what_kind_a_measure_is() -> None:
    for name in modules():
        tree = ast.parse((SOURCE / "scenarios" / "measures" / f"{name}.py").read_text())
        asked = {
            node.module.rpartition(".")[2]
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(room.__name__)
        }
        assert not any(defined_in(other) for other in asked), name
    for path in SOURCE.rglob("*.py"):
        assert not re.search(r"isinstance\(measure\b", path.read_text(encoding="utf-8")), path


@pytest.mark.unit
def test_a_kind_needs_a_name_of_its_own() -> None:
    class Nameless(Measure):
        """It has no field kind."""

    class Twice(Measure):
        """Its name is taken."""

        kind: Literal["season"]

    with pytest.raises(TypeError, match="Nameless"), known_too(Nameless):
        pass
    with pytest.raises(ValueError, match="season"), known_too(Twice):
        pass


@pytest.mark.unit
def test_a_new_kind_is_read_with_the_messages_of_all_others() -> None:
    with reading_kind(ChangeInsuranceCost):
        (measure,) = parse_scenario(HEAD + INSURANCE, where="q").measures
        assert isinstance(measure, ChangeInsuranceCost)
        with pytest.raises(FaultsError, match=r"line 16, measures\[1\].to_percent: must be"):
            parse_scenario(
                HEAD + INSURANCE.replace("to_percent = 1", 'to_percent = "x"'), where="q"
            )
        wrong = INSURANCE.replace("insurance_cost", "insurance_costs")
        with pytest.raises(FaultsError, match="change_insurance_cost"):
            parse_scenario(HEAD + wrong, where="q")
    with pytest.raises(FaultsError, match="no measure of kind 'change_insurance_cost'"):
        parse_scenario(HEAD + INSURANCE, where="q")


@pytest.mark.unit
def test_a_new_kind_between_pairs_is_drawn_blocked_and_split_like_the_others() -> None:
    text = INSURANCE.replace('"KAZ"', '"KAZ", "IND"')
    with reading_kind(ChangeInsuranceCost):
        scenario = parse_scenario(HEAD + text, where="q")
        drawn = scenario_parameters(scenario)["measure_insured_from"]
        assert (drawn.low, drawn.central, drawn.high) == (2, 3, 4)
        iso3 = ("PAK", "UZB", "KAZ", "IND")
        found = constraints_of(scenario)
        whole = read_policy(scenario, iso3).costs({}, {}).goods_tau_hat
        assert whole[0, 1] == pytest.approx(1.01 / 1.03)
        left = read_policy(scenario, iso3, blocked=found.blocked_pairs())
        hit = {pair for item in found.blocked for pair in item.pairs}
        for one, two in hit:
            cell = iso3.index(one), iso3.index(two)
            assert left.costs({}, {}).goods_tau_hat[cell] == 1
        parts = work_around_scenario(scenario, found, iso3)
        kept = read_policy(parts, iso3).costs({}, {}).goods_tau_hat
        assert (kept == left.costs({}, {}).goods_tau_hat).all()
        assert all(what_is_left(item, scenario) for item in found.blocked)


def example_of_the_docs() -> type[Measure]:
    text = (DOCS.parent / "contributing-measures.md").read_text(encoding="utf-8")
    code = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    module = types.ModuleType("run_convoys")
    sys.modules[module.__name__] = module
    exec(compile(code, "contributing-measures.md", "exec"), module.__dict__)  # noqa: S102 - ours
    kind: type[Measure] = module.RunConvoys
    return kind


@pytest.mark.unit
def test_the_example_of_the_docs_is_a_kind_that_can_be_read_and_made() -> None:
    text = """\
[[measures]]
id = "convoy"
kind = "run_convoys"
title = "Convoys through Torkham"
source = "a test"
crossings = ["torkham-road"]
share_of_days = 0.5
"""
    with reading_kind(example_of_the_docs()):
        scenario = parse_scenario(HEAD + text, where="q")
        listed = list(kinds())
        changed = apply_measures(scenario, load_network(), where="q").tables.crossings
    assert listed.index("run_convoys") == listed.index("change_crossing") + 1
    row = changed.set_index("crossing").loc["torkham-road"]
    assert row["probability_open"] == 0.5
    assert scenario.measures[0].describe(scenario) == "torkham-road: open 50% of the year"
    ((_, place, sides),) = scenario.measures[0].crossed(scenario)
    assert (place, set(sides)) == ("torkham", {"PAK", "AFG"})


@pytest.mark.journey
@pytest.mark.slow
def test_a_new_kind_runs_and_tells_what_it_does() -> None:
    with reading_kind(ChangeInsuranceCost), reading_kind(RunConvoys):
        least = HEAD.replace("[focus]", 'choice = "least"\n[focus]')
        scenario = parse_scenario(least + INSURANCE + CONVOY, where="q")
        model = load()
        changed = apply_measures(scenario, model.network, where="q").tables.crossings
        row = changed.set_index("crossing").loc["torkham-road"]
        assert (row["hours_forward"], row["hours_backward"]) == (2, 2)
        result = model.run(scenario, draws=0, jobs=1)
    told = result.tables["measures"].set_index("id")["what"]
    assert told["insured"] == "Insurance: 3 % (2 to 4) to 1 %"
    assert told["convoy"] == "torkham-road: 2 hours"
    income = result.tables["income"].set_index("iso3")["real_income_percent"]
    assert income["PAK"] > NOTHING
    alone = result.tables["attribution"].set_index("measure")
    assert alone.loc["insured", "focus_income_percent"] > NOTHING
