"""What the bands rest on: every input of the draws is traced to a row, and the shares add up."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from landbridge.basis import embedded_basis
from landbridge.draws.bands import rank_shares
from landbridge.errors import InputError
from landbridge.evidence import PUBLISHED
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.run.resting import KINDS, RankedSources, rank_sources
from landbridge.studies.run.running import draw_scenario

FLAGSHIP = "n-cpec-plus"
HEADLINES = 2
LEAST_PERCENT = 60.0
"""Of what the inputs explain, at least this rests on rows that were read."""
ENOUGH = 300
FEW = 24


def ranked(draws: int) -> RankedSources:
    scenario = read_scenario(find_scenario(FLAGSHIP))
    return rank_sources(draw_scenario(embedded_basis(), scenario, draws=draws, seed=2026, jobs=1))


@pytest.mark.unit
def test_shares_of_inputs_that_do_nothing_add_up_to_nothing() -> None:
    rng = np.random.default_rng(1)
    count, idle = 400, 300
    inputs = {f"idle {at}": rng.normal(size=count) for at in range(idle)}
    inputs |= {"half": rng.normal(size=count), "never": np.ones(count)}
    noise = rng.normal(size=count)
    shares = rank_shares(inputs["half"] + noise, inputs)
    assert "never" not in shares
    assert shares["half"] == pytest.approx(0.5, abs=0.1)
    # Left as they come, 300 squared correlations of 400 draws would add up to about 0.75.
    assert sum(shares[name] for name in shares if name != "half") == pytest.approx(0.0, abs=0.12)


@pytest.mark.night
@pytest.mark.slow
@pytest.mark.unit
def test_every_input_of_the_flagship_is_traced_to_a_row_and_shares_add_up() -> None:
    found = ranked(FEW)
    assert set(found.rows["evidence"]) <= set(KINDS)
    assert (found.rows["source"] != "").all()
    columns = [f"{kind}_percent" for kind in KINDS]
    assert found.shares[columns].sum(axis=1).to_numpy() == pytest.approx(100.0)
    by_name = found.rows.drop_duplicates("parameter").set_index("parameter")
    assert by_name.loc["value_of_time_percent_per_day", "evidence"] == PUBLISHED
    assert by_name.loc["trade_elasticity", "evidence"] == "recalled"
    assert by_name.loc["road:PAK:hours", "source"] == "cpmm-2023-pak"
    crossings = by_name[by_name.index.str.startswith("crossing:")]
    assert pd.Series(crossings["evidence"]).isin(["published", "mixed", "recalled"]).all()


@pytest.mark.night
@pytest.mark.slow
@pytest.mark.golden
def test_most_of_the_flagships_variance_rests_on_rows_that_were_read() -> None:
    shares = ranked(ENOUGH).shares.head(HEADLINES)
    assert (shares["published_percent"] >= LEAST_PERCENT).all(), shares.to_string()


@pytest.mark.unit
def test_too_few_draws_are_refused() -> None:
    scenario = read_scenario(find_scenario(FLAGSHIP))
    run = draw_scenario(embedded_basis(), scenario, draws=2, seed=1, jobs=1)
    with pytest.raises(InputError, match="2 draws say nothing"):
        rank_sources(run)
