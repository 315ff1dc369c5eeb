"""A pair's trade over the years from the shell: table, JSON, CSV and a drawing."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner, Result

from landbridge.cli import app
from landbridge.errors import InputError
from landbridge.report.charts.trade.history import history_chart
from landbridge.world.baseline import load_baseline
from landbridge.world.history import load_history
from landbridge.world.history_pairs import history_beside

from .calling import rows_of

pytestmark = pytest.mark.journey


def called(*words: str) -> Result:
    return CliRunner().invoke(app, ["world", *words])


def test_the_series_ends_with_the_baselines_point_and_band() -> None:
    told = called("PAK", "UZB", "--history", "--json")
    assert told.exit_code == 0, told.output
    rows = pd.DataFrame(rows_of(json.loads(told.output), "history"))
    assert list(rows["exporter"].unique()) == ["PAK", "UZB"]
    closing = rows[rows["figure"] == "baseline"].set_index("exporter")
    world = load_baseline()
    point = world.goods[world.index("PAK"), world.index("UZB")]
    assert closing.loc["PAK", "goods_million_usd"] == pytest.approx(point)
    assert closing.loc["PAK", "goods_low_million_usd"] < point
    assert "CEPII" in " ".join(json.loads(told.output)["notes"])
    first = rows[(rows["exporter"] == "PAK") & (rows["year"] == 2019)].iloc[0]
    assert first["goods_million_usd"] == pytest.approx(33.074)


def test_the_table_says_not_known_rather_than_nothing() -> None:
    told = called("KOR", "Vietnam", "--history")
    assert told.exit_code == 0, told.output
    assert "not known" in told.output
    assert "2021 and 2022 are not in the panel" in told.output


def test_the_csv_is_one_row_a_direction_year_and_figure() -> None:
    told = called("PAK", "--partner", "UZB", "--history", "--csv")
    rows = pd.read_csv(io.StringIO(told.output))
    assert len(rows) == 2 * (len(load_history().years) + 1)
    assert not rows.duplicated(["exporter", "year", "figure"]).any()


def test_the_drawing_has_a_dot_for_each_recorded_year_and_no_line_over_a_gap(
    tmp_path: Path,
) -> None:
    out = tmp_path / "pair"
    told = called("PAK", "UZB", "--history", "--out", str(out))
    assert told.exit_code == 0, told.output
    drawn = (out / "chart.svg").read_text(encoding="utf-8")
    assert drawn.count("<circle") == 2 * (len(load_history().years) + 1)
    lines = re.findall(r'points="([^"]+)"', drawn)
    assert len(lines) == 2  # 2023 stands alone: 2021 and 2022 are missing
    assert all(len(points.split()) == 21 for points in lines)
    assert "2023: 123 m USD" in drawn.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_pair_without_any_record_is_drawn_all_the_same() -> None:
    world = load_baseline()
    table = history_beside(world, "PAK", "UZB")
    empty = table.assign(
        figure=table["figure"].replace("recorded", "not known"),
        goods_million_usd=table["goods_million_usd"].where(table["figure"] == "baseline"),
    )
    assert "no year on record" in str(history_chart(empty, key="a"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["PAK", "--history"], "shows a pair"),
        (["PAK", "UZB", "--partner", "KAZ"], "twice"),
    ],
)
def test_what_cannot_be_shown_is_refused(words: list[str], said: str) -> None:
    told = called(*words)
    assert isinstance(told.exception, InputError)
    assert said in str(told.exception)
