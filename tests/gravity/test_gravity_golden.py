"""Published estimates: the Advanced Guide, ge_gravity, Weidner and Zylkin.

* Yotov, Piermartini, Monteiro and Larch (2016), An Advanced Guide to Trade Policy Analysis, WTO
  and UNCTAD, chapter 1, applications 1 to 3.
* Baier, Yotov and Zylkin, ge_gravity (Stata), help file and results for WIOD 2000-2014.
* Weidner and Zylkin (2021), Journal of International Economics 132; output printed with
  ppml_fe_bias 1.2.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from landbridge.gravity import GravitySpec, fit
from landbridge.gravity.ppml import bias
from landbridge.gravity.ppml.results import GravityFit
from landbridge.gravity.ppml.statements import combine, reset_test, transform

REFERENCE = Path(__file__).resolve().parents[2].parent / "shared" / "reference"
PRINTED = 5.1e-5  # four decimals, and a hair for figures that end in a five
PRINTED_PERCENT = 5.1e-4  # three decimals
PRINTED_R2 = 5.1e-4
QUICK = 0.011  # the leverage of large panels leaves the pair effects out (docs/gravity.md)
SEVEN = 5.1e-8  # seven decimals
TEN = 5e-10  # ten decimals printed, from fitted flows that Stata kept in single precision

YEARS = (1986, 1990, 1994, 1998, 2002, 2006)
TWO_WAY = ("exporter-year", "importer-year")
PAIR = (*TWO_WAY, ("pair_effect",))
GRAVITY = ("ln_dist", "cntg", "lang", "clny")

pytestmark = pytest.mark.golden


def needs(folder: str) -> pytest.MarkDecorator:
    here = (REFERENCE / folder).is_dir()
    return pytest.mark.skipif(not here, reason=f"reference data are not here: {REFERENCE / folder}")


@cache
def guide() -> pd.DataFrame:
    """Read the Guide's panel with the variables of chapter 1."""
    pyreadr = pytest.importorskip("pyreadr")
    table = pyreadr.read_r(str(REFERENCE / "agtpa" / "agtpa_applications.rda"))
    table = table["agtpa_applications"]
    table = table[table["year"].isin(YEARS)].copy()
    table["year"] = table["year"].astype(int)
    domestic = table["exporter"] == table["importer"]
    table["domestic"] = domestic
    table["pair_id"] = table["pair_id"].astype(int)
    table["ln_dist"] = np.log(table["dist"])
    table["pair_effect"] = np.where(domestic, 0, table["pair_id"])
    table["intra_effect"] = np.where(domestic, table["exporter"], "international")
    table["ln_dist_intra"] = table["ln_dist"] * domestic
    table["home"] = domestic.astype(float)
    for year in YEARS:
        table[f"ln_dist_{year}"] = (table["year"] == year) * table["ln_dist"] * ~domestic
        table[f"border_{year}"] = ((table["year"] == year) & ~domestic).astype(float)
    return table


@cache
def estimated(
    regressors: tuple[str, ...],
    effects: tuple[str | tuple[str], ...],
    *,
    estimator: str = "ppml",
    domestic: bool = False,
) -> GravityFit:
    table = guide() if domestic else guide()[~guide()["domestic"]]
    spec = GravitySpec(
        regressors=regressors,
        fixed_effects=effects,
        estimator=estimator,
        transform="log" if estimator == "ols" else "level",
        inference="agtpa-cluster",
        cluster=(("pair_id",),),
    )
    return fit(spec, table)


def check(
    found: GravityFit, published: dict[str, tuple[float | None, ...]], tolerance: float = PRINTED
) -> None:
    for term, (estimate, error) in published.items():
        assert found.estimate(term) == pytest.approx(estimate, abs=tolerance), term
        if error is not None:
            assert found.std_error(term) == pytest.approx(error, abs=tolerance), term


