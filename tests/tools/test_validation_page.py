"""The page on modelled freight says what the comparison finds today."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb
from build_validation_page import PAGE, made


@pytest.mark.slow
@pytest.mark.night
@pytest.mark.journey
def test_the_page_is_what_the_comparison_finds() -> None:
    assert Path(PAGE).read_text(encoding="utf-8") == made(lb.load()), (
        "run `python tools/build_validation_page.py`"
    )
