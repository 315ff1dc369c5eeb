"""Hold claims against runs and facts, by rules written down beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from landbridge.basis import Basis
from landbridge.claims.ledger import Options, Weighed, weigh_ledger
from landbridge.claims.reading import find_claim, read_claims, shipped_ledger
from landbridge.claims.tables import ledger_tables
from landbridge.draws.defaults import CLAIM_DRAWS, DEFAULT_SEED
from landbridge.report.pages.claims import NOTES, headline, present_claims
from landbridge.results import Result
from landbridge.studies.contract import Study, provenance_of
from landbridge.tasks import Progress, no_progress
from landbridge.verbs.asking.asked import listed

CHECKS = ("check", "value", "limit", "unit", "passed")


def claims(
    basis: Basis,
    claim: str | Sequence[str] = (),
    *,
    file: str | Path | None = None,
    draws: int = CLAIM_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Result[Weighed]:
    """Hold claims against runs and facts, and say which are supported.

    Parameters
    ----------
    claim
        Ids of claims, such as ``"C4"`` or ``["C7", "C11"]``; all where none are named.
    file
        A claims file of your own (TOML); the ledger that ships where absent.
    draws
        Draws for the bands; 0 judges central numbers alone.
    seed
        The same seed gives the same verdicts, whatever `jobs` is.
    jobs
        Processes; 0 for one a core.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        ``claims`` has one row a claim with its verdict, ``claim_tests`` one row a test with the
        number, its band and the rule. On a world of your own a number about economies that it does
        not have is missing, and the claim is not testable.

    Raises
    ------
    UnknownNameError
        There is no such claim; the nearest ids are offered.
    FaultsError
        Claims name what is not there; all of it at once, before anything is run.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().claims(["C7", "C11"], draws=0)
    >>> list(found.tables["claims"]["verdict"])
    ['supported', 'supported']
    """
    path = None if file is None else Path(file)
    ledger = shipped_ledger() if path is None else read_claims(path)
    only = tuple(find_claim(ledger, one).id for one in listed(claim))
    options = Options(draws=draws, seed=seed, jobs=jobs, file=path)
    found = weigh_ledger(basis, ledger, only=only, options=options, progress=progress)
    provenance = provenance_of(basis, draws=draws, seed=seed)
    return Result(
        Study(
            kind="claims",
            name="claims",
            title=found.title,
            headline=tuple(headline(found)),
            tables=ledger_tables(found),
            notes=(*NOTES, *_partly(found)),
            certificate=pd.DataFrame(columns=list(CHECKS)),
            provenance=replace(provenance, scenarios=found.scenarios),
            found=found,
        ),
        present_claims,
    )


def _partly(found: Weighed) -> tuple[str, ...]:
    """Count the numbers that a world of the user's covers in part or not at all."""
    told = []
    if found.partly:
        told.append(
            f"{found.partly} numbers rest on a part of the economies that they name, because this "
            "world does not have the others; each says which."
        )
    if found.absent:
        told.append(
            f"{found.absent} numbers are not covered: this world does not have the economies."
        )
    return tuple(told)
