"""Reading the OECD table: on a made-up file always, on the real one where it is installed."""

from __future__ import annotations

import sys
import zipfile
from importlib import metadata
from pathlib import Path

import numpy as np
import pytest

TOOLS = Path(__file__).resolve().parents[2] / "tools"
sys.path.insert(0, str(TOOLS))

icio = pytest.importorskip("icio", reason="tools/ is not beside the tests")

# Measured on the OECD table of 2022, USD bn: output, intermediate imports, intermediate exports.
PUBLISHED = {"PAK": (510.8, 22.5, 10.7), "KAZ": (348.8, 26.8, 69.6), "DEU": (7973, 920, 934)}


def made_up() -> dict[str, np.ndarray]:
    """Two economies, two sectors (a good and a service), by hand."""
    countries, sectors = np.array(["AAA", "BBB"]), np.array(["C20", "M"])
    flows = np.array(  # seller (sector-major) by buyer (sector-major), million USD
        [
            [10.0, 2.0, 3.0, 1.0],
            [4.0, 20.0, 1.0, 5.0],
            [2.0, 1.0, 6.0, 0.5],
            [1.0, 3.0, 0.5, 9.0],
        ]
    )
    output = np.array([50.0, 80.0, 40.0, 60.0])
    inputs = flows.sum(axis=0)
    return {
        "A": flows / inputs,
        "omb": inputs / output,
        "go": output,
        "z": output - flows.sum(axis=1),
        "countries": countries,
        "sectors": sectors,
    }


@pytest.mark.unit
def test_flows_are_rebuilt_from_shares() -> None:
    table = icio.from_arrays(made_up())
    goods = table.pair_flows("goods")
    # Goods of AAA bought by BBB: sector C20 row 0, BBB's columns 1 and 3.
    assert goods[0, 1] == pytest.approx(2.0 + 1.0)
    assert goods[1, 0] == pytest.approx(4.0 + 1.0)
    assert table.pair_flows("services")[1, 0] == pytest.approx(1.0 + 0.5)
    assert table.pair_flows("goods", "services").sum() == pytest.approx(69.0)
    assert table.output[:, 0].tolist() == [50.0, 40.0]


@pytest.mark.unit
def test_a_wheel_and_its_array_file_say_the_same(tmp_path: Path) -> None:
    loose = tmp_path / "bench_cache.npz"
    np.savez(loose, **made_up())
    wheel = tmp_path / "some-0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.write(loose, icio.MEMBER)
    one, other = icio.open_icio(loose), icio.open_icio(wheel)
    assert np.array_equal(one.flows, other.flows)
    assert one.iso3 == other.iso3 == ("AAA", "BBB")


@pytest.mark.unit
def test_a_sector_without_a_kind_is_refused() -> None:
    arrays = made_up() | {"sectors": np.array(["C20", "ZZ"])}
    with pytest.raises(ValueError, match="ZZ"):
        icio.from_arrays(arrays).pair_flows("goods")


@pytest.mark.golden
def test_the_installed_table_has_the_measured_totals() -> None:
    try:
        metadata.distribution(icio.PACKAGE)
    except metadata.PackageNotFoundError:
        pytest.skip("sanction-simulator is not installed; it is needed to rebuild, not to run")
    table = icio.open_icio()
    everything = table.pair_flows("goods", "margin", "services")
    np.fill_diagonal(everything, 0.0)
    for iso3, (output, imports, exports) in PUBLISHED.items():
        place = table.iso3.index(iso3)
        assert table.output[:, place].sum() / 1e3 == pytest.approx(output, rel=1e-3)
        assert everything[:, place].sum() / 1e3 == pytest.approx(imports, rel=5e-3)
        assert everything[place].sum() / 1e3 == pytest.approx(exports, rel=5e-3)
