"""Published figures of freight: where each was read, what is held back, what a model is held to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from landbridge.freight.choice.mode_costs import costs_by_mode
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.compiled import load_network
from landbridge.freight.search.modes import MAIN_MODES
from landbridge.freight.search.tree_graph import ties_of
from landbridge.freight.search.trees import LeastWays, least_ways
from landbridge.freight.validate.comparing import FARTHEST, KINDS_OF, Validation, validate
from landbridge.freight.validate.modelled import (
    ELEMENT_COLUMNS,
    PAIR_COLUMNS,
    ModelledFlows,
    least_cost_flows,
    pair_modes,
)
from landbridge.freight.validate.observed import (
    MONTHS,
    comparable_figures,
    held_back,
    observed_freight,
)
from landbridge.freight.validate.words import freight_warnings, headline, stands

WIDE = 0.5
"""A recalled figure's standard deviation of logs is at least this but for a share."""
LEAST = {"port": 60, "strait": 8, "crossing": 30, "mode_share": 10}
KEPT_BACK = (0.15, 0.55)
"""Share of a kind that a rule of one in three may hold back, few as some kinds are."""
ISO3 = ("PAK", "CHN", "UZB", "DEU", "IRN")
TONNES = 1e6
CLOSE = 1e-6
"""The trees add a thousand-millionth of a USD to every arc and tell equal ways apart."""


@pytest.fixture(scope="module")
def ways() -> LeastWays:
    return least_ways(load_network(), central_parameters(), iso3=ISO3)


@pytest.fixture(scope="module")
def flows(ways: LeastWays) -> ModelledFlows:
    demand = np.full((len(ISO3), len(ISO3)), TONNES)
    return least_cost_flows(ways, demand, usd_per_tonne=2000.0, title="a million tonnes each")


@pytest.mark.unit
def test_there_are_figures_of_every_kind() -> None:
    found = observed_freight()
    published = found[found["confidence"] == "published"]
    elements = published.groupby("kind")["element"].nunique()
    figures = found.groupby("kind").size()
    assert elements["port"] >= LEAST["port"]
    for kind, least in LEAST.items():
        assert figures[kind] >= least, kind


@pytest.mark.unit
def test_a_published_figure_has_an_address_and_a_recalled_one_a_wide_band() -> None:
    found = observed_freight()
    published = found["confidence"] == "published"
    assert found.loc[published, "address"].str.startswith("http").all()
    assert found.loc[published, "read_on"].notna().all()
    assert (found.loc[~published, "address"] == "").all()
    recalled = found[~published & (found["kind"] != "mode_share")]
    assert (recalled["sd_log"] >= WIDE).all()


@pytest.mark.unit
def test_a_third_is_held_back_by_the_rule_that_is_stated() -> None:
    found = observed_freight()
    used = found[found["use"] != "show"]
    for row in used.itertuples():
        told = held_back(str(row.kind), str(row.element))
        assert row.use == ("hold" if told else "fit"), row.figure
    for kind in LEAST:
        mine = used[used["kind"] == kind].drop_duplicates("element")
        share = (mine["use"] == "hold").mean()
        assert KEPT_BACK[0] <= share <= KEPT_BACK[1], (kind, share)


@pytest.mark.unit
def test_one_figure_of_a_quantity_is_compared_at_an_element() -> None:
    found = comparable_figures()
    used = found[found["use"] != "show"]
    assert not used.duplicated(["element", "mode", "direction", "cargo", "quantity"]).any()


@pytest.mark.unit
def test_every_element_is_in_the_network() -> None:
    tables = load_network().tables
    known = {
        "port": set(tables.nodes["node"]),
        "strait": set(tables.sea_links["passage"]),
        "crossing": set(tables.crossings["crossing"]),
        "corridor": set(tables.links["link"]) | set(tables.crossings["crossing"]),
    }
    found = observed_freight()
    for row in found.itertuples():
        if row.kind in KINDS_OF and not row.exporter and row.element != "china-europe-rail":
            assert set(str(row.element).split("|")) <= known[str(row.kind)], row.figure


@pytest.mark.unit
def test_part_of_a_year_becomes_a_year_and_a_unit_what_it_is() -> None:
    found = comparable_figures().set_index("figure")
    qasim = found.loc["port-port-qasim-1"]
    assert qasim["amount"] == pytest.approx(31.53e6 * MONTHS / 9)
    torkham = found.loc["crossing-torkham-road-1"]
    assert torkham["amount"] == pytest.approx(483 * 365 * 15)
    assert torkham["spread"] > torkham["sd_log"]


@pytest.mark.unit
def test_flows_by_element_and_by_pair_hold_the_same_goods(flows: ModelledFlows) -> None:
    pairs = flows.pairs
    count = len(ISO3)
    assert pairs["tonnes"].sum() == pytest.approx(count * (count - 1) * TONNES)
    border = flows.elements["kind"] == "crossing"
    between = pairs["mode"].isin(["road", "rail"])
    # Each way by land passes a border at least once.
    assert flows.elements.loc[border, "tonnes"].sum() >= pairs.loc[between, "tonnes"].sum()
    assert pairs["usd"].sum() == pytest.approx(2000.0 * pairs["tonnes"].sum())


