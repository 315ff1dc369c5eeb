"""What holds for every test: random examples are new at a desk, and the same in a pipeline.

Tests that run side by side keep to one process each: the others have the other cores. And they
hold more least costs than a run does: most of them ask for those of the network that ships.
"""

from __future__ import annotations

import os
from functools import lru_cache

import pytest
from hypothesis import settings

from landbridge import tasks
from landbridge.studies.chain import freight_change

# A pipeline answers for a change, not for a rare world that was there before it. At a desk, and in
# the long round at night, examples stay random and what fails is kept.
settings.register_profile("pipeline", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("pipeline")
if os.environ.get("PYTEST_XDIST_WORKER"):
    os.environ.setdefault("LOKY_MAX_CPU_COUNT", "1")
# Before any other room takes the function by its name.
freight_change.kept_costs = lru_cache(maxsize=96)(freight_change.kept_costs.__wrapped__)


@pytest.fixture
def eager_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes however little there is to do."""
    monkeypatch.setattr(tasks, "SECONDS_FOR_PROCESSES", 0.0)
