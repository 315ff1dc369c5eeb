"""Weigh a whole ledger: gather evidence, each scenario run once, and judge every claim."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from landbridge.basis import Basis
from landbridge.claims.evidence import Answer, Missing
from landbridge.claims.facts import fact
from landbridge.claims.quantities import FactQuantity, Quantity, Region
from landbridge.claims.runs import Asked, Prepared, prepare_asked, run_asked, scenario_named
from landbridge.claims.schema import Claim, ClaimsFile, quantities_of
from landbridge.claims.verdict import Verdict, verdict_of
from landbridge.draws.engine import DEFAULT_SEED, FEWER_DRAWS
from landbridge.errors import FaultsError, LandbridgeError
from landbridge.scenarios.reading import scenario_sha256
from landbridge.scenarios.schema import Scenario
from landbridge.tasks import Progress, no_progress
from landbridge.version import VERSION

Memory = MutableMapping[str, Answer]
"""Answers by the hash of all that they rest on; lives as long as its holder does."""


@dataclass(frozen=True)
class Options:
    """How a ledger is weighed.

    Attributes
    ----------
    draws
        Draws for the bands; 0 for none: then central numbers alone are judged.
    seed
        The same seed gives the same verdicts, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    file
        The user's ledger; its scenarios and series may lie beside it, and one that is not there is
        a fault. In the ledger that ships it would leave its claims untested.
    """

    draws: int = FEWER_DRAWS
    seed: int = DEFAULT_SEED
    jobs: int = 0
    file: Path | None = None


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
    file
        The user's ledger; absent for the one that ships.
    """

    title: str
    rules_written: dt.date
    verdicts: tuple[Verdict, ...]
    scenarios: dict[str, str]
    draws: int
    seed: int
    version: str
    file: Path | None = None


def weigh_ledger(
    basis: Basis,
    ledger: ClaimsFile,
    *,
    only: Sequence[str] = (),
    options: Options | None = None,
    memory: Memory | None = None,
    progress: Progress = no_progress,
) -> Weighed:
    """Judge claims.

    Parameters
    ----------
    basis
        World, network and parameters.
    ledger
        From `landbridge.claims.reading`.
    only
        Ids of the claims wanted; all when empty.
    options
        Draws, seed, processes; defaults when absent.
    memory
        Answers of earlier calls; what is not in it is found and put there.
    progress
        Told how far the work is.

    Raises
    ------
    FaultsError
        Claims name what is not there; all of it at once, before anything is run.
    """
    claims = [claim for claim in ledger.claims if not only or claim.id in only]
    wanted = list(dict.fromkeys(q for claim in claims for q in quantities_of(claim)))
    held: Memory = {} if memory is None else memory
    how = options or Options()
    asking = _Asking(basis, claims, how.file)
    answers: dict[Quantity, Answer] = dict(asking.facts(wanted, ledger.regions))
    answers |= asking.missing(wanted)
    keys = {
        one: _key(scenario, one, how.draws, how.seed)
        for scenario, asked in asking.runs.values()
        for one in asked
    }
    jobs_to_do = asking.prepared({one for one, key in keys.items() if key not in held}, progress)
    for name, job in jobs_to_do.items():
        found = run_asked(
            job,
            draws=how.draws,
            seed=how.seed,
            jobs=how.jobs,
            progress=progress,
            what=name or "The network as it stands",
        )
        held.update({keys[one]: answer for one, answer in found.items()})
    answers |= {one: held[key] for one, key in keys.items()}
    return Weighed(
        title=ledger.title,
        rules_written=ledger.rules_written,
        verdicts=tuple(verdict_of(claim, answers) for claim in claims),
        scenarios={name: scenario_sha256(one) for name, (one, _) in asking.runs.items() if name},
        draws=how.draws,
        seed=how.seed,
        version=VERSION,
        file=how.file,
    )


class _Asking:
    """Looks everything up before anything long is begun, and collects what is at fault."""

    def __init__(self, basis: Basis, claims: Sequence[Claim], file: Path | None) -> None:
        self.basis, self.claims, self.file = basis, claims, file
        self.beside = None if file is None else file.parent
        self.runs: dict[str, tuple[Scenario, list[Asked]]] = {}
        self.faults: dict[Quantity, str] = {}

    def facts(
        self, wanted: Sequence[Quantity], regions: Sequence[Region]
    ) -> dict[Quantity, Answer]:
        """Give the facts."""
        network = self.basis.network
        found: dict[Quantity, Answer] = {}
        for one in wanted:
            if isinstance(one, FactQuantity):
                try:
                    found[one] = fact(one, network=network, regions=regions, beside=self.beside)
                except LandbridgeError as error:
                    self.faults[one] = f"{one.kind}: {error}"
        return found

    def missing(self, wanted: Sequence[Quantity]) -> dict[Quantity, Answer]:
        """Find the scenarios; say of what cannot be run that it is missing."""
        found: dict[Quantity, Answer] = {}
        for name, asked in _by_scenario(wanted).items():
            try:
                self.runs[name] = (scenario_named(name or None, beside=self.beside), asked)
            except LandbridgeError as error:
                if self.file is not None:
                    self.faults |= dict.fromkeys(asked, f"scenario: {error}")
                found |= dict.fromkeys(asked, Missing(f"the run {name} cannot be made: {error}"))
        return found

    def prepared(self, needed: set[Asked], progress: Progress) -> dict[str, Prepared]:
        """Make what is to be run ready.

        Raises
        ------
        FaultsError
            Something that a claim names is not there; all of it at once.
        """
        found: dict[str, Prepared] = {}
        for done, (name, (scenario, asked)) in enumerate(self.runs.items()):
            progress("Reading", done, len(self.runs))
            mine = [one for one in asked if one in needed]
            if not mine:
                continue
            try:
                found[name], faults = prepare_asked(self.basis, scenario, mine)
                self.faults |= {one: f"{one.kind}: {error}" for one, error in faults.items()}
            except LandbridgeError as error:
                self.faults |= dict.fromkeys(mine, f"scenario {name}: {error}")
        progress("Reading", len(self.runs), len(self.runs))
        if self.faults:
            raise FaultsError(list(dict.fromkeys(self._told())), where=str(self.file or "claims"))
        return found

    def _told(self) -> list[str]:
        """Say of each fault which claims it is in."""
        return [
            f"claim {claim.id}, {self.faults[one]}"
            for claim in self.claims
            for one in quantities_of(claim)
            if one in self.faults
        ]


def _by_scenario(wanted: Sequence[Quantity]) -> dict[str, list[Asked]]:
    """Sort what needs a run or a network by its scenario; none is the empty name."""
    found: dict[str, list[Asked]] = {}
    for one in wanted:
        if not isinstance(one, FactQuantity):
            found.setdefault(one.scenario or "", []).append(one)
    return found


def _key(scenario: Scenario, quantity: Asked, draws: int, seed: int) -> str:
    parts = (
        VERSION,
        scenario_sha256(scenario),
        quantity.model_dump_json(),
        str(draws),
        str(seed),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