@needs("agtpa")
@pytest.mark.slow
def test_guide_application_1_least_squares_and_ppml() -> None:
    ols = estimated(GRAVITY, TWO_WAY, estimator="ols")
    check(
        ols,
        {
            "ln_dist": (-1.2156, 0.0376),
            "cntg": (0.2232, 0.1995),
            "lang": (0.6609, 0.0807),
            "clny": (0.6705, 0.1470),
        },
    )
    assert ols.diagnostics.rows_used == 25_689
    assert ols.diagnostics.pseudo_r2 == pytest.approx(0.843, abs=PRINTED_R2)
    ppml = estimated(GRAVITY, TWO_WAY)
    check(
        ppml,
        {
            "ln_dist": (-0.8409, 0.0317),
            "cntg": (0.4374, 0.0832),
            "lang": (0.2475, 0.0765),
            "clny": (-0.2225, 0.1162),
        },
    )
    assert ppml.diagnostics.rows_used == 28_152
    assert reset_test(ppml).p == pytest.approx(0.6416, abs=PRINTED)
    assert reset_test(ols).p < 1e-4


@needs("agtpa")
def test_guide_application_1_sizes_and_remoteness() -> None:
    table = guide().copy()
    output = table.groupby(["exporter", "year"])["trade"].transform("sum")
    spending = table.groupby(["importer", "year"])["trade"].transform("sum")
    table["ln_y"], table["ln_e"] = np.log(output), np.log(spending)
    for side, size, name in (
        ("exporter", spending, "remote_exporter"),
        ("importer", output, "remote_importer"),
    ):
        whole = size.groupby([table[side], table["year"]]).transform("sum")
        world = whole.groupby(table["year"]).transform("max")
        weighted = table["dist"] / (size / world)
        table[name] = np.log(weighted.groupby([table[side], table["year"]]).transform("sum"))
    table = table[~table["domestic"]]
    base = GravitySpec(
        fixed_effects=(),
        estimator="ols",
        transform="log",
        inference="agtpa-cluster",
        cluster=(("pair_id",),),
    )
    sizes = (*GRAVITY, "ln_y", "ln_e")
    plain = fit(base.model_copy(update={"regressors": sizes}), table)
    check(
        plain,
        {
            "ln_dist": (-1.0016, 0.0273),
            "cntg": (0.5738, 0.1847),
            "lang": (0.8015, 0.0821),
            "clny": (0.7349, 0.1442),
            "ln_y": (1.1902, 0.0095),
            "ln_e": (0.9076, 0.0099),
        },
    )
    assert plain.diagnostics.pseudo_r2 == pytest.approx(0.759, abs=PRINTED_R2)
    remote = (*sizes, "remote_exporter", "remote_importer")
    wide = fit(base.model_copy(update={"regressors": remote}), table)
    check(
        wide,
        {
            "ln_dist": (-1.1848, 0.0313),
            "cntg": (0.2466, 0.1769),
            "lang": (0.7394, 0.0784),
            "clny": (0.8425, 0.1502),
            "ln_y": (1.1643, None),
            "ln_e": (0.9026, None),
        },
        tolerance=1e-4,
    )
    assert wide.diagnostics.pseudo_r2 == pytest.approx(0.765, abs=PRINTED_R2)


DISTANCES = tuple(f"ln_dist_{year}" for year in YEARS)
TIES = ("cntg", "lang", "clny")


@needs("agtpa")
@pytest.mark.parametrize(
    ("regressors", "effects", "options", "published"),
    [
        (TIES, TWO_WAY, {"estimator": "ols"}, (7.950, 3.698)),
        (TIES, TWO_WAY, {}, (-2.750, 3.004)),
        ((*TIES, "ln_dist_intra"), TWO_WAY, {"domestic": True}, (-10.965, 1.058)),
        ((*TIES, "ln_dist_intra", "home"), TWO_WAY, {"domestic": True}, (-11.969, 1.173)),
        (TIES, (*TWO_WAY, ("intra_effect",)), {"domestic": True}, (-10.931, 0.769)),
    ],
)
def test_guide_application_2_distance_puzzle(
    regressors: tuple[str, ...],
    effects: tuple[str | tuple[str], ...],
    options: dict[str, bool | str],
    published: tuple[float, float],
) -> None:
    found = estimated((*DISTANCES, *regressors), effects, **options)
    change = transform(
        found, lambda at: 100.0 * (at["ln_dist_2006"] - at["ln_dist_1986"]) / at["ln_dist_1986"]
    )
    assert change.estimate == pytest.approx(published[0], abs=PRINTED_PERCENT)
    assert change.std_error == pytest.approx(published[1], abs=PRINTED_PERCENT)
    if published[0] == -2.750:
        assert change.p == pytest.approx(0.360, abs=PRINTED_PERCENT)
    if published[0] == -10.965:
        check(
            found,
            {
                "ln_dist_1986": (-0.9797, 0.0720),
                "ln_dist_2006": (-0.8722, 0.0713),
                "ln_dist_intra": (-0.4884, 0.1007),
            },
        )
        assert found.diagnostics.rows_used == 28_566


