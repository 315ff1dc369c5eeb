"""Weigh a whole ledger: gather evidence, each scenario run once, and judge every claim."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landbridge import __version__
from landbridge.claims.evidence import Answer, Missing
from landbridge.claims.facts import fact
from landbridge.claims.quantities import FactQuantity, Quantity
from landbridge.claims.runs import Asked, run_asked, scenario_named
from landbridge.claims.schema import Claim, ClaimsFile, quantities_of
from landbridge.claims.verdict import Verdict, verdict_of
from landbridge.errors import LandbridgeError
from landbridge.freight.network import load_network
from landbridge.scenario.reading import scenario_sha256
from landbridge.scenario.schema import Scenario
from landbridge.study.tasks import Progress, no_progress

DEFAULT_DRAWS = 40
DEFAULT_SEED = 2026
Memory = MutableMapping[str, Answer]
"""Answers by the hash of all that they rest on; lives as long as its holder does."""


@dataclass(frozen=True, eq=False)
class Weighed:
    """A ledger with its verdicts.

    Attributes
    ----------
    title
        Of the ledger.
    rules_written
        When the rules were decided.
    verdicts
        One a claim, in order.
    scenarios
        Hash of each scenario that was run, by the name that claims give it.
    draws, seed, version
        How it was weighed.
    """

    title: str
    rules_written: dt.date
    verdicts: tuple[Verdict, ...]
    scenarios: dict[str, str]
    draws: int
    seed: int
    version: str


def weigh_ledger(
    ledger: ClaimsFile,
    *,
    only: Sequence[str] = (),
    draws: int = DEFAULT_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    beside: Path | None = None,
    memory: Memory | None = None,
    progress: Progress = no_progress,
) -> Weighed:
    """Judge claims.

    Parameters
    ----------
    ledger
        From `landbridge.claims.reading`.
    only
        Ids of the claims wanted; all when empty.
    draws
        Draws for the bands; 0 for none: then central numbers alone are judged.
    seed
        The same seed gives the same verdicts, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    beside
        Folder in which a user's ledger may keep scenarios.
    memory
        Answers of earlier calls; what is not in it is found and put there.
    progress
        Told how far the work is.

    Raises
    ------
    LandbridgeError
        A claim names what is not there. A scenario that is not there leaves its claims untested.
    """
    claims = [claim for claim in ledger.claims if not only or claim.id in only]
    wanted = list(dict.fromkeys(q for claim in claims for q in quantities_of(claim)))
    held: Memory = {} if memory is None else memory
    answers: dict[Quantity, Answer] = {}
    hashes: dict[str, str] = {}
    facts = [one for one in wanted if isinstance(one, FactQuantity)]
    network = load_network()
    for done, one in enumerate(facts):
        progress("Facts", done, len(facts))
        answers[one] = fact(one, network=network, regions=ledger.regions)
    progress("Facts", len(facts), len(facts))
    for name, asked in _by_scenario(wanted).items():
        try:
            scenario = scenario_named(name or None, beside=beside)
        except LandbridgeError as error:
            answers |= dict.fromkeys(asked, Missing(f"the run {name} is missing: {error}"))
            continue
        if name:
            hashes[name] = scenario_sha256(scenario)
        keys = {one: _key(scenario, one, draws, seed) for one in asked}
        new = [one for one in asked if keys[one] not in held]
        if new:
            found = run_asked(
                scenario,
                new,
                draws=draws,
                seed=seed,
                jobs=jobs,
                progress=progress,
                what=name or "The network as it stands",
            )
            held.update({keys[one]: answer for one, answer in found.items()})
        answers |= {one: held[keys[one]] for one in asked}
    return Weighed(
        title=ledger.title,
        rules_written=ledger.rules_written,
        verdicts=tuple(verdict_of(claim, answers) for claim in claims),
        scenarios=hashes,
        draws=draws,
        seed=seed,
        version=__version__,
    )


def _by_scenario(wanted: Sequence[Quantity]) -> dict[str, list[Asked]]:
    """Sort what needs a run or a network by its scenario; none is the empty name."""
    found: dict[str, list[Asked]] = {}
    for one in wanted:
        if not isinstance(one, FactQuantity):
            found.setdefault(one.scenario or "", []).append(one)
    return found


def _key(scenario: Scenario, quantity: Asked, draws: int, seed: int) -> str:
    parts = (
        __version__,
        scenario_sha256(scenario),
        quantity.model_dump_json(),
        str(draws),
        str(seed),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def claim_ids(claims: Sequence[Claim]) -> list[str]:
    """Give the ids of claims, in order."""
    return [claim.id for claim in claims]
