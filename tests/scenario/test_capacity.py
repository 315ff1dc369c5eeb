"""The measure `capacity`: what it states, in words and in tables, and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from landbridge import load
from landbridge.errors import FaultsError
from landbridge.freight.costs.pricing import central_parameters
from landbridge.freight.network.compiled import load_network
from landbridge.freight.skims.economies import skims
from landbridge.scenarios.edits import apply_measures
from landbridge.scenarios.reading import parse_scenario
from landbridge.scenarios.schema import Scenario

HEAD = """\
format = 1
name = "room"
title = "More room"
summary = "What if."
date = 2026-01-01
[focus]
economy = "PAK"
partners = ["AFG"]
[[measures]]
id = "room"
kind = "capacity"
title = "More room"
source = "a test"
"""
NETWORK = load_network()


def asked(keys: str) -> Scenario:
    return parse_scenario(HEAD + keys, where="a.toml")


@pytest.mark.unit
def test_it_states_a_capacity_and_says_so() -> None:
    scenario = asked('targets = ["Karachi", "Torkham"]\nfactor = 2.0')
    after = apply_measures(scenario, NETWORK, where="a.toml")
    table = after.tables.capacities
    assert set(table["element"]) >= {"karachi", "torkham-road"}
    assert (table["factor"] == 2.0).all()
    assert table["million_tonnes"].isna().all()
    told = scenario.measures[0].describe(scenario)
    assert told == "Karachi, Torkham: capacity times 2"
    assert "runs know no limits" in scenario.told_beside[0]


@pytest.mark.unit
def test_no_cost_of_freight_moves() -> None:
    scenario = asked('targets = ["Karachi"]\nmillion_tonnes = 1\ncargo_group = "boxes"')
    after = apply_measures(scenario, NETWORK, where="a.toml")
    iso3, parameters = ("PAK", "AFG", "CHN"), central_parameters()
    one, other = (skims(net, parameters, iso3=iso3).usd_per_tonne for net in (NETWORK, after))
    assert np.array_equal(one, other)


@pytest.mark.slow
@pytest.mark.unit
def test_a_run_says_that_it_knows_no_limits() -> None:
    measure = {
        "id": "room",
        "kind": "capacity",
        "title": "More room",
        "source": "a test",
        "targets": ["Karachi"],
        "factor": 2.0,
    }
    found = load().welfare_of([measure])
    assert any("runs know no limits of capacity" in one for one in found.headline)


@pytest.mark.unit
@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ('targets = ["Karachi"]', "one of the two"),
        ('targets = ["Karachi"]\nfactor = 2\nmillion_tonnes = 3', "one of the two"),
        ('targets = ["Nowhere"]\nfactor = 2.0', "neither a port nor a crossing"),
        ('targets = ["Torkham"]\nfactor = 2.0\ncargo_group = "gas"', "leave its group out"),
        ('targets = ["Karachi"]\nfactor = 2.0\ncargo_group = "oil"', "cargo_group"),
    ],
)
def test_what_makes_no_sense_is_refused(keys: str, says: str) -> None:
    with pytest.raises(FaultsError, match=says):
        apply_measures(asked(keys), NETWORK, where="a.toml")
