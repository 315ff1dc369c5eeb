"""EU enlargement on the 44 economies of WIOD, against the stored results of ge_gravity.

Numbers: the Stata command ge_gravity (Zylkin), its example data and help file: effect of EU
enlargement estimated at 0.22424901, trade elasticity 4, year 2000.

Its additive mode is our additive closure. Its multiplicative mode keeps expenditure a fixed
multiple of income and scales wages so that world output is unchanged, without the factor kappa
that makes the world spend what it earns; its welfare is wages over prices. That is
``real_income_hat`` of our proportional closure: wages and prices do not depend on kappa.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landbridge.equilibrium import prepare, solve, solve_prepared
from landbridge.equilibrium.market import Closure
from landbridge.equilibrium.results import Equilibrium
from landbridge.errors import NegativeExpenditureError

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference" / "ge_gravity"
THETA = 4.0
YEAR = 2000
EU_EFFECT = 0.22424901

STORED_TOLERANCE = 1e-6  # the stored results are single precision
PRINTED_TOLERANCE = 6e-5  # percent, printed with four decimals
RESIDUAL_LIMIT = 1e-12
MOST_NEWTON_STEPS = 25

# Percent change of welfare: additive, multiplicative.
PRINTED = {
    "HUN": (1.4043, 1.4152),
    "MLT": (1.5349, 1.5977),
    "SVN": (1.1802, 1.1580),
    "CZE": (0.9983, 0.9998),
    "SVK": (0.9262, 0.9207),
    "CYP": (0.8568, 0.7954),
    "EST": (0.8473, 0.8477),
    "HRV": (0.7827, 0.7725),
    "POL": (0.6804, 0.6836),
    "ROU": (0.6751, 0.6743),
    "LVA": (0.6584, 0.6157),
    "LTU": (0.6524, 0.6463),
    "BGR": (0.4577, 0.2797),
    "DEU": (0.0725, 0.0720),
    "GBR": (0.0139, 0.0139),
    "NOR": (0.0259, 0.0241),
    "RUS": (-0.0202, -0.0107),
    "USA": (-0.0002, -0.0003),
    "CHN": (-0.0005, -0.0003),
}

pytestmark = [
    pytest.mark.golden,
    pytest.mark.skipif(
        not REFERENCE.is_dir(), reason=f"the ge_gravity example is not here: {REFERENCE}"
    ),
]


@pytest.fixture(scope="module")
def example() -> pd.DataFrame:
    pyreadr = pytest.importorskip("pyreadr")
    stored = pyreadr.read_r(str(REFERENCE / "TradeData0014_Results.rda"))["TradeData0014_Results"]
    return stored[stored["year"] == YEAR]


def matrix(example: pd.DataFrame, column: str) -> np.ndarray:
    wide = example.pivot_table(
        index="exporter", columns="importer", values=column, aggfunc="sum", dropna=False
    )
    return wide.to_numpy()


def names(example: pd.DataFrame) -> list[str]:
    return sorted(example["exporter"].unique())


def enlargement(example: pd.DataFrame) -> np.ndarray:
    return np.exp(EU_EFFECT * (matrix(example, "eu_effect") > 0))


def dearer(example: pd.DataFrame, factor: float) -> np.ndarray:
    freeness = np.full((len(names(example)),) * 2, factor**-THETA)
    np.fill_diagonal(freeness, 1.0)
    return freeness


def solved(example: pd.DataFrame, closure: Closure) -> Equilibrium:
    return solve(
        matrix(example, "trade"),
        enlargement(example),
        theta=THETA,
        closure=closure,
        iso3=names(example),
    )


@pytest.mark.parametrize(
    ("closure", "welfare", "stored"),
    [("additive", "welfare_hat", "eu"), ("proportional", "real_income_hat", "mult")],
)
def test_eu_enlargement_is_what_ge_gravity_stored(
    example: pd.DataFrame, closure: Closure, welfare: str, stored: str
) -> None:
    found = solved(example, closure)
    expected = matrix(example, f"w_{stored}")[:, 0]
    np.testing.assert_allclose(getattr(found, welfare), expected, atol=STORED_TOLERANCE)
    flows = matrix(example, f"X_{stored}")
    money = found.certificate.kappa  # its flows are not scaled to what the world earns
    np.testing.assert_allclose(found.flows, flows * money, rtol=STORED_TOLERANCE)
    assert found.certificate.residual < RESIDUAL_LIMIT
    assert found.certificate.passed


@pytest.mark.parametrize(("closure", "column"), [("additive", 0), ("proportional", 1)])
def test_eu_enlargement_is_what_ge_gravity_prints(
    example: pd.DataFrame, closure: Closure, column: int
) -> None:
    found = solved(example, closure)
    real = found.welfare_hat if closure == "additive" else found.real_income_hat
    percent = dict(zip(found.iso3, 100.0 * (real - 1.0), strict=True))
    for name, expected in PRINTED.items():
        assert percent[name] == pytest.approx(expected[column], abs=PRINTED_TOLERANCE)


def test_the_trade_that_ge_gravity_prints(example: pd.DataFrame) -> None:
    found = solved(example, "additive")
    place = {name: position for position, name in enumerate(found.iso3)}
    assert found.flows[place["DEU"], place["SVK"]] == pytest.approx(3269.20, abs=0.006)
    assert found.flows[place["LTU"], place["POL"]] == pytest.approx(207.888, abs=0.0006)
    assert found.wages_hat[place["LTU"]] == pytest.approx(0.9993151, abs=1e-6)
    assert found.prices_hat[place["LTU"]] == pytest.approx(0.9928884, abs=1e-6)


def test_kappa_of_the_enlargement_is_close_to_one(example: pd.DataFrame) -> None:
    assert solved(example, "proportional").certificate.kappa == pytest.approx(1 + 1.6e-6, abs=1e-7)


@pytest.mark.parametrize("closure", ["purged", "additive", "proportional"])
@pytest.mark.parametrize("factor", [1.5, 2.0, 4.0, 10.0])
def test_much_dearer_trade_takes_few_newton_steps(
    example: pd.DataFrame, closure: Closure, factor: float
) -> None:
    baseline = prepare(matrix(example, "trade"), theta=THETA, closure=closure)
    found = solve_prepared(baseline, dearer(example, factor))
    assert found.certificate.passed
    assert found.certificate.newton_steps <= MOST_NEWTON_STEPS


def test_norway_could_not_keep_its_surplus_near_autarky(example: pd.DataFrame) -> None:
    with pytest.raises(NegativeExpenditureError, match="spending would turn negative in NOR: "):
        solve(
            matrix(example, "trade"),
            dearer(example, 20.0),
            theta=THETA,
            closure="additive",
            iso3=names(example),
        )


def test_a_shock_beyond_the_line_search_is_brought_in_by_stages(example: pd.DataFrame) -> None:
    flows = matrix(example, "trade")
    found = solve(flows, dearer(example, 1000.0), theta=THETA, closure="proportional")
    assert found.certificate.homotopy_stages > 0
    assert found.certificate.passed