LAGS = ("rta_lag4", "rta_lag8", "rta_lag12")
BORDERS = tuple(f"border_{year}" for year in YEARS[:-1])


@needs("agtpa")
@pytest.mark.parametrize(
    ("regressors", "effects", "options", "published"),
    [
        ((*GRAVITY, "rta"), TWO_WAY, {"estimator": "ols"}, {"rta": (-0.0044, 0.0531)}),
        ((*GRAVITY, "rta"), TWO_WAY, {}, {"rta": (0.1907, 0.0658)}),
        (
            (*GRAVITY, "rta"),
            (*TWO_WAY, ("intra_effect",)),
            {"domestic": True},
            {"rta": (0.4085, 0.0688)},
        ),
        (("rta",), PAIR, {"domestic": True}, {"rta": (0.5572, 0.1022)}),
        (
            ("rta", "rta_lead4"),
            PAIR,
            {"domestic": True},
            {"rta": (0.5200, 0.0859), "rta_lead4": (0.0774, 0.0921), "sum": (0.5975, 0.1380)},
        ),
        (
            ("rta", *LAGS),
            PAIR,
            {"domestic": True},
            {
                "rta": (0.2914, 0.0892),
                "rta_lag4": (0.4135, 0.0672),
                "rta_lag8": (0.1687, 0.0431),
                "rta_lag12": (0.1189, 0.0301),
                "sum": (0.9926, 0.0943),
            },
        ),
        (
            ("rta", *LAGS, *BORDERS),
            PAIR,
            {"domestic": True},
            {
                "rta": (0.1157, 0.0867),
                "rta_lag4": (0.2877, 0.0617),
                "rta_lag8": (0.0693, 0.0482),
                "rta_lag12": (0.0024, 0.0291),
                "border_1986": (-0.7056, 0.0478),
                "border_1990": (-0.4803, None),
                "border_1994": (-0.3665, None),
                "border_1998": (-0.1581, None),
                "border_2002": (-0.1409, 0.0169),
                "sum": (0.4750, 0.1095),
            },
        ),
    ],
)
def test_guide_application_3_trade_agreements(
    regressors: tuple[str, ...],
    effects: tuple[str | tuple[str], ...],
    options: dict[str, bool | str],
    published: dict[str, tuple[float | None, ...]],
) -> None:
    found = estimated(regressors, effects, **options)
    check(found, {term: value for term, value in published.items() if term != "sum"})
    if "sum" in published:
        terms = [term for term in regressors if term.startswith("rta")]
        whole = combine(found, dict.fromkeys(terms, 1.0))
        assert whole.estimate == pytest.approx(published["sum"][0], abs=PRINTED)
        assert whole.std_error == pytest.approx(published["sum"][1], abs=PRINTED)
    if effects == PAIR:
        assert found.diagnostics.rows_used == 28_482
        assert found.diagnostics.dropped["separated (group)"] == 84
    if options.get("estimator") != "ols":
        assert found.diagnostics.adding_up_gap <= 1e-9


@needs("ge_gravity")
def test_ge_gravity_coefficient_of_the_enlargement() -> None:
    pyreadr = pytest.importorskip("pyreadr")
    table = pyreadr.read_r(str(REFERENCE / "ge_gravity" / "TradeData0014.rda"))["TradeData0014"]
    table = table[table["exporter"] != table["importer"]]
    spec = GravitySpec(regressors=("eu_enlargement", "other_fta"), fixed_effects=(*TWO_WAY, "pair"))
    found = fit(spec, table)
    assert found.estimate("eu_enlargement") == pytest.approx(0.22424901, abs=5e-9)
    assert found.estimate("other_fta") == pytest.approx(-0.0365052, abs=SEVEN)
    assert found.std_error("eu_enlargement") == pytest.approx(0.071309, abs=5.1e-7)


