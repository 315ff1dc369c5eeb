"""Weigh the ledger of claims over several seeds, and fail where a verdict differs.

    python tools/check_verdicts.py                       # the whole ledger, ten seeds, 500 draws
    python tools/check_verdicts.py C4 C6 --seeds 3       # some claims, three seeds
    python tools/check_verdicts.py --draws 200 --first 1 # other draws, from seed 1 on

A verdict that another seed turns is a verdict of chance. Tests of which the standing differs are
listed too, and do not fail: one left open and one that holds may give the same verdict. Each seed
is printed when it is done, so that a run can be stopped.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence

import landbridge as lb
from landbridge.claims.ledger import Weighed
from landbridge.draws.defaults import CLAIM_DRAWS, DEFAULT_SEED

SEEDS = 10


def main() -> int:
    """Weigh the claims asked for over the seeds; 1 where a verdict differs."""
    parser = argparse.ArgumentParser(description="Fail where a verdict differs over seeds.")
    parser.add_argument("claims", nargs="*", help="ids of claims; all where none are named")
    parser.add_argument("--draws", type=int, default=CLAIM_DRAWS)
    parser.add_argument("--seeds", type=int, default=SEEDS)
    parser.add_argument("--first", type=int, default=DEFAULT_SEED, help="the first seed")
    parser.add_argument("--jobs", type=int, default=0)
    asked = parser.parse_args()
    model = lb.load()
    found: dict[int, Weighed] = {}
    for seed in range(asked.first, asked.first + asked.seeds):
        begun = time.monotonic()
        found[seed] = model.claims(
            asked.claims, draws=asked.draws, seed=seed, jobs=asked.jobs
        ).found
        words = ", ".join(f"{one.claim.id} {one.word}" for one in found[seed].verdicts)
        print(f"seed {seed} ({time.monotonic() - begun:.0f} s): {words}", flush=True)
    turned = verdicts_that_differ(found)
    for line in (*turned, *standings_that_differ(found)):
        print(line)
    if not turned:
        print(f"No verdict differs over {asked.seeds} seeds of {asked.draws} draws.")
    return int(bool(turned))


def verdicts_that_differ(found: Mapping[int, Weighed]) -> list[str]:
    """List the claims of which the verdict is not the same in every seed."""
    return _differing(
        {
            seed: {one.claim.id: str(one.word) for one in weighed.verdicts}
            for seed, weighed in found.items()
        }
    )


def standings_that_differ(found: Mapping[int, Weighed]) -> list[str]:
    """List the tests that did not come out the same in every seed."""
    return _differing(
        {
            seed: {
                f"{one.claim.id}, {test.test.says}": str(test.standing)
                for one in weighed.verdicts
                for test in one.findings
            }
            for seed, weighed in found.items()
        }
    )


def _differing(by_seed: Mapping[int, Mapping[str, str]]) -> list[str]:
    lines = []
    for name in next(iter(by_seed.values()), {}):
        told: dict[str, list[int]] = {}
        for seed, words in by_seed.items():
            told.setdefault(words[name], []).append(seed)
        if len(told) > 1:
            lines.append(f"{name}: {'; '.join(f'{w} ({_seeds(s)})' for w, s in told.items())}")
    return lines


def _seeds(seeds: Sequence[int]) -> str:
    return "seed " + ", ".join(map(str, seeds))


if __name__ == "__main__":
    raise SystemExit(main())
