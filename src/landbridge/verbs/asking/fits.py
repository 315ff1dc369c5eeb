"""What estimations certify of themselves."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from landbridge.gravity.ppml.results import GravityFit
from landbridge.studies.contract import certificate_of


def fits_certificate(fits: Mapping[str, GravityFit]) -> pd.DataFrame:
    """Lay out how well each equation is solved: gap of totals, last step, Newton steps.

    Parameters
    ----------
    fits
        Equations by title.
    """
    rows: list[tuple[str, float, float, str]] = []
    for name, one in fits.items():
        found, limits = one.diagnostics, one.spec.limits
        head = f"{name}: " if len(fits) > 1 else ""
        rows += [
            (
                f"{head}fitted less observed totals",
                found.adding_up_gap,
                limits.adding_up,
                "share of a group's total",
            ),
            (
                f"{head}last change of a coefficient",
                found.last_step,
                limits.step,
                "standard deviations of the index",
            ),
            (f"{head}Newton steps", float(found.iterations), float(limits.iterations), "steps"),
        ]
    return certificate_of(rows)
