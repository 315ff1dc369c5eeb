"""The published page of defaults is what the tables hold."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

TOOL = Path(__file__).resolve().parents[2] / "tools" / "freight_defaults.py"


@pytest.mark.golden
def test_the_page_of_defaults_is_up_to_date() -> None:
    spec = importlib.util.spec_from_file_location("freight_defaults", TOOL)
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    assert tool.PAGE.read_text(encoding="utf-8") == tool.page(), (
        "run `python tools/freight_defaults.py`"
    )
