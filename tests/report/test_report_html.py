"""The page asks nothing of the outside, lets nothing in, and says all that the run found."""

from __future__ import annotations

import itertools
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pandas as pd
import pytest

from landbridge.report.formats.columns import table_face
from landbridge.report.maps.boundaries import BoundaryView
from landbridge.report.pages.parts.html import policy
from landbridge.report.pages.run.files import render_html
from landbridge.report.svg import palette
from landbridge.studies.run.results import MapLine, MapPoint, RunResult

pytestmark = pytest.mark.unit

HOSTILE = "<script>alert('x')</script><img src=http://evil.example/x onerror=alert(1)>\"'&"
# WCAG 2.1, success criterion 1.4.3, for text of usual size.
LEAST_CONTRAST = 4.5


class Page(HTMLParser):
    """Collects tags with their attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.fixture(scope="module")
def page(result: RunResult) -> str:
    return render_html(result)


def test_page_has_no_reference_to_the_outside(page: str) -> None:
    tags = Page(page).tags
    loading = {"link", "img", "iframe", "object", "embed", "audio", "video", "source", "image"}
    assert not loading & {tag for tag, _ in tags}
    for tag, attributes in tags:
        assert "src" not in attributes
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        href = attributes.get("href") or attributes.get("xlink:href") or ""
        if href and not href.startswith("#"):
            assert tag == "a"
            assert attributes["rel"] == "noreferrer noopener"
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", page))
    assert "@import" not in page


def test_policy_forbids_all_but_the_one_script(page: str) -> None:
    metas = Page(page).all("meta")
    content = next(m["content"] for m in metas if m.get("http-equiv") == "Content-Security-Policy")
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    assert len(scripts) == 1
    assert content == policy(scripts[0])
    assert content.startswith("default-src 'none';")
    assert "unsafe-eval" not in content
    assert "'unsafe-inline'" not in content.split("script-src")[1]


def hostile_result(make: Callable[..., RunResult]) -> RunResult:
    result = make(
        scenario_title=HOSTILE,
        scenario_summary=HOSTILE,
        scenario_name=HOSTILE,
        closure_explained=HOSTILE,
        headline=(HOSTILE,),
        notes=(HOSTILE,),
        lines=(MapLine(HOSTILE, "rail", "new", ((60.0, 40.0), (70.0, 35.0)), "after"),),
        points=(MapPoint(HOSTILE, "city", "new", 65.0, 38.0, HOSTILE),),
    )
    spoiled = {}
    for name, table in result.tables().items():
        text = [column for column in table.columns if pd.api.types.is_string_dtype(table[column])]
        keys = {"iso3", "exporter", "importer", "stage", "status"}
        spoiled[name] = table.assign(
            **{column: HOSTILE for column in text if column not in keys and len(table)}
        )
    return replace(result, **spoiled)


def test_hostile_text_brings_in_no_markup(make: Callable[..., RunResult]) -> None:
    text = render_html(hostile_result(make))
    tags = Page(text).tags
    assert Counter(tag for tag, _ in tags)["script"] == 1
    assert "img" not in {tag for tag, _ in tags}
    assert "<script>alert" not in text
    assert not any("onerror" in attributes for _, attributes in tags)
    assert HOSTILE in unescape(text)


def test_address_that_is_no_web_address_is_no_link(make: Callable[..., RunResult]) -> None:
    result = make()
    text = render_html(
        replace(result, sources=result.sources.assign(url="javascript:alert(document.domain)"))
    )
    assert all(
        (a["href"] or "").startswith(("#", "https://", "http://")) for a in Page(text).all("a")
    )


def test_same_result_gives_the_same_page(make: Callable[..., RunResult]) -> None:
    assert render_html(make()) == render_html(make())


def test_every_table_stands_on_the_page(page: str, result: RunResult) -> None:
    captions = unescape(page)
    for name in result.tables():
        assert table_face(name).title in captions, name


def test_every_economy_stands_on_the_page(page: str, result: RunResult) -> None:
    for name in result.income["name"]:
        assert f'<th scope="row">{name}</th>' in unescape(page)


def test_run_without_draws_says_so_and_shows_no_band(result_without_draws: RunResult) -> None:
    text = render_html(result_without_draws)
    assert "This run made no draws" in text
    assert "90 percent band" not in text
    assert "nan" not in re.sub(r"<script>.*?</script>", "", text, flags=re.DOTALL).split()


def test_empty_tables_leave_a_page_that_says_so(make: Callable[..., RunResult]) -> None:
    result = make()
    empty = {name: table.iloc[:0] for name, table in result.tables().items()}
    text = render_html(replace(result, lines=(), points=(), notes=(), headline=(), **empty))
    assert "The scenario reports no trip." in text
    assert "The scenario names no focus pair." in text


def test_absent_columns_read_as_missing(make: Callable[..., RunResult]) -> None:
    result = make()
    text = render_html(
        replace(
            result,
            income=result.income[["iso3", "name", "real_income_percent"]],
            trips=result.trips[["origin", "destination", "hours_before", "hours_after"]],
        )
    )
    assert "Uzbekistan" in text


def test_failed_check_raises_an_alarm(make: Callable[..., RunResult]) -> None:
    result = make()
    assert 'role="alert"' not in render_html(result)
    failed = result.certificate.assign(passed=[True, False, True])
    text = render_html(replace(result, certificate=failed))
    assert 'role="alert"' in text
    assert "Newton steps" in text


def test_headings_descend_one_level_at_a_time(page: str) -> None:
    levels = [int(tag[1]) for tag, _ in Page(page).tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(levels))


def test_ids_are_unique_and_links_inside_lead_somewhere(page: str) -> None:
    tags = Page(page).tags
    ids = Counter(attributes["id"] for _, attributes in tags if "id" in attributes)
    assert all(count == 1 for count in ids.values())
    assert all(
        (a["href"] or "")[1:] in ids for a in Page(page).all("a") if (a["href"] or "")[0] == "#"
    )
    for target in re.findall(r"url\(#([^)]*)\)", page):
        assert target in ids


def test_drawings_have_a_text_alternative(page: str) -> None:
    drawings = re.findall(r"<svg .*?</svg>", page, flags=re.DOTALL)
    assert len(drawings) >= 12
    for drawing in drawings:
        root = ET.fromstring(drawing)  # noqa: S314 - our own text
        assert root.attrib["role"] == "img"
        title, description = root[0], root[1]
        assert (title.text or "").strip()
        assert (description.text or "").strip()
        assert root.attrib["aria-labelledby"].split() == [
            title.attrib["id"], description.attrib["id"],
        ]  # fmt: skip


def test_heads_of_tables_have_a_scope(page: str) -> None:
    heads = Page(page).all("th")
    assert heads
    assert all(head.get("scope") in {"col", "row"} for head in heads)


def test_page_carries_source_unit_hash_and_disclaimers(page: str, result: RunResult) -> None:
    assert result.scenario_sha256 in page
    assert "do not imply official endorsement or acceptance by the United Nations" in page
    assert page.count("Source: Landbridge") >= 13
    assert "context of Security Council resolution 1244" in page


def test_view_without_boundaries_draws_none(result: RunResult) -> None:
    text = render_html(result, view=BoundaryView.NONE)
    assert 'stroke-dasharray="3 2.5"' not in text
    assert "Jammu" not in text


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("ground", ["#ffffff", "#f5f7f8", "#eef2f5"])
@pytest.mark.parametrize("ink", [palette.INK, palette.MUTED, palette.AFTER, "#0b5c8a"])
def test_text_stands_out_from_its_ground(ink: str, ground: str) -> None:
    light, dark = luminance(ground) + 0.05, luminance(ink) + 0.05
    assert light / dark >= LEAST_CONTRAST


def test_trip_without_a_way_before_says_so(make: Callable[..., RunResult]) -> None:
    result = make()
    trips = result.trips.copy()
    before = [name for name in trips.columns if "before" in name and name != "route_before"]
    trips.loc[0, before] = float("inf")
    trips.loc[1, before] = float("nan")
    legs = result.trip_legs
    kept = legs[(legs["stage"] == "after") | (legs["origin"] == "Kabul")]
    text = render_html(replace(result, trips=trips, trip_legs=kept))
    assert "no way" in text
    assert ">inf<" not in text
    assert ">nan<" not in text


def test_trips_without_legs_are_still_drawn(make: Callable[..., RunResult]) -> None:
    result = make()
    text = render_html(replace(result, trip_legs=pd.DataFrame()))
    assert "Tashkent to Karachi" in text
