"""Rank the rows behind a scenario's bands by their share of the variance, with how each is known.

Run from the project root: ``python tools/rank_sources.py n-cpec-plus --draws 400``. It prints, for
each outcome, the inputs that carry its variance and the percent that rests on rows that were read.
With ``--least 60`` it fails where the two headline outcomes rest on less than that.
"""

from __future__ import annotations

import argparse
import sys

import pandas as pd

from landbridge.basis import embedded_basis
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.scenarios.reading import find_scenario, read_scenario
from landbridge.studies.run.resting import RankedSources, rank_sources
from landbridge.studies.run.running import draw_scenario

HEADLINE = 2
"""The first outcomes: real income of the focus, and its trade with the partners."""
WIDTH = 60
ROWS = 15


def main() -> int:
    """Rank the sources of one scenario; gives the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("scenario", nargs="?", default="n-cpec-plus")
    parser.add_argument("--draws", type=int, default=400)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--least", type=float, default=0.0, help="percent on rows that were read")
    parser.add_argument("--csv", default="", help="write the rows here")
    asked = parser.parse_args()
    scenario = read_scenario(find_scenario(asked.scenario))
    run = draw_scenario(
        embedded_basis(), scenario, draws=asked.draws, seed=asked.seed, jobs=asked.jobs
    )
    found = rank_sources(run)
    if asked.csv:
        found.rows.to_csv(asked.csv, index=False)
    show(found)
    short = found.shares.head(HEADLINE)["published_percent"] < asked.least
    if short.any():
        print(f"Less than {asked.least:g} percent of it rests on rows that were read.")
    return int(short.any())


def show(found: RankedSources) -> None:
    """Print the rows of the headline outcomes, and the shares of all."""
    with pd.option_context("display.width", 200, "display.max_colwidth", WIDTH):
        outcomes = found.shares["outcome"].head(HEADLINE)
        rows = found.rows[found.rows["outcome"].isin(outcomes)].drop(columns="parameter")
        rows = rows.groupby("outcome", sort=False).head(ROWS)
        rows = rows.assign(source=rows["source"].str.slice(0, WIDTH))
        print(f"{found.draws} draws")
        print(rows.round(1).to_string(index=False))
        print(found.shares.round(1).to_string(index=False))


if __name__ == "__main__":
    sys.exit(main())
