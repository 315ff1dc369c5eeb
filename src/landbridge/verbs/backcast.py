"""Backcast agreements: what would have been said of them, beside what happened."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal, TypeAlias

import numpy as np
import pandas as pd

from landbridge.basis import Basis, InputFile
from landbridge.draws.defaults import DEFAULT_SEED
from landbridge.errors import InputError
from landbridge.formats import percent
from landbridge.gravity.files.flow_files import read_flows
from landbridge.report.pages.backcast import present_backcast, present_tables
from landbridge.results import Result
from landbridge.sources import ColumnMap
from landbridge.studies.backcast.effects import (
    Shrunk,
    effects_table,
    known_effects,
    shrink_effects,
)
from landbridge.studies.backcast.embedded import Span, embedded_backcast
from landbridge.studies.backcast.own import (
    VALUES,
    named_columns,
    parties_of,
    with_blocs,
    with_home_sales,
)
from landbridge.studies.backcast.panel import BackcastQuestion
from landbridge.studies.backcast.register import LAST, unchecked_table
from landbridge.studies.backcast.study import Backcast
from landbridge.studies.backcast.study import backcast as backcast_panel
from landbridge.studies.backcast.union_gap import UnionGap, union_gap
from landbridge.studies.backcast.words import headline, union_headline
from landbridge.studies.contract import Study, certificate_of, provenance_of
from landbridge.units import PERCENT
from landbridge.verbs.asking.asked import listed
from landbridge.verbs.asking.fits import fits_certificate
from landbridge.verbs.asking.loading import file_input
from landbridge.world.history import ATTRIBUTION

REGISTER_DRAWN: Final = (
    "Each effect is as estimated by itself, and drawn towards the mean of all (empirical Bayes)."
)


@dataclass(frozen=True, eq=False)
class RegisterFound:
    """What agreements of the register did.

    Attributes
    ----------
    effects
        One row an agreement (`effects_table`).
    shrunk
        Mean and spread of all.
    unchecked
        Agreements that the panel cannot check, and why.
    """

    effects: pd.DataFrame
    shrunk: Shrunk
    unchecked: pd.DataFrame


BackcastFound: TypeAlias = Backcast | UnionGap | RegisterFound


def backcast(
    basis: Basis,
    panel: str | Path | pd.DataFrame | None = None,
    *,
    bloc: str = "",
    register: bool = False,
    union: str = "",
    depth: str = "customs_union",
    parties: str | Sequence[str] = (),
    until: int = 0,
    check: int = 0,
    agreement: str = "rta",
    blocs: str | Sequence[str] = (),
    columns: ColumnMap | None = None,
    every: int = 4,
    collinear: Literal["refuse", "drop"] = "refuse",
    seed: int = DEFAULT_SEED,
) -> Result[BackcastFound]:
    """Predict an agreement from data of the time before, and set it beside what happened.

    Parameters
    ----------
    panel
        Trade by exporter, importer and year with a column of agreements: a file or a table.
    bloc
        Without a panel: a bloc or agreement of the atlas on the embedded panel.
    register
        List what every agreement of the register did.
    union
        A bloc: how its pairs stand in the one year of the world.
    depth
        With `union`: the depth whose effect is compared.
    parties
        Codes of the parties as the panel has them.
    until, check
        Last year that the prediction may know, and the year in which it is checked; with `bloc`
        those of the register where absent.
    agreement
        Column that is 1 where a pair has an agreement.
    blocs
        Build that column: 1 where one of these blocs binds both. The parties are those of the
        first, unless `parties` names them.
    columns
        What the columns of the panel mean; None where they have the usual names.
    every
        Years between those of the estimate.
    collinear
        ``refuse`` or ``drop`` border terms that others explain.
    seed
        The same seed gives the same bands.

    Returns
    -------
    Result
        ``backcast_pairs``, ``backcast_scores`` and ``backcast_estimate``; with `union`
        ``union_pairs`` and ``union_summary``; with `register` ``agreement_effects``,
        ``agreement_mean`` and ``agreement_unchecked``.

    Raises
    ------
    InputError, UnknownNameError
        The panel or the question cannot be used, or two questions are asked at once.
    ConvergenceError
        No estimate, no flows that add up, or no equilibrium.

    Examples
    --------
    >>> import landbridge as lb
    >>> found = lb.load().backcast(register=True)
    >>> bool((found.tables["agreement_effects"]["pairs"] > 0).all())
    True
    """
    asked = {"--union": bool(union), "--bloc": bool(bloc), "--register": register}
    told = [name for name, is_given in asked.items() if is_given]
    if len(told) > 1 or (told and panel is not None):
        raise InputError(
            "needs no panel and stands alone.",
            where=", ".join(told),
            mend="Leave the others out.",
        )
    if union:
        return _union(basis, union, depth)
    if register:
        return _register(basis)
    if bloc:
        found = embedded_backcast(bloc, Span(until=until, check=check, seed=seed))
        return _checked(basis, found, bloc, ())
    if panel is None or not (until and check and (listed(parties) or listed(blocs))):
        raise InputError(
            "--bloc is needed, or a panel with --parties, --until and --check, or --union.",
            where="backcast",
            mend="landbridge backcast --bloc EAEU --until 2014 --check 2019",
        )
    question = BackcastQuestion(
        listed(parties),
        until=until,
        check=check,
        agreement=agreement,
        every=every,
        seed=seed,
        collinear=collinear,
    )
    found = _own(panel, question, blocs=listed(blocs), columns=columns)
    if isinstance(panel, pd.DataFrame):
        given = InputFile("panel", "a table")
    else:
        given = file_input("panel", panel)
    return _checked(basis, found, given.name, (given,))


def _own(
    panel: str | Path | pd.DataFrame,
    question: BackcastQuestion,
    *,
    blocs: tuple[str, ...],
    columns: ColumnMap | None,
) -> Backcast:
    """Backcast on a panel of the user's own."""
    named = {"exporter", "importer", "year", "trade", question.agreement, *VALUES}
    if columns is not None:
        named |= {columns.exporter, columns.importer, columns.value, columns.year}
    read = panel if isinstance(panel, pd.DataFrame) else read_flows(Path(panel), named=named)
    flows, in_millions = named_columns(read, columns)
    notes: tuple[str, ...] = ()
    if in_millions:
        flows, notes = with_home_sales(flows)
    if blocs:
        flows = with_blocs(flows, blocs, question.agreement)
        if not question.parties:
            codes = sorted(set(flows["exporter"]))
            question = replace(question, parties=parties_of(blocs[0], question.check, codes))
    found = backcast_panel(flows, question)
    return replace(found, notes=(*found.notes, *notes))


