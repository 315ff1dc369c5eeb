"""Every block of Python on a page runs, in the order of the page, in one namespace."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

from .inputs import GIVEN
from .pages import ROOT, Block, blocks, page_name, pages

# Its blocks are a module and a test of a made-up kind. tests/scenario/test_measure_kinds.py puts
# them in their places and runs them there.
ELSEWHERE = {"docs/contributing-measures.md"}
WITH_PYTHON = {
    name: found
    for page in pages()
    if (name := page_name(page)) not in ELSEWHERE and (found := blocks(page, "python"))
}
# A page whose examples take one of these names runs the whole chain: more than two seconds.
LONG = {
    "access", "choose_projects", "coalition", "compare", "compare_routes", "critical",
    "first_order", "invest",
    "refit_baseline", "run", "run_scenario", "study_coalitions", "validate_freight",
    "weigh_ledger",
}  # fmt: skip
# A quarter of a minute and more: run at night, and in CI by the tests of the verb.
LONGEST = {"freight_flows"}
# Its run is that of docs/python.md, of the flagship and with draws.
LONGEST_PAGES = {"README.md"}


def _called(block: Block) -> set[str]:
    calls = [node.func for node in ast.walk(ast.parse(block.text)) if isinstance(node, ast.Call)]
    return {call.attr for call in calls if isinstance(call, ast.Attribute)} | {
        call.id for call in calls if isinstance(call, ast.Name)
    }


def _case(page: str, found: list[Block]) -> ParameterSet:
    called = set().union(*map(_called, found))
    marks = [pytest.mark.slow] if called & (LONG | LONGEST) else []
    marks += [pytest.mark.night] if called & LONGEST or page in LONGEST_PAGES else []
    return pytest.param(page, id=page, marks=marks)


@pytest.mark.journey
@pytest.mark.parametrize("page", [_case(page, found) for page, found in WITH_PYTHON.items()])
def test_the_python_of_a_page_runs(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    scope = GIVEN[page](tmp_path) if page in GIVEN else {}
    for block in WITH_PYTHON[page]:
        # Blank lines before it, so that a traceback shows the line of the page.
        text = "\n" * (block.line - 1) + block.text
        exec(compile(text, page, "exec"), scope)  # noqa: S102 - our own page
    capsys.readouterr()


@pytest.mark.unit
def test_what_is_given_belongs_to_a_page_with_python() -> None:
    assert set(GIVEN) <= set(WITH_PYTHON)
    assert all((ROOT / page).is_file() for page in WITH_PYTHON)
