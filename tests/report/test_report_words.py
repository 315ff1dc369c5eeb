"""Numbers and sentences as a planner reads them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landbridge.formats import MINUS, duration, money, percent, probability, share, significant
from landbridge.report.charts.dots import focus_hub, focus_panels, income_panels
from landbridge.report.charts.routes.legs import leg_group
from landbridge.report.pages.parts.sentences import failed_checks, how_sure
from landbridge.report.svg.scales import nice_scale, tick_text
from landbridge.studies.run.results import RunResult

pytestmark = pytest.mark.unit


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ").replace(MINUS, "-")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (percent(4.23), "+4.2 %"),
        (percent(-0.00012), "-0.00012 %"),
        (percent(0.0), "0 %"),
        (percent(float("nan")), "n/a"),
        (money(1312), "1.3 bn USD"),
        (money(2_450_000), "2.5 tn USD"),
        (money(0.5), "0.50 m USD"),
        (money(-0.0042, sign=True), "-4.2 thousand USD"),
        (money(float("nan")), "n/a"),
        (duration(297.6), "12.4 days"),
        (duration(24.2), "24 hours"),
        (duration(float("inf")), "n/a"),
        (probability(0.999), "over 99 %"),
        (probability(0.5), "50 %"),
    ],
)
def test_numbers_are_written_humanely(written: str, expected: str) -> None:
    assert plain(written) == expected


@given(st.floats(min_value=1e-300, max_value=1e300))
@pytest.mark.property
def test_a_number_that_is_not_zero_never_reads_as_zero(value: float) -> None:
    assert any(mark in "123456789" for mark in significant(value).split("e")[0])


@given(st.floats(-1e6, 1e6), st.floats(0, 1e6))
@pytest.mark.property
def test_axes_hold_what_they_show(low: float, width: float) -> None:
    scale = nice_scale(low, low + width, span=(0.0, 100.0))
    # The steps are rounded to twelve decimals.
    slack = 1e-9 * max(1.0, abs(low) + width)
    assert scale.low <= low + slack
    assert scale.high >= low + width - slack
    assert -1e-6 <= scale(low) <= 100.0 + 1e-6
    assert 2 <= len(scale.ticks) <= 12


def test_ticks_have_the_decimals_they_need() -> None:
    scale = nice_scale(0.0, 0.01, span=(0.0, 100.0), wanted=4)
    assert [tick_text(value, scale) for value in scale.ticks[:2]] == ["0.0000", "0.0025"]


@pytest.mark.parametrize(
    ("kind", "mode", "group"),
    [
        ("crossing", "rail", "crossing"),
        ("border_crossing", "road", "crossing"),
        ("gauge_break", "rail", "terminal"),
        ("port", "terminal", "port"),
        ("rail", "rail", "line_haul"),
        ("link", "sea", "sea"),
        ("transport", "rail", "line_haul"),
        ("mystery", "hyperloop", "other"),
    ],
)
def test_legs_are_grouped_by_what_can_be_done_about_them(kind: str, mode: str, group: str) -> None:
    assert leg_group(kind, mode) == group


def test_focus_pairs_are_told_from_their_hub(result: RunResult) -> None:
    assert focus_hub(result.trade_pairs) == "PAK"
    panels = focus_panels(result.trade_pairs)
    assert [panel.title for panel in panels] == ["Exports of Pakistan", "Imports of Pakistan"]
    assert all(len(panel.dots) == 7 for panel in panels)


def test_winners_and_losers_are_sorted(result: RunResult) -> None:
    focus, gains, losses = income_panels(result.income, ["PAK", "UZB"])
    assert [dot.label for dot in focus.dots] == ["Uzbekistan", "Pakistan"]
    assert [dot.value for dot in gains.dots] == sorted((d.value for d in gains.dots), reverse=True)
    assert [dot.value for dot in losses.dots] == sorted(d.value for d in losses.dots)
    assert losses.dots[0].label == "Iran"
    assert len(losses.dots) <= 15


def test_report_says_how_sure_it_is(result: RunResult, result_without_draws: RunResult) -> None:
    told = " ".join(how_sure(result))
    assert "200 draws" in told
    assert "8 economies in focus" in told
    assert "Russia: real income" in told
    assert f"{share(78.0)} is recorded by the customs of at least one side" in told
    assert "Of the 14 flows of the focus pairs, 4 are recorded or published" in told
    assert "made no draws" in " ".join(how_sure(result_without_draws))


def test_failed_checks_are_named(make: Callable[..., RunResult]) -> None:
    result = make()
    assert failed_checks(result) == []
    broken = replace(result, certificate=result.certificate.assign(passed=[False, True, True]))
    assert failed_checks(broken) == ["largest residual of market clearing"]
