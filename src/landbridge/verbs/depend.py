"""Whom a sector relies on, and what the cut-off of a supplier does."""

from __future__ import annotations

from collections.abc import Sequence

from landbridge import codes
from landbridge.basis import Basis, embedded_sectors
from landbridge.codes import REST, name_of
from landbridge.draws.defaults import DEFAULT_SEED, FEWER_DRAWS
from landbridge.report.pages.supply import present_supply, supply_tables
from landbridge.results import Result
from landbridge.studies.chain.networks import notes_on
from landbridge.studies.contract import Study, provenance_of
from landbridge.studies.industries.base import IndustrySettings, theta_of
from landbridge.studies.supply.study import (
    Question,
    SupplyStudy,
    study_supply,
    supply_sentences,
)
from landbridge.tasks import Progress, no_progress
from landbridge.world.sectors.load import SHIPPED_DETAIL


def depend(
    basis: Basis,
    economy: str,
    *,
    sector: str,
    supplier: str = "",
    stop: Sequence[str] = (),
    detail: int = SHIPPED_DETAIL,
    elasticities: str = "",
    draws: int = FEWER_DRAWS,
    seed: int = DEFAULT_SEED,
    jobs: int = 0,
    progress: Progress = no_progress,
) -> Result[SupplyStudy]:
    """Compute whom a sector relies on, and what is lost when one supplier stops delivering.

    Parameters
    ----------
    basis
        World and parameters; tables by sector of the user's own where it has them, else the
        embedded ones at the totals of its world.
    economy
        The user, code or name.
    sector
        Its sector, such as ``C29``.
    supplier
        Whose deliveries stop; its greatest foreign supplier where empty.
    stop
        Sectors of the supplier that stop; all where empty.
    detail
        Sectors of the embedded tables, 20 or 50.
    elasticities
        ``uniform``, ``own`` (of the user's tables), or a set such as ``caliendo-parro``; empty:
        the tables' own where they hold any, else uniform.
    draws
        Draws for the bands; 0 for none.
    seed
        The same seed gives the same numbers.
    jobs
        Processes; 0 for one a core.
    progress
        Told how far the work is.

    Returns
    -------
    Result
        Tables ``suppliers``, ``inputs``, ``cut_off`` and ``supply_income``, and charts.

    Raises
    ------
    UnknownNameError, DataError, InputError
        An economy or a sector is not there; the supplier is the user, or sells it nothing.
    ConvergenceError
        The long run was not found.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().depend("PAK", sector="C29", draws=0)
    >>> found.found.question.supplier
    'CHN'
    """
    settings = IndustrySettings(basis.sectors, detail, elasticities)
    theta_of(basis.sectors or embedded_sectors(detail), elasticities)
    asked = Question(
        user=_code(economy),
        sector=sector,
        supplier=_code(supplier) if supplier else "",
        stopped=tuple(stop),
        settings=settings,
    )
    found = study_supply(basis, asked, draws=draws, seed=seed, jobs=jobs, progress=progress)
    question = found.question
    tables = supply_tables(found)
    study = Study(
        kind="depend",
        name="suppliers",
        title=f"{question.sector} of {name_of(question.user)}: who stands behind it",
        headline=supply_sentences(found),
        tables={name: table for name, table in tables.items() if name != "supply_certificate"},
        notes=(*found.notes, *notes_on(basis)),
        certificate=found.certificate,
        provenance=provenance_of(basis, draws=draws, seed=seed),
        found=found,
    )
    return Result(study, present_supply)


def _code(name: str) -> str:
    """Resolve a code or a name, the rest of the world among them."""
    return REST if name.strip().upper() == REST else codes.resolve(name)
