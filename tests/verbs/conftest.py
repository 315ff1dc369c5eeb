"""One model of what ships, and one on a small world of a user's."""

from __future__ import annotations

from pathlib import Path

import pytest

import landbridge as lb

from .promises import YEAR, write_flows


@pytest.fixture(scope="session")
def model() -> lb.Model:
    return lb.load()


@pytest.fixture(scope="session")
def flows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_flows(tmp_path_factory.mktemp("own"))


@pytest.fixture(scope="session")
def own(flows: Path) -> lb.Model:
    return lb.load(world=flows, year=YEAR)
