"""Modelled freight beside published figures: how far off, by port, strait, crossing and mode."""

from __future__ import annotations

from typing import Final

from landbridge.basis import Basis
from landbridge.errors import InputError, suggest
from landbridge.freight.validate.comparing import FARTHEST, Validation
from landbridge.freight.validate.words import headline
from landbridge.report.pages.validation import present_validation
from landbridge.results import Result
from landbridge.studies.chain.networks import notes_on, own_row_tables
from landbridge.studies.contract import Study, certificate_of, provenance_of
from landbridge.studies.validation.baseline import TITLES, Of, baseline_validation

NOTES: Final = (
    (
        "A figure is made comparable before it is held against the model: a year of it, in tonnes "
        "or USD, less transhipment and domestic trade. Where such a share is not published it is "
        "recalled, and the band is wide. docs/freight-validation.md has the rules."
    ),
    (
        "A third of the elements is held back by a rule that knows nothing of the figures (the "
        "SHA-256 of kind and element). Nothing is fitted to those."
    ),
    f"An error stops at {FARTHEST:,.0f} times, and is counted as clipped.",
)


OWN_WORLD: Final = (
    "The world is one of your own with {count} economies. Published figures are of the trade of "
    "all economies, so that a world without the large ones carries too little."
)


def validate_freight(basis: Basis, *, of: Of = "runs") -> Result[Validation]:
    """Hold the freight of the baseline against published figures.

    Parameters
    ----------
    basis
        World, network and parameters.
    of
        ``runs``: the flows by class of cargo that runs and `freight_flows` stand on; ``least``: the
        least-cost paths that access and critical elements stand on.

    Returns
    -------
    Result
        Tables ``freight_validation`` (one row a figure), ``freight_validation_summary``,
        ``freight_left_out`` and ``freight_validation_counts``, and a chart.

    Raises
    ------
    InputError
        There is no such model.
    UnknownNameError
        An economy has no centre in the network.
    ConvergenceError
        The flow is not conserved.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().validate_freight()
    >>> bool((found.tables["freight_validation"]["factor"] >= 1).all())
    True
    """
    if of not in TITLES:
        raise InputError(
            f"no model of freight is called {of!r}.",
            where="of",
            mend=suggest(of, TITLES) or f"One of: {', '.join(TITLES)}.",
        )
    found = baseline_validation(basis, of)
    study = Study(
        kind="validate",
        name="freight-validation",
        title="Modelled freight beside published figures",
        headline=headline(found),
        tables={
            "freight_validation": found.table,
            "freight_validation_summary": found.summary,
            "freight_left_out": found.left_out,
            "freight_validation_counts": found.counts(),
            **own_row_tables(basis),
        },
        notes=(f"The model: {found.title}.", *_own_world(basis), *NOTES, *notes_on(basis)),
        certificate=certificate_of(),
        provenance=provenance_of(basis),
        found=found,
    )
    return Result(study, present_validation)


def _own_world(basis: Basis) -> tuple[str, ...]:
    return (OWN_WORLD.format(count=len(basis.world.iso3)),) if basis.has_own_world else ()
