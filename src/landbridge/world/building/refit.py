"""Assemble the baseline again, with other cells set by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from landbridge.errors import FaultsError
from landbridge.world.base import World
from landbridge.world.building.assemble import assemble_goods
from landbridge.world.building.calibration import calibration, services_classes, stated_sd, statuses
from landbridge.world.building.evidence import (
    KINDS,
    StoredEvidence,
    evidence_for,
    load_evidence,
    override_cells,
)
from landbridge.world.building.overrides import trade_overrides
from landbridge.world.building.reconcile import reconcile


def refit_baseline(base: World, overrides: pd.DataFrame | None = None) -> World:
    """Assemble the baseline from its evidence with overrides of the caller's own.

    Parameters
    ----------
    base
        The baseline that ships: its domestic sales, GDP and people stay.
    overrides
        exporter, importer, kind, million_usd, sd_log, and confidence if they have one; None takes
        those that ship. To add to those, concatenate with
        `landbridge.world.building.overrides.trade_overrides`.

    Returns
    -------
    World
        A goods cell that is overridden holds the figure given; domestic sales as in the baseline.
        About three seconds.

    Raises
    ------
    FaultsError
        An override names an economy that is not there, or has no positive value or deviation.
    """
    stored = load_evidence()
    rows = trade_overrides() if overrides is None else overrides
    _check(rows, base.iso3)
    goods = assemble_goods(stored, rows)
    services = _services(stored, rows)
    return replace(
        base,
        goods=goods.flows + np.diag(np.diag(base.goods)),
        services=services[0] + np.diag(np.diag(base.services)),
        sd_log_goods=goods.sd_log,
        sd_log_services=services[1],
        status_goods=goods.status,
        status_services=services[2],
    )


def _services(
    stored: StoredEvidence, overrides: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    fit = reconcile(evidence_for(stored, "services", overrides=overrides))
    fixed = override_cells(stored.iso3, "services", overrides)
    classes = services_classes(stored.icio)
    sd_log = stated_sd(fit.flows, classes, calibration())
    np.fill_diagonal(sd_log, 0.0)
    if fixed is not None:
        sd_log = np.where(fixed.known, fixed.sd_log, sd_log)
    return fit.flows, sd_log, statuses(classes, None if fixed is None else fixed.known)


def _check(overrides: pd.DataFrame, iso3: tuple[str, ...]) -> None:
    known = set(iso3)
    faults = []
    names = ("exporter", "importer", "kind", "million_usd", "sd_log")
    columns = (overrides[name].tolist() for name in names)
    for number, row in enumerate(zip(*columns, strict=True), start=1):
        exporter, importer, kind, million_usd, sd_log = row
        place = f"override {number} ({exporter} to {importer})"
        faults += [
            f"{place}: {code} is not in the baseline"
            for code in (exporter, importer)
            if code not in known
        ]
        if exporter == importer:
            faults.append(f"{place}: domestic sales cannot be overridden")
        if not million_usd > 0:
            faults.append(f"{place}: million_usd must be above zero")
        if not sd_log > 0:
            faults.append(f"{place}: sd_log must be above zero")
        if kind not in KINDS:
            faults.append(f"{place}: kind must be goods or services")
    if faults:
        raise FaultsError(faults, where="overrides")