@cache
def example(category: str) -> pd.DataFrame:
    path = REFERENCE / "weidner_zylkin" / "PPMLFEBIAS_EXAMPLE_DATA.dta"
    table = pd.read_stata(path)
    return table[table["category"] == category]


def weidner_zylkin(
    regressors: tuple[str, ...],
    effects: tuple[str, ...],
    category: str = "MANUF",
    inference: str = "weidner-zylkin",
) -> GravityFit:
    spec = GravitySpec(
        regressors=regressors,
        fixed_effects=effects,
        exporter="isoexp",
        importer="isoimp",
        inference=inference,
    )
    return fit(spec, example(category))


@needs("weidner_zylkin")
def test_weidner_zylkin_three_way_bias_and_errors() -> None:
    found = weidner_zylkin(("fta",), (*TWO_WAY, "pair"))
    line = found.bias.iloc[0]
    assert line["uncorrected"] == pytest.approx(0.1780290, abs=SEVEN)
    assert line["bias"] == pytest.approx(0.0076567524, abs=TEN)
    assert found.std_error("fta") == pytest.approx(0.0419558558, abs=TEN)
    assert found.estimate("fta") == pytest.approx(0.1703722, abs=SEVEN)
    clustered = weidner_zylkin(("fta",), (*TWO_WAY, "pair"), inference="ppmlhdfe-cluster")
    assert clustered.std_error("fta") == pytest.approx(0.0350079, abs=SEVEN)


@needs("weidner_zylkin")
def test_weidner_zylkin_errors_of_large_panels_are_close_to_the_exact_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exact = weidner_zylkin(("fta",), (*TWO_WAY, "pair"))
    monkeypatch.setattr(bias, "MOST_EFFECTS", 0)
    quick = weidner_zylkin(("fta",), (*TWO_WAY, "pair"))
    assert quick.estimate("fta") == exact.estimate("fta")
    assert quick.std_error("fta") == pytest.approx(exact.std_error("fta"), rel=QUICK)
    assert "pair effects left out" in quick.note
    assert "pair effects left out" not in exact.note


@needs("weidner_zylkin")
@pytest.mark.parametrize(
    ("category", "estimate", "error"),
    [("NONMANUF", 0.424245, 0.087281), ("TOTAL", 0.225859, 0.036160)],
)
def test_weidner_zylkin_other_categories(category: str, estimate: float, error: float) -> None:
    found = weidner_zylkin(("fta",), (*TWO_WAY, "pair"), category, "ppmlhdfe-cluster")
    assert found.estimate("fta") == pytest.approx(estimate, abs=5.1e-7)
    assert found.std_error("fta") == pytest.approx(error, abs=5.1e-7)


@needs("weidner_zylkin")
def test_weidner_zylkin_two_way_errors() -> None:
    published = {
        "ln_distw": (-0.5826890, 0.0372778, 0.0463104),
        "contig": (0.3690149, 0.0600966, 0.0734243),
        "colony": (-0.0874526, 0.0888010, 0.1115109),
        "comlang_off": (0.0535707, 0.0628885, 0.0765570),
        "comleg": (0.2485195, 0.0411242, 0.0490544),
        "fta": (0.8540740, 0.0748473, 0.0908957),
    }
    corrected = weidner_zylkin(tuple(published), TWO_WAY)
    clustered = weidner_zylkin(tuple(published), TWO_WAY, inference="ppmlhdfe-cluster")
    for term, (estimate, error, adjusted) in published.items():
        assert corrected.estimate(term) == pytest.approx(estimate, abs=SEVEN)
        assert clustered.std_error(term) == pytest.approx(error, abs=SEVEN)
        assert corrected.std_error(term) == pytest.approx(adjusted, abs=SEVEN)
    assert (corrected.bias["bias"] == 0.0).all()
