"""A user combines, changes and compares scenarios at the shell."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .calling import shell as shell_of_width


def shell(*arguments: str) -> tuple[int, str, str]:
    done = shell_of_width(*arguments, columns=140)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.journey
@pytest.mark.slow
def test_what_is_blocked_is_said_first_and_stands_in_the_report(tmp_path: Path) -> None:
    code, out, _ = shell(
        "run", "eaeu-pakistan-fta", "--set", "date=2020-01-01", "--set", "choice=least",
        "--draws", "0", "--jobs", "1", "--out", str(tmp_path),
    )  # fmt: skip
    assert code == 0
    assert "4 of 5 members of EAEU" in " ".join(out.split())
    table = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))["tables"]
    assert "pak-arm-recognition" in json.dumps(table["constraints"])
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "bilateral instead of bloc-wide" in page
    assert "Set for this run: date=2020-01-01; choice=least." in page


@pytest.mark.journey
@pytest.mark.slow
def test_scenarios_stand_side_by_side(tmp_path: Path) -> None:
    code, out, _ = shell(
        "compare", "quetta-taftan", "quetta-taftan+cku", "--draws", "0", "--jobs", "1", "--out",
        str(tmp_path),
    )  # fmt: skip
    assert code == 0
    assert "quetta-taftan+cku less quetta-taftan: Pakistan" in " ".join(out.split())
    assert (tmp_path / "comparison.html").is_file()
    assert (tmp_path / "comparison.xlsx").is_file()


@pytest.mark.journey
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("run", "n-cpec-pluss"), "Did you mean 'n-cpec-plus'"),
        (("run", "cku+ckuu"), "there is no scenario 'ckuu'. Did you mean 'cku'"),
        (("run", "cku", "--set", "dat=1"), "there is no 'dat'. Did you mean 'date'?"),
        (("run", "cku", "--work-around"), "no relation blocks a measure of cku on 2026-01-01"),
        (("run", "gep", "--work-around", "--ignore-constraints"), "not both"),
        (("compare", "cku"), "takes 2 to 12 scenarios, and 1 stand here"),
        (("compare", "cku", "cku", "--set", "closure=x"), "closure: input should be"),
    ],
)
def test_a_slip_gets_one_message_and_the_code_for_bad_input(
    arguments: tuple[str, ...], said: str
) -> None:
    code, out, err = shell(*arguments)
    assert code == 2
    assert said in err
    assert err.lstrip().startswith("landbridge: ")
    assert out == ""
