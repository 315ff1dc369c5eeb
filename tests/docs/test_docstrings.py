"""Every example in a docstring holds."""

from __future__ import annotations

import doctest
import importlib
import re
from pathlib import Path

import pytest
from _pytest.mark.structures import ParameterSet

import landbridge

SOURCE = Path(landbridge.__file__).parent
# An example that calls one of these takes more than two seconds.
LONG = re.compile(
    r"^ *(>>>|\.\.\.) .*"
    r"(\brun_scenario|\.run|\.compare|\.coalition|\.invest|\.critical|\.validate_freight)\(",
    re.MULTILINE,
)


def _modules() -> list[ParameterSet]:
    found = []
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if ">>> " in text:
            parts = path.relative_to(SOURCE.parent).with_suffix("").parts
            name = ".".join(parts).removesuffix(".__init__")
            marks = [pytest.mark.slow] if LONG.search(text) else []
            found.append(pytest.param(name, marks=marks))
    return found


@pytest.mark.unit
@pytest.mark.parametrize("name", _modules())
def test_the_examples_of_a_module_hold(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert found.attempted > 0
    assert found.failed == 0
