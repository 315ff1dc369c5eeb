"""State the deviations of goods in the baseline anew, on the flows as they are.

    python tools/restate_deviations.py

Runs the tests that leave cells out, fits the calibration on one half of the exporters, and writes
``calibration.csv``, ``fit_quality.csv`` and the deviations of goods in ``baseline_2023.npz`` with
its checksum. No flow changes. Services keep their calibration. Needs no source beyond the
embedded evidence; takes two minutes.
"""

from __future__ import annotations

import hashlib
import re

import numpy as np
import pandas as pd

from baseline_calibrate import quality_table, run_tests, set_parameters
from build_baseline import DATA, npz_bytes
from landbridge.world.building.assemble import assemble_goods
from landbridge.world.building.calibration import calibration
from landbridge.world.building.evidence import load_evidence
from landbridge.world.building.overrides import trade_overrides
from landbridge.world.quality import fit_quality

SAME = 1e-4


def main() -> None:
    """Test, fit, check that no flow moves, write."""
    stored = load_evidence()
    goods = assemble_goods(stored, trade_overrides())
    tests = run_tests(stored)
    before = calibration()
    services = before[before["cell_class"].str.startswith("services")]
    parameters = set_parameters(tests, goods, stored.iso3, services)
    goods = assemble_goods(stored, trade_overrides(), parameters)
    with np.load(DATA / "baseline_2023.npz") as file:
        arrays = {name: file[name] for name in file.files}
    kept = arrays["goods"] * ~np.eye(len(stored.iso3), dtype=bool)
    if not np.allclose(kept, goods.flows, rtol=SAME, atol=SAME):
        raise SystemExit("the flows assembled are not those of the baseline: build it anew")
    arrays["sd_log_goods"] = goods.sd_log.astype(np.float16)
    content = npz_bytes(arrays)
    (DATA / "baseline_2023.npz").write_bytes(content)
    record = DATA / "baseline_2023.toml"
    digest = hashlib.sha256(content).hexdigest()
    told = re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{digest}"', record.read_text("utf-8"))
    record.write_text(told, encoding="utf-8")
    old = fit_quality()
    rest = old[old["test"].str.startswith("services")]
    quality = pd.concat(
        [quality_table(tests, parameters, goods, stored.iso3).round(3), rest], ignore_index=True
    )
    quality["cells"] = quality["cells"].astype(int)
    logs = parameters["logs"].map({True: "true", False: "false"})
    for name, table in (("calibration", parameters.assign(logs=logs)), ("fit_quality", quality)):
        table.to_csv(DATA / f"{name}.csv", index=False, lineterminator="\n")


if __name__ == "__main__":
    main()
