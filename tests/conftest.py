"""What holds for every test: random examples are new at a desk, and the same in a pipeline.

Tests that run side by side keep to one process and one BLAS thread each: the others have the other
cores, and threads that wait for each other there cost a fifth of the time. They share the network
that ships, and hold more of its least costs than a run does: most ask for those.
"""

from __future__ import annotations

import os
from functools import lru_cache

import pytest
from hypothesis import settings
from threadpoolctl import threadpool_limits

from landbridge import tasks
from landbridge.freight.network import compiled

# A pipeline answers for a change, not for a rare world that was there before it. At a desk, and in
# the long round at night, examples stay random and what fails is kept.
settings.register_profile("pipeline", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("pipeline")
if os.environ.get("PYTEST_XDIST_WORKER"):
    for name in ("LOKY_MAX_CPU_COUNT", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    threadpool_limits(limits=1)
# Before any other room takes the functions by their names. A network is frozen, and so shared.
compiled.load_network = lru_cache(maxsize=2)(compiled.load_network)
from landbridge.scenarios import edits  # noqa: E402 - as said
from landbridge.studies.chain import freight_change  # noqa: E402 - as said

edits._edited = lru_cache(maxsize=32)(edits._edited.__wrapped__)
freight_change.kept_costs = lru_cache(maxsize=128)(freight_change.kept_costs.__wrapped__)


@pytest.fixture
def eager_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Start processes however little there is to do."""
    monkeypatch.setattr(tasks, "SECONDS_FOR_PROCESSES", 0.0)
