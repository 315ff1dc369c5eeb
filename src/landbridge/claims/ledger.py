"""Weigh a whole ledger: gather evidence, each scenario run once, and judge every claim."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import MutableMapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import pandas as pd

from landbridge.basis import Basis, InputFile
from landbridge.brief import brief_repr
from landbridge.claims.evidence import Answer, Evidence, Missing
from landbridge.claims.facts import fact
from landbridge.claims.preparing import NobodyError
from landbridge.claims.quantities import FactQuantity, Quantity, Region
from landbridge.claims.runs import (
    NOT_COVERED,
    Asked,
    Prepared,
    prepare_asked,
    run_asked,
    scenario_named,
)
from landbridge.claims.schema import Claim, ClaimsFile, quantities_of
from landbridge.claims.verdict import Verdict, verdict_of
from landbridge.draws.defaults import CLAIM_DRAWS, DEFAULT_SEED
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

    draws: int = CLAIM_DRAWS
    seed: int = DEFAULT_SEED
    jobs: int = 0
    file: Path | None = None


@dataclass(frozen=True, eq=False, repr=False)
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
    inputs
        The user's files that the numbers rest on.
    partly, absent
        How many numbers a world of the user's covers in part, and not at all.
    """

    title: str
    rules_written: dt.date
    verdicts: tuple[Verdict, ...]
    scenarios: dict[str, str]
    draws: int
    seed: int
    version: str
    file: Path | None = None
    inputs: tuple[InputFile, ...] = ()
    partly: int = 0
    absent: int = 0

    def __repr__(self) -> str:
        """Say what it is, not all that it holds."""
        return brief_repr(self)


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
    stands_on = "" if memory is None else _fingerprint(basis)
    keys = {
        one: _key(stands_on, scenario, one, how.draws, how.seed)
        for scenario, asked in asking.runs.values()
        for one in asked
    }
    jobs_to_do = asking.prepared({one for one, key in keys.items() if key not in held}, progress)
    found = run_asked(jobs_to_do, draws=how.draws, seed=how.seed, jobs=how.jobs, progress=progress)
    for numbers in found.values():
        held.update({keys[one]: answer for one, answer in numbers.items()})
    held.update({keys[one]: answer for one, answer in asking.absent.items()})
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
        inputs=basis.inputs,
        partly=sum(
            isinstance(one, Evidence) and one.detail.startswith(NOT_COVERED)
            for one in answers.values()
        ),
        absent=len(asking.absent),
    )


class _Asking:
    """Looks everything up before anything long is begun, and collects what is at fault."""

    def __init__(self, basis: Basis, claims: Sequence[Claim], file: Path | None) -> None:
        self.basis, self.claims, self.file = basis, claims, file
        self.beside = None if file is None else file.parent
        self.runs: dict[str, tuple[Scenario, list[Asked]]] = {}
        self.faults: dict[Quantity, str] = {}
        self.absent: dict[Asked, Answer] = {}

    def facts(
        self, wanted: Sequence[Quantity], regions: Sequence[Region]
    ) -> dict[Quantity, Answer]:
        """Look the facts up."""
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
            except LandbridgeError as error:
                self._cannot_run(name, mine, error)
                continue
            for one, fault in faults.items():
                if self.basis.has_own_world and isinstance(fault, NobodyError):
                    self.absent[one] = Missing("this world has none of the economies")
                else:
                    self.faults[one] = f"{one.kind}: {fault}"
        progress("Reading", len(self.runs), len(self.runs))
        if self.faults:
            raise FaultsError(list(dict.fromkeys(self._told())), where=str(self.file or "claims"))
        return found

    def _cannot_run(self, name: str, asked: Sequence[Asked], error: LandbridgeError) -> None:
        """Note that a scenario is at fault, or, in the ledger that ships, that a world lacks it."""
        if self.basis.has_own_world and self.file is None:
            told = "; ".join(error.faults) if isinstance(error, FaultsError) else str(error)
            reason = f"the run {name or 'as it stands'} cannot be made on this world: {told}"
            self.absent |= dict.fromkeys(asked, Missing(reason))
        else:
            self.faults |= dict.fromkeys(asked, f"scenario {name}: {error}")

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


def _fingerprint(basis: Basis) -> str:
    """Hash what runs stand on: world, network, parameters, estimates."""
    digest = hashlib.sha256()
    world, tables = basis.world, basis.network.tables
    for array in (world.goods, world.services, world.gdp_million_usd, world.population):
        digest.update(array.tobytes())
    for one in fields(tables):
        table = getattr(tables, one.name)
        if isinstance(table, pd.DataFrame):
            rows = pd.util.hash_pandas_object(table.astype(str), index=False)
            digest.update(rows.to_numpy().tobytes())
    estimates = "" if basis.estimates is None else basis.estimates.source
    told = (world.iso3, world.year, sorted(basis.parameters.items()), basis.inputs, estimates)
    digest.update(repr(told).encode())
    return digest.hexdigest()


def _key(stands_on: str, scenario: Scenario, quantity: Asked, draws: int, seed: int) -> str:
    parts = (
        stands_on,
        VERSION,
        scenario_sha256(scenario),
        quantity.model_dump_json(),
        str(draws),
        str(seed),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
