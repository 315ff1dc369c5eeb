"""Every coalition of ten economies: this package beside a plain loop of the same solver.

    python benchmarks/coalitions.py [--members PAK,UZB,...] [--jobs 2]

The plain loop solves each of the 1,024 coalitions from the flows, as a user of the solver alone
would; the answers must agree.
"""

from __future__ import annotations

import argparse
import os
import time

import numpy as np
from threadpoolctl import threadpool_limits

from landbridge.basis import embedded_basis
from landbridge.equilibrium import solve
from landbridge.scenarios.parameters import THETA
from landbridge.studies.chain.assumptions import central_values
from landbridge.studies.coalition.games import least_core, shapley
from landbridge.studies.coalition.study import read_question
from landbridge.studies.coalition.values import Rules, change_of, coalition_payoffs, make_rules

MEMBERS = "PAK,UZB,KAZ,KGZ,TJK,TKM,AFG,IRN,RUS,CHN"
SAME_MILLION_USD = 1e-3


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--members", default=MEMBERS)
    options.add_argument("--jobs", type=int, default=2)
    asked = options.parse_args()
    question = read_question(
        embedded_basis(), asked.members.split(","), depth="free_trade_area", candidates=[]
    )
    values = central_values(question.basis.parameters)
    world = question.world

    def rules_now() -> Rules:
        return make_rules(
            world,
            question.players,
            standing=question.standing,
            depth=question.depth,
            values=values,
            theta=values[THETA],
        )

    print(f"load {os.getloadavg()[0]:.1f}; {len(world.iso3)} economies")
    rows = []
    for jobs in (1, asked.jobs):
        start = time.perf_counter()
        payoffs = coalition_payoffs(rules_now(), jobs=jobs)
        rows.append((f"landbridge, {jobs} processes", time.perf_counter() - start))
    start = time.perf_counter()
    game = payoffs.game
    shapley(game)
    least_core(game)
    rows.append(("Shapley values, least core, nucleolus", time.perf_counter() - start))

    rules = rules_now()
    places = [[world.index(code) for code in player.iso3] for player in question.players]
    gap = 0.0
    start = time.perf_counter()
    with threadpool_limits(limits=1):
        for coalition in range(len(payoffs.gain)):
            change = change_of(rules, coalition)
            plain = solve(
                world.flows,
                change.freeness_hat,
                theta=values[THETA],
                closure="purged",
                iso3=world.iso3,
                duties=change.duties,
                duties_after=change.duties_after,
            )
            money = (plain.welfare_hat - 1.0) * rules.spending
            mine = np.array([money[place].sum() for place in places])
            gap = max(gap, float(np.abs(mine - payoffs.gain[coalition]).max()))
    rows.append(("plain loop of solve, 1 process", time.perf_counter() - start))
    first = rows[1][1]
    print(f"{len(payoffs.gain)} coalitions, {payoffs.solved} equilibria")
    for name, seconds in rows:
        print(f"{name:40s} {seconds:8.2f} s {seconds / first:7.2f}")
    print(f"largest difference of a payoff: {gap:.1e} million USD")
    if gap > SAME_MILLION_USD:
        raise SystemExit("the answers differ")


if __name__ == "__main__":
    main()