def _checked(
    basis: Basis, found: Backcast, named: str, inputs: tuple[InputFile, ...]
) -> Result[BackcastFound]:
    asked = found.question
    return Result(
        Study(
            kind="backcast",
            name="backcast",
            title=f"Backcast of {named}, {asked.until} to {asked.check}",
            headline=headline(found),
            tables={
                "backcast_pairs": found.pairs,
                "backcast_scores": found.scores,
                "backcast_estimate": found.estimate,
                "backcast_certificate": found.certificate,
            },
            notes=found.notes,
            certificate=found.certificate,
            provenance=provenance_of(basis, draws=asked.draws, seed=asked.seed, inputs=inputs),
            found=found,
        ),
        present_backcast,
    )


def _union(basis: Basis, name: str, depth: str) -> Result[BackcastFound]:
    found = union_gap(basis, name, depth=depth)
    certificate = fits_certificate({"equation": found.fit})
    return Result(
        Study(
            kind="backcast",
            name="backcast",
            title=f"Goods trade within {name} beside potential without any bloc",
            headline=union_headline(found),
            tables={
                "union_pairs": found.pairs,
                "union_summary": found.summary,
                "union_certificate": certificate,
            },
            notes=found.notes,
            certificate=certificate,
            provenance=provenance_of(basis),
            found=found,
        ),
        present_tables,
    )


def _register(basis: Basis) -> Result[BackcastFound]:
    effects = known_effects(LAST)
    found = RegisterFound(effects_table(effects), shrink_effects(effects), unchecked_table())
    mean = pd.DataFrame(
        [
            ("mean of agreements", found.shrunk.mean, found.shrunk.mean_error),
            ("spread of agreements about it", found.shrunk.spread, np.nan),
        ],
        columns=["term", "estimate", "std_error"],
    )
    told = (
        (
            f"In the mean {len(effects)} agreements changed trade by "
            f"{percent(PERCENT * float(np.expm1(found.shrunk.mean)))}, sizes given "
            f"({found.shrunk.mean:.3f} log points, standard error {found.shrunk.mean_error:.3f})."
        ),
        f"They spread about it by {found.shrunk.spread:.3f} log points.",
        f"{len(found.unchecked)} more cannot be checked by this panel.",
    )
    return Result(
        Study(
            kind="backcast",
            name="backcast",
            title="What agreements did to trade",
            headline=told,
            tables={
                "agreement_effects": found.effects,
                "agreement_mean": mean,
                "agreement_unchecked": found.unchecked,
            },
            notes=(REGISTER_DRAWN, ATTRIBUTION),
            certificate=certificate_of(),
            provenance=provenance_of(basis),
            found=found,
        ),
        present_tables,
    )