@pytest.mark.unit
def test_the_mode_of_a_way_is_that_of_least_cost(ways: LeastWays) -> None:
    """The costs by mode are found by another search."""
    network = ways.network
    layers = ties_of(network, ISO3).layers
    least = ways.outward.cost[:, ways.root_node]
    by_mode = costs_by_mode(network, central_parameters(), None, layers, least)
    first = ways.tie_root[ways.tie_out]
    last = ways.tie_root[ways.tie_in]
    apart = (first != last) & np.isfinite(ways.cost)
    found = pair_modes(ways)[apart]
    cost = by_mode[:, first[apart], last[apart]]
    own = np.take_along_axis(cost, found[None], axis=0)[0]
    assert own == pytest.approx(cost.min(axis=0), rel=CLOSE)
    assert set(found) == {MAIN_MODES.index(mode) for mode in ("road", "rail", "sea")}


@pytest.mark.unit
def test_a_model_that_says_the_figures_is_off_by_nothing() -> None:
    made = _singles(validate(_said_back(1.0), groups={"EU": frozenset({"DEU"})}))
    assert len(made.table) > 100
    assert made.table["log_error"].abs().max() < 1e-9
    assert made.table["within_band"].all()
    assert stands(made)
    assert freight_warnings(made, ["karachi", "suez"]) == ()


@pytest.mark.unit
def test_a_model_off_by_three_is_off_by_three() -> None:
    made = _singles(validate(_said_back(3.0), groups={}))
    assert made.table["factor"].to_numpy() == pytest.approx(3.0)
    assert not stands(made)
    assert made.median_error("hold") == pytest.approx(np.log(3.0))


@pytest.mark.unit
def test_nothing_carried_is_off_as_far_as_can_be_and_counted() -> None:
    made = validate(_said_back(0.0), groups={})
    assert made.table["factor"].to_numpy() == pytest.approx(FARTHEST)
    assert made.table["clipped"].all()
    assert made.summary.set_index(["kind", "use"]).loc[("all", "fit"), "stopped"] > 0


@pytest.mark.unit
def test_every_figure_is_compared_or_said_why_not(flows: ModelledFlows) -> None:
    made = validate(flows, groups={"EU": frozenset({"DEU"})})
    figures = [*made.table["figure"], *made.left_out["figure"]]
    assert sorted(figures) == sorted(observed_freight()["figure"])
    assert (made.left_out["reason"] != "").all()
    assert made.counts()["figures"].sum() == len(figures)


@pytest.mark.unit
def test_warnings_name_the_worst_of_what_is_touched(flows: ModelledFlows) -> None:
    made = validate(flows, groups={"EU": frozenset({"DEU"})})
    told = freight_warnings(made, ["karachi", "rotterdam", "hamburg", "shanghai", "suez"])
    assert told[0].startswith("Warning: the freight model is not fitted to published flows.")
    assert 1 < len(told) <= 4
    assert all(one.startswith("Warning: ") for one in told)
    assert freight_warnings(made, []) == ()
    assert len(headline(made)) >= 3


@pytest.mark.unit
def test_classes_of_cargo_and_teu_are_compared_where_a_model_has_them() -> None:
    rows = [
        ("port", "port-klang", "port", "both", "container", 50e6, 5e6, 1e11),
        ("port", "port-klang", "port", "both", "food", 10e6, 1e6, 1e10),
        ("port", "port-klang", "port", "both", "liquid", 90e6, np.nan, 1e10),
    ]
    elements = pd.DataFrame(rows, columns=list(ELEMENT_COLUMNS))
    flows = ModelledFlows(elements, pd.DataFrame(columns=list(PAIR_COLUMNS)), "classes")
    made = _of(validate(flows, groups={}), "port-port-klang-1")
    assert made["unit"] == "million TEU"
    assert made["modelled"] == pytest.approx(6.0)


def _singles(made: Validation) -> Validation:
    """Leave out figures of several elements, which add up what is said back of each."""
    return replace(made, table=made.table[~made.table["element"].str.contains("|", regex=False)])


def _of(made: Validation, figure: str) -> pd.Series:
    return made.table[made.table["figure"] == figure].iloc[0]


def _said_back(times: float) -> ModelledFlows:
    """Say every figure of all cargo in tonnes or USD at a single element back, times a number."""
    figures = comparable_figures()
    rows = []
    for row in figures[(figures["use"] != "show") & (figures["cargo"] == "all")].itertuples():
        if row.exporter or "|" in str(row.element) or row.quantity not in {"tonnes", "USD"}:
            continue
        amount = times * float(str(row.amount))
        tonnes, usd = (amount, np.nan) if row.quantity == "tonnes" else (np.nan, amount)
        kind = KINDS_OF[str(row.kind)][0]
        rows.append((kind, row.element, row.mode, "both", "all", tonnes, np.nan, usd))
    elements = pd.DataFrame(rows, columns=list(ELEMENT_COLUMNS))
    # An element with figures of tonnes and of USD is one row.
    keys = list(ELEMENT_COLUMNS[:5])
    elements = elements.groupby(keys, as_index=False)[["tonnes", "teu", "usd"]].sum(min_count=1)
    return ModelledFlows(elements, pd.DataFrame(columns=list(PAIR_COLUMNS)), f"{times:g} times")
