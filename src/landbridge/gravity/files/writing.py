"""The files of an estimation: tables, plot, numbers and what they come from."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from landbridge.gravity.files.commands import Estimates
from landbridge.gravity.files.plot import coefficient_plot
from landbridge.gravity.files.tables import html_page, regression_table, write_xlsx
from landbridge.gravity.panel import INTERCEPT
from landbridge.gravity.uses.parameter_estimates import (
    COVARIANCE_FILE,
    ESTIMATES_FILE,
    covariance_table,
    estimates_table,
)


def estimate_texts(estimates: Estimates) -> dict[str, str]:
    """Write tables, numbers and provenance as texts by the names of their files.

    Returns
    -------
    dict of str to str
        ``table.txt``, ``table.html``, ``table.tex``, ``coefficients.csv``, ``diagnostics.csv``,
        ``provenance.json``, ``covariance.csv`` and ``fixed_effects.csv`` (numbered where there are
        several equations), and the parameters that are handed over to runs.
    """
    fits = list(estimates.fits.values())
    texts = {
        "table.txt": estimates.text(),
        "table.html": html_page(fits, title=estimates.title, options=estimates.options),
        "table.tex": regression_table(fits, "latex", options=estimates.options),
        "coefficients.csv": estimates.coefficients().to_csv(index=False),
        "diagnostics.csv": estimates.diagnostics().to_csv(index=False),
        "provenance.json": json.dumps(
            {
                name: vars(each.provenance) | {"spec": each.spec.model_dump(mode="json")}
                for name, each in estimates.fits.items()
            },
            indent=2,
        ),
    }
    for number, each in enumerate(fits, start=1):
        suffix = "" if len(fits) == 1 else f"_{number}"
        texts[f"covariance{suffix}.csv"] = each.covariance.to_csv()
        texts[f"fixed_effects{suffix}.csv"] = each.fixed_effects.to_csv(index=False)
    parameters = estimates.parameters()
    if parameters is not None:
        texts[ESTIMATES_FILE] = estimates_table(parameters)
        texts[COVARIANCE_FILE] = covariance_table(parameters)
    return texts


def estimate_writers(estimates: Estimates) -> dict[str, Callable[[Path], None]]:
    """List what writes the files that are not text: the workbook of the table."""
    fits = list(estimates.fits.values())
    return {"table.xlsx": lambda path: write_xlsx(path, fits, options=estimates.options)}


def estimate_plot(estimates: Estimates) -> str:
    """Draw the coefficients as SVG; empty where there is none but an intercept."""
    if set(estimates.coefficients()["term"]) <= {INTERCEPT}:
        return ""
    return coefficient_plot(
        list(estimates.fits.values()),
        titles=list(estimates.fits),
        labels=estimates.options.labels or {},
        heading=estimates.title or "Coefficients",
    )
